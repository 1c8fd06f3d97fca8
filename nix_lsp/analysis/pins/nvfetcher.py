"""`_sources/generated.json` as nvfetcher writes it: by name a version, its date, and what was fetched."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from nix_lsp.analysis.pins.json_text import day, load_object, mapping, text
from nix_lsp.analysis.pins.record import PinProblem, Pins
from nix_lsp.analysis.pins.reference import Reference, is_revision, named, parse_url, pin, source_of

if TYPE_CHECKING:
    from nix_lsp.analysis.files import Files

FILE = "_sources/generated.json"


def read(files: Files, folder: str) -> Pins | None:
    """Read nvfetcher's sources of a folder: those of nixpkgs, home-manager and nix-darwin. None where it has none."""
    document = files.document(posixpath.join(folder, FILE))
    if document is None:
        return None
    sources = load_object(document)
    if isinstance(sources, PinProblem):
        return Pins({}, (sources,))
    pins = {}
    for name, value in sources.items():
        entry = mapping(value)
        fetched = mapping(entry.get("src"))
        place = parse_url(text(fetched.get("url")) or "") or Reference()
        stated = text(fetched.get("rev"))
        reference = place._replace(
            owner=text(fetched.get("owner")) or place.owner,
            repo=text(fetched.get("repo")) or place.repo,
            revision=stated if is_revision(stated) else place.revision,
            branch=None if stated is None or is_revision(stated) else stated,
        )
        source = source_of(reference.repo) or named(name)
        if source:
            pins[name] = pin(source, reference, f"{FILE}, {name}", file=document.path, day=day(entry.get("date")))
    # It fetches sources of all kinds: one that names none of ours locks nothing for us.
    return Pins(pins) if pins else None
