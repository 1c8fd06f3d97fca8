"""Diagnostics: pushed or pulled, never both, and always those of the newest text."""

from __future__ import annotations

import asyncio
import time
from itertools import count
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from nix_lsp.lsp.publisher import EDITED, LONGEST

from .conftest import RENAMED
from .connection import span

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from .connection import Connection, Json

CLEAN = "{ hardware.graphics.enable = true; }\n"
PULLS: Json = {"textDocument": {"diagnostic": {}}, "workspace": {"diagnostics": {"refreshSupport": True}}}


@pytest.fixture
def uri(project: Path) -> str:
    return (project / "configuration.nix").as_uri()


def codes(diagnostics: list[Json]) -> list[str]:
    return [found["code"] for found in diagnostics]


async def test_an_opened_document_gets_its_diagnostics(connection: Connection, uri: str) -> None:
    await connection.initialize()

    connection.open(uri, RENAMED)

    (found,) = await connection.diagnostics(uri, 1)
    assert found["code"] == "option-renamed"
    assert found["source"] == "nix-lsp"
    assert found["range"] == span((1, 2), (1, 24))


async def test_an_edit_brings_the_diagnostics_of_its_version(connection: Connection, uri: str) -> None:
    await connection.initialize()
    connection.open(uri, CLEAN)
    assert await connection.diagnostics(uri, 1) == []

    connection.change(uri, 2, {"text": RENAMED})

    assert codes(await connection.diagnostics(uri, 2)) == ["option-renamed"]


async def test_edits_in_quick_succession_are_diagnosed_once(connection: Connection, uri: str) -> None:
    await connection.initialize()
    connection.open(uri, CLEAN)

    for version in range(2, 30):
        connection.change(uri, version, {"range": span((0, 0), (0, 0)), "text": " "})
    await connection.diagnostics(uri, 29)

    assert [published["version"] for published in connection.all("textDocument/publishDiagnostics")] == [29]


async def test_completion_does_not_wait_for_diagnostics(
    connection: Connection, uri: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    order: list[str] = []

    def diagnose(*_: Any, **__: Any) -> list[Any]:
        order.append("diagnostics")
        return []

    def hover(*_: Any) -> None:
        order.append("hover")

    monkeypatch.setattr("nix_lsp.ide.diagnostics.diagnostics", diagnose)
    monkeypatch.setattr("nix_lsp.ide.hover.hover", hover)
    await connection.initialize()
    document = connection.open(uri, RENAMED)

    await connection.request("textDocument/hover", {**document, "position": {"line": 0, "character": 0}})
    await connection.diagnostics(uri)

    assert order == ["hover", "diagnostics"]


@pytest.mark.parametrize(("cost", "pause"), [(0.01, EDITED), (0.2, 0.2), (7.0, LONGEST)])
async def test_costly_diagnostics_wait_for_a_pause_as_long_as_they_take(
    connection: Connection, uri: str, monkeypatch: pytest.MonkeyPatch, cost: float, pause: float
) -> None:
    spent = count(step=cost)
    clocks = SimpleNamespace(process_time=lambda: next(spent), monotonic=time.monotonic)
    monkeypatch.setattr("nix_lsp.lsp.publisher.time", clocks)
    await connection.initialize()
    connection.open(uri, RENAMED)
    await connection.diagnostics(uri, 1)

    for version in range(2, 4):
        before = time.monotonic()
        connection.change(uri, version, {"range": span((0, 0), (0, 0)), "text": " "})
        after = time.monotonic()

        due = connection.server.session.publisher.next_due
        assert due is not None
        assert before + pause <= due <= after + pause


async def test_a_closed_document_has_no_diagnostics(connection: Connection, uri: str) -> None:
    await connection.initialize()
    document = connection.open(uri, RENAMED)
    await connection.diagnostics(uri)

    connection.notify("textDocument/didClose", document)

    assert connection.all("textDocument/publishDiagnostics")[-1] == {"uri": uri, "diagnostics": []}


async def test_a_document_closed_while_it_was_due_gets_none(connection: Connection, uri: str) -> None:
    await connection.initialize()
    connection.notify("textDocument/didClose", connection.open(uri, RENAMED))

    await asyncio.sleep(0.1)

    assert not connection.all("textDocument/publishDiagnostics")


async def test_a_client_that_pulls_is_pushed_nothing(connection: Connection, uri: str) -> None:
    answer = await connection.initialize(PULLS)
    document = connection.open(uri, RENAMED)

    report = await connection.request("textDocument/diagnostic", document)

    assert answer["capabilities"]["diagnosticProvider"]["interFileDependencies"]
    assert codes(report["items"]) == ["option-renamed"]
    await asyncio.sleep(0.1)
    assert not connection.all("textDocument/publishDiagnostics")


async def test_a_report_that_the_client_has_is_not_sent_again(connection: Connection, uri: str) -> None:
    await connection.initialize(PULLS)
    document = connection.open(uri, RENAMED)
    first = await connection.request("textDocument/diagnostic", document)

    again = await connection.request("textDocument/diagnostic", {**document, "previousResultId": first["resultId"]})
    connection.change(uri, 2, {"text": CLEAN})
    changed = await connection.request("textDocument/diagnostic", {**document, "previousResultId": first["resultId"]})

    assert again == {"kind": "unchanged", "resultId": first["resultId"]}
    assert (changed["kind"], changed["items"]) == ("full", [])
    assert changed["resultId"] != first["resultId"]


async def test_a_client_that_pulls_but_cannot_be_told_to_is_pushed_to(connection: Connection, uri: str) -> None:
    answer = await connection.initialize({"textDocument": {"diagnostic": {}}})

    connection.open(uri, RENAMED)

    assert codes(await connection.diagnostics(uri)) == ["option-renamed"]
    assert "diagnosticProvider" not in answer["capabilities"]


@pytest.fixture
def update_lock(project: Path) -> Callable[[], None]:
    """Pin nixos-24.05, which has the option under its old name; the function pins nixos-25.11 again."""
    lock = project / "flake.lock"
    newer = lock.read_text()
    lock.write_text(newer.replace("nixos-25.11", "nixos-24.05").replace("1767100000", "1725000000"))

    def update() -> None:
        lock.write_text(newer)

    return update


async def test_a_changed_lock_file_changes_the_diagnostics(
    connection: Connection, update_lock: Callable[[], None], uri: str
) -> None:
    await connection.initialize({"workspace": {"didChangeWatchedFiles": {"dynamicRegistration": True}}})
    connection.open(uri, RENAMED)
    assert await connection.diagnostics(uri, 1) == []
    connection.received.clear()

    update_lock()
    connection.notify("workspace/didChangeWatchedFiles", {"changes": []})

    assert codes(await connection.diagnostics(uri, 1)) == ["option-renamed"]


async def test_a_changed_lock_file_makes_a_client_pull_again(
    connection: Connection, update_lock: Callable[[], None], uri: str
) -> None:
    await connection.initialize(PULLS)
    document = connection.open(uri, RENAMED)
    await connection.request("textDocument/diagnostic", document)

    update_lock()
    connection.notify("workspace/didChangeWatchedFiles", {"changes": []})
    await connection.next("workspace/diagnostic/refresh")

    report = await connection.request("textDocument/diagnostic", document)
    assert codes(report["items"]) == ["option-renamed"]


async def test_a_client_that_watches_nothing_is_served_from_a_fresh_look(
    connection: Connection, update_lock: Callable[[], None], uri: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nix_lsp.lsp.projects._GLANCE", 0.0)
    await connection.initialize()
    connection.open(uri, RENAMED)
    assert await connection.diagnostics(uri, 1) == []

    update_lock()
    connection.change(uri, 2, {"range": span((0, 0), (0, 0)), "text": " "})

    assert codes(await connection.diagnostics(uri, 2)) == ["option-renamed"]


async def test_an_edit_brings_new_diagnostics_to_other_open_documents(
    connection: Connection, project: Path, uri: str
) -> None:
    flake = project / "flake.nix"
    await connection.initialize()
    connection.open(uri, RENAMED)
    connection.open(flake.as_uri(), flake.read_text())
    assert codes(await connection.diagnostics(uri, 1)) == ["option-renamed"]
    connection.received.clear()

    connection.change(
        flake.as_uri(),
        2,
        {"text": flake.read_text().replace("nixosSystem", "unheardOfSystem").replace("modules = ", "x = ")},
    )
    await connection.diagnostics(flake.as_uri(), 2)
    connection.change(uri, 2, {"text": CLEAN})

    assert await connection.diagnostics(uri, 2) == []


async def test_a_broken_lock_file_is_shown_at_the_lock_file_and_logged_once(
    connection: Connection, project: Path, uri: str
) -> None:
    (project / "flake.lock").write_text("{ broken")
    lock = (project / "flake.lock").as_uri()
    await connection.initialize()

    for version in (1, 2, 3):
        connection.open(uri, RENAMED, version)
        await connection.diagnostics(uri, version)

    (found,) = await connection.diagnostics(lock)
    assert found["severity"] == 2
    assert len([line for line in connection.all("window/logMessage") if lock in line["message"]]) == 1
    assert not connection.all("window/showMessage")


async def test_a_mended_lock_file_is_not_complained_about_any_more(
    connection: Connection, project: Path, uri: str
) -> None:
    good = (project / "flake.lock").read_text()
    (project / "flake.lock").write_text("{ broken")
    lock = (project / "flake.lock").as_uri()
    await connection.initialize()
    connection.open(uri, RENAMED)
    assert await connection.diagnostics(lock)
    connection.received.clear()

    (project / "flake.lock").write_text(good)
    connection.notify("workspace/didChangeWatchedFiles", {"changes": []})

    assert await connection.diagnostics(lock) == []


@pytest.mark.parametrize(
    ("editor", "linked", "tagged"), [("vscode", True, [2]), ("helix", False, [2]), ("nvim", False, [2])]
)
async def test_diagnostics_carry_what_the_editor_shows(
    connection: Connection,
    captured: Callable[[str], dict[str, Any]],
    uri: str,
    editor: str,
    linked: bool,
    tagged: list[int],
) -> None:
    await connection.initialize(**captured(editor))

    (found,) = (await connection.request("textDocument/diagnostic", connection.open(uri, RENAMED)))["items"]

    assert ("codeDescription" in found) == linked
    assert found["tags"] == tagged
