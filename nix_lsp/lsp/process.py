"""The client's process, by whose end the server notices that nobody will close its input."""

from __future__ import annotations

import os
from typing import Any


def open_process(pid: int) -> int | None:
    """Return a file descriptor that becomes readable when a process ends: no polling.

    None where the system has no such thing (then the end of input has to do), and for an id that names nothing here: that of a
    client outside our container.
    """
    pidfd_open: Any = getattr(os, "pidfd_open", None)
    if pidfd_open is None or pid <= 0:
        return None
    try:
        return pidfd_open(pid)
    except (OSError, OverflowError):
        return None
