"""Files whose values other files take for definitions: what is written there is judged where it is taken.

config = import ./mk.nix { inherit lib; };
services.a = (import ./lib.nix).mkThing { … };
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.analysis.lanes import SETS
from nix_lsp.analysis.nested_modules import HANDING
from nix_lsp.analysis.taken import Use

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from nix_lsp.analysis.handed import Handing
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
    handed: Iterable[Handing],
    taken_by: Callable[[Document], Sequence[Taken]],
    lanes_of: Callable[[Document], Sequence[Lane]],
) -> Lending:
    """Return what other files take from one for definitions.

    `places` is where they name it, as byte offsets; `handed` is what they get of it as arguments; `taken_by` gives what definitions of a file are given, and `lanes_of` the lanes of one that is a
    module by itself.
    """
    named, handed = list(places), list(handed)
    takers = {taker.path: taker for taker in (*(taker for taker, _ in named), *(taker for taker, _ in handed))}
    own = {path: lanes_of(taker) for path, taker in takers.items()}
    taken = [
        (taker, Use(each.steps, each.path, each.set, each.conditional))
        for taker, offset in named
        for each in (taken_by(taker) if own[taker.path] else ())
        if not isinstance(each.source, str) and each.source.start_byte == offset
    ]
    uses: list[tuple[Use, str | None]] = []
    lanes: dict[tuple[str | None, ...], Lane] = {}
    for taker, use in (*taken, *handed):
        sets = {lane.set for lane in own[taker.path]}
        # What a flake says outside of the modules in it defines no options; what is handed on is no definition.
        if use.path[:2] not in HANDING and (use.set or sets & set(SETS)):
            uses.append((use, sets.pop() if len(sets) == 1 else None))
            lanes |= {(lane.set, lane.host): lane for lane in own[taker.path]}
    several = len({lane.set for lane in lanes.values()}) > 1
    said = [use._replace(set=use.set or module_set) if several else use for use, module_set in uses]
    return Lending(tuple(said[:_MOST]), tuple(lanes.values()), tuple(takers.values()))
