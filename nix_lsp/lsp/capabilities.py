"""What we tell the client that we can do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import nix_lsp
from nix_lsp.lsp.settings import SECTION

if TYPE_CHECKING:
    from nix_lsp.lsp.client import Client
    from nix_lsp.lsp.wire import Json

# `nix_lsp.ide.kinds` has them too, and is not imported before an action is asked for; a test holds them equal.
QUICK_FIX = "quickfix"
REFACTORINGS = ("refactor.rewrite", "refactor.extract", "refactor.inline", "refactor.move")
FIX_ALL = "source.fixAll.nix-lsp"
PROJECT = "source.nix-lsp.project"
IMPORT = "source.nix-lsp.import"
"""The kind of what is done to a whole project; no parent that clients run on saving has it."""
PREVIEW = "nix-lsp.drift.preview"
FIX_RULE = "nix-lsp.fixRule"
CONSENT = "nix-lsp.consent"
HOSTS = "nix-lsp.hosts"
INDEX_HOST = "nix-lsp.index.host"
"""Commands of `workspace/executeCommand`."""
WATCHED = (
    "**/*.nix",
    "**/flake.lock",
    "**/npins/sources.json",
    "**/nix/sources.json",
    "**/devenv.lock",
    "**/lon.lock",
    "**/.nix-lsp.toml",
)
"""Files outside the editor whose change changes answers."""


def initialize_result(client: Client) -> Json:
    """Return the answer to `initialize`."""
    capabilities: Json = {
        "positionEncoding": client.position_encoding,
        "textDocumentSync": {"openClose": True, "change": 2, "save": True},
        # `.` for the next segment, `"` for the values of an enum, `/` for paths.
        "completionProvider": {"triggerCharacters": [".", '"', "/"], "resolveProvider": True},
        "hoverProvider": True,
        # A blank begins an argument, `{` a set of them.
        "signatureHelpProvider": {"triggerCharacters": [" ", "{"], "retriggerCharacters": [";", "="]},
        "documentSymbolProvider": True,
        "linkedEditingRangeProvider": True,
        "documentFormattingProvider": True,
        "documentRangeFormattingProvider": True,
        "documentOnTypeFormattingProvider": {"firstTriggerCharacter": "}", "moreTriggerCharacter": ["]", ")", ";"]},
        "foldingRangeProvider": True,
        "selectionRangeProvider": True,
        "documentLinkProvider": {"resolveProvider": False},
        "inlayHintProvider": {"resolveProvider": False},
        "codeLensProvider": {"resolveProvider": True},
        "definitionProvider": True,
        "declarationProvider": True,
        "implementationProvider": True,
        "typeDefinitionProvider": True,
        "referencesProvider": True,
        "documentHighlightProvider": True,
        "callHierarchyProvider": True,
        "workspaceSymbolProvider": True,
        "renameProvider": {"prepareProvider": True} if client.prepares_renames else True,
        "executeCommandProvider": {"commands": [PREVIEW, FIX_RULE, CONSENT, HOSTS, INDEX_HOST]},
        "workspace": {"workspaceFolders": {"supported": True, "changeNotifications": True}},
    }
    if client.asks_before_renaming_files:
        capabilities["workspace"]["fileOperations"] = {
            "willRename": {"filters": [{"scheme": "file", "pattern": {"glob": "**/*"}}]}
        }
    if client.takes_code_action_literals:
        capabilities["codeActionProvider"] = {"codeActionKinds": [QUICK_FIX, *REFACTORINGS, FIX_ALL, PROJECT, IMPORT]}
    if client.takes_tokens:
        from nix_lsp.lsp.convert_tokens import legend

        capabilities["semanticTokensProvider"] = {
            "legend": legend(client),
            "range": True,
            "full": {"delta": True} if client.takes_token_deltas else True,
        }
    if client.pulls_diagnostics:
        capabilities["diagnosticProvider"] = {
            "identifier": SECTION,
            "interFileDependencies": True,
            "workspaceDiagnostics": False,
        }
    return {"capabilities": capabilities, "serverInfo": {"name": SECTION, "version": nix_lsp.__version__}}


def registrations(client: Client) -> list[Json]:
    """Return what is to be registered once the client is ready."""
    wanted: list[Json] = []
    if client.registers_watchers:
        wanted.append(
            {
                "id": "watched-files",
                "method": "workspace/didChangeWatchedFiles",
                "registerOptions": {"watchers": [{"globPattern": pattern} for pattern in WATCHED]},
            }
        )
    if client.registers_configuration:
        wanted.append(
            {
                "id": "configuration",
                "method": "workspace/didChangeConfiguration",
                "registerOptions": {"section": SECTION},
            }
        )
    return wanted
