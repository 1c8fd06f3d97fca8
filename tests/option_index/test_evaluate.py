"""Evaluating in a bounded child process, with programs that stand in for Nix; `tests/nix/test_evaluate.py` runs the real one."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from option_index.evaluate import EvaluationError, Limits, evaluated


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    file = tmp_path / "nixpkgs" / "nixos" / "lib" / "eval-config.nix"
    file.parent.mkdir(parents=True)
    file.write_text("")
    return tmp_path / "nixpkgs"


def program(folder: Path, body: str) -> str:
    """Write a shell script that stands in for `nix-instantiate`."""
    path = folder / "nix-instantiate"
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return str(path)


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()


def wait_for(condition: Callable[[], object], seconds: float = 10.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.02)
    return False


def test_what_the_program_prints_is_the_list(tree: Path, tmp_path: Path):
    with evaluated(tree, program=program(tmp_path, "printf '{}'")) as file:
        assert file.read_text() == "{}"
    assert not file.exists()


def test_it_is_asked_to_touch_nothing(tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SECRET", "x")
    monkeypatch.setenv("NIX_PATH", "nixpkgs=/elsewhere")
    body = f'echo "$@" > {tmp_path}/arguments; env > {tmp_path}/environment; printf "{{}}"'
    with evaluated(tree, program=program(tmp_path, body)):
        arguments = (tmp_path / "arguments").read_text()
        environment = (tmp_path / "environment").read_text().splitlines()
    assert "--readonly-mode" in arguments
    assert "restrict-eval true" in arguments
    assert "NIX_PATH=" in environment
    assert not any(line.startswith("SECRET") for line in environment)


@pytest.mark.parametrize(
    ("body", "limits", "said"),
    [
        ("echo 'error: it is broken' >&2; exit 1", Limits(), "failed with code 1: error: it is broken"),
        ("sleep 60", Limits(seconds=0.3), "not done after 0.3 seconds"),
        ("exec yes", Limits(output=100_000), "failed with code"),
        (f"exec {sys.executable} -c 'x = bytearray(2**30)'", Limits(memory=2**29), "failed with code 1: MemoryError"),
    ],
)
def test_what_goes_wrong_is_told(tree: Path, tmp_path: Path, body: str, limits: Limits, said: str):
    with pytest.raises(EvaluationError, match=said), evaluated(tree, limits=limits, program=program(tmp_path, body)):
        pass


def test_a_machine_without_nix_is_told(tree: Path):
    with pytest.raises(EvaluationError, match="`no-such-nix` is not on PATH"), evaluated(tree, program="no-such-nix"):
        pass


def test_a_folder_that_is_no_nixpkgs_is_told(tmp_path: Path):
    with pytest.raises(EvaluationError, match="no source of nixpkgs"), evaluated(tmp_path):
        pass


def test_children_of_the_program_end_with_it(tree: Path, tmp_path: Path):
    body = f"sleep 60 & echo $! > {tmp_path}/pid; wait"
    with pytest.raises(EvaluationError), evaluated(tree, limits=Limits(seconds=0.5), program=program(tmp_path, body)):
        pass
    assert wait_for(lambda: not is_running(int((tmp_path / "pid").read_text())))


def test_it_can_be_stopped(tree: Path, tmp_path: Path):
    with (
        pytest.raises(EvaluationError, match="was stopped"),
        evaluated(tree, program=program(tmp_path, "sleep 60"), progress=lambda _: False),
    ):
        pass


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux kills a child with its parent")
def test_the_program_dies_with_its_parent(tree: Path, tmp_path: Path):
    stand_in = program(tmp_path, f"echo $$ > {tmp_path}/pid; exec sleep 60")
    code = f"""
from pathlib import Path
from option_index.evaluate import evaluated
with evaluated(Path({str(tree)!r}), program={stand_in!r}): pass
"""
    parent = subprocess.Popen([sys.executable, "-c", code])
    pid_file = tmp_path / "pid"
    assert wait_for(lambda: pid_file.exists() and pid_file.read_text().strip())
    parent.kill()
    parent.wait()
    assert wait_for(lambda: not is_running(int(pid_file.read_text())))
