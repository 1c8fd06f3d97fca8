"""Taking messages apart before pygls is there to do it."""

from __future__ import annotations

import json

import pytest

from nix_lsp.lsp.first import split


def frame(value: object, headers: bytes = b"") -> bytes:
    body = json.dumps(value, ensure_ascii=False).encode()
    return b"%bContent-Length: %d\r\n\r\n%b" % (headers, len(body), body)


def test_whole_messages_are_split_off_and_the_rest_is_kept() -> None:
    whole = frame({"id": 1}) + frame({"method": "ä🙂"}, b"Content-Type: application/vscode-jsonrpc; charset=utf-8\r\n")

    assert split(whole + b"Content-Len") == ([{"id": 1}, {"method": "ä🙂"}], b"Content-Len")


def test_every_part_of_a_message_is_kept_until_it_is_whole() -> None:
    message = frame({"id": 1})

    for length in range(len(message)):
        assert split(message[:length]) == ([], message[:length])


def test_the_headers_name_is_read_in_any_case() -> None:
    assert split(b"content-length:2\r\n\r\n{}") == ([{}], b"")


@pytest.mark.parametrize(
    "noise",
    [
        b"\r\n\r\n",
        b"X: 1\r\n\r\n{}",
        b"Content-Length: x\r\n\r\n{}",
        b"Content-Length: -1\r\n\r\n{}",
        b"Content-Length: 2\r\n\r\n{]",
        b"Content-Length: 2\r\n\r\n[]",
        b"Content-Length: 2\r\n\r\n\xff\xfe",
    ],
)
def test_what_is_not_understood_is_left_to_the_real_server(noise: bytes) -> None:
    assert split(frame({"id": 1}) + noise)[0] is None
