"""What helps whoever writes: convert in, call the feature, convert out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nix_lsp.lsp.positions import range_of
from nix_lsp.lsp.wire import Pending

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nix_lsp.ide.model import TextEdit
    from nix_lsp.lsp.session import Request, Session
    from nix_lsp.lsp.wire import Json
    from nix_lsp.syntax.document import Document
    from nix_lsp.syntax.span import Span


def formatting(session: Session, request: Request) -> Pending | None:
    """Answer `textDocument/formatting`."""
    document = request.document
    return Pending(lambda: _formatted(session, document, None)) if document and document.is_sound else None


def range_formatting(session: Session, request: Request) -> Pending | None:
    """Answer `textDocument/rangeFormatting`."""
    document = request.document
    if document is None or not document.is_sound:
        return None
    span = request.span
    return Pending(lambda: _formatted(session, document, span))


def on_type_formatting(session: Session, request: Request) -> list[Json]:
    """Answer `textDocument/onTypeFormatting`."""
    from nix_lsp.ide.on_type import format_on_type

    document = request.document
    if document is None or not session.project(document).settings.format_on_type:
        return []
    return _text_edits(session, document, format_on_type(document, request.offset))


def signature_help(session: Session, request: Request) -> Json | None:
    """Answer `textDocument/signatureHelp`."""
    from nix_lsp.ide.signature import signature_at
    from nix_lsp.lsp.convert_signature import signature_help as converted

    document = request.document
    found = signature_at(session.project(document), document, request.offset) if document else None
    return converted(found, session.client) if found else None


def linked_editing_ranges(session: Session, request: Request) -> Json | None:
    """Answer `textDocument/linkedEditingRange`."""
    from nix_lsp.ide.linked_editing import WORD, linked_spans

    document = request.document
    if document is None or not (spans := linked_spans(document, request.offset)):
        return None
    encoding = session.client.position_encoding
    return {"ranges": [range_of(document, span, encoding) for span in spans], "wordPattern": WORD}


async def _formatted(session: Session, document: Document, span: Span | None) -> list[Json] | None:
    """Return the edits; None where there is no formatter, which is said once."""
    from nix_lsp.ide.formatting import reformatted
    from nix_lsp.lsp.formatter import NoFormatterError, run_formatter

    project = session.project(document)
    try:
        output = await run_formatter(project.settings.formatter, document.source, project.root)
    except NoFormatterError as error:
        session.warn_once(str(error))
        return None
    return _text_edits(session, document, reformatted(document, output, span))


def _text_edits(session: Session, document: Document, edits: Sequence[TextEdit]) -> list[Json]:
    encoding = session.client.position_encoding
    return [{"range": range_of(document, edit.span, encoding), "newText": edit.text} for edit in edits]
