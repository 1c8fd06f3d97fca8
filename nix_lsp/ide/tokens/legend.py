"""The words in which tokens are told: the protocol's own, so that every theme has a colour for them."""

from __future__ import annotations

from enum import IntEnum, IntFlag
from typing import NamedTuple


class TokenType(IntEnum):
    """What a token is; the names in small letters and without `_` are the protocol's."""

    NAMESPACE = 0
    """`builtins`."""
    TYPE = 1
    """A type of options: `lib.types.str`."""
    PARAMETER = 2
    VARIABLE = 3
    """A name that a `let` binds, or that nothing known binds."""
    PROPERTY = 4
    """An attribute of a set, where it is written and where it is selected or comes out of a `with`."""
    FUNCTION = 5
    KEYWORD = 6
    COMMENT = 7
    STRING = 8
    """Strings, paths and addresses."""
    NUMBER = 9
    REGEXP = 10
    """An escape in a string."""
    OPERATOR = 11


class TokenModifier(IntFlag):
    """What else is to say of a token."""

    NONE = 0
    DECLARATION = 1
    """The name is bound here: by `let`, as an argument, or as an option that this file declares."""
    DEFINITION = 2
    """A segment of the path of an option that is defined here."""
    READONLY = 4
    """A constant of the language: `true`, `false`, `null`."""
    DEPRECATED = 8
    """The pinned release has renamed or removed it, or warns of it."""
    DEFAULT_LIBRARY = 16
    """Of Nix or of nixpkgs' `lib`."""


TYPES = tuple(each.name.lower() for each in TokenType)
MODIFIERS = ("declaration", "definition", "readonly", "deprecated", "defaultLibrary")


class Token(NamedTuple):
    """A part of a text that does not overlap any other."""

    start: int
    end: int
    type: TokenType
    modifiers: TokenModifier = TokenModifier.NONE
