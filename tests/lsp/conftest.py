"""A project on disk, the four editors' own `initialize` payloads, and connections to the server."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.flake import write_flake

from .connection import Connection

if TYPE_CHECKING:
    from collections.abc import Callable

CLIENTS = Path(__file__).parents[3] / "shared" / "clients"

RENAMED = "{\n  hardware.opengl.enable = true;\n}\n"
"""A module with one option that the project's release has under another name."""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A flake that pins nixos-25.11 and builds one host from `configuration.nix`."""
    write_flake(tmp_path, RENAMED)
    return tmp_path


@pytest.fixture
async def connection() -> Connection:
    """A connection that has not been initialized."""
    return Connection()


@pytest.fixture
def captured() -> Callable[[str], dict[str, Any]]:
    """Return the parameters with which an editor initializes: `captured("nvim")`."""

    def read(client: str) -> dict[str, Any]:
        file = CLIENTS / f"{client}.json"
        if not file.exists():
            pytest.skip(f"{file.name}: the editors' payloads stand beside the repository, and are not here")
        return json.loads(file.read_text())

    return read
