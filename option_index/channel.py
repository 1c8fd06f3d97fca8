"""A channel server's lists: `<server>/<channel>/options.json.br`, `packages.json.br`, and `git-revision`, which says whose they are.

Nothing here decides *whether* to fetch: that needs the user's consent, which is the caller's business. What can download is imported
when something is fetched: the server asks here only what a channel is called.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from option_index.timeline import Point

_VARIABLE = "NIX_LSP_CHANNEL_SERVER"
"""The environment's way to name a mirror."""
SERVER = "https://channels.nixos.org"
_NAME = re.compile(r"(nixos|nixpkgs)-[a-z0-9.-]{1,40}")
_REVISION = re.compile(r"[0-9a-f]{40}\s*")
OPTIONS, PACKAGES, REVISION = "options.json.br", "packages.json.br", "git-revision"


@dataclass(frozen=True, slots=True)
class Fetched:
    """The lists of a channel, as they were at one moment."""

    revision: str
    options: Path | None
    """None for a channel that has none: those of `nixpkgs-…`."""
    packages: Path


def channel_of(point: Point) -> str:
    """Return the channel that a pin follows, or is nearest to."""
    return f"nixos-{point.release}" if point.release else "nixos-unstable"


def server_address(environment: Mapping[str, str] = os.environ) -> str:
    """Return the address of the channel server, or of the mirror that the environment names."""
    return environment.get(_VARIABLE) or SERVER


def branch_of_channel(channel: str) -> str:
    """Return the branch that a channel's indexes are filed under: `25.11` for `nixos-25.11-small`, else `unstable`."""
    found = re.search(r"\d\d\.\d\d", channel)
    return found.group() if found else "unstable"


def fetch(
    channel: str,
    folder: Path,
    *,
    server: str = SERVER,
    progress: Callable[[str, int, int | None], bool] | None = None,
) -> Fetched:
    """Bring a channel's lists into a folder; what is there already and has not changed is not sent again.

    Args:
        channel: its name, such as `nixos-25.11`.
        folder: where the files are kept; it is made.
        server: the address of the channel server.
        progress: called with a file's name, bytes so far and in all (None: unknown); returning False stops it.

    Raises:
        DownloadError: a file did not arrive, or the channel moved on twice while its files were fetched.
        OSError: the folder cannot be written, or the disk is full.
        ValueError: `channel` is no name of a channel.
    """
    from option_index.download import DownloadError

    if not _NAME.fullmatch(channel) or ".." in channel:
        raise ValueError(f"`{channel}` is no channel: nixos-25.11, nixos-unstable, nixpkgs-unstable are some")
    base = f"{server.rstrip('/')}/{channel}"
    for _ in range(2):
        before = _revision(base, folder)
        options = _list(base, folder, OPTIONS, progress) if channel.startswith("nixos-") else None
        packages = _list(base, folder, PACKAGES, progress)
        if _revision(base, folder) == before:
            return Fetched(before, options, packages)
    raise DownloadError(f"{base}: the channel moved on while it was fetched; try again")


def _revision(base: str, folder: Path) -> str:
    from option_index.download import DownloadError, Limits, download

    file = folder / REVISION
    download(f"{base}/{REVISION}", file, limits=Limits(size=1024, idle=20, total=60))
    text = file.read_text("utf-8", "replace")
    if not _REVISION.fullmatch(text):
        raise DownloadError(f"{base}/{REVISION}: no revision: {text[:60]!r}")
    return text.strip()


def _list(base: str, folder: Path, name: str, progress: Callable[[str, int, int | None], bool] | None) -> Path:
    from option_index.download import download

    file = folder / name
    download(f"{base}/{name}", file, progress=partial(progress, name) if progress else None)
    return file
