"""Commands: the preview of an upgrade, and one rule's fixes in a whole project."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from .connection import RefusedError, at, span

if TYPE_CHECKING:
    from pathlib import Path

    from .connection import Connection, Json

DRIFTING = '{\n  hardware.opengl.enable = true;\n  services.resolved.dnssec = "false";\n}\n'
PREVIEW, FIX_RULE = "nix-lsp.drift.preview", "nix-lsp.fixRule"
LITERALS: Json = {
    "textDocument": {"codeAction": {"codeActionLiteralSupport": {"codeActionKind": {"valueSet": []}}}},
    "workspace": {"workspaceEdit": {"documentChanges": True}},
}


@pytest.fixture
def uri(project: Path) -> str:
    (project / "configuration.nix").write_text(DRIFTING)
    return (project / "configuration.nix").as_uri()


def told(diagnostics: list[Json]) -> list[tuple[str, str]]:
    return [(found["source"], found["code"]) for found in diagnostics]


TODAY = ("nix-lsp", "option-renamed")
THEN = ("nix-lsp → 26.05", "option-renamed")


async def test_a_preview_is_switched_on_and_off(connection: Connection, uri: str) -> None:
    await connection.initialize()
    connection.open(uri, DRIFTING)
    assert told(await connection.diagnostics(uri, 1)) == [TODAY]
    count = len(connection.all("textDocument/publishDiagnostics"))

    assert await connection.request("workspace/executeCommand", {"command": PREVIEW, "arguments": ["26.05"]}) == "26.05"
    shown = await connection.next("textDocument/publishDiagnostics", count)
    assert told(shown["diagnostics"]) == [TODAY, THEN]

    assert await connection.request("workspace/executeCommand", {"command": PREVIEW, "arguments": []}) is None
    shown = await connection.next("textDocument/publishDiagnostics", count + 1)
    assert told(shown["diagnostics"]) == [TODAY]


async def test_a_preview_follows_edits(connection: Connection, uri: str) -> None:
    await connection.initialize()
    connection.open(uri, DRIFTING)
    await connection.diagnostics(uri, 1)
    await connection.request("workspace/executeCommand", {"command": PREVIEW, "arguments": ["26.05"]})

    connection.change(uri, 2, {"range": span((2, 0), (3, 0)), "text": ""})
    assert told(await connection.diagnostics(uri, 2)) == [TODAY]

    connection.change(uri, 3, {"text": '{ services.resolved.llmnr = "true"; }\n'})
    assert told(await connection.diagnostics(uri, 3)) == [THEN]


async def test_what_the_preview_shows_can_be_fixed(connection: Connection, uri: str) -> None:
    await connection.initialize(LITERALS)
    document = connection.open(uri, DRIFTING)
    await connection.diagnostics(uri, 1)
    here = {"start": at(2, 4), "end": at(2, 4)}
    asked: Json = {**document, "range": here, "context": {"diagnostics": [], "only": ["quickfix"]}}
    assert await connection.request("textDocument/codeAction", asked) == []

    count = len(connection.all("textDocument/publishDiagnostics"))
    await connection.request("workspace/executeCommand", {"command": PREVIEW, "arguments": ["26.05"]})
    shown = await connection.next("textDocument/publishDiagnostics", count)
    (then,) = (one for one in shown["diagnostics"] if (one["source"], one["code"]) == THEN)
    action, *_ = await connection.request(
        "textDocument/codeAction", {**document, "range": here, "context": {"diagnostics": [then]}}
    )
    assert action["title"] == "after the upgrade to 26.05: Rename to `services.resolved.settings.Resolve.DNSSEC`"
    assert action["diagnostics"] == [then]
    assert "isPreferred" not in action

    everything: Json = {
        **asked,
        "range": span((0, 0), (4, 0)),
        "context": {"diagnostics": [], "only": ["source.fixAll"]},
    }
    (whole,) = await connection.request("textDocument/codeAction", everything)
    assert "resolved" not in str(whole["edit"])


async def test_the_same_release_again_ends_the_preview(connection: Connection, uri: str) -> None:
    await connection.initialize()
    for argument, expected in (("26.05", "26.05"), (26.05, None), (25.1, "25.10"), (None, None)):
        asked = {"command": PREVIEW, "arguments": [argument]}
        if expected == "25.10":
            with pytest.raises(RefusedError):
                await connection.request("workspace/executeCommand", asked)
        else:
            assert await connection.request("workspace/executeCommand", asked) == expected


@pytest.mark.parametrize(
    ("command", "arguments"),
    [
        (PREVIEW, ["soon"]),
        (PREVIEW, [5]),
        (FIX_RULE, []),
        (FIX_RULE, ["option-renamed", "file:///nowhere.nix"]),
        ("x", []),
    ],
)
async def test_what_is_no_command_is_refused(connection: Connection, command: str, arguments: list[object]) -> None:
    await connection.initialize()
    with pytest.raises(RefusedError):
        await connection.request("workspace/executeCommand", {"command": command, "arguments": arguments})


async def test_a_rule_is_fixed_in_the_whole_project(connection: Connection, uri: str, project: Path) -> None:
    (project / "other.nix").write_text("{ hardware.opengl.enable32Bit = true; hardware.opengl.enable = false; }\n")
    (project / "configuration.nix").write_text(DRIFTING.replace("{\n", "{\n  imports = [ ./other.nix ];\n", 1))
    await connection.initialize(LITERALS)
    connection.open(uri, (project / "configuration.nix").read_text(), 7)
    await connection.diagnostics(uri, 7)

    await connection.request("workspace/executeCommand", {"command": FIX_RULE, "arguments": ["option-renamed", uri]})

    asked = await connection.next("workspace/applyEdit")
    assert asked["label"] == "Fix all `option-renamed` in this project"
    changes = {
        each["textDocument"]["uri"]: each["textDocument"]["version"] for each in asked["edit"]["documentChanges"]
    }
    assert changes == {uri: 7, (project / "other.nix").as_uri(): None}


MANY = 60


async def many_files(connection: Connection, uri: str, project: Path) -> None:
    """Open a project of files that are fixed alike, for a client that shows progress."""
    imports = " ".join(f"./m{number}.nix" for number in range(MANY))
    for number in range(MANY):
        (project / f"m{number}.nix").write_text("{ hardware.opengl.enable = true; }\n")
    (project / "configuration.nix").write_text(f"{{ imports = [ {imports} ]; }}\n")
    await connection.initialize({**LITERALS, "window": {"workDoneProgress": True}})
    connection.open(uri, (project / "configuration.nix").read_text())
    await connection.diagnostics(uri, 1)


async def test_messages_are_answered_while_a_project_is_fixed(connection: Connection, uri: str, project: Path) -> None:
    await many_files(connection, uri, project)
    await connection.request("workspace/executeCommand", {"command": FIX_RULE, "arguments": ["option-renamed", uri]})
    assert (await connection.next("$/progress"))["value"]["kind"] == "begin"
    assert await connection.request("textDocument/documentSymbol", {"textDocument": {"uri": uri}})
    assert connection.all("workspace/applyEdit") == []

    connection.open((project / "m3.nix").as_uri(), "{ hardware.opengl.enable = false; }\n", 5)
    asked = await connection.next("workspace/applyEdit")
    versions = {
        each["textDocument"]["uri"]: each["textDocument"]["version"] for each in asked["edit"]["documentChanges"]
    }
    assert len(versions) == MANY
    assert versions[(project / "m3.nix").as_uri()] == 5
    assert connection.all("$/progress")[-1]["value"] == {"kind": "end"}


async def test_fixing_a_project_can_be_stopped(connection: Connection, uri: str, project: Path) -> None:
    await many_files(connection, uri, project)
    await connection.request("workspace/executeCommand", {"command": FIX_RULE, "arguments": ["option-renamed", uri]})
    begun = await connection.next("$/progress")
    assert begun["value"]["cancellable"]
    connection.notify("window/workDoneProgress/cancel", {"token": begun["token"]})
    assert (await connection.next("$/progress", 1))["value"] == {"kind": "end"}
    await connection.request("textDocument/documentSymbol", {"textDocument": {"uri": uri}})
    assert connection.all("workspace/applyEdit") == []
    assert connection.all("window/logMessage")[-1]["message"] == "cancelled: fix all `option-renamed`"


async def test_the_menu_of_source_actions_offers_it(connection: Connection, uri: str) -> None:
    await connection.initialize(LITERALS)
    document = connection.open(uri, DRIFTING)
    here = {"start": at(0, 0), "end": at(0, 0)}

    async def offered(only: list[str]) -> list[str]:
        found = await connection.request(
            "textDocument/codeAction", {**document, "range": here, "context": {"diagnostics": [], "only": only}}
        )
        return [action["title"] for action in found if "command" in action]

    assert await offered(["source"]) == ["Fix all `option-renamed` in this project"]
    assert await offered(["source.fixAll"]) == []
    assert await offered(["quickfix"]) == []


async def test_what_lies_beside_a_module_is_offered_as_options(connection: Connection, uri: str, project: Path) -> None:
    (project / "hosts").write_text("10.0.0.5 nas\n")
    await connection.initialize(LITERALS)
    document = connection.open(uri, "{\n}\n")
    await connection.diagnostics(uri, 1)
    asked: Json = {
        **document,
        "range": span((0, 0), (0, 0)),
        "context": {"diagnostics": [], "only": ["source.nix-lsp.import"]},
    }
    (action,) = await connection.request("textDocument/codeAction", asked)
    assert action["title"] == "Import options from hosts (review)"
    assert action["kind"] == "source.nix-lsp.import"
    assert 'networking.hosts."10.0.0.5" = [ "nas" ];' in str(action["edit"])


SCRIPT = """\
{ pkgs, ... }:
{
  imports = [ ./users.nix ];
  system.activationScripts.a = "chsh -s ${pkgs.zsh}/bin/zsh alice";
}
"""
ALICE = "{ pkgs, ... }:\n{\n  users.users.alice.isNormalUser = true;\n}\n"


async def test_a_fix_of_two_files_is_one_edit_with_the_versions_of_both(
    connection: Connection, uri: str, project: Path
) -> None:
    (project / "users.nix").write_text(ALICE)
    await connection.initialize(LITERALS)
    document = connection.open(uri, SCRIPT, 7)
    other = (project / "users.nix").as_uri()
    await connection.diagnostics(uri, 7)

    async def versions() -> list[dict[str, int | None]]:
        here = {"start": at(3, 40), "end": at(3, 40)}
        found = await connection.request(
            "textDocument/codeAction", {**document, "range": here, "context": {"diagnostics": []}}
        )
        changes = [action["edit"]["documentChanges"] for action in found if "users.nix" in action["title"]]
        return [{each["textDocument"]["uri"]: each["textDocument"]["version"] for each in edit} for edit in changes]

    assert await versions() == [{uri: 7, other: None}]
    connection.open(other, ALICE, 3)
    connection.change(other, 4, {"text": ALICE.replace("isNormalUser = true", "uid = 1000")})
    assert await versions() == [{uri: 7, other: 4}]
    # What the editor has of the other file counts, not what the disk has.
    connection.change(other, 5, {"text": "{ }\n"})
    assert await versions() == []
