"""Documents as the client edits them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from .connection import span

if TYPE_CHECKING:
    from pathlib import Path

    from .connection import Connection, Json

URI = "file:///home/ann/my%20config/%C3%A4.nix"


def replaced(start: tuple[int, int], end: tuple[int, int], text: str) -> Json:
    return {"range": span(start, end), "text": text}


@pytest.mark.parametrize(("encoding", "column"), [("utf-8", 9), ("utf-16", 7), ("utf-32", 6)])
async def test_an_edit_behind_an_emoji_falls_where_the_client_means(
    connection: Connection, encoding: str, column: int
) -> None:
    await connection.initialize({"general": {"positionEncodings": [encoding]}})
    connection.open(URI, 'a = "🙂x";')

    connection.change(URI, 2, replaced((0, column), (0, column + 1), "yz"))

    assert connection.text(URI) == 'a = "🙂yz";'


async def test_each_change_counts_in_the_text_that_the_one_before_left(connection: Connection) -> None:
    await connection.initialize()
    connection.open(URI, "a\nb\nc\n")

    connection.change(
        URI, 2, replaced((0, 0), (1, 0), ""), replaced((1, 0), (1, 1), "d\ne"), replaced((2, 1), (2, 1), "!")
    )

    assert connection.text(URI) == "b\nd\ne!\n"


async def test_the_tree_follows_the_text(connection: Connection) -> None:
    await connection.initialize()
    document = connection.open(URI, "{ a = 1; }")
    await connection.request("textDocument/documentSymbol", document)

    connection.change(URI, 2, replaced((0, 2), (0, 3), "b.c"), replaced((0, 8), (0, 9), "true"))

    (symbol,) = await connection.request("textDocument/documentSymbol", document)
    assert symbol["name"] == "b.c"


async def test_crlf_lines(connection: Connection) -> None:
    await connection.initialize()
    connection.open(URI, "{\r\n  a = 1;\r\n}\r\n")

    connection.change(URI, 2, replaced((1, 99), (2, 0), "\n"))

    assert connection.text(URI) == "{\r\n  a = 1;\n}\r\n"


async def test_a_change_without_a_range_is_the_whole_text(connection: Connection) -> None:
    await connection.initialize()
    connection.open(URI, "{ a = 1; }")

    connection.change(URI, 2, {"text": "{ b = 2; }"}, replaced((0, 2), (0, 3), "c"))

    assert connection.text(URI) == "{ c = 2; }"


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"text": 1},
        {"text": "x", "range": {}},
        {"text": "x", "range": span((0, 0), (0, 1)) | {"end": None}},
        {"text": "x", "range": 3},
    ],
)
async def test_a_malformed_change_is_logged_and_leaves_the_text(connection: Connection, change: Json) -> None:
    await connection.initialize()
    connection.open(URI, "{ }")

    connection.change(URI, 2, change)

    assert connection.text(URI) == "{ }"
    assert connection.all("window/logMessage")


async def test_a_change_of_a_document_that_is_not_open_is_ignored(connection: Connection) -> None:
    await connection.initialize()

    connection.change(URI, 2, {"text": "x"})

    assert not connection.server.session.open_documents


async def test_half_a_surrogate_pair_keeps_its_place(connection: Connection) -> None:
    await connection.initialize()
    connection.open(URI, '"\ud83d" a')

    connection.change(URI, 2, replaced((0, 4), (0, 5), "b"))

    assert connection.text(URI) == '"?" b'


@pytest.mark.parametrize(
    "uri",
    ["untitled:Untitled-1", "vscode-vfs://github/a/b.nix", "", "%%%", "file:///a%2", "file:///tmp/%F0%9F%99%82 %.nix"],
)
async def test_odd_uris_are_documents_too(connection: Connection, uri: str) -> None:
    await connection.initialize()

    symbols = await connection.request("textDocument/documentSymbol", connection.open(uri, "{ a = 1; }"))

    assert [symbol["name"] for symbol in symbols] == ["a"]


@pytest.mark.parametrize("text", ["", "\0\1\2{", "{ a = \ufeff; }", "\ufeff{ }", "[" * 100_000, "{ a = " * 5_000])
async def test_no_text_is_too_odd(connection: Connection, text: str) -> None:
    await connection.initialize()
    document = connection.open(URI, text)
    place = {**document, "position": {"line": 0, "character": 3}}

    await connection.diagnostics(URI, 1)
    await connection.request("textDocument/hover", place)
    await connection.request("textDocument/completion", place)
    await connection.request("textDocument/documentSymbol", document)

    assert not connection.all("window/logMessage")


async def test_a_closed_document_is_read_from_disk_again(connection: Connection, project: Path) -> None:
    await connection.initialize()
    uri = (project / "configuration.nix").as_uri()
    document = connection.open(uri, "{ typed = 1; }")

    connection.notify("textDocument/didClose", document)

    symbols = await connection.request("textDocument/documentSymbol", document)
    assert [symbol["name"] for symbol in symbols] == ["hardware.opengl.enable"]
