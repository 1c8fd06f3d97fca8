"""Names that nothing binds."""

from __future__ import annotations

from collections import Counter
from difflib import get_close_matches
from itertools import islice
from typing import TYPE_CHECKING

from nix_lsp.ide.model import FileEdit, Fix, Severity, TextEdit, Tier
from nix_lsp.ide.rules.rule import Rule
from nix_lsp.syntax.ast import descent
from nix_lsp.syntax.broken import WORD, words_round_faults

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from nix_lsp.analysis.names import Use
    from nix_lsp.ide.model import Diagnostic
    from nix_lsp.ide.rules.rule import Subject
    from nix_lsp.syntax.document import Document
    from nix_lsp.syntax.span import Span

_MOST = 200
"""So many are reported of one file."""
_CLOSE = 0.8


def _undefined(subject: Subject) -> Iterator[Diagnostic]:
    document = subject.document
    unbound = list(islice(subject.names.unbound(), _MOST))
    if not unbound or b"\0" in document.source:
        return  # what is encrypted or otherwise no text has no names
    from nix_lsp.ide.language import builtins

    # A text that is being typed may have lost the scope of a name, not the name.
    elsewhere = _also_elsewhere(document, unbound) if document.faults else frozenset[str]()
    elsewhere |= _in_joined_recs(subject) | _behind_defaults(document, unbound)
    known = builtins()
    for use in unbound:
        if use.name in elsewhere or use.span.start == use.span.end:
            continue
        if use.name == "or":
            message = (
                "`or` stands between a selection and its default, `set.name or default`. Between conditions it is `||`."
            )
            yield UNDEFINED.at(use.span, message, [_replace(document, "Write `||`", use.span, "||", preferred=True)])
            continue
        if use.name in known:
            message = f"`{use.name}` is not defined. It is one of Nix' builtins, and those need their prefix: `builtins.{use.name}`."
            fix = _replace(document, f"Write `builtins.{use.name}`", use.span, f"builtins.{use.name}", preferred=True)
            yield UNDEFINED.at(use.span, message, [fix] if _is_plain(document, use) else [])
            continue
        message = f"`{use.name}` is not defined: nothing round it binds that name, and no `with` may have it."
        yield UNDEFINED.at(use.span, message, _for_undefined(subject, use))


def _in_joined_recs(subject: Subject) -> frozenset[str]:
    """Return the names of `rec` sets where one is joined with another definition: `{ a = rec { x = 1; }; a.y = x; }` has `x` there too."""
    from nix_lsp.syntax.duplicates import mixed

    if next(iter(mixed(subject.document)), None) is None:
        return frozenset()
    return frozenset(bound.name for bound in subject.names.bindings() if bound.kind == "rec")


def _behind_defaults(document: Document, unbound: list[Use]) -> frozenset[str]:
    """Return the names of arguments that lack a comma before them, which is said as a syntax error: `{ a ? 1 b }: b`."""
    from nix_lsp.ide.rules.expressions.refused import run_together

    lost: set[str] = set()
    for use in unbound:
        formal = next(
            (node for node in reversed(descent(document.root, use.span.start)) if node.type == "formal"), None
        )
        default = formal.child_by_field_name("default") if formal is not None else None
        if default is not None and any(name.start_byte == use.span.start for name in run_together(default)):
            lost.add(use.name)
    return frozenset(lost)


def _also_elsewhere(document: Document, unbound: list[Use]) -> frozenset[str]:
    """Return those of the names that something in a broken text may bind, or that may be no names.

    They stand in the text once more than they are used, or in a line that is no Nix: `a = 1⏎ b = 2;` does not call 1 with b.
    """
    uses = Counter(use.name for use in unbound)
    written = Counter(WORD.findall(document.source))
    torn = words_round_faults(document)
    return frozenset(name for name, count in uses.items() if (word := name.encode()) in torn or written[word] > count)


def _is_plain(document: Document, use: Use) -> bool:
    """Tell whether a use can be written as a selection: `inherit x;` cannot."""
    return all(node.type != "inherited_attrs" for node in descent(document.root, use.span.start)[-3:])


def _for_undefined(subject: Subject, use: Use) -> list[Fix]:
    """Return the fixes of a name that nothing binds: another name that was meant, an argument that is missing."""
    document = subject.document
    chain = descent(document.root, use.span.start)
    visible: set[str] = set()
    formals: list[Node] = []
    from nix_lsp.analysis.scope import introduced

    for node in chain:
        visible |= {name.name for name in introduced(node)}
        found = node.child_by_field_name("formals") if node.type == "function_expression" else None
        if found is not None and found.start_byte < use.span.start:
            formals.append(found)
    near = get_close_matches(use.name, visible, 1, _CLOSE)
    fixes = [_replace(document, f"Write `{name}`", use.span, name) for name in near]
    if formals:
        from nix_lsp.ide.refactorings.formals import add_formal

        innermost = formals[-1]
        fixes.append(
            Fix(
                f"Add `{use.name}` to the function's arguments",
                (FileEdit(document.path, add_formal(document, innermost, use.name)),),
                Tier.REVIEW,
            )
        )
    return fixes


def _replace(document: Document, title: str, span: Span, new: str, *, preferred: bool = False) -> Fix:
    return Fix(title, (FileEdit(document.path, (TextEdit(span, new),)),), Tier.REVIEW, preferred)


UNDEFINED = Rule(
    id="undefined-name",
    severity=Severity.ERROR,
    summary="A name is used that nothing defines.",
    explanation=(
        "Nix refuses to evaluate the file. Names are bound by `let`, `rec` and the arguments of functions round them; a few builtins need "
        "no prefix, and where a `with` is round the name nothing is reported: it may have it.\n\n"
        "The fix writes `builtins.` before the name of a builtin; another one writes a name that was probably meant, or adds the name to "
        "the arguments of the function round it."
    ),
    bad="{ lib, ... }: { environment.etc.x.text = lib.concatStrings (attrNames { a = 1; }); }",
    good="{ lib, ... }: { environment.etc.x.text = lib.concatStrings (builtins.attrNames { a = 1; }); }",
    release=None,
    check=_undefined,
    lanes=(),
)

RULES = (UNDEFINED,)
