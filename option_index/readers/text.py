"""Reading a published file as text: plain or Brotli-compressed, bounded in size."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, cast

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LIMIT = 512 * 2**20
"""Bytes after decompression; nixpkgs' packages.json, the largest known, has 130 million."""

_CHUNK = 2**18
_COMPRESSED = 2**14
"""Bytes that are decompressed at once: lists shrink to a tenth, hostile data to a millionth."""


class FormatError(ValueError):
    """A file is not what it should be; the message names the file and what is wrong."""


class _Decompressor(Protocol):
    def process(self, data: bytes, /) -> bytes: ...
    def is_finished(self) -> bool: ...


def read_text(path: Path, limit: int = LIMIT) -> str:
    """Return a file's text; see `read_parts`."""
    return "".join(read_parts(path, limit))


def read_parts(path: Path, limit: int = LIMIT) -> Iterator[str]:
    """Yield a file's text piece by piece, none of them empty; a name that ends in `.br` is decompressed.

    Raises:
        FormatError: it is truncated, damaged, not UTF-8, or larger than `limit` bytes after decompression.
        OSError: it cannot be read.
    """
    from codecs import getincrementaldecoder

    decoder = getincrementaldecoder("utf-8")()
    size = pending = 0
    try:
        for data in _brotli(path) if path.suffix == ".br" else _plain(path):
            if size + len(data) > limit:
                after = " after decompression" if path.suffix == ".br" else ""
                raise FormatError(f"{path}: larger than {limit:,} bytes{after}")
            pending = len(decoder.getstate()[0])
            if part := decoder.decode(data):
                yield part
            size += len(data)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        raise FormatError(f"{path}: not UTF-8 at byte {size - pending + error.start}") from error


def _plain(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while data := file.read(_CHUNK):
            yield data


def _brotli(path: Path) -> Iterator[bytes]:
    import brotli  # pyright: ignore[reportMissingTypeStubs]

    decompressor = cast("_Decompressor", brotli.Decompressor())  # pyright: ignore[reportUnknownMemberType]
    with path.open("rb") as file:
        while compressed := file.read(_COMPRESSED):
            try:
                yield decompressor.process(compressed)
            except brotli.error as error:  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
                raise FormatError(f"{path}: damaged Brotli data") from error
    if not decompressor.is_finished():
        raise FormatError(f"{path}: truncated Brotli data")
