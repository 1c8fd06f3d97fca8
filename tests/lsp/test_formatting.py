"""Formatting through a program of the user's: what it writes becomes edits, what goes wrong costs nothing but the answer."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from nix_lsp.lsp import formatter

from .connection import RefusedError, span

if TYPE_CHECKING:
    from .connection import Connection, Json

URI = "untitled:a"
OPTIONS: Json = {"tabSize": 2, "insertSpaces": True}
WHOLE: Json = {"textDocument": {"uri": URI}, "options": OPTIONS}

SQUEEZE = """
import re, sys
sys.stdout.write(re.sub(r"(?m)^  +", "  ", sys.stdin.read()))
"""
"""Indents every line that is indented by two."""


def command(program: str) -> list[str]:
    """Return a formatter that is a Python program."""
    return [sys.executable, "-I", "-c", program]


async def opened(connection: Connection, text: str, formatter: list[str] | None) -> None:
    options: Json = {} if formatter is None else {"formatting": {"command": formatter}}
    await connection.initialize(initializationOptions=options)
    connection.open(URI, text)


async def test_lines_that_differ_are_edited_and_no_others(connection: Connection) -> None:
    await opened(connection, "{\n    a = 1;\n  b = 2;\n      c = 3;\n}\n", command(SQUEEZE))

    assert await connection.request("textDocument/formatting", WHOLE) == [
        {"range": span((1, 0), (2, 0)), "newText": "  a = 1;\n"},
        {"range": span((3, 0), (4, 0)), "newText": "  c = 3;\n"},
    ]


async def test_a_formatted_text_needs_no_edit(connection: Connection) -> None:
    await opened(connection, "{\n  a = 1;\n}\n", command(SQUEEZE))

    assert await connection.request("textDocument/formatting", WHOLE) == []


async def test_columns_are_in_the_clients_units_and_line_ends_stay(connection: Connection) -> None:
    await opened(connection, "{\r\n    a = ''𝄞'';\r\n}\r\n", command(SQUEEZE))

    assert await connection.request("textDocument/formatting", WHOLE) == [
        {"range": span((1, 0), (2, 0)), "newText": "  a = ''𝄞'';\r\n"}
    ]


async def test_of_a_range_its_lines_alone(connection: Connection) -> None:
    await opened(connection, "{\n    a = 1;\n  b = 2;\n      c = 3;\n}\n", command(SQUEEZE))

    lines = await connection.request("textDocument/rangeFormatting", {**WHOLE, "range": span((3, 2), (3, 4))})

    assert lines == [{"range": span((3, 0), (4, 0)), "newText": "  c = 3;\n"}]


async def test_half_a_string_is_not_formatted(connection: Connection) -> None:
    # The second line alone would lose its indentation, and the string would say something else.
    text = "{\n  a = ''\n      one\n  b\n        two\n  '';\n}\n"
    await opened(connection, text, command(SQUEEZE))

    lines = await connection.request("textDocument/rangeFormatting", {**WHOLE, "range": span((4, 0), (4, 4))})

    assert lines == []


async def test_what_is_no_nix_is_left_alone(connection: Connection) -> None:
    await opened(connection, "{ a = ", command("raise SystemExit(1)"))

    assert await connection.request("textDocument/formatting", WHOLE) is None


@pytest.mark.parametrize(
    ("program", "said"),
    [
        ("import sys; sys.exit('line 1: no')", "line 1: no"),
        ("raise SystemExit(3)", "code 3"),
        ("pass", "writes nothing"),
        ("while True: print('x' * 65536)", "too much"),
    ],
)
async def test_a_formatter_that_fails_says_why(connection: Connection, program: str, said: str) -> None:
    await opened(connection, "{ }\n", command(program))

    with pytest.raises(RefusedError, match=said) as refused:
        await connection.request("textDocument/formatting", WHOLE)

    assert refused.value.code == -32803
    assert connection.text(URI) == "{ }\n"


async def test_a_formatter_that_hangs_is_ended_with_its_children(
    connection: Connection, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(formatter, "SECONDS", 0.5)
    note = tmp_path / "pid"
    child = f"import os; open({str(note)!r}, 'w').write(str(os.getpid())); import time; time.sleep(60)"
    hang = f"import subprocess, sys; subprocess.run([sys.executable, '-I', '-c', {child!r}])"
    await opened(connection, "{ }\n", command(hang))

    with pytest.raises(RefusedError, match="longer than"):
        await connection.request("textDocument/formatting", WHOLE)

    assert note.exists(), "the child had no time to begin"
    await _gone(int(note.read_text()))


async def _gone(pid: int) -> None:
    """Wait for a process to end; a zombie has ended.

    Raises:
        AssertionError: it still runs after some seconds.
    """
    until = time.monotonic() + 4
    while time.monotonic() < until:
        try:
            state = await asyncio.to_thread(Path(f"/proc/{pid}/stat").read_text)
        except FileNotFoundError:
            return
        if state.rpartition(")")[2].split()[0] == "Z":
            return
        await asyncio.sleep(0.05)
    raise AssertionError(pid)


async def test_large_texts_go_both_ways_at_once(connection: Connection) -> None:
    text = "{\n" + "".join(f"    a{number} = {number};\n" for number in range(6_000)) + "}\n"
    # It writes each line before it reads the next: one that waits for the other to finish would wait for ever.
    program = "import sys\nfor line in sys.stdin: print(line, end='', flush=True)"
    await opened(connection, text, command(program))

    assert await connection.request("textDocument/formatting", WHOLE) == []


async def test_without_a_formatter_that_is_said_once(connection: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    await opened(connection, "{ }\n", None)

    answers = [await connection.request("textDocument/formatting", WHOLE) for _ in range(2)]

    assert answers == [None, None]
    [message] = connection.all("window/showMessage")
    assert "`nixfmt`" in message["message"]
    assert "formatting.command" in message["message"]


async def test_nothing_from_the_workspace_is_run(
    connection: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither a program that lies in it, nor one that its settings name."""
    ran = tmp_path / "ran"
    evil = tmp_path / "nixfmt"
    evil.write_text(f"#!/bin/sh\ntouch {ran}\n")
    evil.chmod(0o755)
    (tmp_path / ".nix-lsp.toml").write_text(f'[formatting]\ncommand = ["{evil}"]\n')
    (tmp_path / "default.nix").write_text("{ }\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", f".{os.pathsep}{os.pathsep}bin")
    uri = (tmp_path / "default.nix").as_uri()
    await connection.initialize()
    connection.open(uri, "{ }\n")

    answer: Any = await connection.request("textDocument/formatting", {**WHOLE, "textDocument": {"uri": uri}})

    assert answer is None
    assert not ran.exists()


async def test_an_edit_overtakes_formatting(connection: Connection) -> None:
    slow = "import sys, time; text = sys.stdin.read(); time.sleep(0.3); print(text.replace('1', '2'), end='')"
    await opened(connection, "{ a = 1; }\n", command(slow))

    answer = connection.send("textDocument/formatting", WHOLE)
    await asyncio.sleep(0.1)
    connection.change(URI, 2, {"range": span((0, 0), (0, 0)), "text": " "})

    with pytest.raises(RefusedError) as refused:
        await answer
    assert refused.value.code == -32801


async def test_meanwhile_other_requests_are_answered(connection: Connection) -> None:
    slow = "import sys, time; text = sys.stdin.read(); time.sleep(0.5); print(text, end='')"
    await opened(connection, "{ a = 1; }\n", command(slow))

    answer = connection.send("textDocument/formatting", WHOLE)
    await connection.request("textDocument/documentSymbol", {"textDocument": {"uri": URI}})

    assert not answer.done()
    assert await answer == []


@pytest.mark.parametrize(("asked", "edits"), [(True, 1), (False, 0)])
async def test_on_type_only_if_asked(connection: Connection, asked: bool, edits: int) -> None:
    await connection.initialize(initializationOptions={"formatting": {"onType": asked}})
    connection.open(URI, "{\n  a = [\n    ];\n}\n")
    params = {**WHOLE, "position": {"line": 2, "character": 6}, "ch": ";"}

    answer = await connection.request("textDocument/onTypeFormatting", params)

    assert answer == [{"range": span((2, 0), (2, 4)), "newText": "  "}][:edits]


def test_it_can_be_the_first_that_an_editor_asks_for() -> None:
    """All in one breath, over real pipes: the server that answers a start's first messages waits for no child."""
    settings: Json = {"formatting": {"command": command(SQUEEZE)}}
    document = {"uri": URI, "languageId": "nix", "version": 1, "text": "{\n    a = 1;\n}\n"}
    messages: list[Json] = [
        {"id": 1, "method": "initialize", "params": {"capabilities": {}, "initializationOptions": settings}},
        {"method": "initialized", "params": {}},
        {"method": "textDocument/didOpen", "params": {"textDocument": document}},
        {"id": 2, "method": "textDocument/formatting", "params": WHOLE},
    ]
    frames = b"".join(
        b"Content-Length: %d\r\n\r\n%b" % (len(body), body)
        for body in (json.dumps({"jsonrpc": "2.0", **message}).encode() for message in messages)
    )

    with subprocess.Popen([sys.executable, "-m", "nix_lsp"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        server.stdin.write(frames)
        server.stdin.flush()
        said = b""
        while b"newText" not in said and (more := os.read(server.stdout.fileno(), 1 << 16)):
            said += more
        server.kill()

    assert b"  a = 1;" in said
