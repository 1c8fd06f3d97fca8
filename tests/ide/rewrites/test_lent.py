"""Scripts that other files run: told where they are written."""

from __future__ import annotations

import pytest

from nix_lsp.analysis.project import Settings
from nix_lsp.ide.rewrites.imperative.findings import find_imperative
from tests.fixture import project

LINGER = "loginctl enable-linger alice"
SETUP = f"""{{ pkgs }}:
{{
  setup = pkgs.writeShellScript "setup" ''
    echo hello
    {LINGER}
  '';
}}
"""
ALONE = f'{{ pkgs }}: pkgs.writeShellScriptBin "setup" "{LINGER}"\n'
PACKAGE = f"""{{ writeShellApplication, curl }}:
writeShellApplication {{
  name = "setup";
  runtimeInputs = [ curl ];
  text = ''
    {LINGER}
  '';
}}
"""
FLAKE = """{
  outputs = { nixpkgs, ... }: {
    nixosConfigurations.a = nixpkgs.lib.nixosSystem { modules = [ ./configuration.nix ]; };
  };
}
"""


def told(script: str, module: str, *, path: str = "scripts.nix", more: str = "", rule: str = "imp-linger"):
    """Return what is told of a script in one file that a module in another runs, and the file."""
    files = f"#- /flake.nix\n{FLAKE}#- /configuration.nix\n{module}\n{more}#- /{path}\n{script}"
    fixture = project(files, settings=Settings(pin="26.05", selected_rules=frozenset({rule})))
    document = fixture.workspace.document(f"/{path}")
    assert document is not None
    found = [each for each in find_imperative(fixture.workspace, document) if each.rule == rule]
    return [(document.source[slice(*each.span)].decode(), each.message, each.fixes) for each in found]


@pytest.mark.parametrize(
    ("script", "module"),
    [
        (SETUP, '{ pkgs, ... }: let scripts = import ./scripts.nix { inherit pkgs; }; in { system.activationScripts.a = "${scripts.setup}"; }'),
        (SETUP, '{ pkgs, ... }: { system.activationScripts.a.text = "${(import ./scripts.nix { inherit pkgs; }).setup}"; }'),
        (SETUP, '{ pkgs, ... }: let inherit (import ./scripts.nix { inherit pkgs; }) setup; in { system.activationScripts.a = "${setup}"; }'),
        (SETUP, '{ pkgs, ... }: with import ./scripts.nix { inherit pkgs; }; { system.activationScripts.a = "${setup}"; }'),
        (SETUP, "{ pkgs, ... }: { systemd.services.a.serviceConfig.ExecStart = (pkgs.callPackage ./scripts.nix { }).setup; }"),
        (ALONE, '{ pkgs, ... }: { system.activationScripts.a = "${import ./scripts.nix { inherit pkgs; }}/bin/setup"; }'),
        (ALONE, '{ pkgs, ... }: let setup = import ./scripts.nix { inherit pkgs; }; in { systemd.services.a.preStart = "${setup}/bin/setup"; }'),
        (PACKAGE, '{ pkgs, ... }: { systemd.services.a.serviceConfig.ExecStart = "${pkgs.callPackage ./scripts.nix { }}/bin/setup"; }'),
    ],
)  # fmt: skip
def test_a_script_of_another_file_is_told_of_there(script: str, module: str):
    ((text, message, fixes),) = told(script, module)
    assert text == LINGER
    assert "`users.users.alice.linger`" in message
    assert "in configuration.nix that runs it" in message
    assert fixes == ()


def test_a_package_of_an_overlay_is_one_of_them():
    overlay = f"final: prev: {{ setup = prev.writeShellScriptBin \"setup\" ''{LINGER}''; }}\n"
    module = '{ pkgs, ... }: { nixpkgs.overlays = [ (import ./scripts.nix) ]; system.activationScripts.a = "${pkgs.setup}/bin/setup"; }'
    ((text, _, _),) = told(overlay, module)
    assert text == LINGER


def test_a_package_of_a_file_that_an_overlay_calls_is_one_of_them():
    overlay = "#- /overlay.nix\nfinal: prev: { setup = final.callPackage ./setup/default.nix { }; }\n"
    module = '{ pkgs, ... }: { nixpkgs.overlays = [ (import ./overlay.nix) ]; systemd.services.a.serviceConfig.ExecStart = "${pkgs.setup}/bin/setup"; }'
    ((text, _, _),) = told(PACKAGE, module, path="setup/default.nix", more=overlay)
    assert text == LINGER
    twice = overlay + "#- /overlays/other.nix\nfinal: prev: { setup = prev.hello; }\n"
    assert told(PACKAGE, module, path="setup/default.nix", more=twice) == []


@pytest.mark.parametrize(
    "module",
    [
        "{ pkgs, ... }: let scripts = import ./scripts.nix { inherit pkgs; }; in { environment.systemPackages = [ scripts.setup ]; }",
        '{ pkgs, ... }: let scripts = import ./other.nix { inherit pkgs; }; in { system.activationScripts.a = "${scripts.setup}"; }',
        '{ pkgs, scripts, ... }: { system.activationScripts.a = "${scripts.setup}"; }',
        '{ pkgs, ... }: let scripts = import ./scripts.nix { inherit pkgs; }; in { system.activationScripts.a = "echo ${scripts.setup}"; }',
    ],
)
def test_a_script_that_nothing_is_seen_to_run_at_a_known_moment_is_left(module: str):
    assert told(SETUP, module) == []


def test_a_script_that_system_and_home_run_is_left():
    module = '{ pkgs, ... }: let scripts = import ./scripts.nix { inherit pkgs; }; in { system.activationScripts.a = "${scripts.setup}"; home-manager.users.bob.home.activation.a = "${scripts.setup}"; }'
    script = SETUP.replace(LINGER, "git config --global user.name Alice")
    assert told(script, module, rule="imp-git-config") == []


def test_the_module_that_runs_it_has_nothing_to_tell():
    module = '{ pkgs, ... }: let scripts = import ./scripts.nix { inherit pkgs; }; in { system.activationScripts.a = "${scripts.setup}"; }'
    assert told(module, "{ imports = [ ./scripts.nix ]; }") == []


def test_a_comment_of_the_script_waves_it_through():
    module = '{ pkgs, ... }: let scripts = import ./scripts.nix { inherit pkgs; }; in { system.activationScripts.a = "${scripts.setup}"; }'
    assert told(SETUP.replace("echo hello", "# nix-lsp: ignore imp-linger"), module) == []
