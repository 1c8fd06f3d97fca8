"""Which ways to an exact index are open for a pin, and when none is needed."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from option_index.cache import Cache
from option_index.consent import Consent
from option_index.records import Option, Package
from option_index.sources import ways
from option_index.store_file import PACKAGES, Origin
from option_index.store_path import source_in_store
from option_index.timeline import Point

REVISION = "1" * 40
NAR_HASH = "sha256-" + "A" * 43 + "="
PIN = Point(release="25.11", revision=REVISION, nar_hash=NAR_HASH)
ALL = Consent(evaluate=True, fetch=True)


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cache")


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A Nix store that holds the pinned source, and a Nix on PATH; returns the source."""
    monkeypatch.setenv("NIX_STORE_DIR", str(tmp_path / "store"))
    program = tmp_path / "bin" / "nix-instantiate"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent))
    path = source_in_store(NAR_HASH, str(tmp_path / "store"))
    assert path
    source = Path(path)
    source.mkdir(parents=True)
    return source


def commands(cache: Cache, point: Point = PIN, consent: Consent = ALL) -> list[str]:
    return [way.arguments[0] for way in ways(cache, point, consent)]


def test_the_pinned_source_is_evaluated_before_a_channel_is_fetched(cache: Cache, store: Path):
    build, fetch = ways(cache, PIN, ALL)
    assert build.arguments == ("build", "--nixpkgs", str(store), "--revision", REVISION, "--branch", "25.11")
    assert fetch.arguments == ("fetch", "nixos-25.11")


@pytest.mark.parametrize(
    ("consent", "expected"), [(Consent(), []), (Consent(evaluate=True), ["build"]), (Consent(fetch=True), ["fetch"])]
)
def test_nothing_is_done_without_consent(cache: Cache, store: Path, consent: Consent, expected: list[str]):
    assert commands(cache, consent=consent) == expected


def test_without_nix_or_the_source_nothing_is_evaluated(cache: Cache, store: Path, monkeypatch: pytest.MonkeyPatch):
    assert commands(cache, PIN._replace(nar_hash=None)) == ["fetch"]
    store.rmdir()
    assert commands(cache) == ["fetch"]
    store.mkdir()
    monkeypatch.setenv("PATH", "/nowhere")
    assert commands(cache) == ["fetch"]


def test_what_is_there_is_not_brought_again(cache: Cache, store: Path):
    cache.build_options(Origin("nixos", REVISION, "a test"), "25.11", [Option(("a", "b"), "string")])
    assert commands(cache) == ["fetch"]
    cache.build_packages(Origin(PACKAGES, REVISION, "a test"), "25.11", [Package("hello")])
    assert commands(cache) == []


def test_a_channel_is_asked_once_a_day(cache: Cache):
    cache.build_packages(Origin(PACKAGES, "2" * 40, "a test"), "25.11", [Package("hello")])
    asked = cache.downloads / "nixos-25.11" / "git-revision"
    asked.parent.mkdir(parents=True)
    asked.touch()
    assert commands(cache) == []
    yesterday = time.time() - 25 * 3600
    os.utime(asked, (yesterday, yesterday))
    assert commands(cache) == ["fetch"]
