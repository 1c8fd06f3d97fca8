"""What is on the machine that the tests run on, and what happens where it is not."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NoReturn

import pytest


def missing(what: str) -> NoReturn:
    """Skip a test whose means are not on this machine; fail it where NIX_LSP_REQUIRE_EDITORS=1 says that they should be (CI)."""
    if os.environ.get("NIX_LSP_REQUIRE_EDITORS") == "1":
        pytest.fail(what)
    pytest.skip(what)


def tools() -> Path:
    """Return the folder that `scripts/provision` and its like fill."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(os.environ.get("NIX_LSP_TOOLS") or Path(cache) / "nix-lsp-tools")
