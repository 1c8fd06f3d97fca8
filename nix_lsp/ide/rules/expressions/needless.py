"""What can be left out: an `inherit` or `let` with nothing in it, parentheses round what is one thing anyway."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nix_lsp.ide.edits import remove
from nix_lsp.ide.model import Severity, Tag, TextEdit
from nix_lsp.ide.rules.expressions.rows import fix, has_comment, row
from nix_lsp.syntax.ast import span
from nix_lsp.syntax.span import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tree_sitter import Node

    from nix_lsp.ide.model import Diagnostic
    from nix_lsp.ide.rules.expressions import Check
    from nix_lsp.syntax.document import Document

_ATOMS = frozenset(
    {
        "variable_expression",
        "string_expression",
        "indented_string_expression",
        "list_expression",
        "attrset_expression",
        "rec_attrset_expression",
    }
)
"""What is one thing wherever it stands."""
_WHOLE = frozenset({"binding", "parenthesized_expression", "interpolation"})
"""Where a whole expression stands, whatever it is."""
_TIGHT = frozenset(
    {
        "list_expression",
        "apply_expression",
        "binary_expression",
        "unary_expression",
        "select_expression",
        "has_attr_expression",
    }
)
"""Where parts stand side by side."""
_BEFORE = frozenset(b" \t\r\n([{=:!-")
_BEHIND = frozenset(b" \t\r\n)]};,.:")


def _empty_inherit(document: Document, node: Node, _around: str) -> Iterator[Diagnostic]:
    names = node.child_by_field_name("attrs")
    if names is None or any(not name.is_missing for name in names.named_children):
        return
    yield EMPTY_INHERIT.at(
        span(node), "This `inherit` inherits nothing.", [fix(document, "Remove the `inherit`", remove(document, node))]
    )


def _empty_let(document: Document, node: Node, _around: str) -> Iterator[Diagnostic]:
    body = node.child_by_field_name("body")
    keyword = next((child for child in node.children if child.type == "in"), None)
    if body is None or keyword is None or any(child.type == "binding_set" for child in node.children):
        return
    fixes = [fix(document, "Remove the `let`", TextEdit(Span(node.start_byte, body.start_byte), ""))]
    yield EMPTY_LET.at(
        Span(node.start_byte, keyword.end_byte), "This `let` binds nothing.", [] if has_comment(node) else fixes
    )


def _parentheses(document: Document, node: Node, around: str) -> Iterator[Diagnostic]:
    inner = node.child_by_field_name("expression")
    if inner is None or has_comment(node):
        return
    is_atom = inner.type in _ATOMS or (
        inner.type == "select_expression" and inner.child_by_field_name("default") is None
    )
    if not is_atom and around not in _WHOLE:
        return
    if not is_atom and around == "interpolation":
        return
    source, start, end = document.source, node.start_byte, node.end_byte
    before, behind = source[max(start - 1, 0)], source[end : end + 1]
    if around in _TIGHT and (before not in _BEFORE or (behind and behind[0] not in _BEHIND)):
        return  # the parentheses keep two words apart
    if around == "select_expression" and inner.type != "variable_expression":
        return
    edits = TextEdit(Span(start, inner.start_byte), ""), TextEdit(Span(inner.end_byte, end), "")
    yield PARENTHESES.at(
        Span(start, start + 1), "These parentheses can be left out.", [fix(document, "Remove the parentheses", *edits)]
    )


EMPTY_INHERIT = row(
    "empty-inherit",
    Severity.WARNING,
    "An `inherit` names nothing.",
    "The fix takes it out.",
    bad='{ networking = { inherit; hostName = "a"; }; }',
    good='{ networking = { hostName = "a"; }; }',
    tags=(Tag.UNNECESSARY,),
)
EMPTY_LET = row(
    "empty-let",
    Severity.WARNING,
    "A `let` binds nothing.",
    "The fix takes it out; not where a comment stands in it.",
    bad='{ networking.hostName = let in "a"; }',
    good='{ networking.hostName = "a"; }',
    tags=(Tag.UNNECESSARY,),
)
PARENTHESES = row(
    "redundant-parentheses",
    Severity.HINT,
    "Parentheses stand round what is one expression without them.",
    "Round a name, a string, a list, a set or a selection, round the whole value of a binding, and twice round the same. Where they separate "
    "operators that one might read wrongly they are not reported.",
    bad='{ networking.hostName = ("a"); }',
    good='{ networking.hostName = "a"; }',
    tags=(Tag.UNNECESSARY,),
)

RULES = (EMPTY_INHERIT, EMPTY_LET, PARENTHESES)
CHECKS: Mapping[Check, tuple[str, ...]] = {
    _empty_inherit: ("inherit", "inherit_from"),
    _empty_let: ("let_expression",),
    _parentheses: ("parenthesized_expression",),
}
