"""Which pins count: those of the nearest folder that locks sources, or those that a setting names."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from nix_lsp.analysis.pin import Pin
from nix_lsp.analysis.pins.reference import HOME_MANAGER, NIX_DARWIN, NIXPKGS
from nix_lsp.analysis.pins.table import LOCKS
from option_index.timeline import Point, parse_point

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nix_lsp.analysis.files import Files


def locking_folder(files: Files, folder: str, root: str) -> str:
    """Return the nearest folder upwards that locks sources of its own, at most the root."""
    within = posixpath.join(root, "")
    while folder and folder.startswith(within):
        if any(files.kind(posixpath.join(folder, lock)) for lock in LOCKS):
            return folder
        folder = posixpath.dirname(folder) if folder != "/" else ""
    return root


def pins_at(setting: str) -> Mapping[str, Pin]:
    """Return the pins of all sources at a release, date or revision; empty where the setting is none of these."""
    try:
        point = parse_point(setting)
    except ValueError:
        return {}
    aligned = Point(release=point.release, date=point.date)
    return {
        source: Pin(source, point if source == NIXPKGS else aligned, None, "the setting `pin`")
        for source in (NIXPKGS, HOME_MANAGER, NIX_DARWIN)
    }


def point_of(pins: Mapping[str, Pin], source: str) -> Point:
    """Return the point of a source. One that is not pinned is taken to be as old as nixpkgs: their releases go together."""
    if source in pins:
        return pins[source].point
    nixpkgs = pins.get(NIXPKGS)
    return Point(release=nixpkgs.point.release, date=nixpkgs.point.date, snapshot=None) if nixpkgs else Point()
