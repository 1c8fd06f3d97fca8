"""Waiting on a condition, with an end."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

# Seconds; a cold start of an editor and our server on a busy machine takes a few.
DEADLINE = 40


def wait_until(condition: Callable[[], bool], seconds: float = DEADLINE) -> bool:
    """Whether `condition` comes to hold within `seconds`."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True
