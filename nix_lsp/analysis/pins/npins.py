"""`npins/sources.json`, versions 0 to 8 (andir/npins, `src/versions.rs`)."""

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

VERSIONS = range(9)
_FOLDERS = ("npins", "nix/npins", "nix/sources")
FILES = tuple(f"{folder}/sources.json" for folder in _FOLDERS)


def read(files: Files, folder: str) -> Pins | None:
    """Read npins' sources of a folder; None where it has none."""
    for place in _FOLDERS:
        document = files.document(posixpath.join(folder, place, "sources.json"))
        if document is None:
            continue
        lock = load_object(document)
        if isinstance(lock, PinProblem):
            return Pins({}, (lock,))
        if lock.get("version", 0) not in VERSIONS:
            message = f"npins' sources of version {lock.get('version')!r} are not known: up to {VERSIONS[-1]} are"
            return Pins({}, (PinProblem(document.path, 0, message),))
        pins = {}
        for name, value in mapping(lock.get("pins")).items():
            entry = mapping(value)
            reference = _reference(entry)
            evidence = f"{place}/sources.json, {name}"
            pins[name] = pin(
                source_of(reference.repo) or named(name) or name,
                reference,
                evidence,
                file=document.path,
                revision=text(entry.get("revision")),
                nar_hash=text(entry.get("hash")),
            )
        return Pins(pins)
    return None


def _reference(entry: Mapping[str, Any]) -> Reference:
    repository = mapping(entry.get("repository"))
    locked = parse_url(text(entry.get("url")) or text(entry.get("locked_url")) or "") or Reference()
    if entry.get("type") == "Channel":
        return locked._replace(owner="NixOS", repo="nixpkgs", branch=text(entry.get("name")))
    place = parse_url(text(repository.get("url")) or "") or Reference()
    path = text(repository.get("repo_path")) or ""
    return Reference(
        owner=text(repository.get("owner")) or place.owner or locked.owner or path.rpartition("/")[0] or None,
        repo=text(repository.get("repo")) or place.repo or locked.repo or path.rpartition("/")[2] or None,
        branch=text(entry.get("branch")) or locked.branch,
        revision=text(entry.get("revision")) or locked.revision,
        release=locked.release,
        rolling=locked.rolling,
    )
