"""What is imported: a file that some other system reads, in pieces that options can say or cannot."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from nix_lsp.ide.rewrites.imperative.value import Setting


class Foreign(NamedTuple):
    """A file of another system."""

    path: str
    text: str
    user: str | None = None
    """Whose file it is; None where neither its path nor anybody says."""

    @property
    def name(self) -> str:
        return posixpath.basename(self.path)


class Wanted(NamedTuple):
    """A part of the file that options can say."""

    text: str
    """The part itself, to be shown where the options are not there."""
    choices: tuple[tuple[Setting, ...], ...]
    """Alternatives, the current spelling first: the first of which all options exist at the pin is written."""


class Left(NamedTuple):
    """A part of the file that no option says."""

    text: str
    reason: str = ""
    """Why, for people; empty where it is plain."""


class Noted(NamedTuple):
    """A part of the file that was imported as it is, and that somebody should look at."""

    text: str
    reason: str


class Script(NamedTuple):
    """Shell that was run once, by hand: what the catalogue of imperative habits knows of it becomes options."""

    text: str


Piece = Wanted | Left | Noted | Script
SECRET = "looks like a secret: nothing of it is copied"  # noqa: S105


class Kind(NamedTuple):
    """A kind of file."""

    id: str
    """Its name on the command line."""
    title: str
    sets: tuple[str, ...]
    """The module sets that have options for it, the usual one first."""
    paths: re.Pattern[str]
    """Which paths are of this kind."""
    read: Callable[[Foreign, str], Iterator[Piece]]
    """Reads a file for a module set."""


_HOME = re.compile(r"/(?:home|Users)/([^/]+)/")


def user_of(path: str) -> str | None:
    """Return whose file lies at an absolute path; None where the path does not say."""
    if path.startswith("/root/"):
        return "root"
    found = _HOME.match(path)
    return found[1] if found else None


def one(text: str, *settings: Setting) -> Wanted:
    """Return a part of a file with the one way to say it."""
    return Wanted(text, (settings,))


def plain_lines(text: str, comments: str = "#") -> Iterator[str]:
    """Yield the lines of a text without those that are blank or begin with one of the characters for comments."""
    for line in text.splitlines():
        if (stripped := line.strip()) and stripped[0] not in comments:
            yield stripped
