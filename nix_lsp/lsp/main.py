"""`nix-lsp serve`: a language server on standard input and output."""

from __future__ import annotations

import os
import sys

_COLLECTED = (1_000, 10, 1_000)
"""The garbage collector's thresholds: what it takes to look through everything, 30 ms, is for when the user pauses (`Server`)."""


def run() -> int:
    """Serve until the client leaves; returns the exit code."""
    import gc

    # Start-up makes thousands of objects that live to the end: collecting among them finds nothing.
    gc.disable()
    from nix_lsp.lsp.first import is_possible, serve_first

    # Errors go to the client's log; some editors show whatever stands on standard error. A rule that fails is logged, and `logging`
    # would print that as long as it has no handler: it gets one below, when it is imported anyway.
    stderr = sys.stderr
    try:
        with open(os.devnull, "w") as sys.stderr:  # noqa: PTH123 -- start-up: no pathlib
            session, unread, unsent = serve_first() if is_possible() else (None, b"", b"")
    except (KeyboardInterrupt, OSError):  # the client is gone
        return 1
    finally:
        sys.stderr = stderr

    from nix_lsp.lsp.deferred import import_lsprotocol

    import_lsprotocol()
    import asyncio
    import logging

    from nix_lsp.lsp.server import NixLanguageServer

    logging.getLogger().addHandler(logging.NullHandler())
    server = NixLanguageServer(session)
    gc.freeze()
    gc.set_threshold(*_COLLECTED)
    gc.enable()
    try:
        return asyncio.run(server.serve(unread, unsent))
    except KeyboardInterrupt:
        return 130
