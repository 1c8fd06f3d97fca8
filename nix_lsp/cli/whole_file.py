"""Files that are written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

_NEW = 0o666
"""The mode of a file that was not there, before the user's mask."""


def replace_file(path: str | os.PathLike[str], content: bytes) -> None:
    """Write a file so that a full disk, an interruption or a crash leaves the old one in place, or none.

    Raises:
        OSError: the folder cannot be written, or the disk is full.
    """
    target = Path(path).resolve()  # of a link, what it names
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    written = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        written.chmod(target.stat().st_mode if target.exists() else _NEW & ~_mask())
        written.replace(target)
    except BaseException:
        written.unlink(missing_ok=True)
        raise


def _mask() -> int:
    """Return the user's mask, which can be read only by setting it."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
