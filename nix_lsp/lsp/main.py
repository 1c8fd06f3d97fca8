"""`nix-lsp serve`: a language server on standard input and output."""

from __future__ import annotations


def run() -> int:
    """Serve until the client leaves; returns the exit code."""
    import gc

    # Start-up makes thousands of objects that live to the end: collecting among them finds nothing.
    gc.disable()
    from nix_lsp.lsp.first import is_possible, serve_first

    try:
        session, unread = serve_first() if is_possible() else (None, b"")
    except (KeyboardInterrupt, OSError):  # the client is gone
        return 1

    from nix_lsp.lsp.deferred import import_lsprotocol

    import_lsprotocol()
    import asyncio
    import logging

    from nix_lsp.lsp.server import NixLanguageServer

    # Errors go to the client's log; some editors show whatever stands on standard error.
    logging.getLogger().addHandler(logging.NullHandler())
    server = NixLanguageServer(session)
    gc.freeze()
    gc.enable()
    try:
        return asyncio.run(server.serve(unread))
    except KeyboardInterrupt:
        return 130
