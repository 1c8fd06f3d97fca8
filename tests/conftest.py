"""What the tests take from the machine they run on."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

_CACHE = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
_TOOLS = Path(os.environ.get("NIX_LSP_TOOLS") or Path(_CACHE) / "nix-lsp-tools")
"""Where `scripts/provision` and its like unpack."""


@pytest.fixture(scope="session")
def program() -> Callable[[str], Path]:
    """Find an editor or Nix: `program("nvim")` is the path of the executable.

    Looks into what `scripts/provision` and its like unpacked, then on PATH. A test whose program is missing is skipped, and fails where
    NIX_LSP_REQUIRE_EDITORS=1 says that it should be there (CI).
    """
    path = os.pathsep.join([str(_TOOLS / "bin"), os.environ.get("PATH", os.defpath)])

    def find(name: str) -> Path:
        if found := shutil.which(name, path=path):
            return Path(found)
        reason = f"`{name}` is not installed: run scripts/provision*"
        if os.environ.get("NIX_LSP_REQUIRE_EDITORS") == "1":
            pytest.fail(reason)
        pytest.skip(reason)

    return find


@pytest.fixture(scope="session", autouse=True)
def cache_of_its_own(tmp_path_factory: pytest.TempPathFactory) -> Generator[None]:
    """Give every test an empty cache: what answers must not depend on the indexes of whoever runs the tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NIX_LSP_TOOLS", str(_TOOLS))
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield
