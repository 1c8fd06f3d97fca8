"""One computation at a time, the most urgent first, with room in between for the client to cancel the rest."""

from __future__ import annotations

import asyncio
import heapq
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

_POLLS = 3
"""Rounds of the event loop after which what the client has sent is read and handled: the pipe is polled, the reader is woken, it handles."""


class Turns:
    """Hands out turns."""

    def __init__(self) -> None:
        self._waiting: list[tuple[int, int, asyncio.Future[None]]] = []
        self._count = 0
        self._taken = False

    @asynccontextmanager
    async def take(self, urgency: int) -> AsyncGenerator[None]:
        """Wait for a turn; smaller numbers go first, equal ones in order of arrival. Cancelling while waiting gives the place up."""
        if self._taken:
            turn = asyncio.get_running_loop().create_future()
            self._count += 1
            heapq.heappush(self._waiting, (urgency, self._count, turn))
            try:
                await turn
            except asyncio.CancelledError:
                if not turn.cancelled():  # handed to us in the same moment
                    self._pass_on()
                raise
        self._taken = True
        try:
            for _ in range(_POLLS):
                await asyncio.sleep(0)
            yield
        finally:
            self._pass_on()

    def _pass_on(self) -> None:
        while self._waiting:
            turn = heapq.heappop(self._waiting)[2]
            if not turn.done():
                turn.set_result(None)
                return
        self._taken = False
