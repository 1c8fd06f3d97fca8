"""Paths below a home directory, and what home-manager calls the files there."""

from __future__ import annotations

import re
from typing import NamedTuple

from nix_lsp.analysis.shell.variables import joined
from nix_lsp.analysis.shell.word import Antiquotation, Expansion, Piece, Text, Word
from nix_lsp.ide.rewrites.imperative.value import Str

_FOLDERS = {
    "config.xdg.configHome": ".config",
    "config.xdg.dataHome": ".local/share",
    "config.xdg.stateHome": ".local/state",
    "config.xdg.cacheHome": ".cache",
}
"""Options that hold folders, and where they are unless told otherwise (modules/misc/xdg.nix of home-manager)."""
_OPTIONS = {".config/": ("xdg", "configFile"), ".local/share/": ("xdg", "dataFile")}
HOMES = frozenset({"HOME", "~", "config.home.homeDirectory", *_FOLDERS})
"""What a path below the home directory has in it."""
_HOME_SHELL = frozenset({"~", "$HOME", "${HOME}"})
_HOME_NIX = "config.home.homeDirectory"
_ODD = re.compile(r"(?:^|/)\.{0,2}(?:/|\Z)|[*?\[\]\n%]")


class HomePath(NamedTuple):
    """A path below the home directory of whoever runs the script."""

    folder: str | None
    """The option that holds the folder that it is in (`config.xdg.cacheHome`); None: the home itself."""
    rest: tuple[Piece, ...]
    """What follows the folder and its slash."""

    @property
    def name(self) -> str | None:
        """The path from the home directory on; None if Nix puts something into it."""
        text = _string(*self.rest).text
        lead = f"{_FOLDERS[self.folder]}/" if self.folder else ""
        return None if text is None else lead + text

    @property
    def option(self) -> tuple[str, ...] | None:
        """The path of home-manager's option for the file; None where the path is not static."""
        name = self.name
        if name is None or _ODD.search(name):
            return None
        for lead, option in _OPTIONS.items():
            if name.startswith(lead):
                return (*option, name.removeprefix(lead))
        return ("home", "file", name)

    @property
    def specified(self) -> Str:
        """The path as systemd-tmpfiles takes it, with `%h` for the home directory."""
        if self.folder:
            return _string(Antiquotation(self.folder), Text("/"), *self.rest)
        return _string(Text("%h/"), *self.rest)

    @property
    def absolute(self) -> Str:
        """The path as a Nix string."""
        return _string(Antiquotation(self.folder or _HOME_NIX), Text("/"), *self.rest)


def below_home(word: Word) -> HomePath | None:
    """Return the path that a word is, wherever it takes the home directory from; None for any other path, or one that only the shell knows."""
    first, *others = word.pieces or (None,)
    follows = Word(word.span, tuple(others))
    rest = follows.without_prefix(1) if follows.leading.startswith("/") else None
    if rest is None or not rest.pieces or not rest.is_fixed:
        return None
    pieces = rest.pieces
    if isinstance(last := pieces[-1], Text) and last.text.endswith("/"):
        pieces = (*pieces[:-1], Text(last.text.rstrip("/")))
    match first:
        case Expansion(text) if text in _HOME_SHELL:
            return HomePath(None, pieces)
        case Antiquotation(expression) if expression.strip() == _HOME_NIX:
            return HomePath(None, pieces)
        case Antiquotation(expression) if expression.strip() in _FOLDERS:
            return HomePath(expression.strip(), pieces)
        case _:
            return None


def _string(*pieces: Piece) -> Str:
    return Str(tuple(piece for piece in joined(list(pieces)) if not isinstance(piece, Expansion)))
