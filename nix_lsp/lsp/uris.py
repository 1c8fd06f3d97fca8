"""File URIs and paths (RFC 8089), without `urllib`'s start-up cost."""

from __future__ import annotations

import os
import re

_ESCAPE = re.compile(rb"%([0-9A-Fa-f]{2})")
_RESERVED = re.compile(rb"[^A-Za-z0-9/._~-]")
_DRIVE = re.compile(r"/[A-Za-z]:")


def to_path(uri: str) -> str | None:
    """Return the absolute path that a `file:` URI names on this machine, or None for any other URI.

    Bytes that are no UTF-8 survive as surrogate escapes, as Python's own file functions have them.
    """
    scheme, colon, rest = uri.partition(":")
    if not colon or scheme.lower() != "file":
        return None
    rest = re.split(r"[?#]", rest, maxsplit=1)[0]
    if rest.startswith("//"):
        host, _, rest = rest[2:].partition("/")
        if host.lower() not in {"", "localhost"}:
            return None
        rest = f"/{rest}"
    raw = _ESCAPE.sub(lambda escape: bytes.fromhex(escape[1].decode()), rest.encode("utf-8", "surrogateescape"))
    path = os.fsdecode(raw)
    if not path.startswith("/") or "\0" in path:
        return None
    if os.name == "nt" and _DRIVE.match(path):
        path = path[1:]
    return os.path.normpath(path)


def to_uri(path: str) -> str:
    """Return the `file:` URI of an absolute path. What is no absolute path is a URI already and comes back as it is."""
    if os.name == "nt":
        path = "/" + path.replace("\\", "/") if os.path.isabs(path) else path  # noqa: PTH117 -- start-up: no pathlib
    if not path.startswith("/"):
        return path
    escaped = _RESERVED.sub(lambda match: b"%%%02X" % match[0][0], os.fsencode(path))
    return f"file://{escaped.decode('ascii')}"
