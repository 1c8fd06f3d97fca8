"""Places in a fixture, written where they are: `$0` is the cursor, `«name»` what is expected, `«!name»` what binds it too."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.ide.edits import apply
from nix_lsp.ide.names.rename import Refusal, rename
from tests.fixture import project, texts

if TYPE_CHECKING:
    from collections.abc import Iterable

    from nix_lsp.ide.names.target import Location
    from tests.fixture import Fixture

_MARK = re.compile("«(.*?)»", re.DOTALL)


class Marked(NamedTuple):
    """A project, and the places marked in it."""

    fixture: Fixture
    places: set[tuple[str, int, int]]


def marked(fixture: str) -> Marked:
    """Read a fixture with marked places."""
    files = texts(fixture).files
    places: set[tuple[str, int, int]] = set()
    for path, text in files.items():
        taken = 0
        for mark in _MARK.finditer(text):
            start = len(text[: mark.start()].encode()) - taken
            places.add((path, start, start + len(mark[1].encode())))
            taken += len("«»".encode())
    plain = fixture.replace("«", "").replace("»", "")
    return Marked(project(plain), places)


def places(found: Iterable[Location]) -> set[tuple[str, int, int]]:
    """Return places as `marked` has them."""
    return {(place.path, place.span.start, place.span.end) for place in found}


def renamed(fixture: str, new: str) -> str | dict[str, str]:
    """Return the text after renaming what is at the cursor, of all files where there are several; or why it is refused."""
    workspace, document, offset = project(fixture)
    found = rename(workspace, document, offset, new)
    if isinstance(found, Refusal):
        return f"refused: {found.reason}"
    after = {path: text.replace("$0", "") for path, text in texts(fixture).files.items()}
    for file in found:
        after[file.path] = apply(after[file.path].encode(), file.edits).decode()
    return after if len(after) > 1 else next(iter(after.values()))
