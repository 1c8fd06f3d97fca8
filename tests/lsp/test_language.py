"""What the features answer, as each client takes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from nix_lsp.ide.model import Completion, CompletionItem, CompletionKind, Symbol, SymbolKind
from nix_lsp.lsp import convert
from nix_lsp.lsp.client import Client
from nix_lsp.syntax.document import Document
from nix_lsp.syntax.span import Span

from .conftest import RENAMED
from .connection import at, span

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from .connection import Connection, Json

DOCUMENT = Document("/a.nix", b"{ ena }", 3)
ITEM = CompletionItem(
    "enable",
    CompletionKind.OPTION,
    "enable = ${1:true};",
    is_snippet=True,
    plain="enable = ",
    filter="srv.enable",
    detail="boolean",
    sort="0",
    key=("option", "enable"),
    deprecated=True,
)
FOUND = Completion((ITEM, CompletionItem("enabled", CompletionKind.OPTION, "enabled")), Span(2, 5), Span(2, 4))


def capable(**item: Any) -> Client:
    """Return a client whose completion items can do what is said."""
    return Client({"capabilities": {"textDocument": {"completion": {"completionItem": item}}}})


def first(client: Client) -> Json:
    return convert.completion_list(FOUND, DOCUMENT, client)["items"][0]


def test_a_plain_client_gets_plain_text() -> None:
    assert first(Client({})) == {
        "label": "enable",
        "kind": 10,
        "textEdit": {"newText": "enable = ", "range": span((0, 2), (0, 5))},
        "filterText": "srv.enable",
        "sortText": "0",
        "detail": "boolean",
        "data": ["option", "enable"],
    }


def test_an_empty_plain_text_is_not_the_label() -> None:
    name = CompletionItem("<name>", CompletionKind.NAMESPACE, "${1:name}", is_snippet=True, plain="")
    (item,) = convert.completion_list(Completion((name,), Span(2, 5), Span(2, 4)), DOCUMENT, Client({}))["items"]

    assert item["textEdit"]["newText"] == ""


def test_a_client_that_takes_snippets_gets_them() -> None:
    item = first(capable(snippetSupport=True))

    assert (item["textEdit"]["newText"], item["insertTextFormat"]) == ("enable = ${1:true};", 2)


def test_insert_and_replace_are_told_apart_where_the_client_does() -> None:
    edit = first(capable(insertReplaceSupport=True))["textEdit"]

    assert edit == {"newText": "enable = ", "insert": span((0, 2), (0, 4)), "replace": span((0, 2), (0, 5))}


def test_one_edit_range_serves_all_items_where_the_client_takes_it() -> None:
    client = Client(
        {"capabilities": {"textDocument": {"completion": {"completionList": {"itemDefaults": ["editRange"]}}}}}
    )

    found = convert.completion_list(FOUND, DOCUMENT, client)

    assert found["itemDefaults"] == {"editRange": span((0, 2), (0, 5))}
    assert [item.get("textEditText") for item in found["items"]] == ["enable = ", None]
    assert not any("textEdit" in item for item in found["items"])


def test_details_and_deprecation_are_said_as_the_client_shows_them() -> None:
    assert first(capable(labelDetailsSupport=True))["labelDetails"] == {"description": "boolean"}
    assert first(capable(tagSupport={"valueSet": [1]}))["tags"] == [1]
    assert first(capable(deprecatedSupport=True))["deprecated"] is True


def test_an_outline_becomes_a_list_for_a_client_without_trees() -> None:
    inner = Symbol("b", None, SymbolKind.BOOLEAN, Span(2, 3), Span(2, 3))
    outer = Symbol("a", "x", SymbolKind.NAMESPACE, Span(0, 7), Span(0, 1), (inner,))

    flat = convert.symbol_list([outer], DOCUMENT, Client({}), "file:///a.nix")

    assert [(symbol["name"], symbol.get("containerName")) for symbol in flat] == [("a", None), ("b", "a")]


@pytest.mark.parametrize("editor", ["vscode", "nvim", "helix", "emacs"])
async def test_every_editor_completes_and_resolves(
    connection: Connection, captured: Callable[[str], dict[str, Any]], project: Path, editor: str
) -> None:
    await connection.initialize(**captured(editor))
    uri = (project / "configuration.nix").as_uri()
    document = connection.open(uri, "{\n  services.openssh.\n}\n")

    found = await connection.request("textDocument/completion", {**document, "position": at(1, 19)})

    items = {item["label"]: item for item in found["items"]}
    assert {"enable", "ports", "settings"} <= items.keys()
    resolved = await connection.request("completionItem/resolve", items["enable"])
    assert resolved["label"] == "enable"
    documentation = resolved["documentation"]
    assert (str if isinstance(documentation, str) else documentation["kind"]) == (
        str if editor in {"helix", "emacs"} else "markdown"
    )


@pytest.mark.parametrize(("encoding", "column"), [("utf-8", 12), ("utf-16", 10), ("utf-32", 9)])
async def test_an_answer_behind_an_emoji_is_in_the_clients_units(
    connection: Connection, project: Path, encoding: str, column: int
) -> None:
    await connection.initialize({"general": {"positionEncodings": [encoding]}})
    uri = (project / "configuration.nix").as_uri()

    connection.open(uri, '{ a="🙂"; hardware.opengl.enable = true; }')

    (found,) = [one for one in await connection.diagnostics(uri) if one["code"] == "option-renamed"]
    assert found["range"] == span((0, column), (0, column + len("hardware.opengl.enable")))


async def test_a_hover_names_the_option(connection: Connection, project: Path) -> None:
    await connection.initialize({"textDocument": {"hover": {"contentFormat": ["markdown"]}}})
    document = connection.open((project / "configuration.nix").as_uri(), "{ services.openssh.enable = true; }")

    found = await connection.request("textDocument/hover", {**document, "position": at(0, 22)})

    assert found["contents"]["kind"] == "markdown"
    assert "services.openssh.enable" in found["contents"]["value"]


@pytest.mark.parametrize(
    ("editor", "shape"), [("vscode", "documentChanges"), ("helix", "documentChanges"), ("nvim", "changes")]
)
async def test_a_fix_is_an_edit_in_the_editors_shape(
    connection: Connection, captured: Callable[[str], dict[str, Any]], project: Path, editor: str, shape: str
) -> None:
    await connection.initialize(**captured(editor))
    uri = (project / "configuration.nix").as_uri()
    document = connection.open(uri, RENAMED, version=7)
    (shown,) = (await connection.request("textDocument/diagnostic", document))["items"]

    actions = await connection.request(
        "textDocument/codeAction", {**document, "range": shown["range"], "context": {"diagnostics": [shown]}}
    )

    edits = [{"range": span((1, 11), (1, 17)), "newText": "graphics"}]
    expected = (
        [{"textDocument": {"uri": uri, "version": 7}, "edits": edits}] if shape == "documentChanges" else {uri: edits}
    )
    assert actions[0]["edit"] == {shape: expected}
    assert actions[0]["diagnostics"] == [shown]
    assert actions[0]["isPreferred"]


async def test_fix_all_is_offered_when_asked_for(
    connection: Connection, captured: Callable[[str], dict[str, Any]], project: Path
) -> None:
    await connection.initialize(**captured("vscode"))
    document = connection.open((project / "configuration.nix").as_uri(), RENAMED)
    asked = {**document, "range": span((0, 0), (0, 0)), "context": {"diagnostics": [], "only": ["source.fixAll"]}}

    actions = await connection.request("textDocument/codeAction", asked)

    assert [action["kind"] for action in actions] == ["source.fixAll.nix-lsp"]


async def test_edits_name_the_document_as_the_client_does(connection: Connection, project: Path) -> None:
    await connection.initialize({"textDocument": {"codeAction": {"codeActionLiteralSupport": {}}}})
    uri = (project / "configuration.nix").as_uri().replace("/configuration", "/%63onfiguration")
    document = connection.open(uri, RENAMED)

    action, *_ = await connection.request(
        "textDocument/codeAction", {**document, "range": span((1, 4), (1, 4)), "context": {"diagnostics": []}}
    )

    assert list(action["edit"]["changes"]) == [uri]
