"""The first answers, before pygls is loaded.

An editor asks for `initialize` at once and often for more within milliseconds, while asyncio, pygls and lsprotocol take 100 ms to
import. The handlers need none of them. So the messages of a start are answered here, one after another, by the same handlers in the
same session; at the first lull, at the first message that needs the real server (a cancellation, a changed configuration, `shutdown`,
anything unknown), and when the client stops reading, pygls takes over with the session and the bytes that are left on both sides.

`NIX_LSP_EAGER=1` leaves this out.
"""

from __future__ import annotations

import json
import os
import select
import stat
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any, cast

from nix_lsp.lsp import dispatch
from nix_lsp.lsp.handlers import NOTIFICATIONS, REQUESTS
from nix_lsp.lsp.session import Request, Session

if TYPE_CHECKING:
    from nix_lsp.lsp.wire import Json

LULL = 0.05
"""Seconds of silence after which pygls is loaded: a client that starts sends without such breaks, a person who types makes longer ones."""
_SLICE = 0.01
"""Seconds that are spent at a time on learning about a project."""
_CHUNK = 1 << 16
_LATER = frozenset({"workspace/didChangeConfiguration", "workspace/executeCommand"})
"""Messages that may make the server ask the client something."""
_END = b"\r\n\r\n"


class Output:
    """The client, as long as nothing is asked of it, and as long as it reads."""

    def __init__(self) -> None:
        self.unsent = b""
        """What the client has left unread: two that wait for each other to read would wait for ever."""
        os.set_blocking(1, False)  # as asyncio does later: what a pipe has no room for is told, not waited for

    def notify(self, method: str, params: Json) -> None:
        """Send a notification."""
        self.send({"method": method, "params": params})

    async def request(self, method: str, params: Json | None) -> Any:
        """Refuse: handlers ask nothing of the client, and the server that does comes later."""
        raise NotImplementedError(method, params)

    def send(self, message: Json) -> None:
        """Send a message, or as much of it as the client reads without a lull."""
        frame = memoryview(_framed({"jsonrpc": "2.0", **message}))
        while frame and not self.unsent and select.select([], [1], [], LULL)[1]:
            with suppress(BlockingIOError):
                frame = frame[os.write(1, frame[:_CHUNK]) :]
        self.unsent += frame


def is_possible() -> bool:
    """Tell whether standard input and output are pipes or sockets that can be waited for."""
    if os.name == "nt" or os.environ.get("NIX_LSP_EAGER") == "1":
        return False
    modes = [os.fstat(number).st_mode for number in (0, 1)]
    return all(stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode) for mode in modes)


def serve_first() -> tuple[Session, bytes, bytes]:
    """Answer the messages of a start; returns the session, what was read but is not for us, and what could not be sent."""
    output = Output()
    session = Session(output)
    unread = b""
    while True:
        messages, rest = split(unread)
        if messages is None or any(not _is_ours(message) for message in messages):
            return session, unread, output.unsent
        for number, message in enumerate(messages):
            if output.unsent or _takes_long(session, message):
                return session, b"".join(map(_framed, messages[number:])) + rest, output.unsent
            _handle(session, output, message)
        unread = rest
        received = b"" if output.unsent else _wait(session, output)
        if not received:
            return session, unread, output.unsent
        unread += received


def split(data: bytes) -> tuple[list[Json] | None, bytes]:
    """Split off whole messages; returns them and the rest. None for what is not understood here."""
    messages: list[Json] = []
    while (end := data.find(_END)) >= 0:
        length = _content_length(data[:end])
        if length is None:
            return None, data
        start = end + len(_END)
        if len(data) < start + length:
            break
        try:
            message = json.loads(data[start : start + length])
        except ValueError:
            return None, data
        if not isinstance(message, dict):
            return None, data
        messages.append(cast("Json", message))
        data = data[start + length :]
    return messages, data


def _content_length(header: bytes) -> int | None:
    for line in header.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length" and value.strip().isdigit():
            return int(value)
    return None


def _is_ours(message: Json) -> bool:
    method = message.get("method")
    if method in _LATER or message.get("jsonrpc") != "2.0":
        return False
    if "id" in message:
        return method in REQUESTS and not REQUESTS[method].waits
    return method in NOTIFICATIONS or method == "initialized"


def _takes_long(session: Session, message: Json) -> bool:
    """Tell whether a request rests on a large project that is not known yet: only the real server does other things in between."""
    handler = REQUESTS.get(message["method"]) if "id" in message else None
    return (
        handler is not None
        and handler.is_whole
        and dispatch.learn(session, Request(session, message.get("params")).uri, LULL)
    )


def _framed(message: Json) -> bytes:
    body = json.dumps(message).encode()
    return b"Content-Length: %d\r\n\r\n%b" % (len(body), body)


def _handle(session: Session, output: Output, message: Json) -> None:
    method: str = message["method"]
    if method == "initialized":
        session.is_ready = True
        return
    request = Request(session, message.get("params"))
    if "id" in message:
        output.send({"id": message["id"], **dispatch.respond(session, method, request)})
    else:
        dispatch.follow(session, method, request)


def _wait(session: Session, output: Output) -> bytes:
    """Wait for more, and meanwhile publish what is due; empty at a lull, when the client stops reading, and at the end of input."""
    if not session.is_initialized:  # a client that is slow to begin still gets its first answer at once
        return os.read(0, _CHUNK)
    lull = time.monotonic() + LULL
    while True:
        due = session.publisher.next_due
        until = lull if due is None else min(lull, due)
        if select.select([0], [], [], max(0.0, until - time.monotonic()))[0]:
            return os.read(0, _CHUNK)
        if (uri := session.publisher.take_due()) is not None:
            if dispatch.learn(session, uri, _SLICE):
                session.publisher.put_off(uri)
            else:
                dispatch.publish(session, uri)
            if output.unsent:
                return b""
            continue
        if time.monotonic() >= lull:
            return b""
