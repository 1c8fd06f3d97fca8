"""Opening a project from the command line."""

from __future__ import annotations

import os
import posixpath
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from nix_lsp.analysis.files import DiskFiles, find_root
from nix_lsp.analysis.lanes import SETS
from nix_lsp.analysis.pins.channels import Environment
from nix_lsp.analysis.project import Settings
from nix_lsp.analysis.workspace import Workspace
from option_index.cache import cache_folder
from option_index.catalog import Catalog
from option_index.timeline import parse_point

if TYPE_CHECKING:
    from datetime import date

_COLLECTED = 100_000
"""Objects made, less those freed, between two looks of the garbage collector."""


def root_of(path: str) -> str:
    """Return the root folder of the project that an absolute path belongs to."""
    return find_root(DiskFiles("/"), path)


def today() -> date:
    """Return the day by which releases are past their support."""
    return datetime.now().astimezone().date()


def collect_rarely() -> None:
    """Let Python look for unreachable cycles now and then only: a run over a project keeps nearly all that it makes, in trees."""
    import gc

    gc.set_threshold(_COLLECTED, 50, 100)


def open_workspace(root: str, pin: str | None, catalog: Catalog | None = None) -> Workspace:
    """Open the project at a root folder; `pin` overrides what it says.

    Raises:
        ValueError: `pin` is no release, `unstable`, date, revision or index label.
    """
    if pin is not None:
        check_pin(pin, catalog or Catalog())
    home = str(Path.home())
    files = DiskFiles(root, (posixpath.join(home, ".nix-defexpr"),))
    return Workspace(
        root,
        files,
        catalog or Catalog(cache_folder()),
        Settings(pin=pin),
        Environment(dict(os.environ), home, today()),
    )


def check_pin(pin: str, catalog: Catalog) -> None:
    """Hold a pin that somebody typed against what there is.

    Raises:
        ValueError: it is no release, `unstable`, date, revision or index label.
    """
    label = parse_point(pin).snapshot
    known = [snapshot.label for module_set in SETS for snapshot in catalog.snapshots(module_set)]
    if label is not None and label not in known:
        raise ValueError(f"{label}: no such snapshot; the index has {', '.join(dict.fromkeys(known))}")
