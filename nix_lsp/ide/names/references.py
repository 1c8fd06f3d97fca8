"""References and highlights: every place where the name at a place stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.analysis.occurrences import Variable, name_node, occurrences, words
from nix_lsp.analysis.reach import PATHS, Alone
from nix_lsp.analysis.scope import Descent, Name, With, resolve_name
from nix_lsp.ide.names.definition import file_named, is_binding
from nix_lsp.ide.names.options import option_references
from nix_lsp.ide.names.target import Location, group, is_scoped, target_at
from nix_lsp.syntax.ast import attr, descent, span, text

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
    if (file := file_named(project, document, offset)) is not None:
        return [place for other, at in project.named_at(file.path) if (place := path_at(other, at)) is not None]
    target = None if is_binding(document, offset) else target_at(project, document, offset)
    if target is None:
        found = option_references(project, document, offset, declared=declarations)
        if found is not None:
            return found
        target = target_at(project, document, offset)
    if target is None:
        return []
    if not target.attributes:
        return [Location(document.path, span(node)) for node in _with_names(document, target)]
    sites = group(project, target.attributes).sites
    return [site.location for site in sites if declarations or site.reads]


def highlights(document: Document, offset: int) -> list[Highlight]:
    """Return the places in this file where what is named at a byte offset stands, in the order of the text."""
    target = target_at(Alone(), document, offset)
    if target is None:
        return [Highlight(span(node), is_write=False) for node in _same_selections(document, offset)]
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


def path_at(document: Document, offset: int) -> Location | None:
    """Return the whole path that begins at a byte offset."""
    path = next((node for node in reversed(descent(document.root, offset)) if node.type in PATHS), None)
    return Location(document.path, span(path)) if path is not None else None


def _same_selections(document: Document, offset: int) -> list[Node]:
    """Return the segments that select the same as the one at an offset, from the same variable, whatever that is."""
    node = name_node(document, offset)
    if node is None or (wanted := _selection(document, node)) is None:
        return []
    return [other for other in words(document, wanted[-1]) if _selection(document, other) == wanted]


def _selection(document: Document, node: Node) -> tuple[str, ...] | None:
    """Return the variable, by its place and name, and the names that a selection has up to a segment."""
    path = node.parent
    select = path.parent if path is not None and path.type == "attrpath" else None
    base = select.child_by_field_name("expression") if select is not None else None
    if path is None or base is None or base.type != "variable_expression":
        return None
    names = [attr(each).name for each in path.children_by_field_name("attr") if each.start_byte <= node.start_byte]
    bound = resolve_name(document, base)
    place = str(bound.span.start) if isinstance(bound, Name) else ""
    return None if None in names else (place, text(base), *filter(None, names))


def _with_names(document: Document, target: Target) -> list[Node]:
    """Return the variables of the same name that the same `with` has to have."""
    outer = target.environments[-1].parent
    if outer is None:
        return []
    found: list[Node] = []
    descent_ = Descent(document.root)
    for node in words(document, target.name, outer.start_byte, outer.end_byte):
        above = node.parent
        binding = above.parent if above is not None and above.type == "inherited_attrs" else None
        if above is None or not (above.type == "variable_expression" or (binding and binding.type == "inherit")):
            continue
        descent_.to(node.start_byte)
        name = resolve_name(document, node, descent_, named=target.name)
        if isinstance(name, With) and name.environments[-1] == target.environments[-1]:
            found.append(node)
    return found
