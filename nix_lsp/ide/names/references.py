"""References and highlights: every place where the name at a place stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.analysis.occurrences import Variable, occurrences, words
from nix_lsp.analysis.reach import Alone
from nix_lsp.analysis.scope import With, resolve_name
from nix_lsp.ide.names.target import Location, group, is_scoped, target_at
from nix_lsp.syntax.ast import span

if TYPE_CHECKING:
    from tree_sitter import Node

    from nix_lsp.analysis.project import Project
    from nix_lsp.ide.names.target import Target
    from nix_lsp.syntax.document import Document
    from nix_lsp.syntax.span import Span


class Highlight(NamedTuple):
    """A place to highlight."""

    span: Span
    is_write: bool
    """The name is bound there."""


def references(project: Project, document: Document, offset: int, *, declarations: bool) -> list[Location]:
    """Return the places in the project that read what the name at a byte offset means; those that bind it only where asked for."""
    target = target_at(project, document, offset)
    if target is None:
        return []
    if not target.attributes:
        return [Location(document.path, span(node)) for node in _with_names(document, target)]
    found = group(project, target.attributes)
    return [site.location for site in found.sites if declarations or site.reads]


def highlights(document: Document, offset: int) -> list[Highlight]:
    """Return the places in this file where what is named at a byte offset stands, in the order of the text."""
    target = target_at(Alone(), document, offset)
    if target is None:
        return []
    if target.environments:
        keywords = [each.parent.children[0] for each in target.environments if each.parent is not None]
        found = [Highlight(span(node), is_write=True) for node in keywords if node.type == "with"]
        return sorted({*found, *(Highlight(span(node), is_write=False) for node in _with_names(document, target))})
    if len(target.attributes) == 1 and is_scoped(target.attributes[0]):
        _, owner, path = target.attributes[0]
        return [
            Highlight(each.span, each.role not in {"variable", "taken"})
            for each in occurrences(document, Variable(path[0], owner))
        ]
    sites = group(Alone(), target.attributes).sites
    return [Highlight(span(site.node), site.binds) for site in sites if site.document is document]


def _with_names(document: Document, target: Target) -> list[Node]:
    """Return the variables of the same name that the same `with` has to have."""
    outer = target.environments[-1].parent
    if outer is None:
        return []
    found: list[Node] = []
    for node in words(document, target.name, outer.start_byte, outer.end_byte):
        above = node.parent
        binding = above.parent if above is not None and above.type == "inherited_attrs" else None
        if above is None or not (above.type == "variable_expression" or (binding and binding.type == "inherit")):
            continue
        name = resolve_name(document, node, named=target.name)
        if isinstance(name, With) and name.environments[-1] == target.environments[-1]:
            found.append(node)
    return found
