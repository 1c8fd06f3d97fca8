"""A file of hosts with different pins: judged by what holds in all of them, and every message says which pins these are."""

from __future__ import annotations

import json

from nix_lsp.ide.diagnostics import diagnostics
from tests.fixture import project


def _locked(branch: str, seconds: int) -> dict[str, object]:
    base = {"type": "github", "owner": "NixOS", "repo": "nixpkgs"}
    return {"locked": {**base, "rev": "a" * 40, "lastModified": seconds}, "original": {**base, "ref": branch}}


LOCK = {
    "version": 7,
    "root": "root",
    "nodes": {
        "root": {"inputs": {"nixpkgs": "nixpkgs", "old": "old"}},
        "nixpkgs": _locked("nixos-25.11", 1764547200),
        "old": _locked("nixos-25.05", 1754547200),
    },
}
FLAKE = """
{ outputs = { nixpkgs, old, ... }: {
    nixosConfigurations.a = nixpkgs.lib.nixosSystem { modules = [ ./both.nix ./new.nix ]; };
    nixosConfigurations.b = old.lib.nixosSystem { modules = [ ./both.nix ./old.nix ]; };
}; }
"""
WRONG = """{
  hardware.opengl.enable = true;
  services.opensssh.enable = true;
  services.openssh.enable = "x";
  boot.loader.grub.bootDevice = "/dev/sda";
}"""


def said(path: str, text: str) -> list[tuple[str, str]]:
    """Return rule and message of what is said of a file of the project."""
    others = "".join(f"#- {name}\n{{ }}\n" for name in ("/both.nix", "/new.nix", "/old.nix") if name != path)
    fixture = project(f"#- /flake.lock\n{json.dumps(LOCK)}\n#- /flake.nix{FLAKE}{others}#- {path}\n{text}\n")
    return [(each.rule, each.message) for each in diagnostics(fixture.workspace, fixture.document)]


def test_every_message_names_the_pins_that_differ_with_their_hosts():
    both = "this project pins nixos-25.11 for nixosConfigurations.a, nixos-25.05 for nixosConfigurations.b"
    found = said("/both.nix", WRONG)
    assert [rule for rule, _ in found] == ["option-renamed", "option-unknown", "option-type", "option-removed"]
    assert all(both in message for _, message in found)


def test_a_pin_that_all_agree_on_is_named_with_its_evidence():
    found = said("/new.nix", WRONG)
    assert [rule for rule, _ in found] == ["option-renamed", "option-unknown", "option-type", "option-removed"]
    assert all("this project pins nixos-25.11 (flake.lock, input nixpkgs)" in message for _, message in found)


def test_what_is_wrong_for_one_host_only_is_not_reported():
    came_between = "{ services.gnome.gcr-ssh-agent.enable = true; }"
    assert [rule for rule, _ in said("/old.nix", came_between)] == ["option-not-yet"]
    assert said("/both.nix", came_between) == said("/new.nix", came_between) == []
