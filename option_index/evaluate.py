"""The options of a nixpkgs source on this machine, by the Nix that is installed: a child process, bounded in time and memory.

Nothing here decides *whether* to evaluate: that needs the user's consent, which is the caller's business. The evaluation writes
nothing to the store, reads nothing but the source, and builds and fetches nothing.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from shutil import which
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

EXPRESSION = """
{ nixpkgs, system }:
let
  evaluated = import (/. + nixpkgs + "/nixos/lib/eval-config.nix") {
    inherit system;
    modules = [
      (
        { lib, ... }:
        {
          # All options in one list, those that need no evaluation of the configuration among them.
          documentation.nixos.options.splitBuild = false;
          system.stateVersion = lib.mkDefault lib.trivial.release;
        }
      )
    ];
  };
in
evaluated.config.system.build.manual.optionsNix
"""
"""What the manual of NixOS is made of (nixpkgs, nixos/modules/misc/documentation.nix), as `options.json` has it."""

_LAUNCHER = Path(__file__).with_name("bounded.py")
_TICK = 0.1
_SAID = 300
"""So many characters of Nix's own complaint are passed on."""
_PASSED_ON = (
    "PATH",
    "HOME",
    "NIX_REMOTE",
    "NIX_CONFIG",
    "NIX_CONF_DIR",
    "NIX_STORE_DIR",
    "NIX_STATE_DIR",
    "XDG_CACHE_HOME",
)


class EvaluationError(Exception):
    """The options could not be evaluated; the message says why, for people."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one evaluation. All of NixOS takes 3–10 seconds and 560 MB."""

    seconds: float = 120
    memory: int = 4 * 2**30
    """Bytes of address space, of which Nix's collector reserves more than it uses."""
    output: int = 256 * 2**20


@contextmanager
def evaluated(
    nixpkgs: Path,
    *,
    limits: Limits | None = None,
    program: str = "nix-instantiate",
    progress: Callable[[float], bool] | None = None,
) -> Generator[Path]:
    """Evaluate the options of NixOS in a source tree of nixpkgs; gives an `options.json`, which is removed at the end.

    Args:
        nixpkgs: the folder of the source.
        limits: bounds; the default suits nixpkgs.
        program: the `nix-instantiate` to run, a path or a name on PATH.
        progress: called with the seconds so far, several times a second; returning False ends the evaluation.

    Raises:
        EvaluationError: there is no Nix or no nixpkgs, the evaluation failed, or it went beyond its bounds.
        OSError: there is no room for a temporary file.
    """
    if not (nixpkgs / "nixos" / "lib" / "eval-config.nix").is_file():
        raise EvaluationError(f"{nixpkgs}: no source of nixpkgs")
    if which(program) is None:
        raise EvaluationError(f"`{program}` is not on PATH")
    bounds = limits or Limits()
    with tempfile.TemporaryDirectory(prefix="nix-lsp-") as folder:
        target = Path(folder) / "options.json"
        with target.open("wb") as output, tempfile.TemporaryFile() as said:
            code = run(_command(nixpkgs.resolve(), program, bounds), output, said, bounds, progress)
            said.seek(0)
            complaint = said.read().decode("utf-8", "replace")
        if code != 0:
            raise EvaluationError(f"{nixpkgs}: {reason_of(complaint, code, program)}")
        yield target


def launched(bounds: Limits) -> list[str]:
    """Return what stands before a command that is to keep within bounds."""
    # Isolated Python without `site`: starts in 10 ms and runs nothing of the user's.
    launcher = [sys.executable, "-I", "-S", str(_LAUNCHER)]
    return [*launcher, str(bounds.memory), str(int(bounds.seconds) + 1), str(bounds.output), str(os.getpid())]


def _command(nixpkgs: Path, program: str, bounds: Limits) -> list[str]:
    return [
        *launched(bounds),
        program,
        *("--eval", "--strict", "--json", "--readonly-mode"),
        *("--option", "restrict-eval", "true", "--option", "allow-import-from-derivation", "false"),
        *("-I", str(nixpkgs), "--expr", EXPRESSION),
        *("--argstr", "nixpkgs", str(nixpkgs), "--argstr", "system", "x86_64-linux"),
    ]


def run(
    command: list[str], output: IO[bytes], said: IO[bytes], bounds: Limits, progress: Callable[[float], bool] | None
) -> int:
    """Run a command in a process group of its own; returns its exit code. However this ends, the group is gone."""
    environment = {name: value for name in _PASSED_ON if (value := os.environ.get(name)) is not None}
    started = time.monotonic()
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=said,
        env={**environment, "NIX_PATH": "", "LC_ALL": "C.UTF-8"},
        cwd="/",
        start_new_session=True,
    )
    try:
        while True:
            try:
                return process.wait(_TICK)
            except subprocess.TimeoutExpired:
                passed = time.monotonic() - started
            if passed > bounds.seconds:
                raise EvaluationError(f"the evaluation was not done after {bounds.seconds:g} seconds")
            if progress is not None and not progress(passed):
                raise EvaluationError("the evaluation was stopped")
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Kill a process that is still running, and all that it has started."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def reason_of(complaint: str, code: int, program: str) -> str:
    """Say in one line why an evaluation failed: by what it complained of, and its exit code."""
    if code == -signal.SIGXCPU:
        return "the evaluation took more time than it may"
    errors = [line for line in complaint.splitlines() if line.strip().startswith("error:")]
    if "out of memory" in complaint.lower() or "bad_alloc" in complaint or code == -signal.SIGABRT:
        return "the evaluation needed more memory than it may have"
    said = (errors[-1] if errors else complaint.strip().splitlines()[-1] if complaint.strip() else "").strip()
    return f"`{program}` failed with code {code}" + (f": {said[:_SAID]}" if said else "")
