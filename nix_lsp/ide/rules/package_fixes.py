"""Another package in the place of one that is named."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nix_lsp.ide.model import FileEdit, Fix, TextEdit, Tier
from nix_lsp.syntax.ast import text
from nix_lsp.syntax.span import Span

if TYPE_CHECKING:
    from tree_sitter import Node

    from nix_lsp.analysis.packages import Reference
    from nix_lsp.syntax.document import Document

_USES = 1_000
"""So many places that use a formal are renamed with it."""


def replacing(
    document: Document, reference: Reference, attr: str, title: str, tier: Tier, *, preferred: bool
) -> list[Fix]:
    """Offer to write another attribute of `pkgs` where a reference stands, if it means that there.

    Args:
        document: where it stands.
        reference: what is to be replaced.
        attr: the dotted path below `pkgs` of what is to stand there.
        title: what the fix is called, with `{}` for what is written.
        tier: how far it can be trusted.
        preferred: whether it is the only one.
    """
    spelt = _spelt(document, reference, attr)
    if spelt is None:
        return []
    if reference.form == "formal":
        edits, tier = _renaming(document, reference, spelt), Tier.REVIEW
    else:
        edits = (TextEdit(Span(reference.start, reference.span.end), spelt),)
    fix = Fix(title.format(f"`{spelt}`"), (FileEdit(document.path, edits),), tier, preferred=preferred)
    return [fix] if edits else []


def _spelt(document: Document, reference: Reference, attr: str) -> str | None:
    """Return how an attribute is written where the reference stands; None where it cannot be."""
    before = ".".join(reference.path[: len(reference.path) - reference.spelt])
    spelt = attr.removeprefix(f"{before}.") if before else attr
    if before and spelt == attr:
        return None
    if reference.form in {"inherit", "formal"} and "." in spelt:
        return None
    return None if reference.form in {"with", "formal"} and _is_taken(document, reference, spelt) else spelt


def _is_taken(document: Document, reference: Reference, spelt: str) -> bool:
    """Tell whether a name means something else where it would stand."""
    from nix_lsp.analysis.scope import names_at

    first, offset = spelt.partition(".")[0], reference.span.start
    if reference.form == "formal" and first.encode() in document.source:
        return True
    return any(name.name == first for name in names_at(document, offset))


def _renaming(document: Document, reference: Reference, name: str) -> tuple[TextEdit, ...]:
    """Return the edits that give a formal of the file another name; none where it is inherited by its name."""
    from nix_lsp.analysis.packages import occurrences
    from nix_lsp.analysis.scope import Descent, Name, resolve_name

    descent, edits = Descent(document.root), [TextEdit(reference.span, name)]
    for offset in occurrences(document, text(reference.node)):
        around = descent.to(offset)
        identifier: Node = around[-1]
        if identifier.type != "identifier" or len(around) < 2 or offset == reference.span.start:
            continue
        parent = around[-2].type
        bound = (
            resolve_name(document, identifier, descent)
            if parent in {"variable_expression", "inherited_attrs"}
            else None
        )
        if not isinstance(bound, Name) or bound.span != reference.span:
            continue
        if parent == "inherited_attrs" or len(edits) > _USES:
            return ()
        edits.append(TextEdit(Span(identifier.start_byte, identifier.end_byte), name))
    return tuple(edits)
