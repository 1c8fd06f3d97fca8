"""The inputs that a flake.nix asks for: what is known where no lock says more."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from nix_lsp.analysis.flake import flake_inputs
from nix_lsp.analysis.pins.literals import parse_literal
from nix_lsp.analysis.pins.record import Pins
from nix_lsp.analysis.pins.reference import named, pin, source_of

if TYPE_CHECKING:
    from nix_lsp.analysis.files import Files


def read(files: Files, folder: str) -> Pins | None:
    """Read the URLs of a flake's inputs; None where there is no flake, or a lock that says more."""
    path = posixpath.join(folder, "flake.nix")
    if files.kind(posixpath.join(folder, "flake.lock")) or files.document(path) is None:
        return None
    pins = {}
    for declared in flake_inputs(files, path):
        reference = parse_literal(declared.url) if declared.url else None
        if reference:
            source = source_of(reference.repo) or named(declared.name) or declared.name
            pins[declared.name] = pin(source, reference, f"flake.nix, input {declared.name} (not locked)", file=path)
    return Pins(pins)
