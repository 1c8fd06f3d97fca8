"""The streams to the client: asyncio's own pipes, so that everything already sent is read before any answer is begun.

pygls reads through a thread pool, at least three hops per message: a cancellation behind a request then comes too late
(pygls#517). Where standard input or output is a file, or on Windows, pipes of that kind do not exist, and pygls' reader serves.
"""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_LARGEST_HEADER = 2**16


class PipeWriter:
    """pygls' writer interface over an asyncio pipe: a slow client never blocks the server."""

    def __init__(
        self, transport: asyncio.WriteTransport, closed: asyncio.Future[None], all_taken: asyncio.Event
    ) -> None:
        self._transport = transport
        self._closed = closed
        self.all_taken = all_taken
        """Set while the client has taken all that was sent: a pipe holds 64 KiB at a time."""
        transport.set_write_buffer_limits(high=0)

    def write(self, data: bytes) -> None:
        """Send bytes now, or as soon as the client reads."""
        self._transport.write(data)

    async def close(self) -> None:
        """Send what is left and close."""
        self._transport.close()
        await self._closed


class _WriteProtocol(asyncio.BaseProtocol):
    def __init__(self, closed: asyncio.Future[None], lost: Callable[[], None], all_taken: asyncio.Event) -> None:
        self._closed = closed
        self._lost = lost
        self._all_taken = all_taken

    def pause_writing(self) -> None:
        self._all_taken.clear()

    def resume_writing(self) -> None:
        self._all_taken.set()

    def connection_lost(self, exc: Exception | None) -> None:
        self._all_taken.set()
        if not self._closed.done():
            self._closed.set_result(None)
        if exc is not None:
            self._lost()


async def open_reader(buffered: bytes) -> asyncio.StreamReader | None:
    """Open standard input, preceded by bytes that were read from it already; None where it is no pipe, socket or terminal."""
    if sys.platform == "win32":
        return None
    reader = asyncio.StreamReader(limit=_LARGEST_HEADER)
    reader.feed_data(buffered)
    try:
        await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), sys.stdin.buffer
        )
    except (OSError, ValueError):
        return None
    return reader


async def open_writer(lost: Callable[[], None]) -> PipeWriter | None:
    """Open standard output; `lost` is called if the client closes its end. None where it is no pipe, socket or terminal."""
    if sys.platform == "win32":
        return None
    loop = asyncio.get_running_loop()
    closed: asyncio.Future[None] = loop.create_future()
    all_taken = asyncio.Event()
    all_taken.set()
    try:
        transport, _ = await loop.connect_write_pipe(lambda: _WriteProtocol(closed, lost, all_taken), sys.stdout.buffer)
    except (OSError, ValueError):
        return None
    return PipeWriter(transport, closed, all_taken)
