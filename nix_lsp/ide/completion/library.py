"""What stands below nixpkgs' `lib` at the pin, with its type or its parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nix_lsp.ide.completion.order import sort_text
from nix_lsp.ide.model import CompletionItem, CompletionKind
from nix_lsp.syntax.layout import quote_attr
from option_index.records import LibraryStanding

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from nix_lsp.analysis.pin import Lane
    from nix_lsp.analysis.project import Project
    from option_index.records import LibraryName

_KINDS = {"function": CompletionKind.BUILTIN, "set": CompletionKind.NAMESPACE}


def library_items(
    project: Project, lane: Lane | None, path: Sequence[str], *, rank: str = "0"
) -> Iterator[CompletionItem]:
    """Yield the names directly below `lib.<path>`; those that nixpkgs warns of come last.

    Args:
        project: the project.
        lane: the lane whose nixpkgs is meant; None for the project's main pin.
        path: below `lib`; empty for `lib` itself.
        rank: what the items' sort texts begin with, to place them among other proposals.
    """
    library = project.library(lane)
    for found in library.children(path) if library else ():
        deprecated = found.standing is LibraryStanding.DEPRECATED
        name = quote_attr(found.path[-1])
        yield CompletionItem(
            name,
            _KINDS.get(found.kind, CompletionKind.ATTRIBUTE),
            name,
            detail="deprecated" if deprecated else _detail(found),
            sort=f"{rank}{int(deprecated)}{sort_text(found.path[-1])}",
            key=("library", *found.path),
        )


def _detail(found: LibraryName) -> str:
    return found.signature or " → ".join((*found.args, "…")) if found.kind == "function" else found.kind
