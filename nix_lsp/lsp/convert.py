"""What features answer, as the protocol has it: plain JSON values, in the client's encoding and within its abilities.

Outgoing messages are dictionaries: 1,300 completion items cost a quarter of what protocol classes do, and no class need exist
before the first answer. The tests hold every message against lsprotocol's classes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from nix_lsp.ide.model import CompletionKind, SymbolKind, Tag
from nix_lsp.lsp.positions import range_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from nix_lsp.ide.actions import Action
    from nix_lsp.ide.model import Completion, CompletionItem, Diagnostic, Fix, Hover, Symbol
    from nix_lsp.lsp.client import Client
    from nix_lsp.lsp.wire import Json
    from nix_lsp.syntax.document import Document

    Lookup = Callable[[str], Document | None]
    """Finds the document at a path, for places outside the document asked about."""
    UriOf = Callable[[str], str]
    """Gives a path's URI in the client's own spelling."""

SOURCE = "nix-lsp"

_COMPLETION_KINDS = {
    CompletionKind.OPTION: 10,  # Property
    CompletionKind.NAMESPACE: 9,  # Module
    CompletionKind.VALUE: 20,  # EnumMember
    CompletionKind.PACKAGE: 7,  # Class
    CompletionKind.BUILTIN: 3,  # Function
    CompletionKind.VARIABLE: 6,
    CompletionKind.ATTRIBUTE: 5,  # Field
    CompletionKind.KEYWORD: 14,
    CompletionKind.PATH: 17,  # File
    CompletionKind.FOLDER: 19,
}
_SYMBOL_KINDS = {
    SymbolKind.NAMESPACE: 3,
    SymbolKind.PROPERTY: 7,
    SymbolKind.FUNCTION: 12,
    SymbolKind.VARIABLE: 13,
    SymbolKind.STRING: 15,
    SymbolKind.NUMBER: 16,
    SymbolKind.BOOLEAN: 17,
    SymbolKind.ARRAY: 18,
}
_TAGS = {Tag.UNNECESSARY: 1, Tag.DEPRECATED: 2}
_SNIPPET = 2
_DEPRECATED = 1


def completion_list(completion: Completion, document: Document, client: Client) -> Json:
    """Return a CompletionList. Its items carry in `data` what `completionItem/resolve` needs."""
    replace = range_of(document, completion.replace, client.position_encoding)
    edit_range: Any = replace
    if client.takes_insert_and_replace:
        edit_range = {"insert": range_of(document, completion.insert, client.position_encoding), "replace": replace}
    result: Json = {
        "isIncomplete": completion.is_incomplete,
        "items": [_completion_item(item, edit_range, client) for item in completion.items],
    }
    if client.takes_default_edit_range:
        result["itemDefaults"] = {"editRange": edit_range}
    return result


def _completion_item(item: CompletionItem, edit_range: Json, client: Client) -> Json:
    is_snippet = item.is_snippet and client.takes_snippets
    text = item.insert
    if not is_snippet:
        text = item.plain if item.plain is not None else item.label if item.is_snippet else item.insert
    result: Json = {"label": item.label, "kind": _COMPLETION_KINDS[item.kind]}
    if not client.takes_default_edit_range:
        # An item's own edit has its range beside the text: `range`, or `insert` and `replace`.
        result["textEdit"] = (
            {"newText": text, **edit_range} if "insert" in edit_range else {"newText": text, "range": edit_range}
        )
    elif text != item.label:
        result["textEditText"] = text
    if is_snippet:
        result["insertTextFormat"] = _SNIPPET
    if item.filter is not None:
        result["filterText"] = item.filter
    if item.sort is not None:
        result["sortText"] = item.sort
    if item.detail is not None:
        if client.shows_label_details:
            result["labelDetails"] = {"description": item.detail}
        else:
            result["detail"] = item.detail
    if item.deprecated and client.tags_deprecated_items:
        result["tags"] = [_DEPRECATED]
    elif item.deprecated and client.marks_deprecated_items:
        result["deprecated"] = True
    if item.key:
        result["data"] = list(item.key)
    return result


def hover(found: Hover, document: Document, client: Client) -> Json:
    """Return a Hover."""
    return {
        "contents": {"kind": client.hover_markup, "value": found.markdown},
        "range": range_of(document, found.span, client.position_encoding),
    }


def diagnostic(found: Diagnostic, document: Document, client: Client, lookup: Lookup, uri_of: UriOf) -> Json:
    """Return a Diagnostic."""
    from nix_lsp.ide.rules import documentation_url

    encoding = client.position_encoding
    result: Json = {
        "range": range_of(document, found.span, encoding),
        "severity": int(found.severity),
        "code": found.rule,
        "source": SOURCE,
        "message": found.message,
    }
    if client.links_diagnostic_codes:
        result["codeDescription"] = {"href": documentation_url(found.rule)}
    if tags := [_TAGS[tag] for tag in found.tags if _TAGS[tag] in client.diagnostic_tags]:
        result["tags"] = tags
    if client.relates_diagnostics and found.related:
        result["relatedInformation"] = [
            {
                "location": {"uri": uri_of(related.path), "range": range_of(place, related.span, encoding)},
                "message": related.message,
            }
            for related in found.related
            if (place := document if related.path == document.path else lookup(related.path))
        ]
    return result


def code_action(action: Action, diagnostics: Sequence[Json], edit: Json) -> Json:
    """Return a CodeAction; `diagnostics` are those of the request that it solves."""
    result: Json = {"title": action.title, "kind": action.kind, "edit": edit}
    if diagnostics:
        result["diagnostics"] = list(diagnostics)
    if action.fix.preferred:
        result["isPreferred"] = True
    return result


def solved(action: Action, asked: object, document: Document, client: Client) -> list[Json]:
    """Return those of the client's diagnostics that an action solves, as the client sent them."""
    if action.diagnostic is None or not isinstance(asked, list):
        return []
    place = range_of(document, action.diagnostic.span, client.position_encoding)
    return [
        one
        for one in cast("list[Json]", asked)
        if one.get("code") == action.diagnostic.rule and one.get("range") == place
    ]


def workspace_edit(fix: Fix, client: Client, lookup: Lookup, uri_of: UriOf) -> Json | None:
    """Return a WorkspaceEdit, versioned where the client takes that; None if a file it touches is gone, or the client makes no files."""
    if fix.creates and not client.makes_files:
        return None
    changes: list[tuple[str, int | None, list[Json]]] = []
    for file in fix.edits:
        document = lookup(file.path)
        if document is None:
            return None
        edits = [
            {"range": range_of(document, edit.span, client.position_encoding), "newText": edit.text}
            for edit in sorted(file.edits)
        ]
        changes.append((uri_of(file.path), document.version, edits))
    if client.takes_versioned_edits or fix.creates:
        return {
            "documentChanges": [
                *(change for file in fix.creates for change in _creation(uri_of(file.path), file.text, client)),
                *(
                    {"textDocument": {"uri": uri, "version": version}, "edits": edits}
                    for uri, version, edits in changes
                ),
            ]
        }
    return {"changes": {uri: edits for uri, _, edits in changes}}


def _creation(uri: str, text: str, client: Client) -> tuple[Json, Json]:
    """Return the changes that make a file, and fail where there is one already."""
    start = {"line": 0, "character": 0}
    if client.ends_last_line:
        text = text.removesuffix("\n").removesuffix("\r")
    fill = {"range": {"start": start, "end": start}, "newText": text}
    return {"kind": "create", "uri": uri}, {"textDocument": {"uri": uri, "version": None}, "edits": [fill]}


def symbol_tree(symbols: Sequence[Symbol], document: Document, client: Client) -> list[Json]:
    """Return DocumentSymbols; the outline's depth is bounded by who made it."""
    # All encodings count ASCII alike, and bytes are what costs least.
    encoding = "utf-8" if document.source.isascii() else client.position_encoding
    return [
        {
            "name": symbol.name or "…",  # the protocol forbids empty names
            "kind": _SYMBOL_KINDS[symbol.kind],
            "range": range_of(document, symbol.span, encoding),
            "selectionRange": range_of(document, symbol.name_span, encoding),
            **({"detail": symbol.detail} if symbol.detail else {}),
            **({"children": symbol_tree(symbol.children, document, client)} if symbol.children else {}),
        }
        for symbol in symbols
    ]


def symbol_list(symbols: Sequence[Symbol], document: Document, client: Client, uri: str) -> list[Json]:
    """Return SymbolInformation, for clients that show no tree: parents before children, each naming its container."""
    flat: list[Json] = []
    waiting = [(symbol, "") for symbol in reversed(symbols)]
    while waiting:
        symbol, container = waiting.pop()
        flat.append(
            {
                "name": symbol.name or "…",
                "kind": _SYMBOL_KINDS[symbol.kind],
                "location": {"uri": uri, "range": range_of(document, symbol.span, client.position_encoding)},
                **({"containerName": container} if container else {}),
            }
        )
        waiting += [(child, symbol.name) for child in reversed(symbol.children)]
    return flat


def published(uri: str, version: int | None, diagnostics: Sequence[Json]) -> Json:
    """Return the parameters of `textDocument/publishDiagnostics`."""
    result: Json = {"uri": uri, "diagnostics": list(diagnostics)}
    if version is not None:
        result["version"] = version
    return result
