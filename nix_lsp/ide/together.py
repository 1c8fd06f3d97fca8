"""Which fixes of one file can be applied at once, each doing what it would do alone."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

from nix_lsp.syntax.span import Span

if TYPE_CHECKING:
    from collections.abc import Iterable

    from nix_lsp.ide.model import Fix, TextEdit


def together(fixes: Iterable[Fix], path: str) -> tuple[TextEdit, ...]:
    """Return the edits of those fixes of the file at `path` that do not reach into each other; of two that do, the first."""
    return tuple(edit for fix in compatible(fixes, path) for edit in fix.edits[0].edits)


def compatible(fixes: Iterable[Fix], path: str) -> list[Fix]:
    """Return those fixes of the file at `path` that do not reach into each other; of two that do, the first.

    Fixes that only delete go alone: what they leave may move as a whole. Two that define the same option, or one above the other's,
    are left for two turns: the second then sees what stands there.
    """
    own = [fix for fix in fixes if [file.path for file in fix.edits] == [path] and fix.edits[0].edits]
    deleting = [fix for fix in own if not any(edit.text.strip() for edit in fix.edits[0].edits)]
    chosen: list[Fix] = []
    reaches: list[Span] = []
    defined: set[tuple[str, ...]] = set()
    above: set[tuple[str, ...]] = set()
    for fix in deleting or own:
        edits = fix.edits[0].edits
        reach = Span(min(edit.span.start for edit in edits), max(edit.span.end for edit in edits))
        index = bisect_left(reaches, reach)
        if any(
            other.start <= reach.end and reach.start <= other.end for other in reaches[max(0, index - 1) : index + 1]
        ):
            continue
        names = [fix.defines[:length] for length in range(1, len(fix.defines) + 1)]
        if fix.defines in above or any(each in defined for each in names):
            continue
        chosen.append(fix)
        reaches.insert(index, reach)
        above.update(names)
        if names:
            defined.add(fix.defines)
    return chosen
