"""What the server answers to: one table of requests, one of notifications.

A handler converts in, calls a feature, and converts out. It gets the session and the message, and runs to its end: waiting,
cancelling and ordering are the server's business (`nix_lsp.lsp.server`).
"""

from __future__ import annotations

from enum import IntEnum
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple, cast

if TYPE_CHECKING:
    from collections.abc import Callable

    from nix_lsp.lsp.session import Request, Session


class Urgency(IntEnum):
    """Who goes first when several requests wait."""

    TYPING = 0
    LOOKING = 1
    BACKGROUND = 2


class Handler(NamedTuple):
    """Where the function for a method is; its module is imported when it is first needed."""

    module: str
    function: str
    urgency: Urgency = Urgency.LOOKING
    is_whole: bool = False
    """The answer rests on the whole project: of a large one, that is learned first."""
    waits: bool = False
    """The answer may be `Pending`: only a server that does other things meanwhile gives it."""

    def load(self) -> Callable[[Session, Request], Any]:
        """Import the function.

        Raises:
            ImportError: it does not exist.
        """
        module = import_module(f"nix_lsp.lsp.handlers.{self.module}")
        return cast("Callable[[Session, Request], Any]", getattr(module, self.function))


REQUESTS = {
    "initialize": Handler("lifecycle", "initialize"),
    "textDocument/completion": Handler("language", "completion", Urgency.TYPING),
    "completionItem/resolve": Handler("language", "resolve_completion", Urgency.TYPING),
    "textDocument/hover": Handler("language", "hover", is_whole=True),
    "textDocument/codeAction": Handler("language", "code_actions", is_whole=True),
    "textDocument/documentSymbol": Handler("language", "document_symbols", Urgency.BACKGROUND),
    "textDocument/formatting": Handler("writing", "formatting", waits=True),
    "textDocument/rangeFormatting": Handler("writing", "range_formatting", waits=True),
    "textDocument/onTypeFormatting": Handler("writing", "on_type_formatting", Urgency.TYPING),
    "textDocument/foldingRange": Handler("reading", "folding_ranges", Urgency.BACKGROUND),
    "textDocument/selectionRange": Handler("reading", "selection_ranges"),
    "textDocument/documentLink": Handler("reading", "document_links", Urgency.BACKGROUND),
    "textDocument/signatureHelp": Handler("writing", "signature_help", Urgency.TYPING),
    "textDocument/linkedEditingRange": Handler("writing", "linked_editing_ranges", Urgency.TYPING),
    "textDocument/definition": Handler("names", "definition", is_whole=True),
    "textDocument/declaration": Handler("names", "declaration", is_whole=True),
    "textDocument/implementation": Handler("names", "implementation", is_whole=True),
    "textDocument/typeDefinition": Handler("names", "type_definition", is_whole=True),
    "textDocument/references": Handler("names", "references", is_whole=True),
    "textDocument/documentHighlight": Handler("names", "highlights"),
    "textDocument/prepareRename": Handler("names", "prepare_rename"),
    "textDocument/rename": Handler("names", "rename", is_whole=True),
    "textDocument/prepareCallHierarchy": Handler("names", "prepare_call_hierarchy", is_whole=True),
    "callHierarchy/incomingCalls": Handler("names", "incoming_calls"),
    "callHierarchy/outgoingCalls": Handler("names", "outgoing_calls"),
    "workspace/symbol": Handler("names", "workspace_symbols"),
    "workspace/willRenameFiles": Handler("names", "will_rename_files"),
    "textDocument/semanticTokens/full": Handler("reading", "semantic_tokens", Urgency.BACKGROUND, is_whole=True),
    "textDocument/semanticTokens/full/delta": Handler(
        "reading", "semantic_tokens_delta", Urgency.BACKGROUND, is_whole=True
    ),
    "textDocument/semanticTokens/range": Handler("reading", "visible_tokens"),
    "textDocument/inlayHint": Handler("reading", "inlay_hints", Urgency.BACKGROUND, is_whole=True),
    "textDocument/codeLens": Handler("reading", "code_lenses", Urgency.BACKGROUND, is_whole=True),
    "codeLens/resolve": Handler("reading", "resolve_code_lens", Urgency.BACKGROUND),
    "workspace/executeCommand": Handler("commands", "execute_command"),
    "textDocument/diagnostic": Handler("language", "document_diagnostics", Urgency.BACKGROUND, is_whole=True),
}
NOTIFICATIONS = {
    "textDocument/didOpen": Handler("documents", "did_open"),
    "textDocument/didChange": Handler("documents", "did_change"),
    "textDocument/didSave": Handler("documents", "did_save"),
    "textDocument/didClose": Handler("documents", "did_close"),
    "workspace/didChangeWatchedFiles": Handler("documents", "did_change_watched_files"),
    "workspace/didChangeWorkspaceFolders": Handler("lifecycle", "did_change_workspace_folders"),
    "workspace/didChangeConfiguration": Handler("lifecycle", "did_change_configuration"),
    "window/workDoneProgress/cancel": Handler("commands", "cancel_progress"),
}
