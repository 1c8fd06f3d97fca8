"""Downloading one file over HTTP: conditional, resumable, bounded, verified, and whole or not at all.

Nothing here decides *whether* to download: that needs the user's consent, which is the caller's business.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Callable
    from http.client import HTTPResponse
    from pathlib import Path

_CHUNK = 2**16
_SCHEMES = ("https://", "http://")


class DownloadError(Exception):
    """A download did not come to its end; the message is for people. What has arrived is kept and resumed next time."""


class Outcome(Enum):
    """What a download did."""

    FETCHED = "fetched"
    UNCHANGED = "unchanged"
    """The server said that the copy on disk is current."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one download: bytes, and seconds for one read and for the whole."""

    size: int = 64 * 2**20
    idle: float = 20
    total: float = 300


def download(
    url: str,
    target: Path,
    *,
    limits: Limits | None = None,
    sha256: str | None = None,
    progress: Callable[[int, int | None], bool] | None = None,
) -> Outcome:
    """Bring a URL's content to `target`, which always holds a whole, verified file or what it held before.

    The entity tag is kept beside the file, so that an unchanged file is not sent again; a download that broke off is taken up where
    it ended if the server's file is still the same, else begun again.

    Args:
        url: an http or https address.
        target: where the file goes; its folder is made.
        limits: bounds; the default suits a channel's files.
        sha256: the expected hash in hexadecimal, if known.
        progress: called with bytes so far and in all (None: unknown); returning False stops the download.

    Raises:
        DownloadError: refused, broken off, too large, too slow, or of another hash.
        OSError: the folder cannot be written, or the disk is full.
    """
    if not url.startswith(_SCHEMES):
        raise DownloadError(f"{url}: only http and https addresses are fetched")
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(target.name + ".part")
    notes = target.with_name(target.name + ".etag")
    request = _request(url, target, part, notes)
    bounds = limits or Limits()
    try:
        with cast("HTTPResponse", urllib.request.urlopen(request, timeout=bounds.idle)) as response:  # noqa: S310 -- scheme checked above
            resumed = response.status == 206
            tag = response.headers.get("ETag")
            notes_part = _notes(notes, part=tag)
            _receive(response, part, resumed=resumed, bounds=bounds, progress=progress)
    except urllib.error.HTTPError as error:
        if error.code == 304 and target.exists():
            return Outcome.UNCHANGED
        if error.code == 416:
            part.unlink(missing_ok=True)
        raise DownloadError(f"{url}: the server answered {error.code} {error.reason}") from error
    except (urllib.error.URLError, TimeoutError, ConnectionError) as error:
        raise DownloadError(f"{url}: {getattr(error, 'reason', None) or error or 'timed out'}") from error
    if sha256 is not None and (found := _sha256(part)) != sha256.lower():
        part.unlink()
        raise DownloadError(f"{url}: its SHA-256 is {found}, not {sha256}")
    part.replace(target)
    if notes_part:
        _write_notes(notes, {"whole": notes_part})
    return Outcome.FETCHED


def _request(url: str, target: Path, part: Path, notes: Path) -> urllib.request.Request:
    """Ask for what is missing: nothing new, the rest of a part, or all."""
    tags = _read_notes(notes)
    request = urllib.request.Request(url, headers={"User-Agent": "nix-lsp", "Accept-Encoding": "identity"})  # noqa: S310
    if part.exists() and part.stat().st_size and (tag := tags.get("part")):
        request.add_header("Range", f"bytes={part.stat().st_size}-")
        request.add_header("If-Range", tag)
    elif target.exists() and (tag := tags.get("whole")):
        request.add_header("If-None-Match", tag)
    return request


def _receive(
    response: HTTPResponse,
    part: Path,
    *,
    resumed: bool,
    bounds: Limits,
    progress: Callable[[int, int | None], bool] | None,
) -> None:
    url = response.url
    done = part.stat().st_size if resumed else 0
    length = response.headers.get("Content-Length")
    whole = done + int(length) if length and length.isdigit() else None
    if whole is not None and whole > bounds.size:
        raise DownloadError(f"{url}: {whole:,} bytes, more than the limit of {bounds.size:,}")
    deadline = time.monotonic() + bounds.total
    with part.open("ab" if resumed else "wb") as file:
        while data := response.read1(_CHUNK):
            file.write(data)
            done += len(data)
            if done > bounds.size:
                file.truncate(0)
                raise DownloadError(f"{url}: more than the limit of {bounds.size:,} bytes")
            if time.monotonic() > deadline:
                raise DownloadError(f"{url}: not done after {bounds.total:g} seconds")
            if progress is not None and not progress(done, whole):
                raise DownloadError(f"{url}: stopped")
        file.flush()
        os.fsync(file.fileno())
    if whole is not None and done != whole:
        raise DownloadError(f"{url}: the connection ended after {done:,} of {whole:,} bytes")


def _notes(notes: Path, part: str | None) -> str | None:
    """Remember the tag of what is arriving, so that it can be resumed; weak tags do not do for that (RFC 9110, 13.1.5)."""
    tags = _read_notes(notes)
    if part and not part.startswith("W/"):
        tags["part"] = part
    else:
        tags.pop("part", None)
    _write_notes(notes, tags)
    return part


def _read_notes(notes: Path) -> dict[str, str]:
    try:
        data: Any = json.loads(notes.read_bytes())
    except (OSError, ValueError):
        return {}
    fields = cast("dict[Any, Any]", data) if isinstance(data, dict) else {}
    return {key: value for key, value in fields.items() if isinstance(key, str) and isinstance(value, str)}


def _write_notes(notes: Path, tags: dict[str, str]) -> None:
    fresh = notes.with_name(notes.name + ".new")
    fresh.write_text(json.dumps(tags))
    fresh.replace(notes)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
