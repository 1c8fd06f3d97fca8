"""What is defined twice, and the fixes for it."""

from __future__ import annotations

import pytest

from nix_lsp.ide.diagnostics import diagnostics
from nix_lsp.ide.edits import apply
from nix_lsp.ide.model import Diagnostic
from tests.fixture import project

from .edit import parses


def found(text: str) -> list[Diagnostic]:
    workspace, document, _ = project(text, pin="25.11")
    return diagnostics(workspace, document)


def fixed(text: str) -> dict[str, str]:
    """Return what the file is after each fix of its only finding, by the fix's title."""
    (finding,) = found(text)
    assert finding.rule == "option-duplicate"
    after = {fix.title: apply(text.encode(), fix.edits[0].edits) for fix in finding.fixes}
    assert all(map(parses, after.values()))
    return {title: source.decode() for title, source in after.items()}


def test_an_attribute_that_is_defined_twice_names_the_first_place():
    text = "{\n  services.openssh.enable = true;\n  services.openssh = {\n    enable = true;\n  };\n}\n"
    (finding,) = found(text)

    assert (finding.rule, text[slice(*finding.span)]) == ("option-duplicate", "enable")
    assert "`services.openssh.enable` is defined already in line 2" in finding.message
    assert text[slice(*finding.related[0].span)] == "services.openssh.enable"


def test_two_lists_can_become_one():
    assert fixed("{ services.openssh.ports = [ 22 ]; services.openssh.ports = [ 22 80 ]; }") == {
        "Join the two lists": "{ services.openssh.ports = [ 22 80 ]; }",
        "Delete this definition": "{ services.openssh.ports = [ 22 ]; }",
    }


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("x: {\n  inherit x;\n  # again\n  x = 1;\n}\n", "x: {\n  inherit x;\n}\n"),
        ("x: {\n  y = 1;\n  inherit x y;\n}\n", "x: {\n  y = 1;\n  inherit x;\n}\n"),
        ("x: {\n  y = 1;\n  inherit (x) y;\n}\n", "x: {\n  y = 1;\n}\n"),
        ("let\n  a = 1;\n  a = 2;\nin\na\n", "let\n  a = 1;\nin\na\n"),
        ("[ { a = [ 1 ]; a = [ /* two */ 2 ]; } ]", "[ { a = [ 1 ]; } ]"),
    ],
)
def test_the_second_definition_can_go(before: str, after: str):
    assert fixed(before) == {"Delete this definition": after}


def test_a_name_that_is_being_typed_does_not_take_the_next_line_for_its_own():
    assert [each.rule for each in found("{\n  networking.domain = null;\n  networking.\n  domain = null;\n}\n")] == []


CONFLICTS = [
    ('{ imports = [ { networking.hostName = "a"; } ]; networking.hostName = "b"; }', True),
    ('{ imports = [ { networking.hostName = "a"; } ]; networking.hostName = "a"; }', False),
    ('{ imports = [ { networking.hostName = x; } ]; networking.hostName = "a"; }', False),
    ("{ config = m [ { networking.firewall.enable = true; } { networking.firewall.enable = false; } ]; }", True),
    ("{ config = m [ { networking.firewall.enable = true; } (lib.mkIf c { networking.firewall.enable = false; }) ]; }", False),
    ("{ config = m [ { networking.firewall.enable = lib.mkDefault true; } { networking.firewall.enable = false; } ]; }", False),
    ("{ config = m [ (lib.mkForce { networking.firewall.enable = true; }) { networking.firewall.enable = false; } ]; }", False),
    ("{ config = { networking.firewall.enable = true; } // { networking.firewall.enable = false; }; }", False),
    ('{ config = m [ { networking.firewall.extraCommands = "a"; } { networking.firewall.extraCommands = "b"; } ]; }', False),
    ("{ config = if c then { networking.firewall.enable = true; } else { networking.firewall.enable = false; }; }", False),
    ("{ config = m (map f [ { networking.firewall.enable = true; } { networking.firewall.enable = false; } ]); }", False),
    ("{ config = m [ { boot.loader.timeout = 1; } { boot.loader.timeout = 2; } ]; }", True),
    ("{ options.networking.firewall.enable = lib.mkOption { }; config = m [ { networking.firewall.enable = true; } { networking.firewall.enable = false; } ]; }", False),
]  # fmt: skip


@pytest.mark.parametrize(("text", "conflict"), CONFLICTS)
def test_two_values_of_an_option_that_takes_one(text: str, conflict: bool):
    text = f"{{ lib, c, ... }}: {text.replace(' m ', ' lib.mkMerge ')}"

    assert [each.rule for each in found(text)] == (["option-duplicate"] if conflict else [])


TWO_FILES = """
#- /flake.nix
{ outputs = { nixpkgs, ... }: { nixosConfigurations.box = nixpkgs.lib.nixosSystem { modules = MODULES; }; }; }
#- /other.nix
OTHER
#- /box.nix
BOX
"""


def across(box: str, other: str, modules: str = "[ ./box.nix ./other.nix ]", more: str = "") -> list[Diagnostic]:
    fixture = TWO_FILES.replace("MODULES", modules).replace("OTHER", other).replace("BOX", box) + more
    workspace, document, _ = project(fixture.replace("/box.nix\n", "/box.nix\n$0", 1), pin="25.11")
    return [each for each in diagnostics(workspace, document) if each.rule == "option-duplicate"]


BERLIN = '{ time.timeZone = "Europe/Berlin"; }'
PARIS = '{ time.timeZone = "Europe/Paris"; }'


@pytest.mark.parametrize(
    ("box", "modules"),
    [
        (BERLIN, "[ ./box.nix ./other.nix ]"),
        ('{ imports = [ ./other.nix ]; time.timeZone = "Europe/Berlin"; }', "[ ./box.nix ]"),
        ("{ lib, ... }: { imports = [ ./other.nix ]; config = lib.mkMerge [ " + BERLIN + " ]; }", "[ ./box.nix ]"),
    ],
)
def test_two_files_of_a_host_that_give_an_option_two_values_name_each_other(box: str, modules: str):
    (finding,) = across(box, "{ ... }:\n" + PARIS, modules)

    assert '`time.timeZone` is `"Europe/Berlin"` here and `"Europe/Paris"` in line 2 of `other.nix`' in finding.message
    assert [related.path for related in finding.related] == ["/other.nix"]


def test_both_files_are_imported_by_a_third():
    third = (
        "#- /all.nix\n{ imports = [ ./box.nix ./parts ]; }\n#- /parts/default.nix\n{ imports = [ ../other.nix ]; }\n"
    )
    (finding,) = across(BERLIN, PARIS, "[ ./all.nix ]", third)

    assert finding.related[0].path == "/other.nix"


@pytest.mark.parametrize(
    ("box", "other", "modules"),
    [
        (BERLIN, BERLIN, "[ ./box.nix ./other.nix ]"),
        ('{ lib, ... }: { time.timeZone = lib.mkForce "Europe/Berlin"; }', PARIS, "[ ./box.nix ./other.nix ]"),
        ('{ lib, ... }: { time.timeZone = lib.mkDefault "Europe/Berlin"; }', PARIS, "[ ./box.nix ./other.nix ]"),
        (BERLIN, "{ config, lib, ... }: lib.mkIf config.boot.isContainer " + PARIS, "[ ./box.nix ./other.nix ]"),
        (BERLIN, "{ x, ... }: if x then " + PARIS + " else { }", "[ ./box.nix ./other.nix ]"),
        (BERLIN, PARIS, "[ ./box.nix ] ++ (if builtins.pathExists ./x then [ ./other.nix ] else [ ])"),
        (BERLIN, PARIS, "[ ./box.nix ]"),
        ('{ lib, x, ... }: { imports = lib.optional x ./other.nix; time.timeZone = "Europe/Berlin"; }', PARIS, "[ ./box.nix ]"),
        ('{ networking.firewall.extraCommands = "a"; }', '{ networking.firewall.extraCommands = "b"; }', "[ ./box.nix ./other.nix ]"),
        ("{ networking.firewall.allowedTCPPorts = [ 1 ]; }", "{ networking.firewall.allowedTCPPorts = [ 2 ]; }", "[ ./box.nix ./other.nix ]"),
    ],
    ids=["equal", "force", "default", "mkIf", "if", "imported perhaps", "not imported", "optional", "lines", "lists"],
)  # fmt: skip
def test_two_files_that_may_be_right_together_are_left_alone(box: str, other: str, modules: str):
    assert across(box, other, modules) == []


def test_a_third_file_may_have_the_last_word():
    third = '#- /third.nix\n{ lib, ... }: { time.timeZone = lib.mkForce "UTC"; }\n'
    assert across(BERLIN, PARIS, "[ ./box.nix ./other.nix ./third.nix ]", third) == []


def test_hosts_that_share_no_file_share_no_option():
    flake = """
    #- /flake.nix
    { outputs = { nixpkgs, ... }: { nixosConfigurations = {
      a = nixpkgs.lib.nixosSystem { modules = [ ./box.nix ]; };
      b = nixpkgs.lib.nixosSystem { modules = [ ./other.nix ]; };
    }; }; }
    #- /other.nix
    { time.timeZone = "Europe/Paris"; }
    #- /box.nix
    $0{ time.timeZone = "Europe/Berlin"; }
    """
    workspace, document, _ = project(flake, pin="25.11")
    assert diagnostics(workspace, document) == []
