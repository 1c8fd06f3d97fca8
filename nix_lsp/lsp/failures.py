"""What goes wrong, for the client's log: where, and which kind; never the text of a user's file, which an error may quote."""

from __future__ import annotations

import logging
import os
import traceback
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_FRAMES = 5
_WARNING = 2


def describe(what: str, error: BaseException) -> str:
    """Return one line: what failed, the error's type, and the innermost places, outermost first."""
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
    places = [
        f"{'/'.join(frame.filename.replace(os.sep, '/').split('/')[-2:])}:{frame.lineno} {frame.name}"
        for frame in frames
    ]
    return f"{what} failed: {type(error).__name__} at {' > '.join(places) or 'an unknown place'}"


class LogToClient(logging.Handler):
    """Shows what a feature logs (a rule that failed, and was left out) in the client's log."""

    def __init__(self, log: Callable[[str, int], None]) -> None:
        super().__init__(logging.WARNING)
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        line = record.getMessage()
        if record.exc_info and record.exc_info[1]:
            line = describe(getattr(record, "rule", record.name), record.exc_info[1])
        self._log(line, _WARNING)
