"""Run as a script: put bounds on this process, then become another program, which keeps them.

    python -I -S bounded.py MEMORY CPU-SECONDS FILE-BYTES PARENT COMMAND [ARGUMENT…]

Limits have to be set in the child itself: setting them between fork and exec of a threaded server is not safe. Where the system can,
the program is killed as soon as its parent dies; where it cannot, the limit on its time ends it.
"""

from __future__ import annotations

import os
import sys

_PR_SET_PDEATHSIG = 1
"""prctl(2)."""
_SIGKILL = 9


def main(argv: list[str]) -> None:
    """Become `argv[4:]`, bounded."""
    memory, seconds, size, parent, *command = argv
    limit(int(memory), int(seconds), int(size))
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, _SIGKILL)
        if os.getppid() != int(parent):  # it died before we asked
            sys.exit(1)
    os.execvp(command[0], command)  # noqa: S606 -- an argument list


def limit(memory: int, seconds: int, size: int) -> None:
    """Bound this process: bytes of address space, seconds of processor time, bytes of a file it writes."""
    try:
        import resource
    except ImportError:  # not a Unix
        return
    bounds = ((resource.RLIMIT_AS, memory), (resource.RLIMIT_CPU, seconds), (resource.RLIMIT_FSIZE, size))
    for kind, bound in bounds:
        try:
            hard = resource.getrlimit(kind)[1]
            resource.setrlimit(kind, (bound if hard == resource.RLIM_INFINITY else min(bound, hard), hard))
        except (OSError, ValueError):  # macOS takes no limit on address space
            continue


if __name__ == "__main__":
    main(sys.argv[1:])
