"""The systems that NixOS tests describe: judged wherever a test is written, whatever runs it."""

from __future__ import annotations

import pytest

from nix_lsp.ide.diagnostics import diagnostics
from tests.fixture import project

BODY = "hardware.opengl.enable = true;"
RENAMED = "option-renamed hardware.opengl.enable"


def found(text: str, path: str = "/checks/a.nix") -> list[str]:
    workspace, document, _ = project(text, pin="25.11", path=path)
    return [f"{each.rule} {document.text(each.span)}" for each in diagnostics(workspace, document)]


@pytest.mark.parametrize(
    "test",
    [
        f"{{ pkgs }}: pkgs.testers.runNixOSTest {{ nodes.machine = {{ config, ... }}: {{ {BODY} }}; testScript = ''''; }}",
        f"pkgs: pkgs.nixosTest {{ nodes = {{ a = {{ {BODY} }}; }}; testScript = {{ nodes, ... }}: ''''; }}",
        f"import <nixpkgs/nixos/tests/make-test-python.nix> ({{ pkgs, ... }}: {{ machine = {{ {BODY} }}; testScript = ''''; }})",
        f"{{ name = \"a\"; nodes.a.{BODY} testScript = ''''; }}",
        f"{{ name = \"a\"; defaults = {{ {BODY} }}; nodes = {{ }}; testScript = ''''; }}",
        f"{{ ... }}: let shared = {{ {BODY} }}; in {{ containers.a = shared; testScript = ''''; }}",
        f"{{ nodes.a = {{ virtualisation.vmVariant = {{ {BODY} }}; }}; testScript = ''''; }}",
        f"{{ nodes.a = {{ specialisation.b.configuration = {{ {BODY} }}; }}; testScript = ''''; }}",
        f"{{ nodes.a = {{ containers.b.config = {{ containers.c.config = {{ ... }}: {{ {BODY} }}; }}; }}; testScript = ''''; }}",
    ],
)
def test_each_node_is_a_nixos_system(test: str):
    assert found(test) == [RENAMED]


def test_what_a_test_says_of_itself_is_no_option():
    assert found("{ name = \"a\"; enableOCR = true; meta.timeout = 3; nodes.a = { }; testScript = ''''; }") == []


def test_a_flake_s_checks_and_modules_beside_a_test():
    test = f"pkgs.testers.runNixOSTest {{ nodes.a = {{ {BODY} }}; testScript = ''''; }}"
    assert found(f"{{ outputs = {{ nixpkgs, ... }}: {{ checks.x86_64-linux.a = {test}; }}; }}", "/flake.nix") == [
        RENAMED
    ]
    assert found(f"{{ pkgs, ... }}: {{ fonts.fonts = [ ]; system.checks = [ ({test}) ]; }}", "/configuration.nix") == [
        "option-renamed fonts.fonts",
        RENAMED,
    ]
