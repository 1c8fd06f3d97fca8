"""Reading what locks sources: flake.lock, npins, niv, lon, literals, channels."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date

import pytest

from nix_lsp.analysis.files import MemoryFiles
from nix_lsp.analysis.pins.channels import Environment
from nix_lsp.analysis.pins.channels import read as read_channels
from nix_lsp.analysis.pins.choice import locking_folder
from nix_lsp.analysis.pins.table import FolderPins, read_folder
from option_index.timeline import Point

REVISION = "0123456789abcdef0123456789abcdef01234567"
NODE = {
    "locked": {"type": "github", "owner": "NixOS", "repo": "nixpkgs", "rev": REVISION, "lastModified": 1735689600, "narHash": "sha256-x"},
    "original": {"type": "github", "owner": "NixOS", "repo": "nixpkgs", "ref": "nixos-unstable"},
}  # fmt: skip


def folder(**files: object) -> FolderPins:
    """Read a folder with these files; `__` in a name is `/`, `_` is `.`; what is no text becomes JSON."""
    texts = {
        "/p/" + name.replace("__", "/").replace("_", "."): text if isinstance(text, str) else json.dumps(text)
        for name, text in files.items()
    }
    return read_folder(MemoryFiles(texts), "/p")


def flake_lock(nodes: Mapping[str, object], **inputs: object) -> dict[str, object]:
    return {"version": 7, "root": "root", "nodes": {"root": {"inputs": inputs}, **nodes}}


def test_unstable_lies_at_the_date_of_its_commit():
    pin = folder(flake_lock=flake_lock({"nixpkgs_2": NODE}, nixpkgs="nixpkgs_2")).main()["nixpkgs"]

    assert pin.point == (None, date(2025, 1, 1), REVISION, "sha256-x", None)
    assert (pin.branch, pin.owner, pin.evidence, pin.file) == (
        "nixos-unstable",
        "NixOS",
        "flake.lock, input nixpkgs",
        "/p/flake.lock",
    )


def test_follows_is_resolved_from_the_root_through_several_steps():
    nodes = {
        "a": {"inputs": {"nixpkgs": ["b", "nixpkgs"]}, "original": {"type": "github", "owner": "x", "repo": "a"}},
        "b": {"inputs": {"nixpkgs": ["pkgs"]}},
        "n": NODE,
    }
    pins = folder(flake_lock=flake_lock(nodes, a="a", b="b", pkgs="n"))

    below = pins.nixpkgs_of("a")
    assert below is not None
    assert below.point.revision == REVISION
    assert not pins.problems


@pytest.mark.parametrize(
    ("nodes", "inputs", "message"),
    [
        ({}, {"nixpkgs": ["nixpkgs"]}, "follows itself"),
        ({"a": {"inputs": {"nixpkgs": ["a", "nixpkgs"]}}}, {"a": "a"}, "follows itself"),
        ({}, {"nixpkgs": "gone"}, "which is missing"),
        ({}, {"nixpkgs": ["gone"]}, "does not exist"),
    ],
)
def test_a_chain_that_leads_nowhere_is_a_problem(nodes: dict[str, object], inputs: dict[str, object], message: str):
    pins = folder(flake_lock=flake_lock(nodes, **inputs))

    assert [message in problem.message for problem in pins.problems] == [True]
    assert "nixpkgs" not in pins.main()


def test_an_input_that_follows_nothing_is_no_problem():
    assert folder(flake_lock=flake_lock({"a": {"inputs": {"nixpkgs": []}}}, a="a")).problems == ()


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("", 0, "no JSON"),
        ("{\n  oops", 1, "no JSON"),
        ('{\n<<<<<<< HEAD\n"a": 1\n}', 1, "merge conflict"),
        ("[]", 0, "JSON object"),
        ("[" * 100_000, 0, "no JSON"),
        ('{"version": 4}', 0, "version 4"),
        ('{"version": 7}', 0, "root node"),
        ('{"version": 7, "root": "r", "nodes": []}', 0, "root node"),
    ],
)
def test_a_malformed_lock_is_a_problem_with_a_line(text: str, line: int, message: str):
    (problem,) = folder(flake_lock=text).problems

    assert (problem.file, problem.line) == ("/p/flake.lock", line)
    assert message in problem.message


@pytest.mark.parametrize("version", [5, 6, 7])
def test_known_versions_are_read(version: int):
    lock = flake_lock({"n": NODE}, nixpkgs="n") | {"version": version}

    assert folder(flake_lock=lock).main()["nixpkgs"].point.revision == REVISION


@pytest.mark.parametrize(
    "odd", [None, 3, [], "x", {"locked": 1, "original": [2]}, {"locked": {"lastModified": 10**30}}]
)
def test_odd_nodes_do_no_harm(odd: object):
    pin = folder(flake_lock=flake_lock({"n": odd}, nixpkgs="n")).main()["nixpkgs"]

    assert pin.point.date is None


@pytest.mark.parametrize(
    ("locked", "original", "release", "branch"),
    [
        ({"type": "tarball", "url": "https://releases.nixos.org/nixos/25.11/nixos-25.11.9.0123456/nixexprs.tar.xz"},
         {"type": "tarball", "url": "https://channels.nixos.org/nixos-25.11/nixexprs.tar.xz"}, "25.11", "nixos-25.11"),
        ({"type": "tarball", "url": f"https://api.flakehub.com/f/pinned/NixOS/nixpkgs/0.2505.1%2Brev-{REVISION}/0/source.tar.gz"},
         {"type": "tarball", "url": "https://flakehub.com/f/NixOS/nixpkgs/%2A"}, "25.05", "nixos-25.05"),
        ({"type": "github", "owner": "NixOS", "repo": "nixpkgs", "rev": REVISION}, {"type": "indirect", "id": "nixpkgs"}, None, None),
        ({"type": "git", "url": "https://github.com/NixOS/nixpkgs", "ref": "refs/heads/x"},
         {"type": "git", "url": "https://github.com/NixOS/nixpkgs", "ref": "nixos-24.11"}, "24.11", "nixos-24.11"),
        ({"type": "path", "path": "/nix/store/x-source"}, {"type": "path", "path": "./nixpkgs"}, None, None),
    ],
)  # fmt: skip
def test_every_type_of_input_tells_what_it_can(
    locked: dict[str, object], original: dict[str, object], release: str | None, branch: str | None
):
    pin = folder(flake_lock=flake_lock({"n": {"locked": locked, "original": original}}, src="n", nixpkgs="n")).main()[
        "nixpkgs"
    ]

    assert (pin.point.release, pin.branch) == (release, branch)


def test_sources_are_known_by_repository_whatever_the_input_is_called():
    nodes = {
        "h": {"original": {"type": "github", "owner": "nix-community", "repo": "home-manager", "ref": "release-25.05"}},
        "d": {"original": {"type": "github", "owner": "LnL7", "repo": "nix-darwin"}},
        "n": NODE,
    }

    pins = folder(flake_lock=flake_lock(nodes, hm="h", mac="d", unstable="n")).main()

    assert (pins["home-manager"].point.release, pins["nix-darwin"].point.release) == ("25.05", None)
    assert pins["nixpkgs"].branch == "nixos-unstable"


def test_the_input_that_is_named_like_its_source_goes_first():
    stable = {"original": {"type": "github", "owner": "NixOS", "repo": "nixpkgs", "ref": "nixos-25.05"}}

    pins = folder(flake_lock=flake_lock({"a": NODE, "b": stable}, a_unstable="a", nixpkgs="b")).main()

    assert pins["nixpkgs"].point.release == "25.05"


def test_a_flake_without_a_lock_tells_what_it_asks_for():
    flake = (
        '{ inputs = { nixpkgs.url = "github:NixOS/nixpkgs/nixos-25.05"; x.follows = "nixpkgs"; }; outputs = x: { }; }'
    )

    pin = folder(flake_nix=flake).main()["nixpkgs"]

    assert (pin.point.release, pin.point.revision, pin.evidence) == (
        "25.05",
        None,
        "flake.nix, input nixpkgs (not locked)",
    )


@pytest.mark.parametrize("version", range(9))
def test_npins_of_every_version(version: int):
    git = {
        "type": "Git",
        "repository": {"type": "GitHub", "owner": "NixOS", "repo": "nixpkgs"},
        "branch": "nixos-25.05",
        "revision": REVISION,
    }
    channel = {
        "type": "Channel",
        "name": "nixos-unstable",
        "url": "https://releases.nixos.org/nixos/unstable/nixos-26.05pre9.0123456/nixexprs.tar.xz",
    }

    pins = folder(npins__sources_json={"version": version, "pins": {"nixpkgs": git, "other": channel}})

    assert pins.main()["nixpkgs"].point[:3] == ("25.05", None, REVISION)
    other = pins.named("sources", "other")
    assert other is not None
    assert (other.source, other.point.release, other.branch) == ("nixpkgs", None, "nixos-unstable")


def test_npins_of_a_later_version_is_a_problem():
    (problem,) = folder(npins__sources_json={"version": 9, "pins": {}}).problems

    assert "version 9" in problem.message


def test_niv_and_lon():
    niv = {
        "nixpkgs": {"branch": "nixos-24.11", "owner": "NixOS", "repo": "nixpkgs", "rev": REVISION, "type": "tarball"},
        "odd": 1,
    }
    lon = {
        "version": "1",
        "sources": {
            "home-manager": {
                "type": "GitHub",
                "owner": "nix-community",
                "repo": "home-manager",
                "branch": "release-24.11",
                "revision": REVISION,
            }
        },
    }

    pins = folder(nix__sources_json=niv, lon_lock=lon).main()

    assert pins["nixpkgs"].point[:3] == ("24.11", None, REVISION)
    assert pins["home-manager"].point.release == "24.11"


@pytest.mark.parametrize(
    ("text", "point"),
    [
        ('import (fetchTarball "https://github.com/NixOS/nixpkgs/archive/nixos-24.11.tar.gz") { }', ("24.11", None)),
        (f'fetchTarball {{ url = "https://github.com/NixOS/nixpkgs/archive/{REVISION}.tar.gz"; sha256 = ""; }}', (None, REVISION)),
        (f'fetchGit {{ url = "https://github.com/NixOS/nixpkgs"; ref = "x"; rev = "{REVISION}"; }}', (None, REVISION)),
        (f'builtins.getFlake "github:NixOS/nixpkgs/{REVISION}"', (None, REVISION)),
        ("fetchTarball https://channels.nixos.org/nixos-24.11/nixexprs.tar.xz", ("24.11", None)),
        ('# fetchTarball "channel:nixos-23.05"\nfetchTarball "channel:nixos-24.11"', ("24.11", None)),
    ],
)  # fmt: skip
def test_urls_in_entry_files(text: str, point: tuple[str | None, str | None]):
    pin = folder(default_nix=text).main()["nixpkgs"]

    assert (pin.point.release, pin.point.revision) == point


def test_a_lock_silences_urls_in_expressions():
    pins = folder(flake_lock=flake_lock({}), default_nix='fetchTarball "channel:nixos-24.11"')

    assert pins.main() == {}


@pytest.mark.parametrize(
    ("nix_path", "release", "branch"),
    [
        ("nixpkgs=channel:nixos-25.05", "25.05", "nixos-25.05"),
        (
            "nixos-config=/etc/x:nixpkgs=https://channels.nixos.org/nixos-25.05/nixexprs.tar.xz:/y",
            "25.05",
            "nixos-25.05",
        ),
        ("nixpkgs=flake:nixpkgs/nixos-25.05", "25.05", "nixos-25.05"),
        ("nixpkgs=/channel", "24.11", "nixos-24.11"),
        ("", "23.11", "nixos-23.11"),
    ],
)
def test_channels(nix_path: str, release: str, branch: str):
    files = MemoryFiles(
        {
            "/channel/.version-suffix": ".1234.abcdef",
            "/channel/lib/.version": "24.11\n",
            "/home/me/.nix-defexpr/channels/nixpkgs/.version-suffix": ".9.abcdef",
            "/home/me/.nix-defexpr/channels/nixpkgs/.version": "23.11",
            "/home/me/.nix-defexpr/channels/nixpkgs/.git-revision": REVISION,
            "/nix/var/nix/profiles/per-user/root/channels/home-manager/release.json": '{"release": "24.05", "isReleaseBranch": true}',
        }
    )

    pins = read_channels(files, Environment({"NIX_PATH": nix_path}, "/home/me")).by_name

    assert (pins["nixpkgs"].point.release, pins["nixpkgs"].branch) == (release, branch)
    assert pins["home-manager"].point.release == "24.05"


def test_an_unstable_channel_has_no_release():
    files = MemoryFiles({"/c/.version-suffix": "pre1.abc", "/c/.version": "26.05"})

    pin = read_channels(files, Environment({"NIX_PATH": "nixpkgs=/c"})).by_name["nixpkgs"]

    assert pin.point.release is None


def test_nvfetcher_names_revisions_and_days():
    source = {"type": "github", "owner": "NixOS", "repo": "nixpkgs", "rev": REVISION, "sha256": "sha256-x"}
    other = {"type": "url", "url": "https://example.org/x.tar.gz"}
    entries = {"pkgs": {"date": "2025-01-31", "src": source, "version": REVISION}, "x": {"src": other}, "y": 3}
    files = MemoryFiles({"/p/_sources/generated.json": json.dumps(entries)})
    pin = read_folder(files, "/p").main()["nixpkgs"]

    assert (pin.point.revision, pin.point.date, pin.evidence) == (
        REVISION,
        date(2025, 1, 31),
        "_sources/generated.json, pkgs",
    )


def test_nvfetchers_other_sources_lock_nothing():
    files = MemoryFiles(
        {"/p/_sources/generated.json": '{"x": {"src": {"type": "url", "url": "https://example.org/x.tar.gz"}}}'}
    )

    assert read_folder(files, "/p").order == ()


def test_a_prefetched_nixpkgs():
    content = {"url": "https://github.com/NixOS/nixpkgs.git", "rev": REVISION, "date": "2025-01-31T10:00:00+01:00"}
    pin = folder(nixpkgs_json=content).main()["nixpkgs"]

    assert (pin.point.revision, pin.point.date, pin.owner) == (REVISION, date(2025, 1, 31), "NixOS")
    assert folder(nixpkgs_json={"name": "something else"}).order == ()


@pytest.mark.parametrize(
    "name", ["/p/_sources/generated.json", "/p/nixpkgs.json", "/p/lon.lock", "/p/npins/sources.json", "/p/devenv.lock"]
)
@pytest.mark.parametrize("text", ["", "{", "[]", "[" * 100_000, "3"])
def test_every_malformed_file_is_one_problem(name: str, text: str):
    pins = read_folder(MemoryFiles({name: text}), "/p")

    assert [problem.file for problem in pins.problems] == [name]
    assert pins.main() == {}


def test_a_file_that_only_bears_the_name_does_not_cut_a_folder_off():
    files = MemoryFiles({"/p/flake.lock": "{}", "/p/a/nixpkgs.json": "{}", "/p/a/_sources/generated.json": "{}"})

    assert locking_folder(files, "/p/a", "/p") == "/p"


@pytest.mark.parametrize(
    ("version", "point"),
    [
        ("25.11.1234.abcdef1", Point(release="25.11")),
        ("26.05pre1234.abcdef1", Point()),
        ("25.11.20260101.abcdef1", Point(release="25.11")),
        ("26.05.20260101.abcdef1", Point(date=date(2026, 1, 1))),
        ("25.11.20259901.abcdef1", None),
        ("whatever", None),
        ("", None),
    ],
)
def test_the_nixos_that_runs_counts_last(version: str, point: Point | None):
    files = MemoryFiles({"/run/current-system/nixos-version": f"{version}\n"})
    found = read_channels(files, Environment()).by_name.get("nixpkgs")

    assert (found.point if found else None) == point
    if found:
        assert found.evidence == f"the NixOS that runs, {version}"


def test_a_channel_counts_before_the_nixos_that_runs():
    files = MemoryFiles({"/run/current-system/nixos-version": "25.11.1234.abcdef1"})
    pin = read_channels(files, Environment({"NIX_PATH": "nixpkgs=channel:nixos-26.05"})).by_name["nixpkgs"]

    assert pin.point.release == "26.05"


def test_the_search_path_that_a_configuration_sets_is_a_literal():
    text = '{ nix.nixPath = [ "nixpkgs=https://channels.nixos.org/nixos-25.11/nixexprs.tar.xz" ]; }'

    assert folder(configuration_nix=text).main()["nixpkgs"].point.release == "25.11"
