"""Reading a published file as text: plain or Brotli-compressed, bounded in size."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, cast

if TYPE_CHECKING:
    from pathlib import Path

LIMIT = 512 * 2**20
"""Bytes after decompression; nixpkgs' packages.json, the largest known, has 130 million."""

_CHUNK = 2**16


class FormatError(ValueError):
    """A file is not what it should be; the message names the file and what is wrong."""


class _Decompressor(Protocol):
    def process(self, data: bytes, /) -> bytes: ...
    def is_finished(self) -> bool: ...


def read_text(path: Path, limit: int = LIMIT) -> str:
    """Return a file's text; a name that ends in `.br` is decompressed.

    Raises:
        FormatError: it is truncated, damaged, not UTF-8, or larger than `limit` bytes after decompression.
        OSError: it cannot be read.
    """
    data = _brotli(path, limit) if path.suffix == ".br" else _plain(path, limit)
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise FormatError(f"{path}: not UTF-8 at byte {error.start}") from error


def _plain(path: Path, limit: int) -> bytes:
    with path.open("rb") as file:
        data = file.read(limit + 1)
    if len(data) > limit:
        raise FormatError(f"{path}: larger than {limit:,} bytes")
    return data


def _brotli(path: Path, limit: int) -> bytes:
    import brotli  # pyright: ignore[reportMissingTypeStubs]

    decompressor = cast("_Decompressor", brotli.Decompressor())  # pyright: ignore[reportUnknownMemberType]
    parts: list[bytes] = []
    size = 0
    with path.open("rb") as file:
        while compressed := file.read(_CHUNK):
            try:
                part = decompressor.process(compressed)
            except brotli.error as error:  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
                raise FormatError(f"{path}: damaged Brotli data") from error
            size += len(part)
            if size > limit:
                raise FormatError(f"{path}: larger than {limit:,} bytes after decompression")
            parts.append(part)
    if not decompressor.is_finished():
        raise FormatError(f"{path}: truncated Brotli data")
    return b"".join(parts)
