"""Expressions that can be said more simply."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nix_lsp.ide.model import Severity, TextEdit, Tier
from nix_lsp.ide.rules.expressions.rows import fix, has_comment, row
from nix_lsp.syntax.ast import span, text, unparenthesized
from nix_lsp.syntax.span import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tree_sitter import Node

    from nix_lsp.ide.model import Diagnostic
    from nix_lsp.ide.rules.expressions import Check
    from nix_lsp.syntax.document import Document

_BOOLEANS = {"true": True, "false": False}
_TIGHT = frozenset(
    {
        "variable_expression",
        "select_expression",
        "apply_expression",
        "parenthesized_expression",
        "list_expression",
        "attrset_expression",
        "rec_attrset_expression",
        "string_expression",
    }
)
"""What `!` takes as it is."""
_OPEN = frozenset({"let_expression", "if_expression", "with_expression", "assert_expression", "function_expression"})
"""What reaches as far to the right as it can."""


_WHOLE = frozenset({"binding", "parenthesized_expression", "let_expression", "with_expression", "function_expression"})
"""Where an expression stands alone."""


def _boolean(node: Node | None) -> bool | None:
    return _BOOLEANS.get(text(node)) if node is not None and node.type == "variable_expression" else None


def _negated(node: Node) -> str:
    return f"!{text(node)}" if node.type in _TIGHT and not _has_default(node) else f"!({text(node)})"


def _has_default(node: Node) -> bool:
    return node.type == "select_expression" and node.child_by_field_name("default") is not None


def _comparison(document: Document, node: Node, _around: str) -> Iterator[Diagnostic]:
    operator, left, right = (node.child_by_field_name(name) for name in ("operator", "left", "right"))
    if operator is None or left is None or right is None or operator.type not in {"==", "!="} or has_comment(node):
        return
    for constant, other in ((right, left), (left, right)):
        value = _boolean(constant)
        if value is None:
            continue
        is_plain = value == (operator.type == "==")
        new = text(other) if is_plain else _negated(other)
        message = f"`{text(node)}` is `{new}` for a boolean." if len(new) < 60 else "A boolean needs no comparison."
        yield BOOL_COMPARISON.at(
            span(node),
            message,
            [
                fix(
                    document,
                    f"Write `{new}`" if len(new) < 60 else "Leave out the comparison",
                    TextEdit(span(node), new),
                    tier=Tier.REVIEW,
                )
            ],
        )
        return


def _if_boolean(document: Document, node: Node, around: str) -> Iterator[Diagnostic]:
    condition = node.child_by_field_name("condition")
    yes, no = _boolean(node.child_by_field_name("consequence")), _boolean(node.child_by_field_name("alternative"))
    if condition is None or yes is None or no is None or yes == no or has_comment(node):
        return
    new = text(unparenthesized(condition)) if yes else _negated(condition)
    if around not in {
        "binding",
        "parenthesized_expression",
        "let_expression",
        "with_expression",
        "function_expression",
    }:
        return
    yield IF_BOOLEAN.at(
        span(node),
        "The condition itself is that boolean." if yes else "The negated condition is that boolean.",
        [fix(document, "Write the condition alone", TextEdit(span(node), new))],
    )


def _has_attr(document: Document, node: Node, around: str) -> Iterator[Diagnostic]:
    """`if x ? a then x.a else d`."""
    condition, yes, no = (node.child_by_field_name(name) for name in ("condition", "consequence", "alternative"))
    if condition is None or yes is None or no is None or has_comment(node):
        return
    condition = unparenthesized(condition)
    if condition.type != "has_attr_expression" or yes.type != "select_expression" or _has_default(yes):
        return
    base, path = condition.child_by_field_name("expression"), condition.child_by_field_name("attrpath")
    selected, attributes = yes.child_by_field_name("expression"), yes.child_by_field_name("attrpath")
    if base is None or path is None or selected is None or attributes is None:
        return
    if (base.text, path.text) != (selected.text, attributes.text) or b"${" in (path.text or b""):
        return
    if around not in {
        "binding",
        "parenthesized_expression",
        "let_expression",
        "with_expression",
        "function_expression",
    }:
        return
    atoms = _TIGHT - {"apply_expression"} | {"integer_expression", "path_expression", "indented_string_expression"}
    default = text(no) if no.type in atoms and not _has_default(no) else f"({text(no)})"
    if b"\n" in (no.text or b"") or has_comment(no):
        return
    new = f"{text(yes)} or {default}"
    yield HAS_ATTR.at(
        span(node),
        f"`{text(yes)} or …` says the same.",
        [fix(document, "Write it with `or`", TextEdit(span(node), new))],
    )


def _concatenation(document: Document, node: Node, _around: str) -> Iterator[Diagnostic]:
    operator, left, right = (node.child_by_field_name(name) for name in ("operator", "left", "right"))
    if operator is None or left is None or right is None or operator.type != "++" or has_comment(node):
        return
    for empty, other in ((left, right), (right, left)):
        if empty.type == "list_expression" and empty.child_count == 2 and other.type not in _OPEN:
            yield EMPTY_CONCATENATION.at(
                span(empty),
                "An empty list adds nothing.",
                [fix(document, "Leave it out", TextEdit(span(node), text(other)))],
            )
            return


def _negation(document: Document, node: Node, around: str) -> Iterator[Diagnostic]:
    operator, inner = node.child_by_field_name("operator"), node.child_by_field_name("argument")
    if operator is None or inner is None or operator.type != "!" or inner.type != "parenthesized_expression":
        return
    compared = inner.child_by_field_name("expression")
    if compared is None or compared.type != "binary_expression" or has_comment(inner) or has_comment(compared):
        return
    equals = compared.child_by_field_name("operator")
    if equals is None or equals.type not in {"==", "!="}:
        return
    other = "!=" if equals.type == "==" else "=="
    # Elsewhere the parentheses stay: what stands round the negation may bind as tightly as the comparison.
    opens, closes = (compared.start_byte, compared.end_byte) if around in _WHOLE else (inner.start_byte, inner.end_byte)
    edits = (
        TextEdit(Span(node.start_byte, opens), ""),
        TextEdit(span(equals), other),
        TextEdit(Span(closes, node.end_byte), ""),
    )
    yield NEGATED_COMPARISON.at(
        Span(node.start_byte, node.start_byte + 1),
        f"`{other}` says the same.",
        [fix(document, f"Write `{other}`", *edits)],
    )


def _inherit(document: Document, node: Node, around: str) -> Iterator[Diagnostic]:
    """`x = x;` and `x = set.x;`."""
    path, value = node.child_by_field_name("attrpath"), node.child_by_field_name("expression")
    if (
        path is None
        or value is None
        or path.named_child_count != 1
        or around != "attrset_expression"
        or has_comment(node)
    ):
        return
    name = path.named_children[0]
    if name.type != "identifier":
        return
    if (
        value.type == "variable_expression"
        and value.text == name.text
        and text(name) not in _BOOLEANS
        and text(name) != "null"
    ):
        new = f"inherit {text(name)};"
        yield MANUAL_INHERIT.at(
            span(node), f"`{new}` says the same.", [fix(document, "Write `inherit`", TextEdit(span(node), new))]
        )
        return
    if value.type != "select_expression" or _has_default(value) or has_comment(value):
        return
    base, attributes = value.child_by_field_name("expression"), value.child_by_field_name("attrpath")
    if base is None or attributes is None or attributes.named_child_count != 1 or attributes.text != name.text:
        return
    source = text(base) if base.type == "parenthesized_expression" else f"({text(base)})"
    new = f"inherit {source} {text(name)};"
    if base.type == "variable_expression":
        yield MANUAL_INHERIT_FROM.at(
            span(node), f"`{new}` says the same.", [fix(document, "Write `inherit`", TextEdit(span(node), new))]
        )


def _eta(document: Document, node: Node, _around: str) -> Iterator[Diagnostic]:
    """`x: f x`."""
    argument, body = node.child_by_field_name("universal"), node.child_by_field_name("body")
    if (
        argument is None
        or body is None
        or body.type != "apply_expression"
        or node.child_by_field_name("formals")
        or has_comment(node)
    ):
        return
    function, given = body.child_by_field_name("function"), body.child_by_field_name("argument")
    if (
        function is None
        or given is None
        or function.type != "variable_expression"
        or given.type != "variable_expression"
    ):
        return
    if given.text == argument.text != function.text:
        new = text(function)
        yield ETA_REDUCTION.at(
            span(node),
            f"`{new}` is this function.",
            [fix(document, f"Write `{new}`", TextEdit(span(node), new), tier=Tier.REVIEW)],
        )


def _pattern(document: Document, node: Node, _around: str) -> Iterator[Diagnostic]:
    """`{ ... }: e` and `{ ... }@x: e`."""
    formals, whole = node.child_by_field_name("formals"), node.child_by_field_name("universal")
    if formals is None or [child.type for child in formals.named_children] != ["ellipses"]:
        return
    if whole is None:
        edit = TextEdit(span(formals), "_")
        yield EMPTY_PATTERN.at(
            span(formals), "No argument has a name here.", [fix(document, "Write `_`", edit, tier=Tier.REVIEW)]
        )
        return
    edit = TextEdit(Span(min(formals.start_byte, whole.start_byte), max(formals.end_byte, whole.end_byte)), text(whole))
    yield REDUNDANT_PATTERN.at(
        span(formals),
        f"`{text(whole)}:` takes the same.",
        [fix(document, f"Write `{text(whole)}:`", edit, tier=Tier.REVIEW)],
    )


BOOL_COMPARISON = row(
    "bool-comparison",
    Severity.HINT,
    "A value is compared with `true` or `false`.",
    "A boolean can stand for itself; but `null == true` is false, and `null` is no condition, so that the fix is to be looked at, and the "
    'settings have to ask for this rule: `"diagnostics.severity": {"bool-comparison": "hint"}`.',
    bad="{ config, ... }: { services.openssh.enable = config.networking.enableIPv6 == true; }",
    good="{ config, ... }: { services.openssh.enable = config.networking.enableIPv6; }",
    is_asked_for=True,
)
IF_BOOLEAN = row(
    "if-boolean",
    Severity.HINT,
    "An `if` chooses between `true` and `false`.",
    "The condition is a boolean already.",
    bad="{ config, ... }: { services.openssh.enable = if config.networking.enableIPv6 then true else false; }",
    good="{ config, ... }: { services.openssh.enable = config.networking.enableIPv6; }",
)
HAS_ATTR = row(
    "manual-or",
    Severity.HINT,
    "An `if` asks for an attribute that `or` would take.",
    "`set.name or default` is the attribute where the set has it, and the default otherwise.",
    bad='{ args }: { name = if args ? name then args.name else "a"; }',
    good='{ args }: { name = args.name or "a"; }',
    file="a.nix",
)
EMPTY_CONCATENATION = row(
    "empty-concatenation",
    Severity.HINT,
    "An empty list is added to a list.",
    "It adds nothing.",
    bad="{ pkgs, ... }: { environment.systemPackages = [ ] ++ [ pkgs.hello ]; }",
    good="{ pkgs, ... }: { environment.systemPackages = [ pkgs.hello ]; }",
)
NEGATED_COMPARISON = row(
    "negated-comparison",
    Severity.HINT,
    "A comparison is negated as a whole.",
    "`!(a == b)` is `a != b`.",
    bad="{ a, b }: { c = !(a == b); }",
    good="{ a, b }: { c = a != b; }",
    file="a.nix",
)
MANUAL_INHERIT = row(
    "manual-inherit",
    Severity.HINT,
    "An attribute gets the value of the name that it has itself.",
    "`inherit x;` says the same as `x = x;`. In a `rec` set or a `let` it does not, and nothing is reported.",
    bad="{ pname, version }: { pname = pname; v = version; }",
    good="{ pname, version }: { inherit pname; v = version; }",
    file="a.nix",
)
MANUAL_INHERIT_FROM = row(
    "manual-inherit-from",
    Severity.HINT,
    "An attribute gets the attribute of the same name of another set.",
    "`inherit (set) x;` says the same as `x = set.x;`. Many write the latter on purpose, so that the settings have to ask for this rule: "
    '`"diagnostics.severity": {"manual-inherit-from": "hint"}`.',
    bad="{ src }: { version = src.version; }",
    good="{ src }: { inherit (src) version; }",
    is_asked_for=True,
    file="a.nix",
)
ETA_REDUCTION = row(
    "eta-reduction",
    Severity.HINT,
    "A function only passes its argument on.",
    "`x: f x` is `f`. It is evaluated at another time then, and may be a set with `__functor`: look at it first. The settings have to ask "
    'for this rule: `"diagnostics.severity": {"eta-reduction": "hint"}`.',
    bad="{ f }: { g = x: f x; }",
    good="{ f }: { g = f; }",
    is_asked_for=True,
    file="a.nix",
)
EMPTY_PATTERN = row(
    "empty-pattern",
    Severity.HINT,
    "A function takes a set and no name out of it.",
    "`{ ... }:` says that it wants a set, as modules do; `_:` that it does not look at its argument. The settings have to ask for this rule: "
    '`"diagnostics.severity": {"empty-pattern": "hint"}`.',
    bad="{ ... }: 1",
    good="_: 1",
    is_asked_for=True,
    file="a.nix",
)
REDUNDANT_PATTERN = row(
    "redundant-pattern",
    Severity.HINT,
    "A function names its whole argument and takes no name out of it.",
    "`{ ... }@args:` is `args:`, but that it refuses what is no set.",
    bad="{ ... }@args: args.a",
    good="args: args.a",
    file="a.nix",
)

RULES = (
    BOOL_COMPARISON,
    IF_BOOLEAN,
    HAS_ATTR,
    EMPTY_CONCATENATION,
    NEGATED_COMPARISON,
    MANUAL_INHERIT,
    MANUAL_INHERIT_FROM,
    ETA_REDUCTION,
    EMPTY_PATTERN,
    REDUNDANT_PATTERN,
)
CHECKS: Mapping[Check, tuple[str, ...]] = {
    _comparison: ("binary_expression",),
    _concatenation: ("binary_expression",),
    _if_boolean: ("if_expression",),
    _has_attr: ("if_expression",),
    _negation: ("unary_expression",),
    _inherit: ("binding",),
    _eta: ("function_expression",),
    _pattern: ("function_expression",),
}
