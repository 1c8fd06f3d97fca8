"""Files looked at by several processes at once.

The workers are forked with all that is known of the project, so that nothing is found out twice; where processes are not forked
safely (macOS, Windows), and for few files, one process does it all. Results come in the order of the files.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from nix_lsp.analysis.workspace import Workspace
    from nix_lsp.ide.model import Diagnostic

_FEW = 64
"""Up to so many files, workers cost more than they bring."""
_CHUNK = 8


class Looked(NamedTuple):
    """What was found in one file."""

    path: str
    source: bytes | None
    """The text that was judged, where there are findings; None for a file that could not be read."""
    found: Sequence[Diagnostic]
    failed: bool
    """A rule failed: not all was looked at."""


class CrashedError(Exception):
    """A worker ended without an answer."""


_state: tuple[Workspace, Callable[[Workspace, str], Looked]] | None = None
"""What a forked worker works on."""


def workers() -> int:
    """Return how many processes work at once: one for each processor that this one may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def look_at(
    workspace: Workspace, files: Sequence[str], look: Callable[[Workspace, str], Looked], release: Callable[[], None]
) -> Iterator[Looked]:
    """Yield what `look` finds in each file, in the order of the files.

    `release` closes what forked processes must not share (databases, which open again when asked); it is called before they begin.

    Raises:
        CrashedError: a worker was killed or died.
    """
    count = min(workers(), len(files) // _CHUNK)
    if len(files) <= _FEW or count < 2 or sys.platform != "linux":
        for path in files:
            yield look(workspace, path)
        return
    yield from _in_parallel(workspace, files, look, release, count)


def _in_parallel(
    workspace: Workspace,
    files: Sequence[str],
    look: Callable[[Workspace, str], Looked],
    release: Callable[[], None],
    count: int,
) -> Iterator[Looked]:
    import gc
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool

    global _state  # noqa: PLW0603 -- how a forked process is given what cannot be sent to it
    workspace.graph()
    release()
    _state = (workspace, look)
    gc.freeze()  # what was there before is not looked through by the workers' collectors, and so stays shared
    pool = ProcessPoolExecutor(count, multiprocessing.get_context("fork"), _begin)
    try:
        yield from pool.map(_look, files, chunksize=_CHUNK)
    except BrokenProcessPool as error:
        raise CrashedError("a worker process ended before its work was done (killed, or out of memory?)") from error
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
        _state = None
        gc.unfreeze()


def _begin() -> None:
    # Whoever interrupts the command interrupts the first process, which ends the others.
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _look(path: str) -> Looked:
    assert _state is not None
    workspace, look = _state
    return look(workspace, path)
