"""`nix-lsp doctor`: the pins, the module sets, what answers and why, and what to do about what is wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from nix_lsp.__main__ import main
from option_index.cache import Cache
from option_index.records import Option
from option_index.store_file import Origin
from option_index.store_path import source_in_store
from tests.flake import REVISION, write_flake
from tests.flake_inputs import EXPORTS, lock, nar_hash

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def box(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with one host; the cache is empty and there is no Nix."""
    folder = tmp_path / "box"
    folder.mkdir()
    write_flake(folder, "{ services.openssh.enable = true; }")
    (folder / "package.nix").write_text("{ stdenv }: stdenv.mkDerivation { }")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.chdir(folder)
    return folder


def read(capsys: Capture, *arguments: str) -> tuple[int, dict[str, Any]]:
    code = main(["doctor", "--format", "json", *arguments])
    return code, json.loads(capsys.readouterr().out)


def text(capsys: Capture, *arguments: str) -> tuple[int, str]:
    code = main(["doctor", *arguments])
    return code, capsys.readouterr().out


def test_a_project_without_trouble(box: Path, capsys: Capture):
    code, report = read(capsys)
    assert code == 0
    assert report["root"] == str(box)
    [pin] = report["pins"]
    assert (pin["source"], pin["evidence"], pin["branch"]) == ("nixpkgs", "flake.lock, input nixpkgs", "nixos-25.11")
    assert (pin["revision"], pin["date"], pin["release"]) == (REVISION, "2026-02-14", "25.11")
    files = {file["file"]: [report["lanes"][number]["set"] for number in file["lanes"]] for file in report["files"]}
    assert files == {"configuration.nix": ["nixos"], "flake.nix": ["flake"], "package.nix": []}
    [nixos] = [lane for lane in report["lanes"] if lane["set"] == "nixos"]
    assert nixos["host"] == "nixosConfigurations.box"
    assert nixos["kind"] == "facts"
    assert nixos["answer"].startswith("NixOS 25.11 (")
    assert report["troubles"] == []


def test_the_text_says_the_same(box: Path, capsys: Capture):
    code, out = text(capsys)
    assert code == 0
    for part in (
        "nixpkgs  nixos-25.11  333333333  2026-02-14  25.11    flake.lock, input nixpkgs",
        "nixos of nixosConfigurations.box  (1 of 3 files)",
        "answered by NixOS 25.11 (",
        "package.nix        no module, or unsure: no option is judged",
        "not on PATH",
        "`nix-lsp index fetch nixos-25.11`",
        "All is well.",
    ):
        assert part in out


def test_a_single_file_is_looked_at_alone(box: Path, capsys: Capture):
    _, report = read(capsys, "configuration.nix")
    assert [file["file"] for file in report["files"]] == ["configuration.nix"]
    assert [lane["set"] for lane in report["lanes"]] == ["nixos"]


@pytest.mark.parametrize(("revision", "kind"), [(REVISION, "exact"), ("4" * 40, "described")])
def test_a_cached_index_is_named(box: Path, tmp_path: Path, capsys: Capture, revision: str, kind: str):
    cache = Cache(tmp_path / "cache" / "nix-lsp")
    cache.build_options(Origin("nixos", revision, "a test"), "25.11", [Option(("a", "b"), "string")])
    _, report = read(capsys, "configuration.nix")
    assert [lane["kind"] for lane in report["lanes"]] == [kind]
    assert revision[:9] in report["lanes"][0]["answer"]
    assert report["tools"]["indexes"] == 1


def test_a_lock_that_is_no_json_is_told_with_its_place(box: Path, capsys: Capture):
    (box / "flake.lock").write_text('{\n  "nodes": {\n')
    code, report = read(capsys)
    assert code == 1
    trouble = report["troubles"][0]
    assert trouble["file"] == "flake.lock"
    assert trouble["line"] >= 1
    assert "nix flake lock" in trouble["advice"]
    assert "flake.lock:" in text(capsys)[1]


def test_a_project_without_a_pin_is_told_how_to_get_one(box: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch):
    (box / "flake.lock").unlink()
    (box / "flake.nix").unlink()
    monkeypatch.delenv("NIX_PATH", raising=False)
    monkeypatch.setenv("HOME", str(box))
    code, report = read(capsys)
    assert code == 1
    assert "which nixpkgs" in report["troubles"][0]["message"]


def test_another_release_can_be_asked_about(box: Path, capsys: Capture):
    _, report = read(capsys, "--pin", "24.11", "configuration.nix")
    assert report["lanes"][0]["answer"].startswith("NixOS 24.11")


def test_a_cache_that_cannot_be_written_is_told(
    box: Path, tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "taken").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "taken"))
    code, report = read(capsys)
    assert code == 1
    assert report["tools"]["cache_writable"] is False
    assert "XDG_CACHE_HOME" in report["troubles"][0]["advice"]


def test_a_damaged_index_is_told(box: Path, tmp_path: Path, capsys: Capture):
    cache = Cache(tmp_path / "cache" / "nix-lsp")
    path = cache.build_options(Origin("nixos", REVISION, "a test"), "25.11", [Option(("a", "b"), "string")])
    path.write_bytes(b"damaged")
    code, report = read(capsys, "package.nix")
    assert code == 1
    assert "damaged" in report["troubles"][0]["message"]


@pytest.mark.parametrize("arguments", [("missing",), ("--pin", "soon")])
def test_what_cannot_be_examined_is_told(box: Path, capsys: Capture, arguments: tuple[str, ...]):
    assert main(["doctor", *arguments]) == 2
    assert capsys.readouterr().err.startswith("nix-lsp doctor: ")


@pytest.fixture
def with_inputs(box: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose host takes modules of two inputs, of which one is in the store."""
    store = tmp_path / "store"
    monkeypatch.setenv("NIX_STORE_DIR", str(store))
    (box / "flake.lock").write_text(lock({"here": {}, "gone": {}}))
    modules = "inputs.here.nixosModules.default inputs.gone.nixosModules.default"
    (box / "flake.nix").write_text(
        "{ outputs = inputs: { nixosConfigurations.box = inputs.nixpkgs.lib.nixosSystem { modules = [ ./configuration.nix "
        + modules
        + " ]; }; }; }"
    )
    path = source_in_store(nar_hash("here"), str(store))
    assert path
    source = Path(path)
    source.mkdir(parents=True)
    (source / "flake.nix").write_text(EXPORTS)
    (source / "module.nix").write_text("{ lib, ... }: { options.here = lib.mkEnableOption lib.x; }")
    return box


@pytest.mark.parametrize("path", [".", "configuration.nix"])
def test_what_is_known_of_inputs_is_told(with_inputs: Path, capsys: Capture, path: str):
    _, report = read(capsys, path)
    assert [(each["name"], each["output"], each["options"], each["silent"]) for each in report["inputs"]] == [
        ("gone", "nixosModules.default", 0, "its source is not on this machine"),
        ("here", "nixosModules.default", 1, None),
    ]
    _, out = text(capsys, path)
    assert "known in full" in out
    assert "silent: its source is not on this machine" in out


@pytest.mark.parametrize(
    ("pin", "says"),
    [
        ("23.11", "older than all that is known (24.11pre of 2024-07-30 on)"),
        ("unstable", "the date of this revision is unknown"),
        ("31.05", "newer than all that is known"),
        ("25.11", None),
    ],
)
def test_why_little_is_claimed_is_told(box: Path, capsys: Capture, pin: str, says: str | None):
    _, report = read(capsys, "--pin", pin)
    (gap,) = {lane["gap"] for lane in report["lanes"] if lane["set"] == "nixos"}

    assert gap is None if says is None else says in gap
    assert ("but         " in text(capsys, "--pin", pin)[1]) == (says is not None)
