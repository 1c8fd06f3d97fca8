"""The connection's start, settings by every route, and its end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import nix_lsp
from nix_lsp.analysis.project import Settings
from nix_lsp.ide.actions import FIX_ALL, QUICK_FIX
from nix_lsp.lsp.capabilities import IMPORT, PROJECT, REFACTORINGS

from .conftest import RENAMED
from .connection import RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from .connection import Connection

CONFIGURABLE = {"workspace": {"configuration": True}}


async def test_says_who_it_is_and_what_it_can_do(connection: Connection) -> None:
    answer = await connection.initialize({"textDocument": {"codeAction": {"codeActionLiteralSupport": {}}}})

    assert answer["serverInfo"] == {"name": "nix-lsp", "version": nix_lsp.__version__}
    assert answer["capabilities"]["textDocumentSync"] == {"openClose": True, "change": 2, "save": True}
    assert answer["capabilities"]["codeActionProvider"] == {
        "codeActionKinds": [QUICK_FIX, *REFACTORINGS, FIX_ALL, PROJECT, IMPORT]
    }


async def test_offers_no_code_actions_that_the_client_cannot_take(connection: Connection) -> None:
    answer = await connection.initialize()

    assert "codeActionProvider" not in answer["capabilities"]


async def test_a_request_before_initialize_is_refused(connection: Connection) -> None:
    with pytest.raises(RefusedError) as refused:
        await connection.request("textDocument/hover", {})

    assert refused.value.code == -32002


async def test_registers_what_the_client_registers_dynamically(
    connection: Connection, captured: Callable[[str], dict[str, Any]]
) -> None:
    await connection.initialize(**captured("vscode"))

    (registered,) = connection.all("client/registerCapability")
    methods = [each["method"] for each in registered["registrations"]]
    assert methods == ["workspace/didChangeWatchedFiles", "workspace/didChangeConfiguration"]


async def test_registers_nothing_with_a_client_that_cannot(
    connection: Connection, captured: Callable[[str], dict[str, Any]]
) -> None:
    await connection.initialize(**captured("nvim"))

    assert not connection.all("client/registerCapability")


async def test_a_client_that_refuses_a_registration_is_asked_for_its_settings_all_the_same(
    connection: Connection, captured: Callable[[str], dict[str, Any]]
) -> None:
    connection.refuses = {"client/registerCapability"}
    connection.settings = {"pin": "25.05"}

    await connection.initialize(**captured("vscode"))

    assert connection.server.session.settings == Settings(pin="25.05")
    assert not connection.all("window/showMessage")


async def test_asks_for_one_configuration_item(connection: Connection) -> None:
    connection.settings = {"pin": "25.05"}

    await connection.initialize(CONFIGURABLE)

    assert connection.all("workspace/configuration") == [{"items": [{"section": "nix-lsp"}]}]
    assert connection.server.session.settings == Settings(pin="25.05")


async def test_asks_again_when_the_configuration_changes(connection: Connection) -> None:
    await connection.initialize(CONFIGURABLE)
    connection.settings = {"nix": {"evaluate": True}}

    connection.notify("workspace/didChangeConfiguration", {"settings": None})
    await connection.next("workspace/configuration", after=1)
    await connection.request("textDocument/hover", {})

    assert connection.server.session.settings == Settings(evaluate=True)


@pytest.mark.parametrize("options", [{"pin": "25.05"}, {"nix-lsp": {"pin": "25.05"}}])
async def test_initialization_options_hold_where_the_configuration_says_nothing(
    connection: Connection, options: object
) -> None:
    await connection.initialize(CONFIGURABLE, initializationOptions=options)

    assert connection.server.session.settings == Settings(pin="25.05")


@pytest.mark.parametrize("settings", [{"pin": "25.05"}, {"nix-lsp": {"pin": "25.05"}}])
async def test_pushed_settings_hold_with_a_client_that_cannot_be_asked(
    connection: Connection, settings: object
) -> None:
    await connection.initialize()

    connection.notify("workspace/didChangeConfiguration", {"settings": settings})

    assert connection.server.session.settings == Settings(pin="25.05")


async def test_a_setting_that_was_taken_back_is_default_again(connection: Connection) -> None:
    await connection.initialize()
    connection.notify("workspace/didChangeConfiguration", {"settings": {"pin": "25.05"}})

    connection.notify("workspace/didChangeConfiguration", {"settings": {}})

    assert connection.server.session.settings == Settings()


async def test_invalid_settings_are_shown_once_however_often_they_come(connection: Connection) -> None:
    connection.settings = {"pin": "warty", "index": {"fetch": "yes"}, "nix": {"evaluate": True}}
    await connection.initialize(CONFIGURABLE)

    connection.notify("workspace/didChangeConfiguration", {"settings": {"nix-lsp": connection.settings}})
    await connection.request("textDocument/hover", {})

    (shown,) = connection.all("window/showMessage")
    assert shown["message"] == (
        "nix-lsp settings: `index.fetch` must be true, false or null; `pin` must be a release, `unstable`, a date, a revision or "
        "null, not `warty`. The other settings hold."
    )
    assert connection.server.session.settings == Settings(evaluate=True)


async def test_a_changed_setting_changes_the_diagnostics(connection: Connection, project: Path) -> None:
    await connection.initialize()
    uri = (project / "configuration.nix").as_uri()
    connection.open(uri, RENAMED)
    assert [found["code"] for found in await connection.diagnostics(uri)] == ["option-renamed"]
    connection.received.clear()

    connection.notify("workspace/didChangeConfiguration", {"settings": {"diagnostics": {"ignore": ["option-renamed"]}}})

    assert await connection.diagnostics(uri) == []


async def test_an_unknown_request_is_refused(connection: Connection) -> None:
    await connection.initialize()

    with pytest.raises(RefusedError) as refused:
        await connection.request("textDocument/astrology", {})

    assert refused.value.code == -32601


@pytest.mark.parametrize(
    "method", ["$/setTrace", "$/astrology", "textDocument/willSave", "window/workDoneProgress/cancel"]
)
async def test_an_unknown_notification_is_ignored(connection: Connection, method: str) -> None:
    await connection.initialize()

    connection.notify(method, {"value": "verbose"})

    assert await connection.request("textDocument/documentSymbol", connection.open("untitled:1", "{ a = 1; }"))
    assert not connection.all("window/logMessage")
    assert not connection.all("window/showMessage")


async def test_shutdown_is_answered(connection: Connection) -> None:
    await connection.initialize()

    assert await connection.request("shutdown") is None
