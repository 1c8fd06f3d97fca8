"""Where the exact index of a pin can come from, in the order in which it is tried, and the command that brings it.

The embedded facts need none of this; a file that the user names is built by `nix-lsp index build`.
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from shutil import which
from typing import TYPE_CHECKING, NamedTuple

from option_index.cache import branch_of, revision_keys
from option_index.channel import REVISION, branch_of_channel, channel_of
from option_index.store_path import STORE, source_in_store

if TYPE_CHECKING:
    from collections.abc import Callable

    from option_index.cache import Cache
    from option_index.consent import Consent
    from option_index.timeline import Point

NIX = "nix-instantiate"
FRESH = 24 * 3600.0
"""Seconds for which a channel that was fetched is not asked again: channels move once or twice a day."""


class Way(NamedTuple):
    """A way to an index that is open."""

    arguments: tuple[str, ...]
    """Of `nix-lsp index`."""
    summary: str
    """What it does, for people, in the infinitive without `to`."""


def from_store(cache: Cache, point: Point) -> Way | None:
    """Evaluate the pinned source, where it is in the Nix store and Nix is here."""
    source = stored_source(point)
    keys = revision_keys(point)
    if source is None or not keys or which(NIX) is None or cache.find("nixos", point):
        return None
    arguments = ("build", "--nixpkgs", str(source), "--revision", keys[0], "--branch", branch_of(point))
    return Way(arguments, f"evaluate the options of {source}")


def from_channel(cache: Cache, point: Point) -> Way | None:
    """Fetch the lists of the channel that the pin follows, unless they were fetched a short while ago."""
    channel = channel_of(point)
    if all(cache.find(kind, point) for kind in ("nixos", "packages")):
        return None
    branch = branch_of_channel(channel)
    kept = any(entry.branch == branch and entry.kind == "packages" for entry in cache.entries())
    if kept and _age(cache.downloads / channel / REVISION) < FRESH:
        return None
    return Way(("fetch", channel), f"fetch the lists of the channel {channel}")


SOURCES: tuple[tuple[str, Callable[[Cache, Point], Way | None]], ...] = (
    ("evaluate", from_store),
    ("fetch", from_channel),
)
"""By the field of `Consent` that allows it, best first."""


def ways(cache: Cache, point: Point, consent: Consent) -> list[Way]:
    """Return what is open, agreed to, and of use for a nixpkgs pin, best first."""
    found = (source(cache, point) for name, source in SOURCES if getattr(consent, name))
    return [way for way in found if way]


def stored_source(point: Point) -> Path | None:
    """Return the folder of a pinned source in the Nix store, if it is there."""
    store = os.environ.get("NIX_STORE_DIR") or STORE
    source = source_in_store(point.nar_hash, store) if point.nar_hash else None
    return Path(source) if source and os.path.isdir(source) else None  # noqa: PTH112 -- it is a string so far


def _age(file: Path) -> float:
    try:
        return time.time() - file.stat().st_mtime
    except OSError:
        return float("inf")
