"""Sources that an expression fetches by itself, as one segment of a `Symbol`: `fetchTarball { url = …; sha256 = …; }`.

Code reaches them as `("fetched", <segment>, …)`, like `("inputs", <name>, …)`.
"""

from __future__ import annotations

from typing import NamedTuple

from nix_lsp.analysis.pin import Pin
from nix_lsp.analysis.pins.literals import parse_literal
from nix_lsp.analysis.pins.reference import pin, source_of

FETCHED = "fetched"
"""The head of the path of such a source."""
_SEPARATOR = " "
"""Neither URLs nor hashes have it."""


class Fetch(NamedTuple):
    """What is fetched."""

    url: str
    hash: str = ""
    """The SHA-256 of its NAR, in any spelling; empty: not said."""


def segment(fetch: Fetch) -> str:
    """Return what stands for a source in the path of a symbol."""
    return _SEPARATOR.join(fetch)


def fetched_pin(name: str) -> Pin | None:
    """Return the pin that such a segment stands for; None for a URL that names no repository."""
    url, _, nar_hash = name.partition(_SEPARATOR)
    reference = parse_literal(url)
    if reference is None:
        return None
    source = source_of(reference.repo) or reference.repo or url
    return pin(source, reference, f"fetched from {url}", nar_hash=nar_hash or None)
