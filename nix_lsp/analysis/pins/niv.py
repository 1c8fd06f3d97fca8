"""`nix/sources.json` as niv writes it, and `lon.lock`: a flat object of sources with `owner`, `repo`, `branch` and `rev`."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from nix_lsp.analysis.pins.json_text import load_object, mapping, text
from nix_lsp.analysis.pins.record import PinProblem, Pins
from nix_lsp.analysis.pins.reference import Reference, named, parse_url, pin, source_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from nix_lsp.analysis.files import Files


def read(files: Files, folder: str) -> Pins | None:
    """Read niv's sources of a folder; None where it has none."""
    return _read(files, folder, "nix/sources.json", None)


def read_lon(files: Files, folder: str) -> Pins | None:
    """Read lon's lock of a folder; None where it has none."""
    return _read(files, folder, "lon.lock", "sources")


def _read(files: Files, folder: str, place: str, key: str | None) -> Pins | None:
    document = files.document(posixpath.join(folder, place))
    if document is None:
        return None
    lock = load_object(document)
    if isinstance(lock, PinProblem):
        return Pins({}, (lock,))
    pins = {}
    for name, value in (mapping(lock.get(key)) if key else lock).items():
        entry = mapping(value)
        if not entry:
            continue
        reference = _reference(entry)
        pins[name] = pin(
            source_of(reference.repo) or named(name) or name,
            reference,
            f"{place}, {name}",
            file=document.path,
            revision=text(entry.get("rev")) or text(entry.get("revision")),
            nar_hash=text(entry.get("hash")),
        )
    return Pins(pins)


def _reference(entry: Mapping[str, Any]) -> Reference:
    place = parse_url(text(entry.get("url")) or text(entry.get("repo")) or "") or Reference()
    named_here = text(entry.get("repo"))
    return Reference(
        owner=text(entry.get("owner")) or place.owner,
        repo=named_here if named_here and "/" not in named_here else place.repo,
        branch=text(entry.get("branch")) or place.branch,
        revision=text(entry.get("rev")) or text(entry.get("revision")) or place.revision,
        release=place.release,
        rolling=place.rolling,
    )
