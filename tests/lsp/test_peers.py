"""What other servers for Nix have stumbled over, as a client sees it."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from tests.flake import lock, write_flake

from .connection import Connection, RefusedError, at

if TYPE_CHECKING:
    from pathlib import Path

RENAMED = "{\n  hardware.opengl.enable = true;\n}\n"


async def test_of_several_folders_each_file_is_judged_by_its_own_pin(tmp_path: Path, connection: Connection) -> None:
    folders = ("old", "new")
    for name in folders:
        (tmp_path / name).mkdir()
        write_flake(tmp_path / name, RENAMED)
    (tmp_path / "old/flake.lock").write_text(lock("nixos-24.05", "4" * 40, 1720000000))
    roots = [{"uri": (tmp_path / name).as_uri(), "name": name} for name in folders]
    await connection.initialize(rootUri=roots[0]["uri"], workspaceFolders=roots)

    found: dict[str, list[str]] = {}
    for name in folders:
        uri = (tmp_path / name / "configuration.nix").as_uri()
        connection.open(uri, RENAMED)
        found[name] = [each["code"] for each in await connection.diagnostics(uri)]

    assert found == {"old": [], "new": ["option-renamed"]}


@pytest.mark.parametrize(
    "typed", ["!", "a: { ${", "with", "{ a = ./", "''${", "inherit (", "a.${b}.", "{ a ? }:", "\0"]
)
async def test_while_something_is_typed_every_request_is_answered(connection: Connection, typed: str) -> None:
    await connection.initialize()
    uri = "untitled:a"
    document = connection.open(uri, "")
    connection.change(
        uri,
        2,
        *(
            {"range": {"start": at(0, column), "end": at(0, column)}, "text": letter}
            for column, letter in enumerate(typed)
        ),
    )
    connection.notify("textDocument/didSave", document)
    place = {**document, "position": at(0, len(typed))}

    for request in ("completion", "hover", "definition", "documentHighlight", "prepareRename", "signatureHelp"):
        with suppress(RefusedError):  # an answer too; a time-out is none
            await connection.request(f"textDocument/{request}", place)
    assert connection.text(uri) == typed
    assert isinstance(await connection.request("textDocument/documentSymbol", document), list)
