"""What is proposed beside option names: paths, inputs, list elements, what declares an option."""

from __future__ import annotations

import pytest

from nix_lsp.analysis.pins.channels import Environment
from nix_lsp.ide.completion import complete
from tests.fixture import project

from .test_completion import accepted, labels, nothing

FILES = """
#- /modules/ssh.nix
{ }
#- /modules/notes.txt
text
#- /home.nix
{ }
#- /hosts/desk/default.nix
{ }
"""
FLAKE = """
#- /flake.nix
{
  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-25.11";
  inputs.disko.url = "github:nix-community/disko";
  outputs = { self, nixpkgs, ... }@inputs: { };
}
"""


@pytest.mark.parametrize(
    ("fixture", "expected"),
    [
        (FILES + "#- /configuration.nix\n{ imports = [ ./$0 ]; }", ["home.nix", "hosts", "modules"]),
        (FILES + "#- /configuration.nix\n{ imports = [ ./mod$0 ]; }", ["home.nix", "hosts", "modules"]),
        (FILES + "#- /configuration.nix\n{ imports = [ ./modules/$0", ["ssh.nix", "notes.txt"]),
        (FILES + "#- /hosts/desk/disk.nix\n{ imports = [ ../$0 ]; }", ["desk"]),
        (FILES + "#- /hosts/desk/disk.nix\n{ imports = [ ../../$0 ]; }", ["home.nix", "hosts", "modules"]),
    ],
)
def test_paths_show_what_lies_there(fixture: str, expected: list[str]):
    assert labels(fixture) == expected


def test_a_path_is_replaced_from_its_last_slash_on():
    text = accepted("#- /modules/ssh.nix\n{ }\n#- /configuration.nix\n{ imports = [ ./modules/s$0 ]; }", "ssh.nix")
    assert text == "{ imports = [ ./modules/ssh.nix ]; }"


@pytest.mark.parametrize("path", ["~/$0", "./nowhere/$0"])
def test_elsewhere_nothing_is_listed(path: str):
    assert nothing(f"{FILES}#- /configuration.nix\n{{ imports = [ {path} ]; }}")


@pytest.mark.parametrize(
    ("typed", "expected"),
    [("<nixpkgs/$0>", ["lib", "nixos"]), ("<nixpkgs/n$0>", ["lib", "nixos"]), ("<nixpkgs/nixos/$0", ["default.nix"])],
)
def test_search_paths_show_what_lies_where_nix_path_leads(typed: str, expected: list[str]):
    files = "#- /channel/nixos/default.nix\n{ }\n#- /channel/lib/trivial.nix\n{ }\n"
    environment = Environment({"NIX_PATH": "nixpkgs=/channel"})
    workspace, document, offset = project(f"{files}#- /shell.nix\nimport {typed}", environment=environment)

    found = complete(workspace, document, offset)

    assert found is not None
    assert sorted(item.label for item in found.items) == expected


@pytest.mark.parametrize("typed", ["<unknown/$0>", "<nixpkgs/nowhere/$0>"])
def test_a_search_path_that_leads_nowhere_lists_nothing(typed: str):
    environment = Environment({"NIX_PATH": "nixpkgs=/channel"})
    files = "#- /channel/lib/trivial.nix\n{ }\n"
    workspace, document, offset = project(f"{files}#- /shell.nix\nimport {typed}", environment=environment)

    assert not complete(workspace, document, offset)


def test_inputs_of_the_flake_are_known_in_its_modules():
    assert labels(FLAKE + "#- /configuration.nix\n{ inputs, ... }: { imports = [ inputs.$0 ]; }") == [
        "disko",
        "nixpkgs",
        "self",
    ]


def test_outputs_take_the_inputs_that_they_do_not_name_yet():
    assert labels(FLAKE.replace("nixpkgs, ...", "nixpkgs, $0")) == ["disko"]


def test_a_list_of_submodules_is_begun_with_its_first_element():
    assert labels("{ services.openssh.listenA$0 }") == ["listenAddresses"]
    assert (
        accepted("{ services.openssh.listenA$0 }", "listenAddresses")
        == "{ services.openssh.listenAddresses = [ { $1 \\} ]; }"
    )
    assert labels("{ services.openssh.listenAddresses = [ { $0 } ]; }") == ["addr", "port"]
    assert labels("{ services.openssh.listenAddresses = [ { addr = ''; } { p$0") == ["port"]


def test_options_are_declared_with_what_mkoption_takes():
    declared = "{ lib, ... }: { options.a = lib.mkOption { type = lib.types.str; $0 }; }"
    assert labels(declared)[:2] == ["default", "description"]
    assert "type" not in labels(declared)
    assert nothing("{ lib, ... }: { options.a = lib.mkOption { default = { $0 }; }; }")


@pytest.mark.parametrize("types", ["lib.types.$0", "with lib.types; $0"])
def test_types_come_frequent_ones_first(types: str):
    assert labels(f"{{ lib, ... }}: {{ options.a = lib.mkOption {{ type = {types}; }}; }}")[:2] == ["str", "bool"]


@pytest.mark.parametrize("place", ["services.$0", "x = pkgs.$0", "x = with pkgs; [ $0 ]"])
def test_names_that_begin_with_a_lower_case_letter_come_first(place: str):
    assert all(label[0].islower() for label in labels(f"{{ pkgs, ... }}: {{ {place}; }}")[:20])


TRUTH = [
    ("services.ssh", "openssh"),
    ("services.openssh.pass", "settings.PasswordAuthentication"),
    ("services.open", "openssh"),
    ("services.postg", "postgresql"),
    ("services.nginx.virt", "virtualHosts"),
    ("services.nginx.recTls", "recommendedTlsSettings"),
    ("networking.fire", "firewall"),
    ("networking.firewall.tcp", "allowedTCPPorts"),
    ("networking.host", "hostName"),
    ("environment.pack", "systemPackages"),
    ("environment.sys", "systemPackages"),
    ("programs.zs", "zsh"),
    ("programs.gnu", "gnupg"),
    ("boot.loader.sys", "systemd-boot"),
    ("boot.ker", "kernelPackages"),
    ("boot.kernelPar", "kernelParams"),
    ("hardware.blue", "bluetooth"),
    ("users.mut", "mutableUsers"),
    ("i18n.def", "defaultLocale"),
    ("time.zone", "timeZone"),
    ("nix.gar", "gc"),
    ("nix.set", "settings"),
    ("virtualisation.dock", "docker"),
    ("security.sud", "sudo"),
    ("security.acme.acc", "acceptTerms"),
    ("system.state", "stateVersion"),
    ("systemd.serv", "services"),
    ("fileSys", "fileSystems"),
    ("xdg.por", "portal"),
    ("fonts.pack", "packages"),
]
"""What people type, and the option that they mean."""


def test_what_is_meant_stands_high_in_the_list():
    """The mean reciprocal rank over the truth set: 1 would be every time at the top."""
    ranks: dict[str, float] = {}
    for typed, meant in TRUTH:
        found = labels(f"{{ {typed}$0 }}") if not nothing(f"{{ {typed}$0 }}") else []
        ranks[typed] = 1 / (found.index(meant) + 1) if meant in found else 0.0
    mean = sum(ranks.values()) / len(ranks)
    assert mean >= 0.8, {typed: round(rank, 2) for typed, rank in ranks.items() if rank < 1}


def test_packages_that_start_with_what_is_typed_stand_high():
    for typed in ("vim", "git", "firef", "python3", "htop", "ripg", "neov"):
        assert labels(f"{{ pkgs, ... }}: {{ x = with pkgs; [ {typed}$0 ]; }}")[0].startswith(typed)


def test_values_are_proposed_in_a_string_that_the_next_line_seems_to_end():
    assert "prohibit-password" in labels(
        '{\n  services.openssh.settings.PermitRootLogin = "$0\n  system.stateVersion = "24.11";\n}\n'
    )
