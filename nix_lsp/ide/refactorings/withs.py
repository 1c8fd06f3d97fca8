"""`with` made explicit."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.analysis.scope import Name, With
from nix_lsp.ide.edits import WIDTH, combine
from nix_lsp.ide.kinds import REWRITE
from nix_lsp.ide.model import TextEdit
from nix_lsp.ide.refactorings.inheriting import selectable
from nix_lsp.ide.refactorings.lets import let_in
from nix_lsp.ide.refactorings.refactoring import Refactoring
from nix_lsp.ide.refactorings.variables import (
    Variable,
    bound_at,
    free_variables,
    from_inner_with,
    is_same,
    places,
    variables,
)
from nix_lsp.syntax.ast import select_path, span, text, unparenthesized
from nix_lsp.syntax.span import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from nix_lsp.ide.model import Fix
    from nix_lsp.ide.refactorings.refactoring import Place


class _With(NamedTuple):
    """A `with` and what its body takes from it for certain."""

    node: Node
    environment: Node
    body: Node
    taken: list[Variable]


def _meant(place: Place) -> _With | None:
    """Return the `with` whose head the cursor is on; None where another `with` may give what its body names."""
    node = place.nearest("with_expression")
    environment = node.child_by_field_name("environment") if node else None
    body = node.child_by_field_name("body") if node else None
    if node is None or environment is None or body is None or place.span.start > environment.end_byte + 1:
        return None
    if any(child.type in {"comment", "ERROR"} for child in node.children):
        return None
    found = variables(place.document, body)
    if found is None:
        return None
    here = places((environment,))[0]
    taken: list[Variable] = []
    for each in found:
        if isinstance(each.bound, With) and here in places(each.bound.environments):
            # Each builtin is a global name with `__` before it, and there are more than we know.
            if len(each.bound.environments) > 1 or each.name.startswith("__"):
                return None
            taken.append(each)
    return _With(node, environment, body, taken) if taken else None


def _to_let(place: Place) -> Iterator[Fix]:
    if (found := _meant(place)) is None:
        return
    document = place.document
    names = sorted(dict.fromkeys(each.name for each in found.taken))
    inner = from_inner_with(document, found.environment)
    if inner is None or inner.intersection(names):
        return  # what the environment has from a `with` of its own would be the new names
    source = text(unparenthesized(found.environment))
    if "\n" in source:
        return
    line = f"inherit ({source}) {' '.join(names)};"
    if len(line) > WIDTH - 8:
        line = "\n".join((f"inherit ({source})", *(f"  {name}" for name in names), "  ;"))
    edit = let_in(document, found.node, [line], span(found.body))
    yield place.fix(f"Convert `with {source}` to `let inherit`", [edit])


def _to_names(place: Place) -> Iterator[Fix]:
    if (found := _meant(place)) is None:
        return
    environment = unparenthesized(found.environment)
    path = select_path(environment)
    free = free_variables(place.document, environment)
    if path is None or free is None or len(free) != 1:
        return
    source = selectable(environment)
    edits = [TextEdit(Span(found.node.start_byte, found.body.start_byte), "")]
    for use in found.taken:
        if not _reaches(place, free[0], use, found):
            return
        if use.inherit is None:
            edits.append(TextEdit(Span(use.node.start_byte, use.node.start_byte), f"{source}."))
            continue
        names = use.inherit.child_by_field_name("attrs")
        if names is None or any(text(name) not in {each.name for each in found.taken} for name in names.named_children):
            return
        edits.append(TextEdit(Span(use.inherit.start_byte, names.start_byte), f"inherit ({source}) "))
    joined = combine(edits)
    if joined is not None:
        yield place.fix(f"Write `{source}.` before each name instead of `with`", joined)


def _reaches(place: Place, head: Variable, use: Variable, found: _With) -> bool:
    """Tell whether the variable that the environment begins with means the same where a name is used."""
    bound = bound_at(place.document, head.name, use.node.start_byte)
    if isinstance(head.bound, Name) or head.is_global:
        return is_same(head.bound, bound)
    # Of the environments there, the `with` itself is one, which goes.
    if not isinstance(bound, With):
        return False
    left = [each for each in bound.environments if each != found.environment]
    expected = head.bound.environments if isinstance(head.bound, With) else ()
    return places(left) == places(expected)


ROWS = (
    Refactoring(
        "with-to-let",
        REWRITE,
        "Writes what is used of a `with` into a `let inherit`. Refused where it cannot be told which of several `with` a name is from.",
        "{ y = wi$0th lib; head (attrNames { }); }",
        "{ y = let inherit (lib) attrNames head; in head (attrNames { }); }",
        _to_let,
    ),
    Refactoring(
        "with-to-names",
        REWRITE,
        "Writes what a `with` is of before each name that is from it.",
        "{ environment.systemPackages = wi$0th pkgs; [ git vim ]; }",
        "{ environment.systemPackages = [ pkgs.git pkgs.vim ]; }",
        _to_names,
    ),
)
