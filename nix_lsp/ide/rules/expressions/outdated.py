"""Forms of the language that Nix keeps for old files, and would rather not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nix_lsp.ide.model import FileEdit, Fix, Severity, Tag, TextEdit
from nix_lsp.ide.rules.expressions import findings
from nix_lsp.ide.rules.expressions.rows import row
from nix_lsp.syntax.ast import bindings, span, text
from nix_lsp.syntax.span import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tree_sitter import Node

    from nix_lsp.ide.model import Diagnostic
    from nix_lsp.ide.rules.expressions import Check
    from nix_lsp.ide.rules.rule import Subject
    from nix_lsp.syntax.document import Document


def _let_attrset(document: Document, node: Node, _around: str) -> Iterator[Diagnostic]:
    brace = next((child for child in node.children if child.type == "{"), None)
    if brace is None:
        return
    keyword = Span(node.start_byte, node.start_byte + 3)
    has_body = any(
        path is not None and path.text == b"body"
        for binding in bindings(node)
        if (path := binding.child_by_field_name("attrpath")) or True
    ) or any(
        name.text == b"body"
        for binding in bindings(node)
        if (names := binding.child_by_field_name("attrs"))
        for name in names.named_children
    )
    if not has_body:
        yield LET_ATTRSET.at(
            keyword, "`let { … }` stands for its attribute `body`, and here it has none.", severity=Severity.ERROR
        )
        return
    edits = (TextEdit(keyword, "rec"), TextEdit(Span(node.end_byte, node.end_byte), ".body"))
    fix = Fix("Write `rec { … }.body`", (FileEdit(document.path, edits),), preferred=True)
    yield LET_ATTRSET.at(keyword, "`let { … }` is an old form of `rec { … }.body`.", [fix])


def _uri(document: Document, node: Node, _around: str) -> Iterator[Diagnostic]:
    edit = TextEdit(span(node), f'"{text(node)}"')
    fix = Fix("Put the URL in quotes", (FileEdit(document.path, (edit,)),), preferred=True)
    yield URI_LITERAL.at(span(node), "URLs are written as strings: Nix will refuse them without quotes.", [fix])


def _or(_document: Document, node: Node, _around: str) -> Iterator[Diagnostic]:
    if node.text == b"or":
        yield OR_IDENTIFIER.at(
            span(node), "`or` is a keyword in `set.name or default`; as a name it is only kept for old files."
        )


def _bound(subject: Subject) -> Iterator[Diagnostic]:
    """Leave out each `or` that nothing binds: that it is not defined is said of it."""
    if found := findings(subject.document, "or-identifier"):
        unbound = {use.span for use in subject.names.unbound() if use.name == "or"}
        yield from (each for each in found if each.span not in unbound)


LET_ATTRSET = row(
    "let-attrset",
    Severity.WARNING,
    "The old form `let { … }` is used.",
    "It means `rec { … }.body`, which the fix writes. Nix keeps it for old files.",
    bad='{ networking.hostName = let { body = "a${b}"; b = "c"; }; }',
    good='{ networking.hostName = rec { body = "a${b}"; b = "c"; }.body; }',
    tags=(Tag.DEPRECATED,),
)
URI_LITERAL = row(
    "uri-literal",
    Severity.WARNING,
    "A URL has no quotes.",
    "Nix reads `x:y` as a string too, which surprises where a function was meant; RFC 45 deprecates it, and Nix has a setting that refuses it.",
    bad="{ fetchurl }: fetchurl { url = https://example.org/a.tar.gz; }",
    good='{ fetchurl }: fetchurl { url = "https://example.org/a.tar.gz"; }',
    tags=(Tag.DEPRECATED,),
    file="package.nix",
)
OR_IDENTIFIER = row(
    "or-identifier",
    Severity.WARNING,
    "`or` is used as a name.",
    "Nix reads `f or x` as `f` applied to `or` and then `x`, and warns of it.",
    bad="let or = 1; in [ or ]",
    good="let one = 1; in [ one ]",
    has_fix=False,
    file="a.nix",
    check=_bound,
)

RULES = (LET_ATTRSET, URI_LITERAL, OR_IDENTIFIER)
CHECKS: Mapping[Check, tuple[str, ...]] = {
    _let_attrset: ("let_attrset_expression",),
    _uri: ("uri_expression",),
    _or: ("variable_expression",),
}
