"""The vocabulary of the protocol that handlers share: JSON values, error codes, refusals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypedDict

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

Json = dict[str, Any]
"""A JSON object, as it came from the client or as it goes to it."""

INVALID_PARAMS: Final = -32602
INVALID_REQUEST: Final = -32600
INTERNAL_ERROR: Final = -32603
NOT_INITIALIZED: Final = -32002
CONTENT_MODIFIED: Final = -32801
SERVER_CANCELLED: Final = -32802
REQUEST_FAILED: Final = -32803
"""What was asked for is proper and cannot be done; the message says why."""


class Position(TypedDict):
    """A zero-based line, and a column in the negotiated encoding's units."""

    line: int
    character: int


class Range(TypedDict):
    """From one position up to another, exclusive."""

    start: Position
    end: Position


class Pending(NamedTuple):
    """An answer that waits for a child process: others are given meanwhile. It may raise what a handler may."""

    finish: Callable[[], Awaitable[Any]]


class RequestError(Exception):
    """A request that gets an error for an answer."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
