"""The server as a process: what it prints, how it reads, when it ends."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest

import nix_lsp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Json = dict[str, Any]

COMMAND = [sys.executable, "-m", "nix_lsp"]
DEADLINE = 20.0
"""Seconds; only reached by a test that fails."""
LOADED = 0.5
"""Seconds of silence after which pygls is sure to have been asked for."""


class Process:
    """A server process and its client's end of the pipes."""

    def __init__(self, command: list[str] = COMMAND, *, eager: bool = False) -> None:
        self.popen = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, "NIX_LSP_EAGER": "1" if eager else "0"},
        )
        assert self.popen.stdin
        assert self.popen.stdout
        self.stdin, self.stdout = self.popen.stdin, self.popen.stdout
        os.set_blocking(self.stdin.fileno(), False)
        self._buffer = b""
        self._count = 0

    def write(self, *messages: Json) -> None:
        data = memoryview(b"".join(frame(message) for message in messages))
        while data:
            assert select.select([], [self.stdin], [], DEADLINE)[1], "the server does not read"
            data = data[os.write(self.stdin.fileno(), data) :]

    def read(self) -> Json | None:
        """Return the next message; None at the end."""
        while b"\r\n\r\n" not in self._buffer or len(self._buffer) < self._needed():
            assert select.select([self.stdout], [], [], DEADLINE)[0], "the server is silent"
            received = os.read(self.stdout.fileno(), 1 << 16)
            if not received:
                return None
            self._buffer += received
        needed = self._needed()
        message = json.loads(self._buffer[:needed].partition(b"\r\n\r\n")[2])
        self._buffer = self._buffer[needed:]
        return message

    def _needed(self) -> int:
        header, _, _ = self._buffer.partition(b"\r\n\r\n")
        lengths = [line for line in header.split(b"\r\n") if line.startswith(b"Content-Length:")]
        return len(header) + 4 + int(lengths[0].split(b":")[1])

    def answer(self, number: int) -> Json:
        """Return the answer to a request, other messages passed over."""
        while message := self.read():
            if message.get("id") == number and "method" not in message:
                return message
        raise AssertionError("the server has left")

    def request(self, method: str, params: Any = None) -> Json:
        self._count += 1
        self.write({"id": self._count, "method": method, "params": params})
        return self.answer(self._count)

    def initialize(self, **params: Any) -> Json:
        answer = self.request("initialize", {"processId": None, "capabilities": {}, **params})
        self.write({"method": "initialized", "params": {}})
        return answer["result"]

    def end(self) -> tuple[int, str]:
        """Wait for the end; returns the exit code and what stands on standard error."""
        assert self.popen.stderr
        code = self.popen.wait(DEADLINE)
        return code, self.popen.stderr.read().decode()


def frame(message: Json) -> bytes:
    body = json.dumps({"jsonrpc": "2.0", **message}).encode()
    return b"Content-Length: %d\r\n\r\n%b" % (len(body), body)


@pytest.fixture
def start() -> Iterator[Callable[..., Process]]:
    """Start servers that end with the test."""
    started: list[Process] = []

    def begin(*arguments: Any, **keywords: Any) -> Process:
        started.append(Process(*arguments, **keywords))
        return started[-1]

    yield begin
    for process in started:
        process.popen.kill()
        for stream in (process.popen.stdin, process.popen.stdout, process.popen.stderr):
            assert stream
            with suppress(BrokenPipeError):  # what was still to be written went with the server
                stream.close()
        process.popen.wait()


def opened(text: str, uri: str = "file:///nowhere/a.nix") -> Json:
    item = {"uri": uri, "languageId": "nix", "version": 1, "text": text}
    return {"method": "textDocument/didOpen", "params": {"textDocument": item}}


SYMBOLS = {"textDocument": {"uri": "file:///nowhere/a.nix"}}


@pytest.mark.parametrize("arguments", [[], ["serve"], ["--stdio"], ["serve", "--stdio"]])
def test_serves_however_it_is_called(start: Callable[..., Process], arguments: list[str]) -> None:
    assert start([*COMMAND, *arguments]).initialize()["serverInfo"]["name"] == "nix-lsp"


def test_says_its_version() -> None:
    ran = subprocess.run([*COMMAND, "--version"], capture_output=True, text=True, check=True)

    assert ran.stdout == f"nix-lsp {nix_lsp.__version__}\n"


def test_an_unknown_command_is_an_error_with_help() -> None:
    ran = subprocess.run([*COMMAND, "astrology"], capture_output=True, text=True, check=False)

    assert (ran.returncode, ran.stdout) == (2, "")
    assert "no such command: astrology" in ran.stderr
    assert "usage:" in ran.stderr


@pytest.mark.parametrize("eager", [False, True])
@pytest.mark.parametrize("pause", [0.0, LOADED])
def test_answers_at_once_and_later_alike(start: Callable[..., Process], eager: bool, pause: float) -> None:
    process = start(eager=eager)
    process.initialize()
    process.write(opened("{ a = 1; }"))
    time.sleep(pause)

    answer = process.request("textDocument/documentSymbol", SYMBOLS)

    assert [symbol["name"] for symbol in answer["result"]] == ["a"]


def test_a_message_in_pieces_is_put_together(start: Callable[..., Process]) -> None:
    process = start()
    process.initialize()
    message = frame(opened("{ a = 1; }")) + frame({"id": 9, "method": "textDocument/documentSymbol", "params": SYMBOLS})

    for position in range(0, len(message), 40):
        process.stdin.write(message[position : position + 40])
        process.stdin.flush()
        time.sleep(0.02 if position else LOADED)  # the pieces come to both servers

    assert [symbol["name"] for symbol in process.answer(9)["result"]] == ["a"]


def test_a_client_that_does_not_wait_gets_all_its_answers(start: Callable[..., Process]) -> None:
    process = start()

    process.write(
        {"id": 1, "method": "initialize", "params": {"capabilities": {}}},
        {"method": "initialized", "params": {}},
        opened("{ a = 1; }"),
        {"id": 2, "method": "textDocument/documentSymbol", "params": SYMBOLS},
        {"id": 3, "method": "textDocument/astrology"},
        {"id": 4, "method": "textDocument/documentSymbol", "params": SYMBOLS},
        {"id": 5, "method": "shutdown"},
        {"method": "exit"},
    )

    answers = {message["id"]: message for message in iter(process.read, None) if "id" in message}
    assert sorted(answers) == [1, 2, 3, 4, 5]
    assert answers[3]["error"]["code"] == -32601
    assert process.end() == (0, "")


@pytest.mark.parametrize("pause", [0.0, LOADED])
def test_cancelled_requests_are_not_computed(start: Callable[..., Process], pause: float) -> None:
    slow = (
        "import time, nix_lsp.ide.hover as module\n"
        "module.hover = lambda *_: time.sleep(0.05)\n"
        "from nix_lsp.__main__ import main; main([])"
    )
    process = start([sys.executable, "-c", slow])
    process.initialize()
    process.write(opened("{ }"))
    time.sleep(pause)
    place = {**SYMBOLS, "position": {"line": 0, "character": 0}}

    process.write(
        *({"id": number, "method": "textDocument/hover", "params": place} for number in range(10, 30)),
        *({"method": "$/cancelRequest", "params": {"id": number}} for number in range(10, 29)),
    )

    answers = [process.answer(number) for number in range(10, 30)]
    assert len([answer for answer in answers if "result" in answer]) < 5
    assert "result" in answers[-1]


def test_a_late_cancellation_arrives_between_two_computations(start: Callable[..., Process]) -> None:
    slow = (
        "import time, nix_lsp.ide.hover as module\n"
        "module.hover = lambda *_: time.sleep(0.2)\n"
        "from nix_lsp.__main__ import main; main([])"
    )
    process = start([sys.executable, "-c", slow], eager=True)
    process.initialize()
    process.write(opened("{ }"))
    place = {**SYMBOLS, "position": {"line": 0, "character": 0}}
    process.write(*({"id": number, "method": "textDocument/hover", "params": place} for number in (11, 12)))
    time.sleep(0.1)  # the first is being computed

    process.write({"method": "$/cancelRequest", "params": {"id": 12}})

    assert "result" in process.answer(11)
    assert process.answer(12)["error"]["code"] == -32800


@pytest.mark.parametrize("pause", [0.0, LOADED])
def test_leaves_at_the_end_of_input(start: Callable[..., Process], pause: float) -> None:
    process = start()
    process.initialize()
    time.sleep(pause)

    process.stdin.close()

    assert process.end() == (0, "")


def test_leaves_at_once_when_nothing_was_ever_said(start: Callable[..., Process]) -> None:
    process = start()

    process.stdin.close()

    assert process.end() == (0, "")


@pytest.mark.parametrize(("shutdown", "code"), [(True, 0), (False, 1)])
def test_exit_says_whether_shutdown_came_first(start: Callable[..., Process], shutdown: bool, code: int) -> None:
    process = start()
    process.initialize()
    if shutdown:
        process.request("shutdown")

    process.write({"method": "exit"})

    assert process.end() == (code, "")


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="this system cannot tell of a process' end without polling")
@pytest.mark.parametrize("pause", [0.0, LOADED])
def test_leaves_when_the_client_is_killed_and_the_pipe_stays_open(start: Callable[..., Process], pause: float) -> None:
    client = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    process = start()
    process.initialize(processId=client.pid)
    time.sleep(pause)

    client.send_signal(signal.SIGKILL)
    client.wait()

    assert process.popen.wait(DEADLINE) == 1


def test_a_process_id_that_means_nothing_here_is_no_reason_to_leave(start: Callable[..., Process]) -> None:
    process = start(eager=True)

    process.initialize(processId=2**22 + 12345)

    assert process.request("shutdown")["result"] is None


def test_reads_a_recorded_session_from_a_file(tmp_path: Path) -> None:
    recorded = tmp_path / "session"
    recorded.write_bytes(
        frame({"id": 1, "method": "initialize", "params": {"capabilities": {}}})
        + frame({"id": 2, "method": "shutdown"})
        + frame({"method": "exit"})
    )
    with recorded.open("rb") as stdin, (tmp_path / "out").open("wb") as stdout:
        ran = subprocess.run(COMMAND, stdin=stdin, stdout=stdout, stderr=subprocess.PIPE, timeout=DEADLINE, check=False)

    assert (ran.returncode, ran.stderr) == (0, b"")
    assert (tmp_path / "out").read_bytes().count(b'"result"') == 2


@pytest.mark.parametrize("eager", [False, True])
@pytest.mark.parametrize(
    "noise", [b"Content-Length: 3\r\n\r\n{]}", b"Content-Length: 2\r\n\r\n[]", b"\r\n\r\n", b"X-Nonsense: 1\r\n"]
)
def test_noise_between_messages_is_passed_over(start: Callable[..., Process], noise: bytes, eager: bool) -> None:
    process = start(eager=eager)
    process.initialize()

    process.stdin.write(noise)

    assert process.request("shutdown")["result"] is None


def test_says_nothing_on_standard_error(start: Callable[..., Process]) -> None:
    process = start()
    process.initialize()
    time.sleep(LOADED)

    process.write(
        {"method": "workspace/didChangeConfiguration", "params": {"settings": {"pin": 3}}},
        {"method": "$/cancelRequest", "params": {"id": 77}},
        {"method": "textDocument/didOpen", "params": None},
        {"method": "astrology", "params": None},
        {"id": 50, "method": "textDocument/hover", "params": {"position": None}},
    )
    process.answer(50)
    process.request("shutdown")
    process.write({"method": "exit"})

    assert process.end() == (0, "")


@pytest.mark.parametrize("pause", [0.0, LOADED])
def test_what_a_feature_logs_is_not_on_standard_error(start: Callable[..., Process], pause: float) -> None:
    loud = (
        "import logging, nix_lsp.ide.hover as module\n"
        "module.hover = lambda *_: logging.getLogger('nix_lsp.ide').error('a rule failed')\n"
        "from nix_lsp.__main__ import main; main([])"
    )
    process = start([sys.executable, "-c", loud])
    process.initialize()
    process.write(opened("{ }"))
    time.sleep(pause)

    process.request("textDocument/hover", {**SYMBOLS, "position": {"line": 0, "character": 0}})
    process.request("shutdown")
    process.write({"method": "exit"})

    assert process.end() == (0, "")


@pytest.mark.parametrize("pause", [0.0, LOADED], ids=["before pygls", "under pygls"])
def test_a_client_that_stops_reading_does_not_stop_the_server(start: Callable[..., Process], pause: float) -> None:
    process = start()
    process.initialize()
    process.write(opened("{ " + "a = 1; " * 2_000 + "}"))
    time.sleep(pause)

    process.write(
        *({"id": number, "method": "textDocument/documentSymbol", "params": SYMBOLS} for number in range(100, 110))
    )
    process.write(*(opened("{ " + "b = 1; " * 2_000 + "}", f"file:///nowhere/{number}.nix") for number in range(100)))

    assert all(process.answer(number)["result"] for number in range(100, 110))
