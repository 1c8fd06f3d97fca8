"""Releases past their support, and sources of releases that do not go together."""

from __future__ import annotations

import json
from datetime import date

import pytest

from nix_lsp.analysis.pins.channels import Environment
from nix_lsp.ide.diagnostics import diagnostics
from nix_lsp.ide.edits import apply
from nix_lsp.ide.model import Diagnostic, Severity
from tests.fixture import Fixture, project

TODAY = date(2026, 3, 1)
HOST = "nixosConfigurations.box = nixpkgs.lib.nixosSystem { modules = [ home-manager.nixosModules.home-manager ]; };"
URLS = {
    "nixpkgs": "github:NixOS/nixpkgs",
    "old": "github:NixOS/nixpkgs",
    "home-manager": "github:nix-community/home-manager",
    "darwin": "github:nix-darwin/nix-darwin",
}


def flake(outputs: str = HOST, more: str = "", **locked: tuple[str, str]) -> Fixture:
    """Make a flake whose inputs are locked: by name (`_` is `-`) the branch, `""` for none, and the day of the commit."""
    inputs, edges = "", dict[str, str]()
    nodes: dict[str, object] = {"root": {"inputs": edges}}
    for key, (branch, day) in locked.items():
        name = key.replace("_", "-")
        scheme, place = URLS[name].split(":")
        owner, repo = place.split("/")
        inputs += f'  inputs.{name}.url = "{URLS[name]}{branch and f"/{branch}"}";\n'
        seconds = (date.fromisoformat(day) - date(1970, 1, 1)).days * 86400
        base = {"type": scheme, "owner": owner, "repo": repo}
        nodes[name] = {
            "locked": {**base, "rev": f"{len(nodes):040x}", "lastModified": seconds},
            "original": {**base, **({"ref": branch} if branch else {})},
        }
        edges[name] = name
    lock = json.dumps({"version": 7, "root": "root", "nodes": nodes})
    arguments = ", ".join((*(name.replace("_", "-") for name in locked), "..."))
    text = f"{{\n{inputs}{more}  outputs = {{ {arguments} }}: {{ {outputs} }};$0\n}}\n"
    return project(f"#- /flake.lock\n{lock}\n#- /flake.nix\n{text}", environment=Environment(today=TODAY))


def found(fixture: Fixture) -> list[Diagnostic]:
    """Return what the rules find; that what code fetches has no hash is not theirs to say."""
    return [each for each in diagnostics(fixture.workspace, fixture.document) if not each.rule.startswith("imp-")]


def said(fixture: Fixture) -> list[tuple[str, str]]:
    """Return the rule of each finding, and the text that it underlines."""
    return [(each.rule, fixture.document.text(each.span)) for each in found(fixture)]


@pytest.mark.parametrize(
    ("branch", "severity"),
    [
        ("nixos-25.05", Severity.WARNING),
        ("nixos-25.05-small", Severity.WARNING),
        ("release-24.11", Severity.WARNING),
        ("nixpkgs-24.05-darwin", Severity.WARNING),
        ("nixos-25.11", None),
        ("nixos-26.05", None),
        ("nixos-31.11", None),
    ],
)
def test_a_release_past_its_support(branch: str, severity: Severity | None):
    findings = found(flake(nixpkgs=(branch, "2026-02-01")))

    assert [(each.rule, each.severity) for each in findings] == ([("release-eol", severity)] if severity else [])


def test_the_message_names_the_day_and_what_is_supported():
    (finding,) = found(flake(nixpkgs=("nixos-25.05", "2025-12-30")))

    assert finding.message == (
        "`nixos-25.05` has had no security fixes since 2025-12-31, the end of its support; flake.lock, input nixpkgs. "
        "Supported now: 25.11."
    )


def test_the_last_day_of_support_is_supported():
    fixture = project(
        '#- /flake.nix\n{ inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-25.05"; outputs = _: { }; }\n',
        environment=Environment(today=date(2025, 12, 31)),
    )

    assert said(fixture) == []


def test_without_a_day_nothing_is_said():
    assert (
        said(project('#- /flake.nix\n{ inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-20.09"; outputs = _: { }; }\n'))
        == []
    )


def test_what_builds_no_host_is_information():
    (finding,) = found(flake(nixpkgs=("nixos-25.11", "2026-02-01"), old=("nixos-23.11", "2024-02-01")))

    assert (finding.rule, finding.severity) == ("release-eol", Severity.INFORMATION)
    assert "nixos-23.11" in finding.message


@pytest.mark.parametrize(
    ("branch", "day", "reported"),
    [
        ("nixos-unstable", "2025-07-01", True),
        ("", "2025-07-01", True),
        ("nixos-unstable", "2026-01-01", False),
        ("0123456789abcdef0123456789abcdef01234567", "2020-01-01", False),
        ("my-branch", "2020-01-01", False),
    ],
)
def test_an_old_commit_of_unstable_is_information(branch: str, day: str, reported: bool):
    findings = found(flake(nixpkgs=(branch, day)))

    assert [(each.rule, each.severity) for each in findings if each.rule == "release-eol"] == (
        [("release-eol", Severity.INFORMATION)] if reported else []
    )


def test_a_url_that_code_fetches():
    text = '{ pkgs ? import (builtins.fetchTarball "https://github.com/NixOS/nixpkgs/archive/nixos-23.11.tar.gz") { } }: pkgs\n'
    fixture = project(text, path="/default.nix", environment=Environment(today=TODAY))

    assert said(fixture) == [("release-eol", "https://github.com/NixOS/nixpkgs/archive/nixos-23.11.tar.gz")]


@pytest.mark.parametrize(
    "text",
    [
        '{ x.description = "https://github.com/NixOS/nixpkgs/archive/nixos-23.11.tar.gz"; }',
        '# builtins.fetchTarball "https://github.com/NixOS/nixpkgs/archive/nixos-23.11.tar.gz"\n{ }',
        '{ x = f "https://channels.nixos.org/nixos-23.11"; y = builtins.fetchTarball z; }',
    ],
)
def test_a_url_that_nobody_fetches_pins_nothing(text: str):
    assert said(project(text, path="/default.nix", environment=Environment(today=TODAY))) == []


def test_the_import_of_locked_sources():
    sources = {"version": 7, "pins": {"nixpkgs": {"type": "Channel", "name": "nixos-23.11", "url": "", "hash": ""}}}
    fixture = project(
        f"#- /npins/sources.json\n{json.dumps(sources)}\n#- /npins/default.nix\n(builtins.fromJSON (builtins.readFile ./sources.json)).pins\n#- /default.nix\nlet sources = import ./npins; in import sources.nixpkgs {{ }}$0\n",
        environment=Environment(today=TODAY),
    )

    assert said(fixture) == [("release-eol", "./npins")]


STABLE, UNSTABLE = ("nixos-25.11", "2026-02-01"), ("nixos-unstable", "2026-02-01")


@pytest.mark.parametrize(
    ("nixpkgs", "home_manager", "wanted"),
    [
        (STABLE, ("release-25.05", "2025-11-01"), "github:nix-community/home-manager/release-25.11"),
        (STABLE, ("", "2026-02-20"), "github:nix-community/home-manager/release-25.11"),
        (STABLE, ("master", "2026-02-20"), "github:nix-community/home-manager/release-25.11"),
        (UNSTABLE, ("release-25.11", "2026-02-01"), "github:nix-community/home-manager/master"),
    ],
)
def test_home_manager_of_another_release(nixpkgs: tuple[str, str], home_manager: tuple[str, str], wanted: str):
    fixture = flake(nixpkgs=nixpkgs, home_manager=home_manager)
    (finding,) = found(fixture)

    assert finding.rule == "release-mismatch"
    (fix,) = finding.fixes
    assert wanted in apply(fixture.document.source, fix.edits[0].edits).decode()
    assert fix.title == f"Follow `{wanted.rpartition('/')[2]}`, to be locked by `nix flake update home-manager`"


@pytest.mark.parametrize(
    ("nixpkgs", "home_manager"),
    [
        (STABLE, ("release-25.11", "2026-02-01")),
        (UNSTABLE, ("", "2026-02-01")),
        (UNSTABLE, ("master", "2025-11-10")),
        # Both may still carry the same number.
        (("nixos-25.11", "2025-11-25"), ("master", "2025-11-25")),
        (("nixos-unstable", "2025-12-01"), ("release-25.11", "2025-12-01")),
        # Nobody knows which branch these are of.
        (STABLE, ("0123456789abcdef0123456789abcdef01234567", "2026-02-01")),
        (("my-branch", "2026-02-01"), ("release-25.05", "2025-11-01")),
    ],
)
def test_what_goes_together_or_may(nixpkgs: tuple[str, str], home_manager: tuple[str, str]):
    assert "release-mismatch" not in [rule for rule, _ in said(flake(nixpkgs=nixpkgs, home_manager=home_manager))]


def test_what_switches_the_check_off_is_respected():
    module = "modules = [ { home-manager.users.a.home.enableNixpkgsReleaseCheck = false; } ];"
    fixture = flake(
        HOST.replace("modules = [ ", f"{module} x = [ "), nixpkgs=STABLE, home_manager=("release-25.05", "2025-11-01")
    )

    assert said(fixture) == []


def test_one_host_with_the_right_nixpkgs_is_enough_for_silence():
    outputs = HOST + HOST.replace("box = nixpkgs", "old = old")
    home_manager = ("release-25.05", "2025-11-01")
    fixture = flake(outputs, nixpkgs=STABLE, old=("nixos-25.05", "2025-11-01"), home_manager=home_manager)

    assert "release-mismatch" not in [rule for rule, _ in said(fixture)]


def test_nix_darwin_of_another_release():
    outputs = "darwinConfigurations.mac = darwin.lib.darwinSystem { modules = [ ]; };"
    fixture = flake(outputs, nixpkgs=("nixpkgs-25.11-darwin", "2026-02-01"), darwin=("nix-darwin-25.05", "2025-09-01"))
    (finding,) = found(fixture)

    assert (finding.rule, fixture.document.text(finding.span)) == (
        "release-mismatch",
        '"github:nix-darwin/nix-darwin/nix-darwin-25.05"',
    )
    assert "nix-darwin refuses to evaluate with it. `nix-darwin-25.11` goes with it." in finding.message
    assert (
        said(flake(outputs, nixpkgs=("nixpkgs-25.11-darwin", "2026-02-01"), darwin=("nix-darwin-25.11", "2026-01-01")))
        == []
    )


def test_a_home_manager_that_code_fetches():
    text = """
        #- /home.nix
        { }
        #- /configuration.nix
        { imports = [ (import "${builtins.fetchTarball "https://github.com/nix-community/home-manager/archive/release-25.05.tar.gz"}/nixos") ]; }$0
        #- /default.nix
        { x = builtins.fetchTarball "https://github.com/NixOS/nixpkgs/archive/nixos-25.11.tar.gz"; }
    """
    fixture = project(text, environment=Environment(today=TODAY))

    assert said(fixture) == [
        ("release-mismatch", "https://github.com/nix-community/home-manager/archive/release-25.05.tar.gz")
    ]
