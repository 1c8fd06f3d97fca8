"""Running the user's formatter: a child process that gets the text and gives the formatted one, bounded in time and size.

Both pipes are served at once: a formatter that writes before it has read all would else wait for ever. What goes wrong costs the
answer, never the text.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from nix_lsp.lsp.wire import REQUEST_FAILED, RequestError

if TYPE_CHECKING:
    from collections.abc import Sequence

SECONDS = 10.0
"""So long a formatter may take."""
_GROWTH, _ROOM = 8, 1 << 20
"""The formatted text has at most so many times the bytes of the text, and some more."""
_COMPLAINT = 4096
"""Bytes of what a formatter complains of that are read; the rest is thrown away."""
_SHOWN = 300
_CHUNK = 1 << 16


class NoFormatterError(Exception):
    """The program is not on this machine."""


async def run_formatter(command: Sequence[str], source: bytes, folder: str) -> bytes:
    """Return what a formatter makes of a text.

    Args:
        command: the program and its arguments. A name is looked for on `PATH`, but not in folders that are relative there: that would be
            the workspace.
        source: the text.
        folder: where it runs; empty for here.

    Raises:
        NoFormatterError: the program is not there.
        RequestError: it failed, took too long, or wrote too much or nothing.
    """
    program = _found(command[0])
    if program is None:
        raise NoFormatterError(
            f"nix-lsp: there is no `{command[0]}` to format with: install it, or name another program in `formatting.command`"
        )
    pipe = asyncio.subprocess.PIPE
    try:
        process = await asyncio.create_subprocess_exec(
            program,
            *command[1:],
            stdin=pipe,
            stdout=pipe,
            stderr=pipe,
            cwd=folder or None,
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        raise RequestError(REQUEST_FAILED, f"{command[0]} does not start: {error}") from error
    try:
        async with asyncio.timeout(SECONDS):
            return await _exchange(process, command[0], source)
    except TimeoutError as error:
        raise RequestError(REQUEST_FAILED, f"{command[0]} takes longer than {SECONDS:.0f} seconds") from error
    finally:
        _end(process)


def _found(name: str) -> str | None:
    """Return the absolute path of a program."""
    if Path(name).name != name:
        return shutil.which(name) if Path(name).is_absolute() else None
    folders = os.environ.get("PATH", os.defpath).split(os.pathsep)
    return shutil.which(name, path=os.pathsep.join(folder for folder in folders if Path(folder).is_absolute()))


async def _exchange(process: asyncio.subprocess.Process, name: str, source: bytes) -> bytes:
    stdin, stdout, stderr = process.stdin, process.stdout, process.stderr
    assert stdin is not None
    assert stdout is not None
    assert stderr is not None
    most = _GROWTH * len(source) + _ROOM
    output, complaint, _ = await asyncio.gather(
        _read(stdout, most + 1, process), _read(stderr, _COMPLAINT), _write(stdin, source)
    )
    if len(output) > most:
        raise RequestError(REQUEST_FAILED, f"{name} writes too much")
    if code := await process.wait():
        said = complaint.decode("utf-8", "replace").strip() or f"it ended with code {code}"
        raise RequestError(REQUEST_FAILED, f"{name}: {said[:_SHOWN]}")
    if not output.strip() and source.strip():
        raise RequestError(REQUEST_FAILED, f"{name} writes nothing")
    return output


async def _write(stdin: asyncio.StreamWriter, source: bytes) -> None:
    # One that has seen enough closes its end.
    with suppress(BrokenPipeError, ConnectionResetError):
        stdin.write(source)
        await stdin.drain()
    with suppress(BrokenPipeError, ConnectionResetError):
        stdin.close()
        await stdin.wait_closed()


async def _read(stream: asyncio.StreamReader, most: int, process: asyncio.subprocess.Process | None = None) -> bytes:
    """Read to the end; keep so many bytes, and end a process that writes more."""
    kept = bytearray()
    while chunk := await stream.read(_CHUNK):
        if process is not None and len(kept) + len(chunk) > most:
            _end(process)
            process = None
        kept += chunk[: most - len(kept)]
    return bytes(kept)


def _end(process: asyncio.subprocess.Process) -> None:
    """End the child, if it has not ended by itself, and all that it has started."""
    if process.returncode is not None:
        return
    with suppress(ProcessLookupError, PermissionError):
        if os.name == "nt":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)
