"""What is said of options whose module a host leaves out: another may declare them in its place."""

from __future__ import annotations

import pytest

from nix_lsp.ide.diagnostics import diagnostics
from nix_lsp.ide.hover import hover
from nix_lsp.syntax.document import Document
from tests.fixture import project

LOCK = """
#- /flake.lock
{"version": 7, "root": "root", "nodes": {"root": {"inputs": {"nixpkgs": "nixpkgs"}},
  "nixpkgs": {"locked": {"type": "github", "owner": "NixOS", "repo": "nixpkgs", "lastModified": 1764547200},
              "original": {"type": "github", "owner": "NixOS", "repo": "nixpkgs", "ref": "nixos-25.11"}}}}
"""
HOST = """
#- /flake.nix
{ outputs = inputs: { nixosConfigurations.a = inputs.nixpkgs.lib.nixosSystem { modules = [ ./a.nix ./b.nix ]; }; }; }
"""
SSHD = "services/networking/ssh/sshd.nix"


def rules(module: str, other: str) -> list[str]:
    workspace, document, _ = project(f"{LOCK}{HOST}#- /b.nix\n{other}\n#- /a.nix\n{module}\n")
    return [found.rule for found in diagnostics(workspace, document)]


@pytest.mark.parametrize(
    ("definition", "rule"),
    [
        ('services.openssh.enable = "yes";', "option-type"),
        ("services.openssh.unheard-of = 1;", "option-unknown"),
        ("services.openssh.passwordAuthentication = false;", "option-renamed"),
    ],
)
@pytest.mark.parametrize(
    "disabled",
    [
        f'"{SSHD}"',
        f'"${{modulesPath}}/{SSHD}"',
        f'"${{inputs.nixpkgs}}/nixos/modules/{SSHD}"',
        f'(modulesPath + "/{SSHD}")',
        '"services/networking/ssh"',
        f'{{ key = "/nix/store/x/nixos/modules/{SSHD}"; }}',
    ],
)
def test_nothing_is_claimed_of_options_whose_module_another_file_of_the_host_leaves_out(
    definition: str, rule: str, disabled: str
):
    module = f"{{ {definition} }}"
    assert rules(module, '{ disabledModules = [ "services/x.nix" ]; }') == [rule]
    assert rules(module, f"{{ modulesPath, inputs, ... }}: {{ disabledModules = [ {disabled} ]; }}") == []


def test_what_other_modules_declare_is_judged_as_ever():
    disabled = f'{{ disabledModules = [ "{SSHD}" ]; }}'
    assert rules("{ services.nginx.enable = 1; services.nginx.unheard-of = 1; }", disabled) == [
        "option-type",
        "option-unknown",
    ]


def test_a_read_only_option_may_be_another_s():
    module = '{ boot.kernelPackages = { }; system.build.toplevel = "x"; system.nixos.release = "x"; }'
    before = rules(module, "{ }")
    assert "option-read-only" in before
    assert "option-read-only" not in rules(
        module, '{ disabledModules = [ "misc/version.nix" "system/activation/top-level.nix" ]; }'
    )


def test_a_file_of_no_host_is_judged_by_all_that_the_project_leaves_out():
    def found(other: str) -> list[str]:
        text = '{ services.openssh.enable = "yes"; networking.hostName = "a"; }'
        workspace, document, _ = project(f"{LOCK}#- /other.nix\n{other}\n#- /nixos/a.nix\n{text}\n")
        return [each.rule for each in diagnostics(workspace, document)]

    assert found("{ }") == ["option-type"]
    assert found(f'{{ disabledModules = [ "{SSHD}" ]; }}') == []


def test_an_edit_that_leaves_a_module_out_counts_for_other_files_at_once():
    fixture = project(f'{LOCK}{HOST}#- /b.nix\n{{ }}\n#- /a.nix\n{{ services.openssh.enable = "yes"; }}\n')
    assert [each.rule for each in diagnostics(fixture.workspace, fixture.document)] == ["option-type"]
    edited = Document("/b.nix", f'{{ disabledModules = [ "{SSHD}" ]; }}'.encode())
    assert diagnostics(fixture.workspace.with_document(edited), fixture.document) == []


def test_hover_still_describes_the_option():
    fixture = project(
        f'{LOCK}{HOST}#- /b.nix\n{{ disabledModules = [ "{SSHD}" ]; }}\n#- /a.nix\n{{ services.openssh.en$0able = true; }}\n'
    )
    found = hover(fixture.workspace, fixture.document, fixture.offset)
    assert found
    assert "Type: `boolean`" in found.markdown


@pytest.mark.parametrize(("source", "expected"), [("unstable", []), ("nixpkgs", ["option-unknown"])])
def test_a_module_of_another_nixpkgs_declares_what_that_one_has(source: str, expected: list[str]):
    workspace, document, _ = project(f"""
#- /flake.lock
{{"version": 7, "root": "root", "nodes": {{"root": {{"inputs": {{"nixpkgs": "nixpkgs", "unstable": "unstable"}}}},
  "nixpkgs": {{"locked": {{"type": "github", "owner": "NixOS", "repo": "nixpkgs", "lastModified": 1764547200}},
              "original": {{"type": "github", "owner": "NixOS", "repo": "nixpkgs", "ref": "nixos-25.11"}}}},
  "unstable": {{"locked": {{"type": "github", "owner": "NixOS", "repo": "nixpkgs", "lastModified": 1774547200}},
              "original": {{"type": "github", "owner": "NixOS", "repo": "nixpkgs", "ref": "nixos-unstable"}}}}}}}}
{HOST}#- /b.nix
{{ inputs, ... }}: {{ imports = [ "${{inputs.{source}}}/nixos/modules/services/misc/unheard-of.nix" ]; }}
#- /a.nix
{{ services.unheard-of.enable = true; }}
""")
    assert [found.rule for found in diagnostics(workspace, document)] == expected
