"""Builtins: those that there are not, those that need no prefix, and names that hide them."""

from __future__ import annotations

import re
from difflib import get_close_matches
from functools import cache
from typing import TYPE_CHECKING

from nix_lsp.analysis.names import Bound
from nix_lsp.analysis.scope import GLOBALS
from nix_lsp.ide.model import FileEdit, Fix, Severity, Tag, TextEdit, Tier
from nix_lsp.ide.rules.expressions import findings
from nix_lsp.ide.rules.expressions.rows import fix
from nix_lsp.ide.rules.rule import Rule
from nix_lsp.syntax.ast import descent, span, text
from nix_lsp.syntax.searches import hits
from nix_lsp.syntax.span import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tree_sitter import Node

    from nix_lsp.ide.model import Diagnostic
    from nix_lsp.ide.rules.expressions import Check
    from nix_lsp.ide.rules.rule import Subject
    from nix_lsp.syntax.document import Document

_CLOSE = 0.8
_REBOUND = re.compile(rb"(?<![\w.'-])(?<!\? )(?:true|false|null|builtins)\s*(?:[,?:@}]|=(?!=))")
"""A constant that may be bound here."""
_HIDDEN = "From here on, `{}` is no longer what Nix calls so."
_CONSTANTS = frozenset({"true", "false", "null", "builtins"})


@cache
def _known() -> frozenset[str]:
    from nix_lsp.ide.language import builtins

    return frozenset(builtins())


def _selected(document: Document, node: Node, _around: str) -> Iterator[Diagnostic]:
    """`builtins.name`; whether `builtins` is Nix' own is asked later."""
    base, path = node.child_by_field_name("expression"), node.child_by_field_name("attrpath")
    if base is None or path is None or base.text != b"builtins" or node.child_by_field_name("default"):
        return
    first = path.named_children[0] if path.named_children else None
    if first is None or first.type != "identifier":
        return
    name = text(first)
    if name == "toPath":
        yield TO_PATH.at(span(node), "`builtins.toPath` is deprecated: `/. + path` makes a path of an absolute one.")
    elif name in GLOBALS and name not in _CONSTANTS:
        edit = TextEdit(Span(node.start_byte, first.start_byte), "")
        yield NEEDLESS_PREFIX.at(
            Span(node.start_byte, first.start_byte),
            f"`{name}` needs no prefix.",
            [fix(document, f"Write `{name}`", edit)],
        )
    elif name not in _known() and (near := get_close_matches(name, _known(), 1, _CLOSE)):
        fixes = [
            Fix(f"Write `{near[0]}`", (FileEdit(document.path, (TextEdit(span(first), near[0]),)),), Tier.REVIEW, True)
        ]
        yield UNKNOWN_BUILTIN.at(span(first), f"Nix has no builtin `{name}`; is `{near[0]}` meant?", fixes)


def _of_nix(subject: Subject, rule: str) -> Iterator[Diagnostic]:
    """Yield what was found of `builtins` where that is Nix' own, and nothing asks first whether the builtin is there."""
    found = findings(subject.document, rule)
    if not found or any(bound.name == "builtins" for bound in subject.names.bindings()):
        return
    from nix_lsp.analysis.packages import is_conditional

    for each in found:
        if not is_conditional(subject.document, descent(subject.document.root, each.span.start)):
            yield each


def _needless(subject: Subject) -> Iterator[Diagnostic]:
    """Yield the prefixes without which the name would still be the builtin."""
    bound = {each.name for each in subject.names.bindings()} & GLOBALS
    for each in _of_nix(subject, NEEDLESS_PREFIX.id):
        if not any(each.message.startswith(f"`{name}`") for name in bound):
            yield each


def _hidden_constants(subject: Subject) -> Iterator[Diagnostic]:
    for hit in hits(subject.document, _REBOUND):
        bound = subject.names.at(hit.start)
        if isinstance(bound, Bound) and _hides(bound):
            yield HIDDEN_CONSTANT.at(bound.spans[0], _HIDDEN.format(bound.name))


def _hidden_builtins(subject: Subject) -> Iterator[Diagnostic]:
    for bound in subject.names.bindings():
        if bound.name in GLOBALS and bound.name not in _CONSTANTS and _hides(bound):
            yield HIDDEN_BUILTIN.at(bound.spans[0], _HIDDEN.format(bound.name))


def _hides(bound: Bound) -> bool:
    """Tell whether a name takes another one's place: attributes of a `rec` are named for others, and what is inherited is most often the same."""
    return bound.place.scope.kind != "rec" and bound.kind != "inherit"


UNKNOWN_BUILTIN = Rule(
    id="builtin-unknown",
    severity=Severity.WARNING,
    summary="Nix has no builtin of that name, but one of a similar name.",
    explanation="Not reported behind `or`, or where the code asks first whether the builtin is there.",
    bad="{ networking.hostName = builtins.head (builtins.attrName { a = 1; }); }",
    good="{ networking.hostName = builtins.head (builtins.attrNames { a = 1; }); }",
    release=None,
    check=lambda subject: _of_nix(subject, "builtin-unknown"),
    lanes=(),
)
TO_PATH = Rule(
    id="to-path",
    severity=Severity.WARNING,
    summary="The deprecated builtin `toPath` is used.",
    explanation='`/. + path` makes a path of a string with an absolute path, `./. + "/name"` one below the file\'s own folder.',
    bad="{ file }: builtins.toPath file",
    good="{ file }: /. + file",
    release=None,
    check=lambda subject: _of_nix(subject, "to-path"),
    lanes=(),
    tags=(Tag.DEPRECATED,),
    has_fix=False,
    file="a.nix",
)
NEEDLESS_PREFIX = Rule(
    id="builtin-prefix",
    severity=Severity.HINT,
    summary="A builtin has its prefix though it needs none.",
    explanation=(
        "`map`, `toString`, `import` and a few others are known without `builtins.`. Many write the prefix for all of them, so that the "
        'settings have to ask for this rule: `"diagnostics.severity": {"builtin-prefix": "hint"}`.'
    ),
    bad="{ list }: builtins.map (x: x + 1) list",
    good="{ list }: map (x: x + 1) list",
    release=None,
    check=_needless,
    lanes=(),
    is_asked_for=True,
    file="a.nix",
)
HIDDEN_CONSTANT = Rule(
    id="constant-hidden",
    severity=Severity.WARNING,
    summary="A name hides `true`, `false`, `null` or `builtins`.",
    explanation="These are names like others in Nix, and can be bound anew. Whoever reads on does not expect it.",
    bad="{ f }: let null = { }; in f null",
    good="{ f }: let empty = { }; in f empty",
    release=None,
    check=_hidden_constants,
    lanes=(),
    has_fix=False,
    file="a.nix",
)
HIDDEN_BUILTIN = Rule(
    id="builtin-hidden",
    severity=Severity.HINT,
    summary="A name hides a builtin that needs no prefix.",
    explanation=(
        "What is called `map` or `import` then is something else. It is common where that is meant (`derivation: …`), so that the settings "
        'have to ask for this rule: `"diagnostics.severity": {"builtin-hidden": "hint"}`.'
    ),
    bad="{ f }: let map = f; in map 1",
    good="{ f }: let apply = f; in apply 1",
    release=None,
    check=_hidden_builtins,
    lanes=(),
    is_asked_for=True,
    has_fix=False,
    file="a.nix",
)

RULES = (UNKNOWN_BUILTIN, TO_PATH, NEEDLESS_PREFIX, HIDDEN_CONSTANT, HIDDEN_BUILTIN)
CHECKS: Mapping[Check, tuple[str, ...]] = {_selected: ("select_expression",)}
