"""The set of a module in a file: what goes into it, what leaves it, what its function takes."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.analysis.module_forms import EXPLICIT, NO_OPTIONS, head_of, module_body
from nix_lsp.analysis.scope import Name
from nix_lsp.ide.edits import append, insert, owned
from nix_lsp.ide.indentation import indentation_at, newline
from nix_lsp.ide.model import TextEdit
from nix_lsp.ide.refactorings.variables import free_variables
from nix_lsp.ide.set_names import literal_set
from nix_lsp.syntax.ast import bindings, span, text, unparenthesized
from nix_lsp.syntax.span import Span

if TYPE_CHECKING:
    from tree_sitter import Node

    from nix_lsp.analysis.project import Project
    from nix_lsp.syntax.document import Document

_RELATIVE = ("./", "../")


class FileModule(NamedTuple):
    """A file that is a module, as far as it is written out: a set, or one function of `{ … }` that returns a set."""

    formals: Node | None
    body: Node
    """The set that has `imports`, and `config` and `options` if it is written with them."""
    config: Node
    """The set whose bindings are definitions: `body`, or what `config` is bound to."""
    is_explicit: bool

    def imports(self) -> Node | None:
        """Return the binding of `imports`."""
        return next((binding for binding in bindings(self.body) if head_of(binding) == "imports"), None)


def file_module(project: Project, document: Document) -> FileModule | None:
    """Return the module that a file is; None where it is none, is in no host, or hides its set behind something."""
    if document.root.has_error or not project.lanes(document) or not project.module(document).is_module:
        return None
    node = document.root.child_by_field_name("expression")
    body = module_body(node) if node is not None else None
    if node is None or body is None or body.type != "attrset_expression":
        return None
    function: Node | None = None
    while (node := unparenthesized(node)) != body:
        if node.type == "function_expression":
            if function is not None or node.child_by_field_name("universal"):
                return None
            function = node
        inner = node.child_by_field_name("body")
        if inner is None:
            return None
        node = inner
    formals = function.child_by_field_name("formals") if function else None
    found = {head_of(binding): binding for binding in bindings(body)}
    is_explicit = bool(EXPLICIT & found.keys())
    if not is_explicit:
        return FileModule(formals, body, body, is_explicit=False)
    config = literal_set(found["config"]) if "config" in found else None
    path = found["config"].child_by_field_name("attrpath") if "config" in found else None
    if config is None or path is None or path.named_child_count != 1:
        return None
    return FileModule(formals, body, config, is_explicit=True)


def is_definition_in(module: FileModule, binding: Node) -> bool:
    """Tell whether a binding is one of a module's definitions, and no nested one."""
    owner = binding.parent.parent if binding.parent else None
    return owner == module.config and binding.type == "binding" and head_of(binding) not in NO_OPTIONS | {None}


def arguments_of(document: Document, node: Node) -> list[str] | None:
    """Return the module arguments that an expression uses; None where it uses something else of its file."""
    free = free_variables(document, node)
    if free is None:
        return None
    names: dict[str, None] = {}
    for each in free:
        if each.is_global:
            continue
        if (
            not isinstance(each.bound, Name)
            or each.bound.kind != "formal"
            or each.bound.value is not None
            or each.is_perhaps
        ):
            return None
        names[each.name] = None
    return sorted(names)


def import_edit(document: Document, module: FileModule, path: str, instead_of: Node | None = None) -> TextEdit | None:
    """Return the edit that imports one more file into a module; None where its imports are not a list that is written out.

    `instead_of` is a definition that goes away by another edit; if nothing else is there, the imports take its place.
    """
    found = module.imports()
    if found is not None:
        value = found.child_by_field_name("expression")
        if value is None or value.type != "list_expression":
            return None
        return append(document, value, [path])
    new = f"imports = [ {path} ];"
    first = next(bindings(module.body), None)
    if first is None:
        return insert(document, module.body, new)
    if first == instead_of:
        return None
    start = owned(document, first).start
    eol, indent = newline(document), indentation_at(document, start)
    is_first = not document.source[document.line_starts[document.line_of(start)] : start].strip()
    return TextEdit(Span(start, start), f"{new}{eol}{eol}{indent}" if is_first else f"{new} ")


def relative_paths(document: Document, node: Node, folder: str) -> list[TextEdit] | None:
    """Return the edits by which the paths in an expression lead to the same files from another folder; None where they cannot."""
    here = posixpath.dirname(document.path)
    if here == folder:
        return []
    edits: list[TextEdit] = []
    pending = [node]
    while pending:
        node = pending.pop()
        written = text(node)
        if node.type == "path_expression" and written.startswith(_RELATIVE):
            if any(child.type == "interpolation" for child in node.named_children):
                return None
            edits.append(TextEdit(span(node), relative(posixpath.join(here, written), folder)))
        else:
            pending.extend(node.named_children)
    return edits


def relative(path: str, folder: str) -> str:
    """Return an absolute path as Nix writes it from a folder: `./x.nix`, `../x.nix`."""
    found = posixpath.relpath(posixpath.normpath(path), folder)
    return found if found.startswith("..") else f"./{found}"
