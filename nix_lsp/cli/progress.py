"""How far a long command is: one line that changes on a terminal, plain lines now and then elsewhere."""

from __future__ import annotations

import os
import threading
import time
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TextIO

_EVERY = {True: 0.1, False: 1.0}
"""Seconds between two messages, on a terminal and elsewhere."""
_GRACE = 3.0
"""Seconds in which a command that is to stop can do so in order."""


def is_terminal(stream: TextIO) -> bool:
    """Tell whether a stream is a terminal on which a line can change (Emacs' compilation buffers are not)."""
    return stream.isatty() and os.environ.get("TERM") != "dumb"


class StoppedError(Exception):
    """Whoever started the command is gone."""


class Progress:
    """Says on a stream how far the work is. Work is told to stop by what its callback returns, or by `StoppedError` where it asks for nothing."""

    def __init__(self, stream: TextIO, *, watched: bool = False) -> None:
        """`watched`: the work is to stop when standard input ends, as it does when the server that started it leaves."""
        self._stream = stream
        self._terminal = is_terminal(stream)
        self._told = 0.0
        self._shown = False
        self._stopped = threading.Event()
        self._watched = watched

    def __enter__(self) -> Self:
        if self._watched:
            threading.Thread(target=self._watch, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def rows(self, kind: str) -> Callable[[int], None]:
        """Return a callback for a number of options or packages; it raises `StoppedError`."""
        return partial(self._rows, kind)

    def files(self, whole: int) -> Callable[[int], object]:
        """Return a callback for a number of files that have been looked at."""
        return lambda done: self._tell(f"{done:,} of {whole:,} files")

    def seconds(self, what: str) -> Callable[[float], bool]:
        """Return a callback for work that knows only how long it has taken."""
        return partial(self._seconds, what)

    def bytes(self, name: str, done: int, whole: int | None) -> bool:
        """Say how much of a file has arrived; returns whether to go on."""
        share = f"{done / whole:.0%} of {whole / 2**20:.1f} MB" if whole else f"{done / 2**20:.1f} MB"
        return self._tell(f"{name}: {share}")

    def waiting(self) -> None:
        """Say that another process is building."""
        self._told = 0.0
        self._tell("waiting for another nix-lsp that builds an index")

    def end(self) -> None:
        """Clear the line that changes."""
        if self._shown:
            self._stream.write("\r\x1b[K")
            self._stream.flush()
            self._shown = False

    def _rows(self, kind: str, count: int) -> None:
        if not self._tell(f"indexing {kind}: {count:,}"):
            raise StoppedError

    def _seconds(self, what: str, passed: float) -> bool:
        return self._tell(f"{what}: {passed:.0f} s")

    def _tell(self, message: str) -> bool:
        now = time.monotonic()
        if now - self._told >= _EVERY[self._terminal]:
            self._told = now
            self._stream.write(f"\r\x1b[K{message}" if self._terminal else f"{message}\n")
            self._stream.flush()
            self._shown = self._terminal
        return not self._stopped.is_set()

    def _watch(self) -> None:
        # Not `sys.stdin`: a thread that holds its lock at the end of the program is a fatal error of Python's.
        with suppress(OSError):
            while os.read(0, 1024):
                pass
        self._stopped.set()
        time.sleep(_GRACE)
        os._exit(1)
