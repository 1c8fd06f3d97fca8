"""The real Nix, as the judge of what is Nix."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING, Protocol

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path


class NixInstantiate(Protocol):
    """Run `nix-instantiate` on `stdin`, and end it after `seconds`."""

    def __call__(
        self, arguments: Sequence[str], stdin: str = "", seconds: float = 20
    ) -> subprocess.CompletedProcess[str]: ...


class NixRepl(Protocol):
    """Enter lines into `nix repl`, and return what it says on its error stream: traces, and errors, after which it goes on."""

    def __call__(self, lines: Sequence[str], seconds: float) -> str: ...


@pytest.fixture
def nix_instantiate(program: Callable[[str], Path], tmp_path: Path) -> NixInstantiate:
    """The real `nix-instantiate`, without channels and with a home folder of its own; a failure is a value (`returncode`, `stderr`)."""
    executable = program("nix-instantiate")

    def run(arguments: Sequence[str], stdin: str = "", seconds: float = 20) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [executable, *arguments],
            input=stdin,
            env=_environment(tmp_path),
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )

    return run


@pytest.fixture
def nix_repl(program: Callable[[str], Path], tmp_path: Path) -> NixRepl:
    """The real `nix repl`, in `tmp_path`; it raises where Nix itself ends badly."""
    executable = program("nix")

    def run(lines: Sequence[str], seconds: float) -> str:
        return subprocess.run(
            [executable, "--extra-experimental-features", "nix-command", "repl"],
            input="".join(f"{line}\n" for line in lines),
            env=_environment(tmp_path) | {"NO_COLOR": "1", "TERM": "dumb"},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=True,
        ).stderr

    return run


def _environment(home: Path) -> dict[str, str]:
    """Return an environment without channels, with a home folder of its own."""
    kept = {name: os.environ.get(name, "") for name in ("PATH", "NIX_REMOTE")}
    return kept | {"HOME": str(home), "NIX_PATH": "", "LANG": "C.UTF-8"}
