"""A program in a terminal that can be typed into and read: a tmux session of its own."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Self

from .waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from types import TracebackType


class Terminal:
    """Runs `command` in a terminal of `columns` × `rows` cells until the `with` block ends."""

    def __init__(
        self,
        tmux: Path,
        command: Sequence[str | Path],
        *,
        folder: Path,
        environment: Mapping[str, str],
        columns: int = 110,
        rows: int = 30,
    ) -> None:
        self.socket = Path(environment["HOME"]) / "tmux"
        self.environment = dict(environment)
        self._tmux = [str(tmux), "-S", str(self.socket), "-f", "/dev/null"]
        self._start = [
            *("set-option", "-g", "default-terminal", "tmux-256color", ";"),
            *("set-option", "-g", "status", "off", ";"),
            *("set-option", "-g", "remain-on-exit", "on", ";"),
            # Escape is a key in an editor, not the beginning of one.
            *("set-option", "-s", "escape-time", "0", ";"),
            *("set-option", "-s", "terminal-features", "*:RGB", ";"),
            *("new-session", "-d", "-x", str(columns), "-y", str(rows), "-c", str(folder), "--", *map(str, command)),
        ]

    def __enter__(self) -> Self:
        self.tmux(*self._start)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.tmux("kill-server")

    def tmux(self, *arguments: str) -> str:
        """Run a command of tmux' and return what it prints."""
        command = [*self._tmux, *arguments]
        return subprocess.run(
            command, env=self.environment, check=True, capture_output=True, text=True, timeout=10
        ).stdout

    def type(self, text: str) -> None:
        """Type printable text."""
        self.tmux("send-keys", "-H", *(f"{byte:02x}" for byte in text.encode()))

    def press(self, *keys: str) -> None:
        """Press keys by tmux' names: `Enter`, `Escape`, `C-x`."""
        self.tmux("send-keys", *keys)

    def screen(self) -> str:
        """The text on the screen, one line per row."""
        return self.tmux("capture-pane", "-p")

    def ended(self) -> bool:
        """Whether the program has left."""
        return self.tmux("display-message", "-p", "#{pane_dead}").strip() == "1"

    def wait_for(self, pattern: str) -> str:
        """Wait until the screen matches the regular expression, and return the screen."""
        return self.wait(lambda screen: re.search(pattern, screen) is not None, f"/{pattern}/ on")

    def wait(self, condition: Callable[[str], bool], what: str) -> str:
        """Wait until `condition` holds for the screen, and return the screen."""
        assert wait_until(lambda: condition(self.screen())), f"waited in vain for {what} the screen:\n{self.screen()}"
        return self.screen()

    def wait_for_end(self) -> None:
        """Wait until the program has left."""
        self.wait(lambda _: self.ended(), "the program to leave")
