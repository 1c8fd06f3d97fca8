"""Refactorings at a place of an inline project: `$0` is the cursor, `«` and `»` stand round a selection."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.ide.edits import apply
from nix_lsp.ide.refactorings import refactorings
from nix_lsp.syntax.document import Document
from nix_lsp.syntax.faults import faults
from nix_lsp.syntax.span import Span
from tests.fixture import project, texts

if TYPE_CHECKING:
    from nix_lsp.analysis.workspace import Workspace
    from nix_lsp.ide.model import Fix
    from nix_lsp.ide.refactorings.refactoring import Refactoring


class Offers(NamedTuple):
    """What is offered somewhere."""

    workspace: Workspace
    document: Document
    fixes: list[tuple[Refactoring, Fix]]


def offers(fixture: str, path: str = "/configuration.nix", pin: str | None = None) -> Offers:
    """Ask for everything at the cursor or selection of a fixture."""
    end: int | None = None
    if "«" in fixture:
        before, _, rest = fixture.partition("«")
        inner, _, behind = rest.partition("»")
        end = len(inner.encode())
        fixture = f"{before}$0{inner}{behind}"
    assert texts(fixture, path).files
    workspace, document, offset = project(fixture, path=path, pin=pin)
    selection = Span(offset, offset + (end or 0))
    return Offers(workspace, document, list(refactorings(workspace, document, selection)))


def titles(fixture: str, wanted: str, path: str = "/configuration.nix", pin: str | None = None) -> list[str]:
    """Return the titles of what a refactoring offers."""
    return [fix.title for row, fix in offers(fixture, path, pin).fixes if row.id == wanted]


def changed(
    fixture: str, wanted: str, title: str = "", path: str = "/configuration.nix", pin: str | None = None
) -> dict[str, str]:
    """Apply what a refactoring offers first (of those with some words in the title); return the files that it changes and makes.

    All of them must be Nix without a fault, if the document was.
    """
    workspace, document, fixes = offers(fixture, path, pin)
    fix = next((fix for row, fix in fixes if row.id == wanted and title in fix.title), None)
    assert fix is not None, [(row.id, fix.title) for row, fix in fixes]
    found = {file.path: file.text for file in fix.creates}
    for file in fix.edits:
        source = workspace.document(file.path)
        assert source is not None, file.path
        found[file.path] = apply(source.source, file.edits).decode()
    was_sound = not any(faults(document.root))
    for name, text in found.items():
        assert not was_sound or is_sound(text), (name, text)
    return found


def after(fixture: str, wanted: str, title: str = "", path: str = "/configuration.nix", pin: str | None = None) -> str:
    """Apply what a refactoring offers first; return the text of the only file that it changes."""
    (text,) = changed(fixture, wanted, title, path, pin).values()
    return text


def is_sound(text: str) -> bool:
    return not any(faults(Document("/t.nix", text.encode()).root))
