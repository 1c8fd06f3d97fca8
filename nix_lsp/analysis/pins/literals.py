"""Sources that Nix code names by a URL: `fetchTarball`, `fetchGit`, `builtins.getFlake`."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.analysis.pins.record import Pins
from nix_lsp.analysis.pins.reference import NIXPKGS, Reference, is_revision, parse_url, pin, source_of
from nix_lsp.syntax.ast import static_string
from nix_lsp.syntax.searches import hits
from nix_lsp.syntax.span import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nix_lsp.analysis.files import Files
    from nix_lsp.analysis.pin import Pin
    from nix_lsp.syntax.document import Document

ENTRY_FILES = (
    "default.nix",
    "shell.nix",
    "configuration.nix",
    "home.nix",
    "darwin-configuration.nix",
    "nixpkgs.nix",
    "nix/nixpkgs.nix",
    "nix/default.nix",
    "hive.nix",
)
_URL = re.compile(rb"(?:https?://|git\+https://|github:|channel:)[^\s\"';<>$]+")
_REVISION = re.compile(rb"\brev\s*=\s*\"([0-9a-f]{40})\"")


def read(files: Files, folder: str) -> Pins | None:
    """Read the entry files of a folder for URLs of nixpkgs, home-manager and nix-darwin; the first of each source counts. None where there is none."""
    found: dict[str, Pin] = {}
    for name in ENTRY_FILES:
        document = files.document(posixpath.join(folder, name))
        for literal in literal_pins(document) if document else ():
            found.setdefault(literal.pin.source, literal.pin)
    return Pins(found) if found else None


class Literal(NamedTuple):
    """A source that code names by a URL."""

    pin: Pin
    url: Span
    """The bytes of the URL."""


def literal_pins(document: Document) -> Iterator[Literal]:
    """Yield the URLs of nixpkgs, home-manager and nix-darwin in a file, in its order; those in comments are none."""
    for start, end, _ in hits(document, _URL):
        reference = parse_literal(document.source[start:end].decode("utf-8", "replace"))
        source = source_of(reference.repo) if reference else None
        if reference is None or source is None:
            continue
        node = document.root.descendant_for_byte_range(start, end)
        while node and node.type not in {"string_expression", "uri_expression", "comment"}:
            node = node.parent
        if node is None or node.type == "comment" or (node.type == "string_expression" and static_string(node) is None):
            continue
        # `fetchGit { url = "…/nixpkgs"; rev = "…"; }`: the revision stands in the same set.
        holder = node.parent.parent if node.parent else None
        if reference.revision is None and holder and holder.type == "binding_set":
            beside = _REVISION.search(document.source, holder.start_byte, holder.end_byte)
            reference = reference._replace(revision=beside[1].decode() if beside else None)
        line = document.line_of(start) + 1
        evidence = f"{posixpath.basename(document.path)}, line {line}"
        yield Literal(pin(source, reference, evidence, file=document.path), Span(start, end))


def parse_literal(text: str) -> Reference | None:
    """Read what stands in a string or on NIX_PATH: a URL, a flake reference, `channel:nixos-25.11`, `flake:nixpkgs/nixos-25.11`."""
    if text.startswith("channel:"):
        return Reference("NixOS", NIXPKGS, branch=text.removeprefix("channel:"))
    registry, _, ref = text.removeprefix("flake:").partition("/")
    if registry == NIXPKGS:
        return (
            Reference("NixOS", NIXPKGS, revision=ref)
            if is_revision(ref)
            else Reference("NixOS", NIXPKGS, branch=ref or None)
        )
    return parse_url(text)
