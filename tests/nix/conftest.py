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


@pytest.fixture
def nix_instantiate(program: Callable[[str], Path], tmp_path: Path) -> NixInstantiate:
    """The real `nix-instantiate`, without channels and with a home folder of its own; a failure is a value (`returncode`, `stderr`)."""
    executable = program("nix-instantiate")
    environment = {name: os.environ.get(name, "") for name in ("PATH", "NIX_REMOTE")}
    environment |= {"HOME": str(tmp_path), "NIX_PATH": "", "LANG": "C.UTF-8"}

    def run(arguments: Sequence[str], stdin: str = "", seconds: float = 20) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [executable, *arguments],
            input=stdin,
            env=environment,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )

    return run
