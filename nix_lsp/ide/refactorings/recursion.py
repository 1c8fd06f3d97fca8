"""`rec { … }` made a `let`, or what a derivation finally is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nix_lsp.analysis.scope import Name, introduced
from nix_lsp.ide.edits import owned
from nix_lsp.ide.indentation import indentation_at, reindent
from nix_lsp.ide.kinds import REWRITE
from nix_lsp.ide.model import TextEdit
from nix_lsp.ide.refactorings.lets import let_in
from nix_lsp.ide.refactorings.refactoring import Refactoring
from nix_lsp.ide.refactorings.variables import can_be_bound, variables
from nix_lsp.ide.set_names import binding_path, inherited_names
from nix_lsp.syntax.ast import bindings, select_path, span
from nix_lsp.syntax.layout import is_identifier
from nix_lsp.syntax.span import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from nix_lsp.ide.model import Fix
    from nix_lsp.ide.refactorings.refactoring import Place
    from nix_lsp.syntax.document import Document

_FINAL = "finalAttrs"


def _to_let(place: Place) -> Iterator[Fix]:
    owner = place.nearest("rec_attrset_expression", "attrset_expression", "let_expression")
    if owner is None or owner.type != "rec_attrset_expression":
        return
    opening = next(child for child in owner.children if child.type == "{")
    if place.span.start > opening.end_byte:
        return
    document = place.document
    found = list(bindings(owner))
    heads = [_heads(binding) for binding in found]
    inside = variables(document, owner)
    if inside is None or any(
        name is None or not is_identifier(name) or name == "__overrides" for names in heads for name in names
    ):
        return
    used = {each.name for each in inside if isinstance(each.bound, Name) and each.bound.owner == owner}
    lifted = [binding for binding, names in zip(found, heads, strict=True) if used.intersection(names)]
    if not lifted or {name.name for name in introduced(owner)} < used:
        return
    listed = dict.fromkeys(
        name for binding, names in zip(found, heads, strict=True) if binding in lifted for name in names
    )
    edits = [TextEdit(Span(owner.start_byte, opening.start_byte), "")]
    first, *others = lifted
    one_line = document.line_of(owner.start_byte) == document.line_of(owner.end_byte)
    edits.append(TextEdit(owned(document, first), f"inherit {' '.join(name for name in listed if name)};"))
    edits += [_cut(document, binding, one_line=one_line) for binding in others]
    lines = [_line(document, binding) for binding in lifted]
    edit = let_in(document, owner, lines, span(owner), edits)
    yield place.fix("Convert `rec` to `let`", [edit])


def _to_final(place: Place) -> Iterator[Fix]:
    owner = place.nearest("rec_attrset_expression", "attrset_expression", "let_expression")
    call = place.above(owner) if owner else None
    function = call.child_by_field_name("function") if call is not None and call.type == "apply_expression" else None
    if owner is None or owner.type != "rec_attrset_expression" or function is None or function == owner:
        return
    opening = next(child for child in owner.children if child.type == "{")
    if place.span.start > opening.end_byte or (select_path(function) or (None,))[-1] != "mkDerivation":
        return
    document = place.document
    inside = variables(document, owner)
    if inside is None or not can_be_bound(document, _FINAL, span(owner)):
        return
    used = [each for each in inside if isinstance(each.bound, Name) and each.bound.owner == owner]
    edits = [
        TextEdit(Span(owner.start_byte, opening.start_byte), f"({_FINAL}: "),
        TextEdit(Span(owner.end_byte, owner.end_byte), ")"),
    ]
    for each in used:
        if each.inherit is None:
            edits.append(TextEdit(Span(each.node.start_byte, each.node.start_byte), f"{_FINAL}."))
            continue
        names = each.inherit.child_by_field_name("attrs")
        mine = [one for one in used if one.inherit == each.inherit]
        if names is None or len(mine) != names.named_child_count:
            return
        if each == mine[0]:
            edits.append(TextEdit(Span(names.start_byte, names.start_byte), f"({_FINAL}) "))
    if used:
        yield place.fix(f"Convert `rec` to `{_FINAL}`", edits, review=True)


def _heads(binding: Node) -> tuple[str | None, ...]:
    """Return the names that a binding gives to what is round it."""
    path = binding_path(binding)
    return path[:1] if path is not None else inherited_names(binding)


def _line(document: Document, binding: Node) -> str:
    whole = owned(document, binding)
    return reindent(document, whole, indentation_at(document, binding.start_byte), "").replace("\r\n", "\n")


def _cut(document: Document, binding: Node, *, one_line: bool) -> TextEdit:
    """Take a binding out that is not the first of those that go."""
    source, (start, end) = document.source, owned(document, binding)
    before = source[:start].rstrip(b" \t") if one_line else source[:start].rstrip()
    return TextEdit(Span(len(before), end), "")


ROWS = (
    Refactoring(
        "rec-to-let",
        REWRITE,
        "Moves what a `rec` set says of itself into a `let`, and inherits it from there; the rest stays. Refused with names that only evaluation knows.",
        '{\n  x = re$0c {\n    port = 80;\n    url = "http://localhost:${toString port}";\n  };\n}',
        '{\n  x =\n    let\n      port = 80;\n    in\n    {\n      inherit port;\n      url = "http://localhost:${toString port}";\n    };\n}',
        _to_let,
    ),
    Refactoring(
        "rec-to-final-attrs",
        REWRITE,
        "Lets a derivation that is `rec` refer to its final attributes, so that `overrideAttrs` changes what it says of itself.",
        'stdenv.mkDerivation re$0c {\n  pname = "a";\n  version = "1";\n  src = fetchurl { url = "https://example.org/${pname}-${version}.tar"; };\n}',
        'stdenv.mkDerivation (finalAttrs: {\n  pname = "a";\n  version = "1";\n'
        '  src = fetchurl { url = "https://example.org/${finalAttrs.pname}-${finalAttrs.version}.tar"; };\n})',
        _to_final,
    ),
)
