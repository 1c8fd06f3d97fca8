"""What every reader of pins gives back."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nix_lsp.analysis.pin import Pin


class PinProblem(NamedTuple):
    """Something in a file of pins that keeps a pin from being known, shown once where it stands."""

    file: str
    """The absolute path of the file at fault."""
    line: int
    """Zero-based."""
    message: str


class Pins(NamedTuple):
    """All sources that one folder locks, by the name under which Nix code there reaches them (`inputs.<name>`, `sources.<name>`)."""

    by_name: Mapping[str, Pin]
    problems: tuple[PinProblem, ...] = ()
    nixpkgs_of: Mapping[str, str] = {}
    """Name of a source → name of, or path `a/b` to, the nixpkgs that this source is locked to use."""
    inputs: Mapping[str, Pin] = {}
    """The same for paths below the root: `home-manager/nixpkgs`."""


EMPTY = Pins({})
