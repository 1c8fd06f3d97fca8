"""What helps to read a document, as each client takes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from .connection import RefusedError, at, span

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


def colours(*types: str, modifiers: tuple[str, ...] = (), augments: bool = True, delta: bool = True) -> dict[str, Any]:
    """Return the capabilities of a client that takes some types of tokens."""
    tokens = {
        "requests": {"range": True, "full": {"delta": delta}},
        "tokenTypes": list(types),
        "tokenModifiers": list(modifiers),
        "formats": ["relative"],
        "augmentsSyntaxTokens": augments,
    }
    return {"textDocument": {"semanticTokens": tokens}}


async def test_tokens_are_told_in_the_clients_words(connection: Connection, project: Path) -> None:
    result = await connection.initialize(colours("function", "variable", modifiers=("declaration",)))
    document = connection.open((project / "configuration.nix").as_uri(), "x: let f = y: y; in\n  f x")

    answer = await connection.request("textDocument/semanticTokens/full", document)

    provider = result["capabilities"]["semanticTokensProvider"]
    assert provider["legend"] == {"tokenTypes": ["variable", "function"], "tokenModifiers": ["declaration"]}
    assert provider["full"] == {"delta": True}
    # x and y are parameters, which this client takes for variables.
    assert answer["data"] == [
        *(0, 0, 1, 0, 1),
        *(0, 7, 1, 1, 1),
        *(0, 4, 1, 0, 1),
        *(0, 3, 1, 0, 0),
        *(1, 2, 1, 1, 0),
        *(0, 2, 1, 0, 0),
    ]


async def test_a_client_without_tokens_is_promised_none(connection: Connection) -> None:
    assert "semanticTokensProvider" not in (await connection.initialize())["capabilities"]


async def test_an_edit_costs_the_tokens_it_changes(connection: Connection, project: Path) -> None:
    await connection.initialize(colours("variable"))
    uri = (project / "configuration.nix").as_uri()
    document = connection.open(uri, "[ a b c d ]")
    first = await connection.request("textDocument/semanticTokens/full", document)
    asked = {**document, "previousResultId": first["resultId"]}

    connection.change(uri, 2, {"range": span((0, 4), (0, 5)), "text": "bbb"})
    second = await connection.request("textDocument/semanticTokens/full/delta", asked)
    third = await connection.request(
        "textDocument/semanticTokens/full/delta", {**document, "previousResultId": second["resultId"]}
    )
    stale = await connection.request("textDocument/semanticTokens/full/delta", asked)

    (edit,) = second["edits"]
    data = list(first["data"])
    data[edit["start"] : edit["start"] + edit["deleteCount"]] = edit["data"]
    assert data == [0, 2, 1, 0, 0, 0, 2, 3, 0, 0, 0, 4, 1, 0, 0, 0, 2, 1, 0, 0] == stale["data"]
    assert edit["deleteCount"] <= 5
    assert third["edits"] == []


@pytest.mark.parametrize(("encoding", "length", "column"), [("utf-8", 8, 11), ("utf-16", 6, 9), ("utf-32", 5, 8)])
async def test_tokens_count_in_the_clients_units(
    connection: Connection, project: Path, encoding: str, length: int, column: int
) -> None:
    client = colours("variable", "string", augments=False)
    await connection.initialize({**client, "general": {"positionEncodings": [encoding]}})
    document = connection.open((project / "configuration.nix").as_uri(), "''\n a🙂bcd''+ x")

    data = (await connection.request("textDocument/semanticTokens/full", document))["data"]

    # The text of the string is told line by line.
    assert data == [0, 0, 2, 1, 0, 1, 0, length + 1, 1, 0, 0, length + 1, 2, 1, 0, 0, column - length + 1, 1, 0, 0][:20]


async def test_what_is_on_the_screen_is_coloured_at_once_and_of_a_huge_text_nothing_else(
    connection: Connection, project: Path
) -> None:
    await connection.initialize(colours("property"))
    document = connection.open(
        (project / "configuration.nix").as_uri(), "{\n" + f"# {80 * '-'}\n" * 2_000 + "  a.b = 1;\n  c.d = 2;\n}\n"
    )

    shown = await connection.request(
        "textDocument/semanticTokens/range", {**document, "range": span((2_001, 0), (2_003, 0))}
    )

    assert shown["data"] == [2_001, 2, 1, 0, 0, 0, 2, 1, 0, 0, 1, 2, 1, 0, 0, 0, 2, 1, 0, 0]
    assert await connection.request("textDocument/semanticTokens/full", document) is None


async def test_a_client_that_would_forget_what_is_on_the_screen_is_refused(
    connection: Connection, project: Path
) -> None:
    client = colours("property")
    client["textDocument"]["semanticTokens"]["serverCancelSupport"] = True
    await connection.initialize(client)
    document = connection.open((project / "configuration.nix").as_uri(), f"# {80 * '-'}\n" * 2_000 + "{ }\n")

    with pytest.raises(RefusedError) as refused:
        await connection.request("textDocument/semanticTokens/full", document)

    assert refused.value.code == -32802


async def test_hints_are_shown_as_the_settings_say(connection: Connection, project: Path) -> None:
    await connection.initialize(initializationOptions={"hints": {"closingNames": 3, "argumentNames": True}})
    document = connection.open(
        (project / "configuration.nix").as_uri(), "{\n  a = {\n    b = builtins.elem 1 c;\n  };\n}\n"
    )

    hints = await connection.request("textDocument/inlayHint", {**document, "range": span((0, 0), (9, 0))})

    assert hints == [
        {"position": at(2, 22), "label": "x:", "kind": 2, "paddingRight": True},
        {"position": at(2, 24), "label": "xs:", "kind": 2, "paddingRight": True},
        {"position": at(3, 4), "label": "a", "paddingLeft": True},
    ]


@pytest.mark.parametrize("clickable", [True, False])
async def test_a_lens_counts_when_it_is_resolved(connection: Connection, project: Path, clickable: bool) -> None:
    client = {"experimental": {"nixLsp": {"showReferences": True}}} if clickable else {}
    await connection.initialize(client, initializationOptions={"lenses": {"references": True}})
    document = connection.open((project / "configuration.nix").as_uri(), "let\n  a = 1;\nin a + a\n")

    (lens,) = await connection.request("textDocument/codeLens", document)
    resolved = await connection.request("codeLens/resolve", lens)

    assert "command" not in lens
    assert lens["range"] == span((1, 2), (1, 3))
    assert resolved["command"]["title"] == "2 references"
    if clickable:
        uri, position, places = resolved["command"]["arguments"]
        assert (uri, position) == (document["textDocument"]["uri"], at(1, 2))
        assert [place["range"] for place in places] == [span((2, 3), (2, 4)), span((2, 7), (2, 8))]
    else:
        assert resolved["command"] == {"title": "2 references", "command": ""}
