"""A channel server on this machine: a folder of files, with entity tags."""

from __future__ import annotations

import hashlib
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path


class ChannelServer(ThreadingHTTPServer):
    """Serves what is in a folder: `<channel>/options.json.br` and its like."""

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.folder = folder
        self.sent: list[str] = []
        """The paths of what was sent in full."""
        self.revisions: list[str] = []
        """What `git-revision` says in turn; the last one stays. Empty: what the file says."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def content(self, path: str) -> bytes | None:
        if path.endswith("/git-revision") and self.revisions:
            return (self.revisions.pop(0) if len(self.revisions) > 1 else self.revisions[0]).encode()
        file = self.folder / path.lstrip("/")
        return file.read_bytes() if file.is_file() else None


class _Handler(BaseHTTPRequestHandler):
    server: ChannelServer  # pyright: ignore[reportIncompatibleVariableOverride]

    def do_GET(self) -> None:
        content = self.server.content(self.path)
        if content is None:
            self.send_error(404)
            return
        tag = f'"{hashlib.sha256(content).hexdigest()}"'
        if self.headers.get("If-None-Match") == tag:
            self.send_response(304)
            self.end_headers()
            return
        self.server.sent.append(self.path)
        self.send_response(200)
        self.send_header("ETag", tag)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the name is http.server's
        pass


@contextmanager
def serving(folder: Path) -> Generator[ChannelServer]:
    """Serve a folder while the context lasts."""
    server = ChannelServer(folder)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
