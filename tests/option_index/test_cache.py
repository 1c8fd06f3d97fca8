"""The cache of exact indexes: found by name, shared by processes, bounded, and mended when damaged."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from option_index.cache import Cache, CacheError, cache_folder, revision_keys
from option_index.records import Option, Package
from option_index.store_file import PACKAGES, Origin
from option_index.timeline import Point

ONE, TWO = "1" * 40, "2" * 40
OPTIONS = [Option(("a", "b"), "string")]
BUILD = """
import sys, time
from pathlib import Path
from option_index.cache import Cache
from option_index.records import Option
from option_index.store_file import Origin

def options(pause):
    for number in range(5000):
        yield Option(("a", f"n{number}"), "string", description="x" * 200)
        if number == 4000:
            print("building", flush=True)
            time.sleep(pause)

Cache(Path(sys.argv[1])).build_options(Origin("nixos", sys.argv[2], "a test"), "25.11", options(float(sys.argv[3])))
"""


def origin(revision: str = ONE, kind: str = "nixos") -> Origin:
    return Origin(kind, revision, "a test")


def build(folder: Path, revision: str, pause: float) -> subprocess.Popen[str]:
    """Start another process that builds an index, and wait until it is at it."""
    process = subprocess.Popen(
        [sys.executable, "-c", BUILD, str(folder), revision, str(pause)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    assert process.stdout.readline() == "building\n"
    return process


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file() and path.name != "building.lock")


@pytest.mark.parametrize(
    ("environment", "platform", "expected"),
    [
        ({"HOME": "/h", "XDG_CACHE_HOME": "/c"}, "linux", "/c/nix-lsp"),
        ({"HOME": "/h", "XDG_CACHE_HOME": "relative"}, "linux", "/h/.cache/nix-lsp"),
        ({"HOME": "/h"}, "linux", "/h/.cache/nix-lsp"),
        ({"HOME": "/h"}, "darwin", "/h/Library/Caches/nix-lsp"),
        ({"HOME": "/h", "LOCALAPPDATA": "/l"}, "win32", "/l/nix-lsp"),
    ],
)
def test_the_folder_is_where_the_system_keeps_caches(environment: dict[str, str], platform: str, expected: str):
    assert cache_folder(environment, platform) == Path(expected)


@pytest.mark.parametrize(
    ("point", "expected"),
    [
        (Point(revision=ONE), [ONE]),
        (Point(revision=ONE, nar_hash="sha256-" + "A" * 43 + "="), [ONE, "nar-" + "0" * 64]),
        (Point(revision="main"), []),
        (Point(nar_hash="sha256-no base64"), []),
        (Point(nar_hash="sha256-AAAA"), []),
        (Point(release="25.11"), []),
    ],
)
def test_an_index_is_filed_under_the_commit_or_the_hash_of_the_source(point: Point, expected: list[str]):
    assert revision_keys(point) == expected


def test_an_index_is_found_for_its_revision_alone(tmp_path: Path):
    cache = Cache(tmp_path)
    path = cache.build_options(origin(), "25.11", OPTIONS)
    assert cache.find("nixos", Point(release="25.11", revision=ONE)) == path
    assert cache.find("nixos", Point(release="25.11", revision=TWO)) is None
    assert cache.find("home-manager", Point(revision=ONE)) is None
    assert cache.nearest("nixos", Point(release="25.11", revision=TWO)) == path
    assert cache.nearest("nixos", Point(release="25.05")) is None
    file = cache.open(path)
    assert file
    assert file.origin == Origin("nixos", ONE, "a test", 1)


def test_packages_are_kept_beside_options(tmp_path: Path):
    cache = Cache(tmp_path)
    cache.build_options(origin(), "25.11", OPTIONS)
    cache.build_packages(origin(kind=PACKAGES), "25.11", [Package("hello")])
    assert [(entry.kind, entry.branch, entry.revision) for entry in cache.entries()] == [
        ("nixos", "25.11", ONE),
        ("packages", "25.11", ONE),
    ]


@pytest.mark.parametrize(
    ("kind", "revision"), [("../x", ONE), ("", ONE), ("nixos", "main"), ("nixos", "../" + "1" * 37)]
)
def test_names_that_would_leave_the_folder_are_refused(tmp_path: Path, kind: str, revision: str):
    with pytest.raises(CacheError):
        Cache(tmp_path / "c").build_options(Origin(kind, revision, ""), "25.11", OPTIONS)
    assert not (tmp_path / "c").exists()


def test_a_damaged_index_is_set_aside_and_can_be_built_again(tmp_path: Path):
    cache = Cache(tmp_path)
    path = cache.build_options(origin(), "25.11", OPTIONS)
    path.write_bytes(path.read_bytes()[:5000])
    assert cache.open(path) is None
    assert names(tmp_path) == [f"25.11@{ONE}.sqlite.damaged"]
    assert cache.open(cache.build_options(origin(), "25.11", OPTIONS)) is not None
    assert names(tmp_path) == [f"25.11@{ONE}.sqlite"]


def test_verify_reads_all_and_sets_aside_what_is_damaged(tmp_path: Path):
    cache = Cache(tmp_path)
    good = cache.build_options(origin(), "25.11", OPTIONS)
    bad = cache.build_options(origin(TWO), "25.11", OPTIONS)
    bad.write_bytes(b"no index")
    checked = {each.path: each.problem for each in cache.verify()}
    assert checked == {good: None, bad: f"{bad}: no index"}
    assert [entry.path for entry in cache.entries()] == [good]


def test_two_processes_that_build_one_index_both_come_to_an_end(tmp_path: Path):
    first = build(tmp_path, ONE, 0.5)
    second = subprocess.Popen([sys.executable, "-c", BUILD, str(tmp_path), ONE, "0"], stdout=subprocess.DEVNULL)
    assert (first.wait(30), second.wait(30)) == (0, 0)
    assert names(tmp_path) == [f"25.11@{ONE}.sqlite"]
    [entry] = Cache(tmp_path).entries()
    assert Cache(tmp_path).open(entry.path) is not None


def test_a_builder_that_is_killed_leaves_nothing_that_is_read(tmp_path: Path):
    process = build(tmp_path, ONE, 60)
    process.kill()
    process.wait()
    cache = Cache(tmp_path)
    assert cache.entries() == []
    [remains] = (tmp_path / "index-1" / "nixos").iterdir()
    os.utime(remains, (time.time() - 7200, time.time() - 7200))
    # Its turn ended with it, and the next builder clears up.
    cache.build_options(origin(TWO), "25.11", OPTIONS)
    assert names(tmp_path) == [f"25.11@{TWO}.sqlite"]


def test_what_was_used_longest_ago_makes_room(tmp_path: Path):
    first = Cache(tmp_path).build_options(origin(), "25.11", OPTIONS)
    second = Cache(tmp_path).build_options(origin(TWO), "25.11", OPTIONS)
    os.utime(first, (1000, 1000))
    os.utime(second, (500, 500))
    Cache(tmp_path, limit=2 * first.stat().st_size + 10).build_options(origin("3" * 40), "25.11", OPTIONS)
    assert names(tmp_path) == sorted([first.name, f"25.11@{'3' * 40}.sqlite"])


def test_a_folder_that_cannot_be_made_is_told_with_what_to_do(tmp_path: Path):
    (tmp_path / "file").write_text("")
    with pytest.raises(CacheError, match="XDG_CACHE_HOME"):
        Cache(tmp_path / "file").build_options(origin(), "25.11", OPTIONS)
    assert Cache(tmp_path / "file").entries() == []


def test_what_is_built_again_for_another_branch_is_kept_once(tmp_path: Path):
    cache = Cache(tmp_path)
    cache.build_options(origin(), "unstable", OPTIONS)
    cache.build_options(origin(), "25.11", OPTIONS)
    assert names(tmp_path) == [f"25.11@{ONE}.sqlite"]
