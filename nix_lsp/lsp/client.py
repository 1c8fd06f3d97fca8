"""What the client on the other side can do, each quirk a named property."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from nix_lsp.lsp.wire import Json


_ASKS_ASIDE = ("visual studio code", "vscodium", "code - oss", "code-server", "cursor", "windsurf", "zed")
"""How the names of clients begin, in small letters, that put a question beside the text."""


class Client:
    """The client's capabilities, as its `initialize` request states them. Malformed ones count as missing."""

    def __init__(self, initialize: Json) -> None:
        self._capabilities: Any = initialize.get("capabilities")
        info = initialize.get("clientInfo")
        self.name = str(cast("Json", info).get("name", "")) if isinstance(info, dict) else ""
        """The client's own name, for the log; `asks_aside` and `ends_last_line` alone depend on it."""

    def _at(self, path: str) -> Any:
        """Return the value at a dotted path, or None."""
        value = self._capabilities
        for name in path.split("."):
            if not isinstance(value, dict):
                return None
            value = cast("Json", value).get(name)
        return value

    def _has(self, path: str) -> bool:
        return self._at(path) is True

    def _list(self, path: str) -> list[Any]:
        value = self._at(path)
        return cast("list[Any]", value) if isinstance(value, list) else []

    @cached_property
    def position_encoding(self) -> str:
        """`utf-8` wherever offered, because then nothing needs converting; else the first we know; UTF-16 is the protocol's default."""
        offered = self._list("general.positionEncodings")
        if "utf-8" in offered:
            return "utf-8"
        return next((encoding for encoding in offered if encoding in {"utf-16", "utf-32"}), "utf-16")

    @cached_property
    def takes_snippets(self) -> bool:
        return self._has("textDocument.completion.completionItem.snippetSupport")

    @cached_property
    def takes_default_edit_range(self) -> bool:
        """One edit range may stand for all items of a completion list."""
        return "editRange" in self._list("textDocument.completion.completionList.itemDefaults")

    @cached_property
    def takes_insert_and_replace(self) -> bool:
        return self._has("textDocument.completion.completionItem.insertReplaceSupport")

    @cached_property
    def shows_label_details(self) -> bool:
        return self._has("textDocument.completion.completionItem.labelDetailsSupport")

    @cached_property
    def tags_deprecated_items(self) -> bool:
        return 1 in self._list("textDocument.completion.completionItem.tagSupport.valueSet")

    @cached_property
    def marks_deprecated_items(self) -> bool:
        """The older way of the tag above."""
        return self._has("textDocument.completion.completionItem.deprecatedSupport")

    @cached_property
    def hover_markup(self) -> str:
        return "markdown" if "markdown" in self._list("textDocument.hover.contentFormat") else "plaintext"

    @cached_property
    def documentation_markup(self) -> str | None:
        """The markup of completion documentation; None for a client that names none and so takes plain strings (Helix renders them)."""
        stated = self._list("textDocument.completion.completionItem.documentationFormat")
        if not stated:
            return None
        return "markdown" if "markdown" in stated else "plaintext"

    @cached_property
    def signature_markup(self) -> str:
        stated = self._list("textDocument.signatureHelp.signatureInformation.documentationFormat")
        return "markdown" if "markdown" in stated else "plaintext"

    @cached_property
    def takes_label_offsets(self) -> bool:
        """A parameter may be told by its place in the signature."""
        return self._has("textDocument.signatureHelp.signatureInformation.parameterInformation.labelOffsetSupport")

    @cached_property
    def takes_active_parameter(self) -> bool:
        """A signature may say itself which of its parameters is written."""
        return self._has("textDocument.signatureHelp.signatureInformation.activeParameterSupport")

    @cached_property
    def shows_symbol_tree(self) -> bool:
        return self._has("textDocument.documentSymbol.hierarchicalDocumentSymbolSupport")

    @cached_property
    def folds_lines_only(self) -> bool:
        return self._has("textDocument.foldingRange.lineFoldingOnly")

    @cached_property
    def fold_limit(self) -> int | None:
        """So many folding ranges the client takes."""
        limit = self._at("textDocument.foldingRange.rangeLimit")
        return limit if isinstance(limit, int) and limit > 0 else None

    @cached_property
    def takes_tokens(self) -> bool:
        return isinstance(self._at("textDocument.semanticTokens"), dict)

    @cached_property
    def shows_references(self) -> bool:
        """The client has a command that shows places: our own extension says so, as the protocol has none."""
        return self._has("experimental.nixLsp.showReferences")

    @cached_property
    def takes_token_deltas(self) -> bool:
        return self._has("textDocument.semanticTokens.requests.full.delta")

    @cached_property
    def asks_for_visible_tokens(self) -> bool:
        """The client asks for the tokens of what is on the screen, so that those of a very large text can be left out."""
        visible = self._at("textDocument.semanticTokens.requests.range")
        return visible is True or isinstance(visible, dict)

    @cached_property
    def keeps_visible_tokens(self) -> bool:
        """The client takes it that all tokens are refused, and keeps those of the screen, which VS Code forgets where the answer is null."""
        return self._has("textDocument.semanticTokens.serverCancelSupport")

    @cached_property
    def token_types(self) -> frozenset[str]:
        return frozenset(name for name in self._list("textDocument.semanticTokens.tokenTypes") if isinstance(name, str))

    @cached_property
    def token_modifiers(self) -> frozenset[str]:
        return frozenset(
            name for name in self._list("textDocument.semanticTokens.tokenModifiers") if isinstance(name, str)
        )

    @cached_property
    def colours_syntax(self) -> bool:
        """The client lays tokens over the colours of a grammar, which knows strings, comments and keywords by itself."""
        return self._has("textDocument.semanticTokens.augmentsSyntaxTokens")

    @cached_property
    def takes_code_action_literals(self) -> bool:
        return self._at("textDocument.codeAction.codeActionLiteralSupport") is not None

    def takes_links(self, feature: str) -> bool:
        """Places may say where they are linked from: of `definition`, `declaration`, `typeDefinition`, `implementation`."""
        return self._has(f"textDocument.{feature}.linkSupport")

    @cached_property
    def asks_before_renaming_files(self) -> bool:
        return self._has("workspace.fileOperations.willRename")

    @cached_property
    def prepares_renames(self) -> bool:
        return self._has("textDocument.rename.prepareSupport")

    @cached_property
    def takes_versioned_edits(self) -> bool:
        return self._has("workspace.workspaceEdit.documentChanges")

    @cached_property
    def makes_files(self) -> bool:
        """An edit may make files. Neovim says so without stating `documentChanges`, which alone can tell it, and takes these."""
        return "create" in self._list("workspace.workspaceEdit.resourceOperations")

    @cached_property
    def pulls_diagnostics(self) -> bool:
        """The client asks for diagnostics and can be told to ask again.

        Without the second, a changed lock file would leave stale diagnostics behind: then they are pushed. Helix writes the
        workspace capability `diagnostic`, the protocol has `diagnostics`.
        """
        refreshes = self._has("workspace.diagnostics.refreshSupport") or self._has(
            "workspace.diagnostic.refreshSupport"
        )
        return refreshes and isinstance(self._at("textDocument.diagnostic"), dict)

    @cached_property
    def refreshes(self) -> tuple[str, ...]:
        """Requests that make the client ask again for what is shown beside the diagnostics that it pulls."""
        kinds = ("semanticTokens", "inlayHint", "codeLens")
        return tuple(f"workspace/{kind}/refresh" for kind in kinds if self._has(f"workspace.{kind}.refreshSupport"))

    @cached_property
    def diagnostics_side(self) -> str:
        """Under which name the client states what it shows of a diagnostic."""
        return "diagnostic" if self.pulls_diagnostics else "publishDiagnostics"

    @cached_property
    def diagnostic_tags(self) -> frozenset[int]:
        """Helix states tags for pushed diagnostics only and shows them for both."""
        for side in (self.diagnostics_side, "publishDiagnostics"):
            if known := self._list(f"textDocument.{side}.tagSupport.valueSet"):
                return frozenset(tag for tag in known if isinstance(tag, int))
        return frozenset()

    @cached_property
    def links_diagnostic_codes(self) -> bool:
        return self._has(f"textDocument.{self.diagnostics_side}.codeDescriptionSupport")

    @cached_property
    def relates_diagnostics(self) -> bool:
        return self._has(f"textDocument.{self.diagnostics_side}.relatedInformation")

    @cached_property
    def shows_progress(self) -> bool:
        """The client shows how far work is that the server began itself."""
        return self._has("window.workDoneProgress")

    @cached_property
    def asks_aside(self) -> bool:
        """A question with buttons (`window/showMessageRequest`) is shown beside the text, where nobody has to answer.

        No capability says so. Neovim (`vim.ui.select` over the text, Enter expected), Helix and Emacs (the minibuffer) state the same
        ones or none, and take the keys of whoever types: only clients that are known to ask aside are asked.
        """
        return self.name.lower().startswith(_ASKS_ASIDE)

    @cached_property
    def ends_last_line(self) -> bool:
        """The client ends a file's last line itself, and takes a newline at the end of a new text for one more, empty line.

        No capability says so. Neovim's buffers are lists of lines, and a new one has an empty line already, which stays behind the text.
        """
        return self.name.lower() == "neovim"

    @cached_property
    def answers_configuration(self) -> bool:
        return self._has("workspace.configuration")

    @cached_property
    def registers_watchers(self) -> bool:
        """False for Neovim on Linux: there changed files are noticed by their times, when they are used."""
        return self._has("workspace.didChangeWatchedFiles.dynamicRegistration")

    @cached_property
    def registers_configuration(self) -> bool:
        """VS Code's client tells of changed settings only where asked to."""
        return self._has("workspace.didChangeConfiguration.dynamicRegistration")
