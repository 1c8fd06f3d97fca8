"""What the tests take from the machine they run on."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from tests.machine import missing, tools

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

_TOOLS = tools()

settings.register_profile("steady", derandomize=True)
settings.register_profile("searching")
settings.load_profile("steady")
"""The same examples every time; `--hypothesis-profile=searching` looks for new ones."""


@pytest.fixture(scope="session")
def program() -> Callable[[str], Path]:
    """Find an editor or Nix: `program("nvim")` is the path of the executable.

    Looks into what `scripts/provision` and its like unpacked, then on PATH. What happens where it is missing: `tests.machine.missing`.
    """
    path = os.pathsep.join([str(_TOOLS / "bin"), os.environ.get("PATH", os.defpath)])

    def find(name: str) -> Path:
        if found := shutil.which(name, path=path):
            return Path(found)
        return missing(f"`{name}` is not installed: run scripts/provision*")

    return find


@pytest.fixture(scope="session", autouse=True)
def places_of_their_own(tmp_path_factory: pytest.TempPathFactory) -> Generator[None]:
    """Give every test an empty cache and Nix an empty store.

    What answers must not depend on the indexes of whoever runs the tests, and a store's database serves one writer at a time: two
    test processes that share it fail with "SQLite database is busy".
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NIX_LSP_TOOLS", str(_TOOLS))
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        patch.setenv("NIX_REMOTE", f"local?root={tmp_path_factory.mktemp('nix-store')}")
        yield
