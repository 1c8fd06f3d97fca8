"""What is answered while a project is too large to be known at once. Here a project is: every turn learns one step only."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from .conftest import RENAMED
from .connection import at

if TYPE_CHECKING:
    from pathlib import Path

    from .connection import Connection

MODULE = RENAMED.replace("}", "  \n}")
"""With a line on which an option can be written."""


@pytest.fixture(autouse=True)
def slow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nix_lsp.lsp.projects._PATIENCE", 0.0)
    monkeypatch.setattr("nix_lsp.lsp.server._SLICE", 0.0)


async def test_completion_does_not_wait_for_the_project_and_says_that_there_is_more(
    connection: Connection, project: Path
) -> None:
    (project / "own.nix").write_text('{ lib, ... }: { options.own.enable = lib.mkEnableOption "it"; }')
    uri = (project / "configuration.nix").as_uri()
    await connection.initialize()
    document = connection.open(uri, MODULE)
    place = {**document, "position": at(2, 2)}

    hover = connection.send("textDocument/hover", {**document, "position": at(1, 4)})
    early = await connection.request("textDocument/completion", place)

    assert early["isIncomplete"]
    assert not hover.done()
    assert "own" not in {item["label"] for item in early["items"]}
    assert "25.11" in (await hover)["contents"]["value"]
    late = await connection.request("textDocument/completion", place)
    assert not late["isIncomplete"]
    assert "own" in {item["label"] for item in late["items"]}


DARWIN = (
    "{ outputs = { nix-darwin, ... }: { darwinConfigurations.mac = nix-darwin.lib.darwinSystem "
    '{ modules = [ ./configuration.nix ]; }; }; inputs.nix-darwin.url = "github:nix-darwin/nix-darwin"; }'
)
"""By its name alone configuration.nix would be NixOS's."""


async def test_options_of_the_wrong_module_set_are_not_proposed_meanwhile(
    connection: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nix_lsp.lsp.handlers.language._LATER", 30.0)  # however busy the machine is
    (tmp_path / "flake.nix").write_text(DARWIN)
    for number in range(20):
        (tmp_path / f"z{number}.nix").write_text("{ lib, ... }: { options.own = lib.mkOption { }; }")
    file = tmp_path / "configuration.nix"
    file.write_text(text := '{ pkgs, ... }:\n{\n  networking.hostName = "mac";\n  system.\n}\n')
    await connection.initialize()
    document = connection.open(file.as_uri(), text)

    answer = await connection.request("textDocument/completion", {**document, "position": at(3, 9)})

    labels = {item["label"] for item in answer["items"]}
    assert "defaults" in labels  # of nix-darwin
    assert "autoUpgrade" not in labels  # of NixOS
    assert answer["isIncomplete"]  # and it did not wait for what the other files declare


async def test_of_a_file_that_nobody_has_placed_yet_no_options_are_proposed(
    connection: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nix_lsp.lsp.handlers.language._LATER", 0.0)
    (tmp_path / "flake.nix").write_text(DARWIN)
    file = tmp_path / "configuration.nix"
    file.write_text(text := "{ pkgs, ... }:\nlet sysname = 1; in\n{\n  sys\n}\n")
    await connection.initialize()
    document = connection.open(file.as_uri(), text)
    place = {**document, "position": at(3, 5)}

    early = await connection.request("textDocument/completion", place)

    assert early is None or (early["isIncomplete"] and "system" not in {item["label"] for item in early["items"]})
    await connection.diagnostics(file.as_uri())
    late = await connection.request("textDocument/completion", place)
    assert "system" in {item["label"] for item in late["items"]}


async def test_a_module_set_that_only_the_flake_tells_is_waited_for(
    connection: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nix_lsp.lsp.handlers.language._LATER", 30.0)  # however busy the machine is
    (tmp_path / "flake.nix").write_text(DARWIN)
    text = "{\n  system.defaults.dock.auto\n}\n"
    file = tmp_path / "configuration.nix"
    file.write_text(text)
    await connection.initialize()
    document = connection.open(file.as_uri(), text)

    answer = await connection.request("textDocument/completion", {**document, "position": at(1, 27)})

    assert "autohide" in {item["label"] for item in answer["items"]}


async def test_diagnostics_come_when_the_project_is_known(connection: Connection, project: Path) -> None:
    uri = (project / "configuration.nix").as_uri()
    await connection.initialize()

    connection.open(uri, MODULE)

    assert [found["code"] for found in await connection.diagnostics(uri)] == ["option-renamed"]
    assert len(connection.all("textDocument/publishDiagnostics")) == 1


async def test_a_request_that_waits_for_the_project_is_overtaken_by_an_edit(
    connection: Connection, project: Path
) -> None:
    uri = (project / "configuration.nix").as_uri()
    await connection.initialize()
    document = connection.open(uri, MODULE)
    hover = connection.send("textDocument/hover", {**document, "position": at(1, 4)})
    await connection.request("textDocument/completion", {**document, "position": at(2, 2)})

    connection.change(uri, 2, {"text": "{ }"})

    with pytest.raises(Exception, match="the document has changed"):
        await hover
