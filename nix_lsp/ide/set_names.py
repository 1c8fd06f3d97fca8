"""What an attribute set binds, found by path: thousands of edits to one set ask the same."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.syntax.ast import application, attrs, bindings, select_path, text, unparenthesized

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tree_sitter import Node

    from nix_lsp.syntax.document import Document

    Path = tuple[str | None, ...]


class SetNames:
    """The bindings of one attribute set, each list in the order of the text. Segments that only evaluation knows are None."""

    def __init__(self, owner: Node) -> None:
        self._values: dict[Path, list[Node]] = {}
        self._sets: dict[Path, list[Node]] = {}
        self._below: dict[Path, list[Node]] = {}
        inherited: set[str | None] = set()
        for binding in bindings(owner):
            names = binding_path(binding)
            if names is None:
                inherited.update(inherited_names(binding))
                continue
            (self._values if literal_set(binding) is None else self._sets).setdefault(names, []).append(binding)
            for length in range(1, len(names) + 1):
                self._below.setdefault(names[:length], []).append(binding)
        self.inherited = frozenset(inherited)
        """Names that an `inherit` binds."""

    def values(self, path: Path) -> Sequence[Node]:
        """Return the bindings of exactly this path whose value is no set that is written out."""
        return self._values.get(path, ())

    def sets(self, path: Path) -> Sequence[Node]:
        """Return the bindings of exactly this path whose value is a set that is written out."""
        return self._sets.get(path, ())

    def at_or_below(self, path: Path) -> Sequence[Node]:
        """Return the bindings whose own path begins with this one."""
        return self._below.get(path, ())


def names_in(document: Document, owner: Node) -> SetNames:
    """Return what an attribute set of a document binds."""
    known, place = _sets_of(document), (owner.start_byte, owner.end_byte)
    if place not in known:
        known[place] = SetNames(owner)
    return known[place]


@lru_cache(maxsize=1)
def _sets_of(_: Document) -> dict[tuple[int, int], SetNames]:
    """Return the sets that were read, by their bytes, as long as questions are about this document."""
    return {}


def binding_path(binding: Node) -> Path | None:
    """Return the names of a `binding`'s own segments; None for an `inherit`."""
    path = binding.child_by_field_name("attrpath")
    return tuple(segment.name for segment in attrs(path)) if path else None


def inherited_names(binding: Node) -> Path:
    """Return the names that an `inherit` binds; nothing for a `binding`."""
    names = binding.child_by_field_name("attrs")
    return tuple(segment.name for segment in attrs(names)) if names else ()


def literal_set(binding: Node) -> Node | None:
    """Return the attribute set that a binding's value is, if it is written out and can be merged with others."""
    value = binding.child_by_field_name("expression")
    value = unparenthesized(value) if value else None
    return value if value and value.type == "attrset_expression" else None


class ConditionalSet(NamedTuple):
    """`mkIf c { … }`."""

    set: Node
    condition: str
    """The source of what stands before the set: `lib.mkIf c`."""


def conditional_set(value: Node) -> ConditionalSet | None:
    """Return the set that is written out in an expression under a condition; None for any other expression."""
    value = unparenthesized(value)
    if value.type != "apply_expression":
        return None
    function, arguments = application(value)
    path = select_path(function)
    inner = unparenthesized(arguments[-1])
    if not path or path[-1] != "mkIf" or len(arguments) != 2 or inner.type != "attrset_expression":
        return None
    return ConditionalSet(inner, f"{text(function)} {text(arguments[0])}")
