"""Names over the protocol: places in the client's units, links and versioned edits where it takes them, refusals as errors that say why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from nix_lsp.lsp.wire import REQUEST_FAILED

from .connection import RefusedError, at, span

if TYPE_CHECKING:
    from pathlib import Path

    from .connection import Connection, Json

URI = "untitled:a"
TEXT = 'let\r\n\t"é𝄞" = 1; a = 2; in "𝄞${toString a}" + a\r\n'
"""`a` is bound behind characters that have other widths in every encoding, and read on the same line."""
COLUMNS = {"utf-8": (15, 41, 47), "utf-16": (12, 36, 42), "utf-32": (11, 34, 40)}
"""Where it stands, by the encoding."""


def asked(line: int, character: int, uri: str = URI, **more: Any) -> Json:
    return {"textDocument": {"uri": uri}, "position": at(line, character), **more}


def encoded(encoding: str, **capabilities: Any) -> Json:
    return {"general": {"positionEncodings": [encoding]}, **capabilities}


@pytest.mark.parametrize("encoding", COLUMNS)
async def test_places_are_in_the_clients_units(connection: Connection, encoding: str) -> None:
    await connection.initialize(encoded(encoding))
    connection.open(URI, TEXT)
    bound, inner, outer = COLUMNS[encoding]
    ranges = [span((1, column), (1, column + 1)) for column in (bound, inner, outer)]

    for column in (bound, inner, outer, outer + 1):
        place = asked(1, column)
        assert await connection.request("textDocument/definition", place) == [{"uri": URI, "range": ranges[0]}]
        assert await connection.request("textDocument/declaration", place) == [{"uri": URI, "range": ranges[0]}]
        highlights = await connection.request("textDocument/documentHighlight", place)
        assert highlights == [{"range": each, "kind": kind} for each, kind in zip(ranges, (3, 2, 2), strict=True)]
        renamed = await connection.request("textDocument/rename", {**place, "newName": "b"})
        assert renamed == {"changes": {URI: [{"range": each, "newText": "b"} for each in ranges]}}
    for included in (True, False):
        found = await connection.request(
            "textDocument/references", asked(1, inner, context={"includeDeclaration": included})
        )
        assert [each["range"] for each in found] == (ranges if included else ranges[1:])


async def test_links_say_where_they_come_from(connection: Connection) -> None:
    await connection.initialize({"textDocument": {"definition": {"linkSupport": True}}})
    connection.open(URI, 'let "a" = 1; in { inherit "a"; }')

    assert await connection.request("textDocument/definition", asked(0, 28)) == [
        {
            "originSelectionRange": span((0, 26), (0, 29)),
            "targetUri": URI,
            "targetRange": span((0, 4), (0, 7)),
            "targetSelectionRange": span((0, 4), (0, 7)),
        }
    ]


async def test_what_cannot_be_renamed_says_why(connection: Connection) -> None:
    await connection.initialize({"textDocument": {"rename": {"prepareSupport": True}}})
    connection.open(URI, "x: map (b: x) [ ]")

    assert await connection.request("textDocument/prepareRename", asked(0, 0)) == {
        "range": span((0, 0), (0, 1)),
        "placeholder": "x",
    }
    with pytest.raises(RefusedError) as built_in:
        await connection.request("textDocument/prepareRename", asked(0, 4))
    with pytest.raises(RefusedError) as captured:
        await connection.request("textDocument/rename", asked(0, 0, newName="b"))

    assert (built_in.value.code, built_in.value.message) == (REQUEST_FAILED, "`map` is built into Nix")
    assert (captured.value.code, captured.value.message) == (REQUEST_FAILED, "`b` in line 1 would mean another one")


async def test_files_that_are_not_open_are_renamed_in_too(connection: Connection, tmp_path: Path) -> None:
    (tmp_path / "flake.nix").write_text("{ outputs = { self }: { x = (import ./lib.nix).make; }; }\n")
    (tmp_path / "lib.nix").write_text("{ make = 1; }\n")
    lib, flake = (tmp_path / "lib.nix").as_uri(), (tmp_path / "flake.nix").as_uri()
    await connection.initialize({"workspace": {"workspaceEdit": {"documentChanges": True}}})
    connection.open(lib, "{ make = 1; }\n", 7)

    edit = await connection.request("textDocument/rename", asked(0, 3, lib, newName="build"))

    assert sorted(
        (each["textDocument"]["uri"], each["textDocument"]["version"]) for each in edit["documentChanges"]
    ) == [
        (flake, None),
        (lib, 7),
    ]
    found = await connection.request("textDocument/definition", asked(0, 50, flake))
    assert found == [{"uri": lib, "range": span((0, 2), (0, 6))}]


@pytest.mark.parametrize("text", ["", "}", "let a", "{ a, b", "${", "a.", "inherit (", "''${", '"'])
async def test_half_typed_text_breaks_nothing(connection: Connection, text: str) -> None:
    await connection.initialize()
    connection.open(URI, text)

    for column in range(len(text) + 1):
        for method in ("definition", "declaration", "references", "documentHighlight"):
            assert isinstance(await connection.request(f"textDocument/{method}", asked(0, column)), list)


async def test_symbols_of_the_project(connection: Connection, tmp_path: Path) -> None:
    (tmp_path / "flake.nix").write_text("{ outputs = { self }: { }; }\n")
    (tmp_path / "lib.nix").write_text("{\n  make = x: x;\n}\n")
    await connection.initialize()
    connection.open((tmp_path / "flake.nix").as_uri(), "{ outputs = { self }: { }; }\n")

    assert await connection.request("workspace/symbol", {"query": "mak"}) == [
        {
            "name": "make",
            "kind": 12,
            "location": {"uri": (tmp_path / "lib.nix").as_uri(), "range": span((1, 2), (1, 6))},
            "containerName": "lib.nix",
        }
    ]


async def test_the_call_hierarchy(connection: Connection) -> None:
    await connection.initialize()
    connection.open(URI, "let\n  f = x: g x;\n  g = y: y;\nin f 1")

    (item,) = await connection.request("textDocument/prepareCallHierarchy", asked(1, 2))
    (called,) = await connection.request("callHierarchy/outgoingCalls", {"item": item})
    (caller,) = await connection.request("callHierarchy/incomingCalls", {"item": called["to"]})
    (whole,) = await connection.request("callHierarchy/incomingCalls", {"item": caller["from"]})

    assert (item["name"], item["range"], item["selectionRange"]) == ("f", span((1, 2), (1, 13)), span((1, 2), (1, 3)))
    assert (called["to"]["name"], called["fromRanges"]) == ("g", [span((1, 9), (1, 10))])
    assert caller == {"from": item, "fromRanges": [span((1, 9), (1, 10))]}
    assert whole["fromRanges"] == [span((3, 3), (3, 4))]
    assert await connection.request("callHierarchy/outgoingCalls", {"item": whole["from"]})


async def test_paths_follow_files_that_are_about_to_move(connection: Connection, tmp_path: Path) -> None:
    (tmp_path / "flake.nix").write_text("{ outputs = { self }: import ./lib.nix; }\n")
    (tmp_path / "lib.nix").write_text("{ }\n")
    capabilities = {"workspace": {"fileOperations": {"willRename": True}}}
    answer = await connection.initialize(capabilities)
    new = (tmp_path / "x" / "lib.nix").as_uri()

    edit = await connection.request(
        "workspace/willRenameFiles", {"files": [{"oldUri": (tmp_path / "lib.nix").as_uri(), "newUri": new}]}
    )

    assert "willRename" in answer["capabilities"]["workspace"]["fileOperations"]
    assert edit == {
        "changes": {(tmp_path / "flake.nix").as_uri(): [{"range": span((0, 29), (0, 38)), "newText": "./x/lib.nix"}]}
    }
