"""What goes wrong, for the client's log: where, and which kind; never the text of a user's file, which an error may quote."""

from __future__ import annotations

import traceback
from pathlib import PurePath

_FRAMES = 5


def describe(what: str, error: BaseException) -> str:
    """Return one line: what failed, the error's type, and the innermost places, outermost first."""
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
    places = [f"{'/'.join(PurePath(frame.filename).parts[-2:])}:{frame.lineno} {frame.name}" for frame in frames]
    return f"{what} failed: {type(error).__name__} at {' > '.join(places) or 'an unknown place'}"
