"""What the user has answered when asked what the server may do: one small file below the user's state folder.

    <state>/nix-lsp/consent.json    {"version": 1, "fetch": {"allowed": true}, "evaluate": {"asked": 1795276800}}

All servers of a machine share it, so that a question is put once, not once a window: who wants to ask claims the question first. One
that was put and not answered for good may be put again after a while. A file that cannot be read holds no answers, and where none can
be kept nothing is asked.
"""

from __future__ import annotations

import json
import os
import sys
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping

FETCH, EVALUATE = "fetch", "evaluate"
"""What there is to allow: the fields of `Consent`."""
QUESTIONS = (EVALUATE, FETCH)
ANSWERS = {"yes": True, "no": False, "ask": None}
"""By what people type."""
AGAIN = 24 * 3600.0
"""Seconds after which a question that nobody answered for good may be put again."""
_VERSION = 1
_FILE = "consent.json"


class Consent(NamedTuple):
    """What the user has agreed to."""

    evaluate: bool = False
    fetch: bool = False


def state_folder(environment: Mapping[str, str] = os.environ, platform: str = sys.platform) -> Path:
    """Return the folder for what is to outlive a session: below `$XDG_STATE_HOME`, `~/Library/Application Support` or `%LOCALAPPDATA%`."""
    home = Path(environment.get("HOME") or Path.home())
    xdg = environment.get("XDG_STATE_HOME", "")
    if xdg and Path(xdg).is_absolute():  # others are to be ignored (XDG Base Directory Specification)
        base = Path(xdg)
    elif platform == "darwin":
        base = home / "Library" / "Application Support"
    elif platform == "win32":
        base = Path(environment.get("LOCALAPPDATA") or home / "AppData" / "Local")
    else:
        base = home / ".local" / "state"
    return base / "nix-lsp"


class Answers:
    """The answers below one folder."""

    def __init__(self, folder: Path) -> None:
        """`folder` need not exist."""
        self.file = folder / _FILE

    def allowed(self, question: str) -> bool | None:
        """Return what was answered to `FETCH` or `EVALUATE`; None where it was not, or not for good."""
        answer = self._read().get(question, {}).get("allowed")
        return answer if isinstance(answer, bool) else None

    def claim(self, question: str, now: float) -> bool:
        """Tell whether a question may be put, and note that it was.

        `now` is in seconds since the epoch. Of all that ask at the same time one may. Where that cannot be noted nobody may.
        """

        def put(known: dict[str, dict[str, Any]]) -> bool:
            about = known.get(question, {})
            asked = about.get("asked")
            if isinstance(about.get("allowed"), bool) or (isinstance(asked, int) and 0 <= now - asked < AGAIN):
                return False
            known[question] = {"asked": int(now)}
            return True

        try:
            return self._change(put)
        except OSError:
            return False

    def keep(self, question: str, allowed: bool | None) -> None:
        """Keep an answer; None forgets the one there was, and that the question was ever put.

        Raises:
            OSError: the folder cannot be written.
        """

        def put(known: dict[str, dict[str, Any]]) -> bool:
            known.pop(question, None)
            if allowed is not None:
                known[question] = {"allowed": allowed}
            return True

        self._change(put)

    def _read(self) -> dict[str, dict[str, Any]]:
        try:
            found: object = json.loads(self.file.read_text("utf-8"))
        except (OSError, ValueError, RecursionError):
            return {}
        known = cast("dict[str, object]", found) if isinstance(found, dict) else {}
        return {name: cast("dict[str, Any]", about) for name, about in known.items() if isinstance(about, dict)}

    def _change(self, put: Callable[[dict[str, dict[str, Any]]], bool]) -> bool:
        """Change what is known in turn with other processes, and write it whole or not at all; returns what `put` says.

        Raises:
            OSError: the folder cannot be written.
        """
        self.file.parent.mkdir(parents=True, exist_ok=True)
        with _turn(self.file.with_suffix(".lock")):
            known = self._read()
            if not put(known):
                return False
            written = self.file.with_suffix(f".{os.getpid()}.tmp")
            try:
                with written.open("w", encoding="utf-8") as file:
                    json.dump({"version": _VERSION, **known}, file)
                    file.flush()
                    os.fsync(file.fileno())
                written.replace(self.file)
            except OSError:
                written.unlink(missing_ok=True)
                raise
        return True


@contextmanager
def _turn(lock: Path) -> Generator[None]:
    """Wait until no other process changes the file: moments. Where the system has no such locks the later one wins."""
    handle = os.open(lock, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        with suppress(ImportError, OSError):
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
