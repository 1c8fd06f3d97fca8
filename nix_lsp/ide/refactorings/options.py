"""Making an option of a value in a module."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nix_lsp.analysis.module_forms import NO_OPTIONS, head_of
from nix_lsp.ide import edits
from nix_lsp.ide.indentation import indentation_at, newline, reindent, reindent_fragment
from nix_lsp.ide.kinds import EXTRACT
from nix_lsp.ide.model import TextEdit
from nix_lsp.ide.refactorings.extracting import name_of, selected_expression
from nix_lsp.ide.refactorings.formals import add_formal
from nix_lsp.ide.refactorings.modules import FileModule, arguments_of, file_module, is_definition_in
from nix_lsp.ide.refactorings.refactoring import Refactoring
from nix_lsp.ide.refactorings.variables import bound_at, within
from nix_lsp.syntax.ast import STRINGS, bindings, select_path, span, text, unparenthesized
from nix_lsp.syntax.document import Document
from nix_lsp.syntax.layout import attrpath_text, indent_unit
from nix_lsp.syntax.span import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tree_sitter import Node

    from nix_lsp.ide.model import Fix
    from nix_lsp.ide.refactorings.refactoring import Place

_TYPES = {
    "integer_expression": "int",
    "float_expression": "float",
    "string_expression": "str",
    "indented_string_expression": "lines",
    "path_expression": "path",
    "attrset_expression": "attrsOf lib.types.anything",
}
_NO_VALUES = frozenset({"function_expression", "with_expression", "variable_expression"})
_PLACEHOLDER = "my"
"""Where the option goes in a project that declares none of its own."""


def _to_option(place: Place) -> Iterator[Fix]:
    node = selected_expression(place)
    document = place.document
    if node is None or unparenthesized(node).type in _NO_VALUES or _is_called(place, node):
        return
    module = file_module(place.project, document)
    if module is None or module.formals is None:
        return
    definitions = (each for each in bindings(module.config) if is_definition_in(module, each))
    if not any((value := each.child_by_field_name("expression")) and within(node, value) for each in definitions):
        return
    names = arguments_of(document, node)
    path = (_namespace(place), name_of(place, node))
    if names is None or _is_declared(place, path):
        return
    wanted = [name for name in ("config", "lib") if not _has(module.formals, name)]
    is_open = any(child.type == "ellipses" for child in module.formals.named_children)
    if (wanted and not is_open) or any(_is_hidden(place, name, node) for name in ("config", "lib")):
        return
    inner = unparenthesized(node)
    default = reindent(document, span(inner), indentation_at(document, inner.start_byte), "").replace("\r\n", "\n")
    lines = (
        f"type = lib.types.{_type(inner)};",
        f"default = {default};",
        'description = "";',
    )
    unit = indent_unit(document)
    fields = "\n".join(unit + reindent_fragment(line, unit, inside_set=True) for line in lines)
    option = f"lib.mkOption {{\n{fields}\n}}"
    use = TextEdit(span(node), f"config.{attrpath_text(path)}")
    declared = _declared(document, module, path, option, use)
    if declared is None:
        return
    formals = add_formal(document, module.formals, *wanted) if wanted else ()
    changes = edits.combine([*declared, *formals])
    if changes is not None:
        yield place.fix(f"Extract to an option: `{attrpath_text(path)}`", changes, review=True)


def _is_called(place: Place, node: Node) -> bool:
    above = place.above(node)
    return above is not None and above.type == "apply_expression" and above.child_by_field_name("function") == node


def _declared(
    document: Document, module: FileModule, path: Sequence[str], option: str, use: TextEdit
) -> list[TextEdit] | None:
    """Return the edits that declare an option in a module and use it; None where its options are not written out."""
    new = f"options.{attrpath_text(path)} = {option};"
    if not module.is_explicit:
        return _made_explicit(document, module, new, use)
    if any(head_of(each) == "options" for each in bindings(module.body)):
        edit = edits.define(document, module.body, ("options", *path), option)
        return [edit, use] if edit else None
    config = next(each for each in bindings(module.body) if head_of(each) == "config")
    start = edits.owned(document, config).start
    eol, indent = newline(document), indentation_at(document, start)
    written = reindent_fragment(new, indent, inside_set=True).replace("\n", eol)
    return [TextEdit(Span(start, start), f"{written}{eol}{eol}{indent}"), use]


def _made_explicit(document: Document, module: FileModule, new: str, use: TextEdit) -> list[TextEdit] | None:
    """Put the definitions of a module into a `config`, below its imports, and an option before them."""
    found = list(bindings(module.body))
    special = [each for each in found if head_of(each) in NO_OPTIONS]
    definitions = [each for each in found if each not in special]
    if found[: len(special)] != special or document.line_of(module.body.start_byte) == document.line_of(
        module.body.end_byte
    ):
        return None
    start, end = edits.owned(document, definitions[0]).start, edits.owned(document, definitions[-1]).end
    if document.source[document.line_starts[document.line_of(start)] : start].strip():
        return None
    indent, unit, eol = indentation_at(document, start), indent_unit(document), newline(document)
    source = edits.apply(document.source, [use])
    edited = Document(document.path, source)
    inner = reindent(edited, Span(start, end + len(source) - len(document.source)), indent, indent + unit)
    option = reindent_fragment(new, indent, inside_set=True).replace("\n", eol)
    config = f"config = {{{eol}{indent}{unit}{inner}{eol}{indent}}};"
    return [TextEdit(Span(start, end), f"{option}{eol}{eol}{indent}{config}")]


def _namespace(place: Place) -> str:
    """Return the first segment of the options that the module declares already, or a placeholder."""
    for declared in place.project.module(place.document).declared:
        if declared.path and declared.path[0].name:
            return declared.path[0].name
    return _PLACEHOLDER


def _is_declared(place: Place, path: tuple[str, ...]) -> bool:
    return any(
        tuple(segment.name for segment in each.path[: len(path)]) == path
        for each in place.project.module(place.document).declared
    )


def _has(formals: Node, name: str) -> bool:
    return any(text(each) == name for formal in formals.named_children if (each := formal.child_by_field_name("name")))


def _is_hidden(place: Place, name: str, node: Node) -> bool:
    """Tell whether a name of the module's arguments stands for something else at a node."""
    from nix_lsp.analysis.scope import Name

    bound = bound_at(place.document, name, node.start_byte)
    return isinstance(bound, Name) and bound.kind != "formal"


def _type(value: Node) -> str:
    """Return the type of an option with such a default, as far as it is written out."""
    if value.type == "list_expression":
        kinds = {_type(unparenthesized(each)) for each in value.children_by_field_name("element")}
        if len(kinds) == 1 and " " not in (kind := kinds.pop()):
            return f"listOf lib.types.{kind}"
        return "listOf lib.types.anything"
    path = select_path(value)
    if path in {("true",), ("false",)}:
        return "bool"
    if path and path[0] == "pkgs" and len(path) > 1:
        return "package"
    if value.type in STRINGS and "\n" not in text(value):
        return "str"
    return _TYPES.get(value.type, "anything")


ROWS = (
    Refactoring(
        "extract-to-option",
        EXTRACT,
        "Makes an option of the selected value, which is its default, and uses it. The option goes where the module declares others, or "
        "below `my`; its type is that of the value.",
        '{ config, lib, ... }:\n{\n  imports = [ ];\n\n  services.nginx.virtualHosts.a = {\n    serverName = «"example.org"»;\n  };\n}',
        "{ config, lib, ... }:\n{\n  imports = [ ];\n\n  options.my.serverName = lib.mkOption {\n    type = lib.types.str;\n"
        '    default = "example.org";\n    description = "";\n  };\n\n  config = {\n    services.nginx.virtualHosts.a = {\n'
        "      serverName = config.my.serverName;\n    };\n  };\n}",
        _to_option,
    ),
)
