"""Lists of packages in order."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.ide.kinds import REWRITE
from nix_lsp.ide.model import TextEdit
from nix_lsp.ide.refactorings.refactoring import Refactoring
from nix_lsp.syntax.ast import select_path, text
from nix_lsp.syntax.span import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tree_sitter import Node

    from nix_lsp.ide.model import Fix
    from nix_lsp.ide.refactorings.refactoring import Place
    from nix_lsp.syntax.document import Document

_SETS = frozenset({"systemPackages", "packages"})
"""Lists of packages that are used as sets."""
_LISTS = frozenset({
    "buildInputs", "nativeBuildInputs", "propagatedBuildInputs", "checkInputs", "nativeCheckInputs", "dependencies",
    "build-system", "buildPackages", "extraPackages", "fontPackages", "fonts", "runtimeInputs",
})  # fmt: skip
"""Lists whose order says which of two things with the same name is found first."""
_MOST = 2_000


class _Item(NamedTuple):
    span: Span
    """An element with the comments above it and behind it."""
    key: tuple[str, str]


def _sort(place: Place) -> Iterator[Fix]:
    sequence = place.nearest("list_expression", "function_expression", "attrset_expression")
    if sequence is None or sequence.type != "list_expression":
        return
    name = _bound_name(place, sequence)
    if name not in _SETS | _LISTS:
        return
    document = place.document
    groups = _groups(document, sequence)
    edits: list[TextEdit] = []
    for group in groups or ():
        for slot, item in zip(group, sorted(group, key=lambda each: each.key), strict=True):
            if slot != item:
                edits.append(TextEdit(slot.span, document.text(item.span)))
    if edits:
        yield place.fix("Sort the packages", edits, review=name not in _SETS)


def _bound_name(place: Place, sequence: Node) -> str | None:
    """Return the last name of what a list is the value of, through `with` and `++`."""
    for node in reversed(place.chain[: place.chain.index(sequence)]):
        if node.type == "binding":
            path = node.child_by_field_name("attrpath")
            return text(path).rpartition(".")[2] if path else None
        if node.type not in {"with_expression", "binary_expression", "parenthesized_expression"}:
            return None
    return None


def _groups(document: Document, sequence: Node) -> list[list[_Item]] | None:
    """Return the elements between blank lines, each with its comments; None where they are no packages, or not one to a line.

    Where there are several groups, a comment on top of one is its heading and stays there.
    """
    parts = [child for child in sequence.children[1:-1] if child.is_named]
    elements = [child for child in parts if child.type != "comment"]
    if not 1 < len(elements) <= _MOST or not all(select_path(each) for each in elements):
        return None
    if document.line_of(sequence.start_byte) == document.line_of(sequence.end_byte):
        return (
            [[_Item(Span(each.start_byte, each.end_byte), _key(each)) for each in elements]]
            if parts == elements
            else None
        )
    groups: list[list[_Item]] = [[]]
    pending: list[Node] = []
    last_line = document.line_of(sequence.start_byte)
    for part in parts:
        line = document.line_of(part.start_byte)
        if line == last_line:
            if part.type != "comment" or not groups[-1] or pending:
                return None
            item = groups[-1][-1]
            groups[-1][-1] = item._replace(span=Span(item.span.start, _end(part)))
            continue
        if line > last_line + 1:
            # A comment with nothing below it belongs to no element.
            pending = []
            if groups[-1]:
                groups.append([])
        last_line = document.line_of(_end(part))
        if part.type == "comment":
            pending.append(part)
            continue
        start = pending[0].start_byte if pending else part.start_byte
        groups[-1].append(_Item(Span(start, part.end_byte), _key(part)))
        pending = []
    if len(groups) > 1:
        _keep_headings(groups, elements)
    return groups


def _keep_headings(groups: Sequence[list[_Item]], elements: Sequence[Node]) -> None:
    for group in groups:
        first = next(
            (each for each in elements if group and group[0].span.start <= each.start_byte < group[0].span.end), None
        )
        if first is not None:
            group[0] = group[0]._replace(span=Span(first.start_byte, group[0].span.end))


def _end(node: Node) -> int:
    """Return where a node ends; to the grammar, the first half of `\\r\\n` is part of a comment."""
    return node.end_byte - ((node.text or b"").endswith(b"\r") and node.type == "comment")


def _key(element: Node) -> tuple[str, str]:
    name = text(element)
    return name.casefold(), name


ROWS = (
    Refactoring(
        "sort-packages",
        REWRITE,
        "Sorts the packages in a list, each with its comments, between blank lines each. In lists of inputs the order can matter.",
        "{ pkgs, ... }:\n{\n  environment.systemPackages = with pkgs; [\n    vim\n    # the one from the overlay\n    git$0\n    curl # for scripts\n  ];\n}",
        "{ pkgs, ... }:\n{\n  environment.systemPackages = with pkgs; [\n    curl # for scripts\n    # the one from the overlay\n    git\n    vim\n  ];\n}",
        _sort,
    ),
)
