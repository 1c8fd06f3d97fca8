"""Names that a project's own overlays may give packages: bound, inherited, or called anywhere in its files. Read once in each version of a file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from nix_lsp.syntax.document import Document

_WORD = re.compile(rb"[A-Za-z_][\w'-]*+")
_BOUND = re.compile(rb"(?<![\w'-])\"?([A-Za-z_][\w'-]*+)\"?\s*+=(?!=)")
_QUOTED = re.compile(rb"\"([A-Za-z_][\w'-]*+)\"")
_INHERITED = re.compile(rb"(?<![\w'-])inherit(?![\w'-])([^;=]*+)")
_PACKAGES = re.compile(rb"\s*\(\s*(?:pkgs|_?(?:prev|super)'?)\s*\)")
_CALLED = re.compile(rb"\b(?:final|prev|self|super)\.callPackages?\b([^;]*+)")


class _Names(NamedTuple):
    given: frozenset[bytes]
    """Bound, inherited from elsewhere than `pkgs`, or part of the call of a package's file."""
    quoted: frozenset[bytes]


class OwnNames:
    """The names of each file, as long as it stays as it is."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[Document, _Names]] = {}

    def among(self, wanted: frozenset[bytes], documents: Iterable[Document], *, quoted: bool) -> frozenset[bytes]:
        """Return those of some names that any of some documents gives, or has in quotes where that is asked for too."""
        found: set[bytes] = set()
        for document in documents:
            known = self._known.get(document.path)
            if known is None or known[0] is not document:
                known = self._known[document.path] = (document, _read(document.source))
            found |= wanted & known[1].given
            if quoted:
                found |= wanted & known[1].quoted
        return frozenset(found)


def _read(source: bytes) -> _Names:
    return _Names(frozenset(_given(source)), frozenset(_QUOTED.findall(source)))


def _given(source: bytes) -> Iterator[bytes]:
    yield from _BOUND.findall(source)
    for match in _INHERITED.finditer(source):
        if not _PACKAGES.match(match[1]):
            yield from _WORD.findall(match[1].rpartition(b")")[2])
    for match in _CALLED.finditer(source):
        yield from _WORD.findall(match[1])
