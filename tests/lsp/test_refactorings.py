"""Refactorings over the protocol: kinds, files that are made, what is left out while nobody asks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from .connection import span

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from .connection import Connection, Json

LITERALS: Json = {"textDocument": {"codeAction": {"codeActionLiteralSupport": {}}}}
MAKES_FILES: Json = {
    **LITERALS,
    "workspace": {"workspaceEdit": {"documentChanges": True, "resourceOperations": ["create"]}},
}
TEXT = '{ pkgs, ... }:\n{\n  environment.shells = [ "${pkgs.zsh}/bin/zsh" ];\n  networking.hostName = "a";\n}\n'
LIST = span((2, 23), (2, 48))


async def offered(connection: Connection, uri: str, selection: Json, **context: object) -> list[Json]:
    document = connection.open(uri, TEXT)
    asked: Json = {**document, "range": selection, "context": {"diagnostics": [], **context}}
    return await connection.request("textDocument/codeAction", asked)


async def test_a_file_is_made_before_it_is_filled(connection: Connection, project: Path) -> None:
    await connection.initialize(MAKES_FILES)
    uri = (project / "configuration.nix").as_uri()

    actions = await offered(connection, uri, LIST, only=["refactor.extract"])

    action = next(one for one in actions if "free variable" in one["title"])
    create, fill, edit = action["edit"]["documentChanges"]
    made = (project / "shells.nix").as_uri()
    assert action["title"] == "Extract to ./shells.nix (1 free variable)"
    assert create == {"kind": "create", "uri": made}
    assert fill["textDocument"] == {"uri": made, "version": None}
    assert fill["edits"] == [
        {"range": span((0, 0), (0, 0)), "newText": '{ pkgs }:\n\n[ "${pkgs.zsh}/bin/zsh" ]\n'},
    ]
    assert edit["edits"] == [{"range": LIST, "newText": "import ./shells.nix { inherit pkgs; }"}]


async def test_a_client_that_makes_no_files_is_offered_none(connection: Connection, project: Path) -> None:
    await connection.initialize(LITERALS)

    actions = await offered(connection, (project / "configuration.nix").as_uri(), LIST, only=["refactor.extract"])

    assert [one["title"] for one in actions] == [
        "Extract to a `let`: `shells`",
        "Extract to an option: `my.shells` (review)",
    ]


@pytest.mark.parametrize("editor", ["vscode", "nvim", "helix"])
async def test_editors_that_make_files_are_offered_them(
    connection: Connection, captured: Callable[[str], dict[str, Any]], project: Path, editor: str
) -> None:
    await connection.initialize(**captured(editor))

    actions = await offered(connection, (project / "configuration.nix").as_uri(), LIST, only=["refactor.extract"])

    (action,) = [one for one in actions if "free variable" in one["title"]]
    changes = action["edit"]["documentChanges"]
    assert [change.get("kind") for change in changes] == ["create", None, None]
    # Neovim ends the last line of a new file itself.
    assert changes[1]["edits"][0]["newText"].endswith("]" if editor == "nvim" else "]\n")


async def test_kinds_are_those_that_are_asked_for(connection: Connection, project: Path) -> None:
    await connection.initialize(MAKES_FILES)
    uri = (project / "configuration.nix").as_uri()
    path = span((3, 4), (3, 4))

    every = await offered(connection, uri, path)
    moved = await offered(connection, uri, path, only=["refactor.move"])

    assert {one["kind"] for one in every} == {"refactor.rewrite", "refactor.move"}
    assert [one["title"] for one in moved] == ["Move `networking.hostName` to a new module ./networking.nix (review)"]
