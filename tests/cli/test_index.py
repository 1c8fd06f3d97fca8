"""`nix-lsp index`: what it builds, fetches, lists and verifies, and how it fails."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import brotli  # pyright: ignore[reportMissingTypeStubs]
import pytest

from nix_lsp.__main__ import main
from option_index.cache import Cache
from tests.option_index.channel_server import serving

REVISION = "0123456789abcdef0123456789abcdef01234567"
OPTIONS = {"services.x.enable": {"loc": ["services", "x", "enable"], "type": "boolean", "declarations": []}}
PACKAGES = {"version": 2, "packages": {"hello": {"version": "2.12", "meta": {"description": "Greets"}}}}


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


Capture = pytest.CaptureFixture[str]


def run(capsys: Capture, cache: Path, *arguments: str) -> tuple[int, str, str]:
    code = main(["index", "--cache", str(cache), *arguments])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def write(path: Path, data: object) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(data).encode()
    path.write_bytes(brotli.compress(text) if path.suffix == ".br" else text)  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]
    return str(path)


@pytest.mark.parametrize(
    ("name", "data", "kind"), [("options.json", OPTIONS, "disko"), ("packages.json.br", PACKAGES, "packages")]
)
def test_a_file_becomes_an_index(capsys: Capture, cache: Path, tmp_path: Path, name: str, data: object, kind: str):
    file = write(tmp_path / name, data)
    code, out, _ = run(capsys, cache, "build", file, "--set", kind, "--revision", REVISION)
    assert code == 0
    assert out.startswith(f"{kind} 0123456789ab: 1 ")
    assert [entry.kind for entry in Cache(cache).entries()] == [kind]
    code, out, _ = run(capsys, cache, "verify")
    assert (code, out) == (0, f"sound: {kind} 0123456789ab\n")
    assert kind in run(capsys, cache, "list")[1]


def test_what_is_embedded_is_listed(capsys: Capture, cache: Path):
    code, out, _ = run(capsys, cache, "list")
    assert code == 0
    assert "home-manager" in out
    assert "26.11pre" in out
    assert "No exact indexes" in out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("build", "FILE", "--set", "disko"), "--revision"),
        (("build", "FILE", "--set", "disko", "--revision", "main"), "`main` is no full commit hash"),
        (("build", "FILE", "--set", "../x", "--revision", REVISION), "names no module set"),
        (("build", "MISSING", "--set", "disko", "--revision", REVISION), "No such file"),
        (("build", "--nixpkgs", "MISSING", "--revision", REVISION), "no source of nixpkgs"),
        (("build", "--nixpkgs", "MISSING"), "give --revision"),
        (("fetch", "stable"), "`stable` is no channel"),
        (("fetch", "nixos-25.11", "--server", "http://127.0.0.1:1"), "refused"),
        (("fetch", "nixos-25.11", "--server", "file:///etc"), "only http"),
    ],
)
def test_what_cannot_be_done_is_told_in_one_line(
    capsys: Capture, cache: Path, tmp_path: Path, arguments: tuple[str, ...], said: str
):
    file = write(tmp_path / "options.json", OPTIONS)
    named = {"FILE": file, "MISSING": str(tmp_path / "missing")}
    code, out, err = run(capsys, cache, *(named.get(each, each) for each in arguments))
    assert (code, out) == (2, "")
    assert err.count("\n") == 1
    assert said in err


@pytest.mark.parametrize("text", ['{"a": {"loc": ["a"], "type": "string"}', "[]", '{"a": 1}', "", "{}", "\\xff"])
def test_a_file_of_another_shape_is_told_and_leaves_nothing(capsys: Capture, cache: Path, tmp_path: Path, text: str):
    file = tmp_path / "options.json"
    file.write_text(text)
    code, _, err = run(capsys, cache, "build", str(file), "--set", "disko", "--revision", REVISION)
    assert code == 2
    assert str(file) in err
    assert Cache(cache).entries() == []


def test_a_folder_that_cannot_be_written_is_told(capsys: Capture, tmp_path: Path):
    (tmp_path / "taken").write_text("")
    file = write(tmp_path / "options.json", OPTIONS)
    code, _, err = run(capsys, tmp_path / "taken", "build", file, "--set", "disko", "--revision", REVISION)
    assert code == 2
    assert "XDG_CACHE_HOME" in err


def test_a_damaged_index_is_reported_once(capsys: Capture, cache: Path, tmp_path: Path):
    run(capsys, cache, "build", write(tmp_path / "options.json", OPTIONS), "--set", "disko", "--revision", REVISION)
    [entry] = Cache(cache).entries()
    entry.path.write_bytes(entry.path.read_bytes()[:-1])
    code, out, _ = run(capsys, cache, "verify")
    assert code == 1
    assert out.startswith("damaged, set aside: ")
    assert run(capsys, cache, "verify")[0] == 0


def test_a_channel_is_fetched(capsys: Capture, cache: Path, tmp_path: Path):
    folder = tmp_path / "server" / "nixos-25.11"
    write(folder / "options.json.br", OPTIONS)
    write(folder / "packages.json.br", PACKAGES)
    (folder / "git-revision").write_text(REVISION)
    with serving(tmp_path / "server") as server:
        code, out, _ = run(capsys, cache, "fetch", "nixos-25.11", "--server", server.url)
        assert code == 0
        assert out == (
            "nixos 0123456789ab: 1 options, channel nixos-25.11\npackages 0123456789ab: 1 packages, channel nixos-25.11\n"
        )
        server.sent.clear()
        assert run(capsys, cache, "fetch", "nixos-25.11", "--server", server.url)[0] == 0
        assert server.sent == []
    assert [(entry.kind, entry.branch) for entry in Cache(cache).entries()] == [
        ("nixos", "25.11"),
        ("packages", "25.11"),
    ]


def test_it_stops_when_whoever_started_it_is_gone(cache: Path, tmp_path: Path):
    tree = tmp_path / "tree" / "nixos" / "lib"
    tree.mkdir(parents=True)
    (tree / "eval-config.nix").write_text("")
    program = tmp_path / "bin" / "nix-instantiate"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\nsleep 60\n")
    program.chmod(0o755)
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "nix_lsp", "index", "--cache", str(cache), "--attached"),
            *("build", "--nixpkgs", str(tmp_path / "tree"), "--revision", REVISION),
        ],
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={"PATH": f"{program.parent}:/usr/bin:/bin"},
        text=True,
    )
    assert process.stderr
    assert process.stderr.readline().startswith("evaluating ")
    started = time.monotonic()
    assert process.stdin
    process.stdin.close()
    assert process.wait(10) == 2
    assert time.monotonic() - started < 5
    assert Cache(cache).entries() == []


def test_a_disk_that_fills_up_while_fetching_is_told(cache: Path, tmp_path: Path):
    folder = tmp_path / "server" / "nixos-25.11"
    folder.mkdir(parents=True)
    (folder / "git-revision").write_text(REVISION)
    (folder / "options.json.br").write_bytes(bytes(200_000))
    command = f"ulimit -f 64; exec {sys.executable} -m nix_lsp index --cache {cache} fetch nixos-25.11 --server"
    with serving(tmp_path / "server") as server:
        ran = subprocess.run(["bash", "-c", f"{command} {server.url}"], capture_output=True, text=True, check=False)
    assert ran.returncode == 2
    assert f"no index can be kept in {cache}" in ran.stderr
    assert "Traceback" not in ran.stderr
    assert Cache(cache).entries() == []


def test_a_command_that_is_done_ends_well_though_its_starter_stays(cache: Path, tmp_path: Path):
    file = write(tmp_path / "options.json", OPTIONS)
    command = [sys.executable, "-m", "nix_lsp", "index", "--cache", str(cache), "--attached", "build", file]
    command += ["--set", "disko", "--revision", REVISION]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as child:
        code = child.wait(timeout=30)
        assert child.stderr
        assert (code, child.stderr.read()) == (0, "")


def test_what_editors_may_do_is_told_and_changed(
    capsys: Capture, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert run(capsys, cache, "consent") == (0, "evaluate: ask\nfetch: ask\n", "")
    assert run(capsys, cache, "consent", "--fetch", "yes", "--evaluate", "no")[1] == "evaluate: no\nfetch: yes\n"
    assert run(capsys, cache, "consent", "--fetch", "ask")[1] == "evaluate: no\nfetch: ask\n"
