"""The server over its pipes, asked by each editor's own capabilities through pytest-lsp, whose checks against the protocol are errors."""

from __future__ import annotations

import asyncio
import json
import sys
from typing import TYPE_CHECKING, TypeVar

import pytest
import pytest_lsp
from lsprotocol import types
from lsprotocol.converters import get_converter
from pytest_lsp import ClientServerConfig, LanguageClient, make_test_lsp_client

from nix_lsp.lsp.client import Client

from .conftest import CLIENTS, RENAMED

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

T = TypeVar("T")

pytestmark = [
    pytest.mark.filterwarnings("error::pytest_lsp.LspSpecificationWarning"),
    pytest.mark.skipif(
        not CLIENTS.exists(), reason="the editors' payloads stand beside the repository, and are not here"
    ),
]


def editor() -> LanguageClient:
    """Return a client that does what every editor does and pytest-lsp's does not: register, refresh."""
    client = make_test_lsp_client()

    @client.feature(types.CLIENT_REGISTER_CAPABILITY)  # pyright: ignore[reportUntypedFunctionDecorator]
    def _(_params: types.RegistrationParams) -> None:
        return None

    for refresh in (
        types.WORKSPACE_SEMANTIC_TOKENS_REFRESH,
        types.WORKSPACE_INLAY_HINT_REFRESH,
        types.WORKSPACE_CODE_LENS_REFRESH,
    ):

        @client.feature(refresh)  # pyright: ignore[reportUntypedFunctionDecorator]
        def _(_params: None) -> None:
            return None

    return client


@pytest_lsp.fixture(  # pyright: ignore[reportUnknownMemberType]
    config=ClientServerConfig(server_command=[sys.executable, "-m", "nix_lsp"], client_factory=editor),
    params=["vscode", "nvim", "helix", "emacs"],
)
async def client(request: pytest.FixtureRequest, lsp_client: LanguageClient):
    captured = json.loads((CLIENTS / f"{request.param}.json").read_text())
    captured["workspaceFolders"] = captured["rootUri"] = captured["rootPath"] = None
    await lsp_client.initialize_session(get_converter().structure(captured, types.InitializeParams))
    yield
    await lsp_client.shutdown_session()


@pytest.fixture
def document(client: LanguageClient, project: Path) -> types.TextDocumentIdentifier:
    """Open the project's configuration."""
    uri = (project / "configuration.nix").as_uri()
    client.text_document_did_open(types.DidOpenTextDocumentParams(types.TextDocumentItem(uri, "nix", 1, RENAMED)))
    return types.TextDocumentIdentifier(uri)


async def shown(client: LanguageClient, document: types.TextDocumentIdentifier) -> list[str | int | None]:
    """Return the codes of the diagnostics that the editor shows, however they come."""
    if Client(get_converter().unstructure({"capabilities": client.capabilities})).pulls_diagnostics:
        report = await client.text_document_diagnostic_async(types.DocumentDiagnosticParams(document))
        assert isinstance(report, types.RelatedFullDocumentDiagnosticReport)
        return [found.code for found in report.items]
    while document.uri not in client.diagnostics:
        await client.wait_for_notification(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
    return [found.code for found in client.diagnostics[document.uri]]


async def test_shows_diagnostics(client: LanguageClient, document: types.TextDocumentIdentifier) -> None:
    assert await shown(client, document) == ["option-renamed"]


async def test_completes_resolves_and_hovers(client: LanguageClient, document: types.TextDocumentIdentifier) -> None:
    place = types.Position(1, len("  hardware."))

    found = await client.text_document_completion_async(types.CompletionParams(document, place))
    hover = await client.text_document_hover_async(types.HoverParams(document, place))

    assert isinstance(found, types.CompletionList)
    items = {item.label: item for item in found.items}
    assert "graphics" in items
    assert (await client.completion_item_resolve_async(items["graphics"])).label == "graphics"
    assert hover is not None


async def test_fixes_and_outlines(client: LanguageClient, document: types.TextDocumentIdentifier) -> None:
    place = types.Range(types.Position(1, 4), types.Position(1, 4))
    actions = await client.text_document_code_action_async(
        types.CodeActionParams(document, place, types.CodeActionContext([]))
    )
    symbols = await client.text_document_document_symbol_async(types.DocumentSymbolParams(document))

    assert [action.title for action in actions or []][:1] == ["Rename to `hardware.graphics.enable`"]
    assert [symbol.name for symbol in symbols or []] == ["hardware.opengl.enable"]


async def test_hears_of_other_settings(client: LanguageClient, document: types.TextDocumentIdentifier) -> None:
    settings = {"diagnostics": {"ignore": ["option-renamed"]}}
    client.set_configuration({"nix-lsp": settings})
    client.diagnostics.pop(document.uri, None)

    client.workspace_did_change_configuration(types.DidChangeConfigurationParams({"nix-lsp": settings}))
    await asyncio.sleep(0.2)

    assert await shown(client, document) == []


NAMES = (
    "let\n  port = 80;\n  twice = x: x * 2;\nin\n{\n  # https://example.org\n  inherit port;\n  a = twice port;\n}\n"
)


@pytest.fixture
def names(client: LanguageClient, project: Path) -> types.TextDocumentIdentifier:
    """Open a file of names."""
    uri = (project / "names.nix").as_uri()
    (project / "names.nix").write_text(NAMES)
    client.text_document_did_open(types.DidOpenTextDocumentParams(types.TextDocumentItem(uri, "nix", 1, NAMES)))
    return types.TextDocumentIdentifier(uri)


def line(number: int, start: int, end: int) -> types.Range:
    return types.Range(types.Position(number, start), types.Position(number, end))


PORT = types.Position(7, 13)


def only(found: Iterable[T] | None) -> T:
    """Return the one thing that was answered."""
    [one] = list(found or ())
    return one


async def test_follows_names(client: LanguageClient, names: types.TextDocumentIdentifier) -> None:
    found = await client.text_document_definition_async(types.DefinitionParams(names, PORT))
    place = found if isinstance(found, types.Location) else only(found)
    assert (place.range if isinstance(place, types.Location) else place.target_selection_range) == line(1, 2, 6)

    uses = await client.text_document_references_async(
        types.ReferenceParams(types.ReferenceContext(include_declaration=False), names, PORT)
    )
    assert line(7, 12, 16) in [use.range for use in uses or ()]

    marked = await client.text_document_document_highlight_async(types.DocumentHighlightParams(names, PORT))
    assert {(mark.range.start.line, mark.kind) for mark in marked or ()} >= {
        (1, types.DocumentHighlightKind.Write),
        (7, types.DocumentHighlightKind.Read),
    }


async def test_renames_what_an_inherit_hands_on(client: LanguageClient, names: types.TextDocumentIdentifier) -> None:
    edit = await client.text_document_rename_async(types.RenameParams(names, PORT, "door"))

    assert "port = door;" in json.dumps(get_converter().unstructure(edit))


async def test_helps_to_read(client: LanguageClient, names: types.TextDocumentIdentifier) -> None:
    folds = await client.text_document_folding_range_async(types.FoldingRangeParams(names))
    assert 4 in [fold.start_line for fold in folds or ()]

    selection = only(await client.text_document_selection_range_async(types.SelectionRangeParams(names, [PORT])))
    assert selection.range == line(7, 12, 16)
    assert selection.parent is not None

    link = only(await client.text_document_document_link_async(types.DocumentLinkParams(names)))
    assert link.target == "https://example.org"

    shown = await client.text_document_signature_help_async(types.SignatureHelpParams(names, PORT))
    assert "x" in only(shown and shown.signatures).label

    whole = types.Range(types.Position(0, 0), types.Position(9, 0))
    tokens = await client.text_document_semantic_tokens_range_async(types.SemanticTokensRangeParams(names, whole))
    about_text = client.capabilities and client.capabilities.text_document
    stated = about_text.semantic_tokens if about_text else None
    assert bool(tokens and tokens.data) == bool(stated and stated.token_types)


async def test_finds_symbols_and_callers(client: LanguageClient, names: types.TextDocumentIdentifier) -> None:
    found = await client.workspace_symbol_async(types.WorkspaceSymbolParams("twice"))
    assert "twice" in [symbol.name for symbol in found or ()]

    place = types.CallHierarchyPrepareParams(names, types.Position(2, 3))
    function = only(await client.text_document_prepare_call_hierarchy_async(place))
    call = only(await client.call_hierarchy_incoming_calls_async(types.CallHierarchyIncomingCallsParams(function)))
    assert list(call.from_ranges) == [line(7, 6, 11)]
