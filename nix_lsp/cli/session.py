"""Opening a project from the command line."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from nix_lsp.analysis.files import DiskFiles
from nix_lsp.analysis.project import Settings
from nix_lsp.analysis.workspace import Workspace
from option_index.catalog import Catalog

if TYPE_CHECKING:
    from nix_lsp.analysis.files import Files


def open_workspace(root: str, pin: str | None, files: Files | None = None) -> Workspace:
    """Open the project at a root folder; `pin` overrides what it says.

    Raises:
        ValueError: `pin` is no release, `unstable`, date, revision or index label.
    """
    return Workspace(root, files or DiskFiles(root), Catalog(), Settings(pin=pin), dict(os.environ))
