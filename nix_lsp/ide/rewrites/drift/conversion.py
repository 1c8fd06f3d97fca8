"""What a row is: an option that moved, where to, and what its old value becomes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.ide.model import Tier
from nix_lsp.syntax.ast import bindings, static_string, text, unparenthesized
from nix_lsp.syntax.strings import read_string

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tree_sitter import Node

_SIMPLE = frozenset(
    {
        "attrset_expression",
        "indented_string_expression",
        "integer_expression",
        "list_expression",
        "parenthesized_expression",
        "path_expression",
        "rec_attrset_expression",
        "select_expression",
        "string_expression",
        "variable_expression",
    }
)
"""Expressions that can be a list's element, or an argument, as they stand."""


class Entry(NamedTuple):
    """One definition to write."""

    path: tuple[str, ...]
    """Below the row's target; empty: the target itself."""
    value: str
    """Nix source, written with `\\n` and without indentation."""
    comments: tuple[str, ...] = ()
    """Lines `# …` to stand above it."""


class Old(NamedTuple):
    """The value that an option had been given."""

    node: Node
    """The expression, with wrappers such as `mkIf` taken off."""

    @property
    def text(self) -> str:
        """The source."""
        return text(self.node)

    @property
    def atom(self) -> str:
        """The source as it can stand in a list or as an argument."""
        return self.text if self.node.type in _SIMPLE else f"({self.text})"

    @property
    def boolean(self) -> bool | None:
        """The value of a literal `true` or `false`."""
        return {"true": True, "false": False}.get(text(unparenthesized(self.node)))

    @property
    def integer(self) -> int | None:
        """The value of an integer literal."""
        node = unparenthesized(self.node)
        return int(text(node)) if node.type == "integer_expression" else None

    @property
    def string(self) -> str | None:
        """The content of a string without interpolation."""
        node = unparenthesized(self.node)
        content = read_string(node)
        return content.static if content else static_string(node)

    @property
    def strings(self) -> list[str] | None:
        """The elements of a list of strings without interpolation."""
        node = unparenthesized(self.node)
        if node.type != "list_expression":
            return None
        found = [Old(element).string for element in node.children_by_field_name("element")]
        known = [each for each in found if each is not None]
        return known if len(known) == len(found) else None

    def has(self, name: str) -> bool:
        """Tell whether a name is an argument of a function round the value, and nothing in between hides it."""
        node = self.node.parent
        while node:
            if node.type in {"let_expression", "rec_attrset_expression", "let_attrset_expression"} and any(
                text(path).split(".")[0] == name
                for binding in bindings(node)
                if (path := binding.child_by_field_name("attrpath"))
            ):
                return False
            if node.type == "function_expression":
                formals = node.child_by_field_name("formals")
                for formal in formals.named_children if formals else ():
                    identifier = formal.child_by_field_name("name")
                    if identifier and text(identifier) == name:
                        return True
                universal = node.child_by_field_name("universal")
                if universal and text(universal) == name:
                    return not formals and name not in {"pkgs", "lib", "config"}
            node = node.parent
        return False


@dataclass(frozen=True, slots=True)
class Conversion:
    """One row."""

    set: str
    """`nixos`, `home-manager`, `nix-darwin`."""
    source: tuple[str, ...]
    """The option that moved; `*` is any name."""
    convert: Callable[[Old], Sequence[Entry] | None]
    """Gives the definitions that say the same, none of them where nothing is left to say; None where that is not known."""
    target: tuple[str, ...] | None = None
    """Where the new definitions stand, where the index does not say; a `*` is the name that stands in the source."""
    tier: Tier = Tier.MECHANICAL
    joins: bool = False
    """A definition that stands at the target already is joined with the new one by `lib.mkMerge`."""

    def target_of(self, names: Sequence[str], told: Sequence[str] | None) -> tuple[str, ...] | None:
        """Return where the definitions of an option go; `told` is what the index says."""
        if self.target is None:
            return tuple(told) if told else None
        taken = iter([name for name, segment in zip(names, self.source, strict=True) if segment == "*"])
        return tuple(next(taken) if segment == "*" else segment for segment in self.target)


def row(
    module_set: str,
    source: str,
    convert: Callable[[Old], Sequence[Entry] | None],
    target: str | None = None,
    *,
    review: bool = False,
    joins: bool = False,
) -> Conversion:
    """Return a row; paths are dotted."""
    tier = Tier.REVIEW if review else Tier.MECHANICAL
    return Conversion(
        module_set, tuple(source.split(".")), convert, tuple(target.split(".")) if target else None, tier, joins
    )
