"""Files whose values other files take for definitions: what is written there is judged where it is taken.

config = import ./mk.nix { inherit lib; };
services.a = (import ./lib.nix).mkThing { … };
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.analysis.lanes import SETS
from nix_lsp.analysis.taken import Use

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from nix_lsp.analysis.pin import Lane
    from nix_lsp.analysis.taken import Taken
    from nix_lsp.syntax.document import Document

_MOST = 200
"""Uses of one file's values."""


class Lending(NamedTuple):
    """What other files take from one."""

    uses: tuple[Use, ...]
    lanes: tuple[Lane, ...]
    """Those of all that take."""
    takers: tuple[Document, ...]
    """The files that take, or might."""


def lending(
    places: Iterable[tuple[Document, int]],
    taken_by: Callable[[Document], Sequence[Taken]],
    lanes_of: Callable[[Document], Sequence[Lane]],
) -> Lending:
    """Return what other files take from one for definitions.

    `places` is where they name it, as byte offsets; `taken_by` gives what definitions of a file are given, and `lanes_of` the lanes of one that is a
    module by itself.
    """
    uses: list[Use] = []
    lanes: dict[tuple[str | None, ...], Lane] = {}
    takers: dict[str, Document] = {}
    for taker, offset in places:
        takers[taker.path] = taker
        own = lanes_of(taker)
        # What a flake says outside of the modules in it defines no options.
        has_options = any(lane.set in SETS for lane in own)
        taken = [
            each
            for each in (taken_by(taker) if own else ())
            if each.source.start_byte == offset and (each.set or has_options)
        ]
        if taken:
            uses += [Use(each.steps, each.path, each.set, each.conditional) for each in taken]
            lanes |= {(lane.set, lane.host): lane for lane in own}
    return Lending(tuple(uses[:_MOST]), tuple(lanes.values()), tuple(takers.values()))
