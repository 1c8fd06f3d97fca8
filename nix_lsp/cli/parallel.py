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
_CRASHES = 4
"""So often workers may end before their work is done."""


class Looked(NamedTuple):
    """What was found in one file."""

    path: str
    source: bytes | None
    """The text that was judged, where there are findings; None for a file that could not be read, or whose worker ended."""
    found: Sequence[Diagnostic]
    failed: bool
    """A rule failed, or the worker ended: not all was looked at."""


class CrashedError(Exception):
    """A worker ended without an answer."""


_state: tuple[Workspace, Callable[[Workspace, str], Looked]] | None = None
"""What a forked worker works on."""


def workers() -> int:
    """Return how many processes work at once: one for each processor that this one may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def look_at(
    workspace: Workspace,
    files: Sequence[str],
    look: Callable[[Workspace, str], Looked],
    release: Callable[[], None],
    warn: Callable[[str], None],
) -> Iterator[Looked]:
    """Yield what `look` finds in each file, in the order of the files.

    `release` closes what forked processes must not share (databases, which open again when asked); it is called before they begin.
    `warn` is told, in a sentence for people, when a worker ends too soon.

    Raises:
        CrashedError: workers were killed or died, again and again.
    """
    count = min(workers(), len(files) // _CHUNK)
    if len(files) <= _FEW or count < 2 or sys.platform != "linux":
        for path in files:
            yield look(workspace, path)
        return
    import gc

    global _state  # noqa: PLW0603 -- how a forked process is given what cannot be sent to it
    workspace.graph()
    release()
    _state = (workspace, look)
    gc.freeze()  # what was there before is not looked through by the workers' collectors, and so stays shared
    try:
        yield from _surely(files, count, warn)
    finally:
        _state = None
        gc.unfreeze()


def _surely(files: Sequence[str], count: int, warn: Callable[[str], None]) -> Iterator[Looked]:
    """Yield what workers find; where one ends too soon, the rest is looked at by one at a time, so that the file is known that ends it."""
    from concurrent.futures.process import BrokenProcessPool

    done = crashes = 0
    while done < len(files):
        try:
            for looked in _in_parallel(files[done:], 1 if crashes else count, 1 if crashes else _CHUNK):
                done += 1
                yield looked
        except BrokenProcessPool as error:
            crashes += 1
            if crashes > _CRASHES:
                raise CrashedError("worker processes end before their work is done (killed, out of memory?)") from error
            if crashes == 1:
                warn("a worker process ended too soon (killed, out of memory?): what is left is looked at one by one")
                continue
            yield Looked(files[done], None, (), failed=True)
            done += 1


def _in_parallel(files: Sequence[str], count: int, chunk: int) -> Iterator[Looked]:
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    pool = ProcessPoolExecutor(count, multiprocessing.get_context("fork"), _begin)
    try:
        yield from pool.map(_look, files, chunksize=chunk)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _begin() -> None:
    # Ctrl-C goes to all processes of a terminal: workers end at once, and the first one says what there is to say.
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def _look(path: str) -> Looked:
    assert _state is not None
    workspace, look = _state
    return look(workspace, path)
