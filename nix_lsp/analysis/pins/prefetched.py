"""`nixpkgs.json` and the like: the answer of `nix-prefetch-git`, kept in a file beside the code that reads it."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from nix_lsp.analysis.pins.json_text import day, load_object, text
from nix_lsp.analysis.pins.record import PinProblem, Pins
from nix_lsp.analysis.pins.reference import NIXPKGS, Reference, is_revision, parse_url, pin, source_of

if TYPE_CHECKING:
    from nix_lsp.analysis.files import Files

FILES = ("nixpkgs.json", "nix/nixpkgs.json", "pinned-nixpkgs.json")


def read(files: Files, folder: str) -> Pins | None:
    """Read the pinned nixpkgs of a folder; None where it has none, or where a file of that name holds something else."""
    for place in FILES:
        document = files.document(posixpath.join(folder, place))
        content = load_object(document) if document else None
        if document is None or content is None:
            continue
        if isinstance(content, PinProblem):
            return Pins({}, (content,))
        revision = text(content.get("rev"))
        reference = parse_url(text(content.get("url")) or "") or Reference(text(content.get("owner")), NIXPKGS)
        if is_revision(revision) and source_of(reference.repo) == NIXPKGS:
            pinned = pin(NIXPKGS, reference, place, file=document.path, day=day(content.get("date")), revision=revision)
            return Pins({NIXPKGS: pinned})
    return None
