"""Which files are certain to be modules of one evaluation: those that one file imports, or that one list names, come what may."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from nix_lsp.syntax.ast import text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from nix_lsp.analysis.definition import Root
    from nix_lsp.analysis.project import Project
    from nix_lsp.syntax.document import Document

_THROUGH = frozenset(
    {
        "attrset_expression",
        "rec_attrset_expression",
        "binding_set",
        "binding",
        "parenthesized_expression",
        "function_expression",
        "let_expression",
        "with_expression",
        "assert_expression",
        "source_code",
    }
)
"""Expressions that leave what stands in them as it is; `assert` and functions hold for all that stands in them alike."""
_DEEPEST = 256
"""So many expressions are looked through outward: tree-sitter finds each from the file's root."""
_MOST = 300
"""So many files are gone through."""


def companions(project: Project, document: Document) -> list[str]:
    """Return the paths of other files that are surely evaluated together with a module in some host, if that host is as its code says.

    Only what is imported by a list that is written out counts: `imports = [ ./a.nix ]`, and `modules = [ ./a.nix ]` of a system.
    """
    found: dict[str, None] = {}
    above, known = [document.path], {document.path}
    while above and len(found) < _MOST:
        here = above.pop()
        _add_below(project, here, found)
        for importer in project.importers(here):
            for root, is_own, files in _lists(project, importer):
                if here not in files or root.set not in (None, "nixos", "nix-darwin", "home-manager"):
                    continue
                for file in files:
                    if file not in found:
                        found[file] = None
                        _add_below(project, file, found)
                if is_own and importer not in known:
                    found[importer] = None
                    known.add(importer)
                    above.append(importer)
    found.pop(document.path, None)
    return list(found)


def is_certain(binding: Node) -> bool:
    """Tell whether nothing on the way from a binding to the file's root may leave it out, replace it or weigh it differently."""
    node = binding.parent
    for _ in range(_DEEPEST):
        if node is None:
            return True
        parent = node.parent
        if node.type == "list_expression":
            if parent is None or not (_is_merge(parent) or _is_named(parent, "imports")):
                return False
        elif node.type == "apply_expression":
            if not _is_merge(node):
                return False
        elif node.type not in _THROUGH:
            return False
        node = parent
    return False


def _add_below(project: Project, path: str, found: dict[str, None]) -> None:
    """Add the files that a module surely imports, and what these do."""
    pending, seen = [path], {path}
    while pending and len(found) < _MOST:
        for _, is_own, files in _lists(project, pending.pop()):
            for file in files if is_own else ():
                found[file] = None
                if file not in seen:
                    seen.add(file)
                    pending.append(file)


def _lists(project: Project, path: str) -> Iterator[tuple[Root, bool, list[str]]]:
    """Yield the modules in a file, whether each is what the file itself is, and the files that it surely imports."""
    document = project.document(path)
    if document is None:
        return
    view = project.module(document)
    for number, root in enumerate(view.roots):
        files = [file for node in root.imports if (file := _certain_import(project, path, node))]
        yield root, number == 0 and view.is_module and root.set is None, files


def _certain_import(project: Project, path: str, node: Node) -> str | None:
    written = text(node)
    sequence = node.parent
    binding = sequence.parent if sequence is not None and sequence.type == "list_expression" else None
    if binding is None or not written.startswith("."):
        return None
    if not _is_named(binding, "modules") and not (_is_named(binding, "imports") and is_certain(binding)):
        return None
    file = posixpath.normpath(posixpath.join(posixpath.dirname(path), written))
    return posixpath.join(file, "default.nix") if project.is_folder(file) else file


def _is_merge(node: Node) -> bool:
    function = node.child_by_field_name("function") if node.type == "apply_expression" else None
    return function is not None and text(function) in {"mkMerge", "lib.mkMerge"}


def _is_named(node: Node, name: str) -> bool:
    path = node.child_by_field_name("attrpath") if node.type == "binding" else None
    return path is not None and text(path).rpartition(".")[2] == name
