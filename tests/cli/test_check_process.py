"""`nix-lsp check` as a process: workers that are killed, Ctrl-C, terminals and colors."""

from __future__ import annotations

import io
import json
import os
import pty
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from nix_lsp.__main__ import main
from nix_lsp.analysis.project import Project
from nix_lsp.cli import parallel
from nix_lsp.cli.frames import is_colored
from nix_lsp.ide.model import Diagnostic
from nix_lsp.syntax.document import Document
from tests.flake import write_flake

DRIFTED = "{\n  hardware.opengl.enable = true;\n  services.openssh.enabel = true;\n}\n"
WRONG = "{ services.openssh.enabel = true; }"
Capture = pytest.CaptureFixture[str]


@pytest.fixture
def box(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write_flake(tmp_path, DRIFTED)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def many(box: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Twenty modules with one finding each, looked at by two workers."""
    for number in range(20):
        (box / f"m{number:02}.nix").write_text(WRONG)
    (box / "configuration.nix").write_text(f"{{ imports = [ {' '.join(f'./m{n:02}.nix' for n in range(20))} ]; }}")
    monkeypatch.setattr(parallel, "_FEW", 2)
    monkeypatch.setattr(parallel, "workers", lambda: 2)
    return box


def run(capsys: Capture, *arguments: str) -> tuple[int, str, str]:
    code = main(["check", *arguments])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def kill_at(monkeypatch: pytest.MonkeyPatch, name: str, once: Path | None) -> None:
    """Let whoever looks at a file be killed; with `once`, a file that notes it, only the first time."""
    import nix_lsp.ide.diagnostics as module

    real, first = module.diagnostics, os.getpid()

    def diagnostics(project: Project, document: Document, *, even_excluded: bool = False) -> Sequence[Diagnostic]:
        if document.path.endswith(name) and not (once and once.exists()):
            assert os.getpid() != first, "the first process would have been killed"
            if once:
                once.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return real(project, document, even_excluded=even_excluded)

    monkeypatch.setattr(module, "diagnostics", diagnostics)


def test_what_a_killed_worker_had_is_looked_at_again(many: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch):
    sound = run(capsys, "--format", "json")
    kill_at(monkeypatch, "m11.nix", many / "killed")

    code, out, err = run(capsys, "--format", "json")

    assert (code, out) == sound[:2]
    assert "a worker process ended too soon" in err


def test_a_file_that_ends_every_worker_is_named_and_the_others_are_looked_at(
    many: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
):
    kill_at(monkeypatch, "m11.nix", None)

    code, out, err = run(capsys, "--format", "json")

    assert code == 2
    assert {each["file"] for each in json.loads(out)} == {f"m{n:02}.nix" for n in range(20)} - {"m11.nix"}
    assert "m11.nix: its findings are missing" in err


def test_workers_that_end_again_and_again_end_the_command(many: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch):
    kill_at(monkeypatch, ".nix", None)
    code, out, err = run(capsys)
    assert (code, out) == (2, "")
    assert "worker processes end before their work is done" in err


SLOW = """
import sys, time
from nix_lsp.cli import parallel
import nix_lsp.ide.diagnostics as module
parallel._FEW, parallel.workers = 2, lambda: 2
def slow(*_, **__):
    open("begun", "w").close()
    time.sleep(60)
module.diagnostics = slow
from nix_lsp.__main__ import main
sys.exit(main(["check"]))
"""


def test_ctrl_c_ends_it_and_its_workers(many: Path):
    with subprocess.Popen(
        [sys.executable, "-c", SLOW], stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as child:
        deadline = time.monotonic() + 30
        while not (many / "begun").exists():
            assert time.monotonic() < deadline
            time.sleep(0.02)
        os.killpg(child.pid, signal.SIGINT)
        assert child.wait(timeout=20) == 130
        assert child.stderr
        said = child.stderr.read()  # to its end: no worker holds it open
    assert said.endswith("nix-lsp check: stopped\n")
    assert "Traceback" not in said


def test_an_interrupted_baseline_stays_as_it_was(box: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch):
    (box / "known.json").write_text("old")

    def interrupt(_file: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("nix_lsp.cli.whole_file.os.fsync", interrupt)
    before = sorted(box.iterdir())
    code, out, err = run(capsys, "--write-baseline", "known.json")
    assert (code, out) == (130, "")
    assert err.endswith("nix-lsp check: stopped\n")
    assert (box / "known.json").read_text() == "old"
    assert sorted(box.iterdir()) == before


def test_a_new_baseline_can_be_read_by_others(box: Path, capsys: Capture):
    mask = os.umask(0o022)
    try:
        run(capsys, "--write-baseline", "known.json")
    finally:
        os.umask(mask)
    assert (box / "known.json").stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize("term", ["xterm", "dumb"])
def test_progress_is_shown_on_a_terminal_and_cleared(box: Path, term: str):
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "nix_lsp", "check", "--format", "json"]
    done = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=theirs, env={**os.environ, "TERM": term}, timeout=60, check=False
    )
    os.close(theirs)
    os.set_blocking(ours, False)
    try:
        shown = os.read(ours, 4096)
    except (BlockingIOError, OSError):  # nothing was written
        shown = b""
    os.close(ours)
    assert done.returncode == 1
    assert shown.startswith(b"\r\x1b[K1 of 2 files") is (term == "xterm")
    assert shown.endswith(b"\r\x1b[K") is (term == "xterm")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("color", "environment", "on_a_terminal", "elsewhere"),
    [
        ("auto", {}, True, False),
        ("auto", {"TERM": "dumb"}, False, False),
        ("auto", {"NO_COLOR": "1"}, False, False),
        ("auto", {"NO_COLOR": ""}, True, False),
        ("auto", {"FORCE_COLOR": "1"}, True, True),
        ("auto", {"FORCE_COLOR": "0"}, False, False),
        ("auto", {"NO_COLOR": "1", "FORCE_COLOR": "1"}, False, False),
        ("always", {"NO_COLOR": "1"}, True, True),
        ("never", {"FORCE_COLOR": "1"}, False, False),
    ],
)
def test_when_text_is_in_color(color: str, environment: dict[str, str], on_a_terminal: bool, elsewhere: bool):
    assert is_colored(Terminal(), color, environment) is on_a_terminal
    assert is_colored(io.StringIO(), color, environment) is elsewhere


def test_color_is_ordered(box: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    assert "\x1b[" in run(capsys, "--color", "always")[1]
    assert "\x1b[" not in run(capsys)[1]


def test_settings_below_the_root_are_said_not_to_be_read(box: Path, capsys: Capture):
    (box / "hosts").mkdir()
    (box / "hosts" / ".nix-lsp.toml").write_text('[diagnostics]\nignore = ["*"]\n')
    (box / "other").mkdir()
    (box / "other" / "flake.nix").write_text("{ outputs = _: { }; }")
    (box / "other" / ".nix-lsp.toml").write_text("")  # a project of its own

    code, _, err = run(capsys)

    assert code == 1
    assert err.splitlines() == [
        "nix-lsp check: hosts/.nix-lsp.toml: not read: a project has one .nix-lsp.toml, at its root; `overrides` there have `paths`"
    ]
