"""The server asks what it may do: beside the text, when it would help, once."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from option_index.cache import Cache, cache_folder
from option_index.consent import FETCH, Answers, state_folder
from option_index.records import Option, Package
from option_index.store_file import Origin
from tests.flake import REVISION

from .connection import Connection, Json, RefusedError, at

ASKS = {"clientInfo": {"name": "Visual Studio Code"}}
BLOCKS = {"clientInfo": {"name": "Neovim"}}
ASKED = "window/showMessageRequest"


@pytest.fixture(autouse=True)
def machine(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A machine of its own, on which nobody is a machine, and which brings nothing; returns the ways that were to be taken."""
    folder = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("XDG_STATE_HOME", str(folder / "state"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
    monkeypatch.delenv("CI", raising=False)
    taken: list[str] = []

    async def run(_self: object, way: Any, _shown: object) -> str:
        taken.append(way.summary)
        return ""

    monkeypatch.setattr("nix_lsp.lsp.indexing.Indexing._run", run)
    return taken


@pytest.fixture
def answers() -> Answers:
    return Answers(state_folder())


async def hover(connection: Connection, project: Path, client: Json, **settings: Any) -> str:
    """Start a session in which somebody looks at an option without a description, twice; returns the two hovers."""
    await connection.initialize({"textDocument": {"hover": {"contentFormat": ["markdown"]}}}, **client, **settings)
    file = project / "configuration.nix"
    document = connection.open(file.as_uri(), "{\n  services.openssh.enable = true;\n}\n")
    await connection.diagnostics(file.as_uri())
    place = {**document, "position": at(1, 20)}
    said = [(await connection.request("textDocument/hover", place))["contents"]["value"] for _ in range(2)]
    await asyncio.sleep(0.05)
    return "\n".join(said)


async def test_what_is_allowed_is_done_and_remembered(
    connection: Connection, project: Path, answers: Answers, machine: list[str]
):
    connection.answers[ASKED] = {"title": "Fetch"}
    await hover(connection, project, ASKS)
    [question] = connection.all(ASKED)
    assert "fetch the lists of the channel nixos-25.11 from channels.nixos.org" in question["message"]
    assert [action["title"] for action in question["actions"]] == ["Fetch", "Not now", "Never"]
    assert machine == ["fetch the lists of the channel nixos-25.11"]

    again = Connection()
    await hover(again, project, ASKS)
    assert again.all(ASKED) == []
    assert answers.allowed(FETCH) is True


async def test_nothing_is_asked_before_somebody_looks(connection: Connection, project: Path):
    await connection.initialize(**ASKS)
    file = project / "configuration.nix"
    connection.open(file.as_uri(), file.read_text())
    await connection.diagnostics(file.as_uri())
    await asyncio.sleep(0.05)
    assert connection.all(ASKED) == []


@pytest.mark.parametrize(("title", "kept"), [("Never", False), ("Not now", None), (None, None)])
async def test_who_refuses_is_not_asked_again(
    connection: Connection, project: Path, answers: Answers, machine: list[str], title: str | None, kept: bool | None
):
    connection.answers[ASKED] = title and {"title": title}
    await hover(connection, project, ASKS)
    again = Connection()
    await hover(again, project, ASKS)
    assert (len(connection.all(ASKED)), len(again.all(ASKED))) == (1, 0)
    assert answers.allowed(FETCH) is kept
    assert machine == []


async def test_a_question_that_nobody_answers_holds_nothing_up(connection: Connection, project: Path):
    connection.ignores.add(ASKED)
    assert "services.openssh.enable" in await hover(connection, project, ASKS)
    assert len(connection.all(ASKED)) == 1


@pytest.mark.parametrize("allowed", [True, False])
async def test_a_setting_answers(connection: Connection, project: Path, machine: list[str], allowed: bool):
    await hover(connection, project, ASKS, initializationOptions={"index": {"fetch": allowed}})
    assert connection.all(ASKED) == []
    assert len(machine) == allowed


async def test_a_machine_is_not_asked(connection: Connection, project: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("CI", "true")
    await hover(connection, project, ASKS)
    assert connection.all(ASKED) == []


async def test_an_editor_that_would_block_is_told_once_in_a_hover(connection: Connection, project: Path):
    said = await hover(connection, project, BLOCKS)
    assert connection.all(ASKED) == []
    assert said.count("`nix-lsp index consent --fetch yes` in a terminal allows it") == 1


async def test_the_command_answers(connection: Connection, project: Path, answers: Answers, machine: list[str]):
    await hover(connection, project, BLOCKS)
    await connection.request("workspace/executeCommand", {"command": "nix-lsp.consent", "arguments": ["fetch", "yes"]})
    for _ in range(100):
        await asyncio.sleep(0.02)
        if machine:
            break
    assert machine == ["fetch the lists of the channel nixos-25.11"]
    assert answers.allowed(FETCH) is True
    with pytest.raises(RefusedError, match="takes one of"):
        await connection.request("workspace/executeCommand", {"command": "nix-lsp.consent", "arguments": ["all"]})


async def test_where_all_is_known_nothing_is_asked(connection: Connection, project: Path):
    cache = Cache(cache_folder())
    cache.build_options(
        Origin("nixos", REVISION, "a test"), "25.11", [Option(("services", "openssh", "enable"), "boolean")]
    )
    cache.build_packages(Origin("packages", REVISION, "a test"), "25.11", [Package("hello", "1")])
    await hover(connection, project, ASKS)
    assert connection.all(ASKED) == []
