"""The inputs of a flake.nix as they are written: with the places of their URLs, branches and `follows`.

`inputs` must be literal (Nix evaluates no functions there), so that the text says it all; what is not is left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.syntax.ast import ATTRSETS, attrs, bindings, span, static_string, text, unparenthesized

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tree_sitter import Node

    from nix_lsp.syntax.document import Document
    from nix_lsp.syntax.span import Span

    Path = tuple[str, ...]

_DEPTH = 16


class DeclaredInput(NamedTuple):
    """One entry of `inputs`."""

    name: str
    span: Span
    """The name, where it is written first."""
    attributes: Mapping[tuple[str, ...], Node]
    """The value expressions by path: `("url",)`, `("inputs", "nixpkgs", "follows")`."""
    is_whole: bool
    """All of it is literal."""

    def text(self, *path: str) -> str | None:
        """Return the string that an attribute is; None for no string, or no such attribute."""
        node = self.attributes.get(path)
        if node is None:
            return None
        return text(node) if node.type == "uri_expression" else static_string(node)


def declared_inputs(document: Document) -> tuple[DeclaredInput, ...]:
    """Return the inputs that a flake.nix declares, in its order; empty for what is no flake."""
    root = document.root.child_by_field_name("expression")
    root = unparenthesized(root) if root else None
    if root is None or root.type not in ATTRSETS:
        return ()
    found: dict[str, tuple[Span, dict[Path, Node], list[bool]]] = {}
    for path, where, node in _leaves(root, (), None, 0):
        if not path or path[0] != "inputs" or len(path) < 2:
            continue
        _, name, *rest = path
        if name is None or where is None:
            continue
        known = found.setdefault(name, (where, {}, []))
        if None in rest:
            known[2].append(False)
        elif rest or node.type not in ATTRSETS:
            known[1][tuple(each for each in rest if each is not None)] = node
    return tuple(
        DeclaredInput(name, where, attributes, not odd and () not in attributes)
        for name, (where, attributes, odd) in found.items()
    )


def _leaves(
    owner: Node, above: tuple[str | None, ...], where: Span | None, depth: int
) -> Iterator[tuple[tuple[str | None, ...], Span | None, Node]]:
    """Yield every binding that is no set, or an empty one, with its path and the place of the path's second name."""
    for binding in bindings(owner):
        path, value = binding.child_by_field_name("attrpath"), binding.child_by_field_name("expression")
        if path is None or value is None:
            names = binding.child_by_field_name("attrs")
            for name in names.named_children if names and above else ():
                yield (*above, None), where or span(name), name
            continue
        segments = attrs(path)
        whole = (*above, *(segment.name for segment in segments))
        if not above and whole[:1] != ("inputs",):
            continue
        here = where or (segments[1 - len(above)].span if len(whole) > 1 else None)
        value = unparenthesized(value)
        if value.type in ATTRSETS and depth < _DEPTH and any(True for _ in bindings(value)):
            yield from _leaves(value, whole, here, depth + 1)
        else:
            yield whole, here, value
