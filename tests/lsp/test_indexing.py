"""After consent the server brings exact indexes by itself, in a child process, and answers by them."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from option_index.cache import Cache
from option_index.records import Option
from option_index.store_file import Origin
from tests.flake import REVISION

from .connection import Connection, RefusedError, at

COMMAND = """#!/bin/sh
# Stands in for Python: notes its arguments, says how far it is, then does what the test wants.
echo "$@" >> {folder}/calls
echo "half of it" >&2
{body}
"""


@pytest.fixture
def child(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """`child("exit 1")`: what the server starts runs that shell script instead; returns the file of calls."""

    def install(body: str) -> Path:
        folder = tmp_path_factory.mktemp("child")
        program = folder / "python"
        program.write_text(COMMAND.format(folder=folder, body=body))
        program.chmod(0o755)
        monkeypatch.setattr("nix_lsp.lsp.indexing.sys.executable", str(program))
        return folder / "calls"

    return install


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cache:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return Cache(tmp_path / "cache" / "nix-lsp")


async def start(connection: Connection, project: Path, settings: dict[str, Any], **capabilities: Any) -> dict[str, Any]:
    """Open the project's module in a client with these settings."""
    await connection.initialize(capabilities, initializationOptions=settings)
    file = project / "configuration.nix"
    return connection.open(file.as_uri(), file.read_text())


async def test_nothing_is_started_without_consent(
    connection: Connection, project: Path, cache: Cache, child: Callable[[str], Path]
):
    calls = child("exit 0")
    document = await start(connection, project, {})
    await connection.diagnostics(document["textDocument"]["uri"])
    await asyncio.sleep(0.2)
    assert not calls.exists()


async def test_the_pins_channel_is_fetched_once_and_progress_is_shown(
    connection: Connection, project: Path, cache: Cache, child: Callable[[str], Path]
):
    calls = child("exit 0")
    document = await start(connection, project, {"index.fetch": True}, window={"workDoneProgress": True})
    uri = document["textDocument"]["uri"]
    await connection.diagnostics(uri)
    ended = await connection.next("$/progress", 2)
    assert ended["value"] == {"kind": "end"}
    begun, reported, _ = connection.all("$/progress")
    assert begun["value"]["title"] == "nix-lsp: fetch the lists of the channel nixos-25.11"
    assert reported["value"]["message"] == "half of it"
    connection.change(uri, 2, {"text": "{ }"})
    await connection.diagnostics(uri, 2)
    await asyncio.sleep(0.2)
    [call] = calls.read_text().splitlines()
    assert call == f"-P -m nix_lsp index --cache {cache.folder} --attached fetch nixos-25.11"


async def test_what_has_come_answers_at_once(
    connection: Connection, project: Path, cache: Cache, child: Callable[[str], Path]
):
    # The child's work is done by the test: the index that it is to bring appears while it runs.
    ready = cache.folder / "ready"
    child(f"while [ ! -e {ready} ]; do sleep 0.02; done")
    document = await start(connection, project, {"index.fetch": True})
    uri = document["textDocument"]["uri"]
    assert [one["code"] for one in await connection.diagnostics(uri)] == ["option-renamed"]
    cache.build_options(
        Origin("nixos", REVISION, "a test"),
        "25.11",
        [Option(("hardware", "opengl", "enable"), "boolean", description="Whether it is fast.")],
    )
    ready.touch()
    published = await connection.next("textDocument/publishDiagnostics", 1)
    assert published["diagnostics"] == []
    hover = await connection.request("textDocument/hover", {**document, "position": at(1, 18)})
    assert "Whether it is fast." in hover["contents"]["value"]
    assert REVISION[:9] in hover["contents"]["value"]


async def test_a_failure_is_shown_once(
    connection: Connection, project: Path, cache: Cache, child: Callable[[str], Path]
):
    calls = child("echo 'nix-lsp index: the server answered 404' >&2; exit 2")
    document = await start(connection, project, {"index.fetch": True})
    uri = document["textDocument"]["uri"]
    shown = await connection.next("window/showMessage")
    assert shown["message"] == (
        "nix-lsp could not fetch the lists of the channel nixos-25.11: the server answered 404. "
        "What it brings along answers meanwhile."
    )
    connection.change(uri, 2, {"text": "{ }"})
    await connection.diagnostics(uri, 2)
    await asyncio.sleep(0.2)
    assert len(connection.all("window/showMessage")) == 1
    assert len(calls.read_text().splitlines()) == 1


def order(project: Path, command: str, *arguments: str) -> dict[str, Any]:
    return {"command": command, "arguments": [(project / "configuration.nix").as_uri(), *arguments]}


async def test_a_host_is_evaluated_when_that_is_ordered(
    connection: Connection, project: Path, cache: Cache, child: Callable[[str], Path]
):
    calls = child("exit 0")
    await start(connection, project, {}, window={"workDoneProgress": True})
    [host] = await connection.request("workspace/executeCommand", order(project, "nix-lsp.hosts"))
    assert await connection.request("workspace/executeCommand", order(project, "nix-lsp.index.host")) == host
    assert (await connection.next("$/progress", 2))["value"] == {"kind": "end"}
    assert connection.all("$/progress")[0]["value"]["title"] == f"nix-lsp: evaluate the options of {host}"
    [call] = calls.read_text().splitlines()
    assert call.endswith(f"--attached build --flake {project}#{host}")
    await connection.request("workspace/executeCommand", order(project, "nix-lsp.index.host", host))
    assert (await connection.next("$/progress", 5))["value"] == {"kind": "end"}
    assert len(calls.read_text().splitlines()) == 2  # a second order is carried out, too


async def test_a_host_that_is_not_there_is_refused(
    connection: Connection, project: Path, cache: Cache, child: Callable[[str], Path]
):
    calls = child("exit 0")
    await start(connection, project, {})
    with pytest.raises(RefusedError, match="there are nixosConfigurations"):
        await connection.request("workspace/executeCommand", order(project, "nix-lsp.index.host", "no"))
    (project / "other.txt").write_text("")
    other = {"command": "nix-lsp.index.host", "arguments": [(project / "other.txt").as_uri()]}
    with pytest.raises(RefusedError, match="no host of a flake"):
        await connection.request("workspace/executeCommand", other)
    assert not calls.exists()


async def test_what_takes_too_long_is_cancelled_without_a_complaint(
    connection: Connection, project: Path, cache: Cache, child: Callable[[str], Path]
):
    child("cat > /dev/null; echo 'nix-lsp index: stopped' >&2; exit 2")
    await start(connection, project, {}, window={"workDoneProgress": True})
    await connection.request("workspace/executeCommand", order(project, "nix-lsp.index.host"))
    begun = await connection.next("$/progress")
    assert begun["value"]["cancellable"]
    await connection.next("$/progress", 1)
    connection.notify("window/workDoneProgress/cancel", {"token": begun["token"]})
    await until(lambda: connection.all("$/progress")[-1]["value"] == {"kind": "end"})
    assert connection.all("window/showMessage") == []
    assert connection.all("window/logMessage")[-1]["message"].startswith("cancelled: evaluate the options")


async def test_the_child_ends_with_the_server(
    connection: Connection, project: Path, cache: Cache, child: Callable[[str], Path]
):
    cache.folder.mkdir(parents=True)
    child(f"echo $$ > {cache.folder}/pid; exec sleep 60")
    await start(connection, project, {"index.fetch": True})
    await until(lambda: pid(cache.folder / "pid") is not None)
    # What `asyncio.run` does at the end of the server: it cancels all tasks.
    for task in asyncio.all_tasks() - {asyncio.current_task()}:
        task.cancel()
    await until(lambda: not is_running(pid(cache.folder / "pid") or 0))


ENDS = """
import asyncio, sys
from nix_lsp.lsp.server import NixLanguageServer

class Leaving(NixLanguageServer):
    async def _read(self, unread):
        # As `exit` does while a child starts: it takes the loop some turns.
        async def child():
            pipe, nowhere = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
            process = await asyncio.create_subprocess_exec("sleep", "60", stdin=pipe, stdout=nowhere, stderr=pipe)
            try:
                await process.wait()
            finally:
                process.kill()
        self._spawn(child())
        for _ in range(int(sys.argv[1])):
            await asyncio.sleep(0)

sys.exit(asyncio.run(Leaving().serve()))
"""


@pytest.mark.parametrize("turns", range(5))
def test_a_server_that_is_told_to_leave_while_a_child_starts_leaves(turns: int):
    command = [sys.executable, "-c", ENDS, str(turns)]
    subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, timeout=20, check=True)


async def until(condition: Callable[[], bool]) -> None:
    """Wait for a condition; fails where it does not come true."""
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110 -- another process is waited for
            await asyncio.sleep(0.02)


def pid(file: Path) -> int | None:
    text = file.read_text() if file.exists() else ""
    return int(text) if text.endswith("\n") else None


def is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True
