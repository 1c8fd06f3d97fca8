"""What helps to read a document, as each client takes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from .connection import at, span

if TYPE_CHECKING:
    from pathlib import Path

    from .connection import Connection

TEXT = "{\n  imports = [\n    ./other.nix\n  ];\n  a = {\n    b = 1;\n  };\n}\n"


async def test_folds_are_whole_lines_where_the_client_wants_that(connection: Connection, project: Path) -> None:
    await connection.initialize({"textDocument": {"foldingRange": {"lineFoldingOnly": True}}})
    document = connection.open((project / "configuration.nix").as_uri(), TEXT)

    assert await connection.request("textDocument/foldingRange", document) == [
        {"startLine": 0, "endLine": 6},
        {"startLine": 1, "endLine": 2, "kind": "imports"},
        {"startLine": 4, "endLine": 5},
    ]


async def test_folds_begin_and_end_at_brackets_else(connection: Connection, project: Path) -> None:
    await connection.initialize()
    document = connection.open((project / "configuration.nix").as_uri(), TEXT)

    folds = await connection.request("textDocument/foldingRange", document)

    assert folds[0] == {"startLine": 0, "startCharacter": 1, "endLine": 7, "endCharacter": 0}


async def test_of_too_many_folds_the_outermost_are_sent(connection: Connection, project: Path) -> None:
    await connection.initialize({"textDocument": {"foldingRange": {"lineFoldingOnly": True, "rangeLimit": 1}}})
    document = connection.open((project / "configuration.nix").as_uri(), TEXT)

    assert await connection.request("textDocument/foldingRange", document) == [{"startLine": 0, "endLine": 6}]


@pytest.mark.parametrize(("encoding", "column"), [("utf-8", 16), ("utf-16", 14), ("utf-32", 13)])
async def test_a_selection_grows_from_each_position(
    connection: Connection, project: Path, encoding: str, column: int
) -> None:
    await connection.initialize({"general": {"positionEncodings": [encoding]}})
    document = connection.open((project / "configuration.nix").as_uri(), '{ a = "🙂" + bc; }')
    positions = [at(0, column), at(0, 2)]

    first, second = await connection.request("textDocument/selectionRange", {**document, "positions": positions})

    assert first["range"] == span((0, column - 1), (0, column + 1))
    assert first["parent"]["range"]["start"] == at(0, 6)
    assert second["range"] == span((0, 2), (0, 3))


async def test_links_lead_to_files_and_pages(connection: Connection, project: Path) -> None:
    await connection.initialize()
    other = project / "other.nix"
    other.write_text("{ }")
    text = "[ ./other.nix ./gone.nix ] # https://example.org/"
    document = connection.open((project / "configuration.nix").as_uri(), text)

    links: list[dict[str, Any]] = await connection.request("textDocument/documentLink", document)

    assert links == [
        {"range": span((0, 2), (0, 13)), "target": other.as_uri()},
        {"range": span((0, 29), (0, 49)), "target": "https://example.org/"},
    ]
