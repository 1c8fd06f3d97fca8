"""Signatures over the protocol."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from .connection import at

if TYPE_CHECKING:
    from .connection import Connection, Json

URI = "untitled:a"
ABLE = {
    "textDocument": {
        "signatureHelp": {
            "signatureInformation": {
                "documentationFormat": ["markdown"],
                "activeParameterSupport": True,
                "parameterInformation": {"labelOffsetSupport": True},
            }
        }
    }
}


def asked(line: int, character: int) -> Json:
    return {"textDocument": {"uri": URI}, "position": at(line, character)}


@pytest.mark.parametrize(
    ("capabilities", "expected"),
    [
        (
            {},
            {
                "signatures": [{"label": "f a b", "parameters": [{"label": "a"}, {"label": "b"}]}],
                "activeSignature": 0,
                "activeParameter": 1,
            },
        ),
        (
            ABLE,
            {
                "signatures": [
                    {"label": "f a b", "parameters": [{"label": [2, 3]}, {"label": [4, 5]}], "activeParameter": 1}
                ],
                "activeSignature": 0,
                "activeParameter": 1,
            },
        ),
    ],
)
async def test_a_client_is_told_as_it_can_take_it(
    connection: Connection, capabilities: Json, expected: dict[str, Any]
) -> None:
    told = await connection.initialize(capabilities)
    connection.open(URI, "let f = a: b: a; in f 1 ")

    assert " " in told["capabilities"]["signatureHelpProvider"]["triggerCharacters"]
    assert await connection.request("textDocument/signatureHelp", asked(0, 24)) == expected


async def test_places_in_a_label_are_in_utf_16(connection: Connection) -> None:
    await connection.initialize(ABLE)
    connection.open(URI, 'let f = { a ? "𝄞", b }: a; in f { a = 1; ')

    (signature,) = (await connection.request("textDocument/signatureHelp", asked(0, 42)))["signatures"]
    assert signature["label"] == 'f { a ? "𝄞", b } -> string'
    assert [each["label"] for each in signature["parameters"]] == [[4, 12], [14, 15]]
    assert signature["activeParameter"] == 1


async def test_where_nothing_is_called_nothing_is_said(connection: Connection) -> None:
    await connection.initialize(ABLE)
    connection.open(URI, "{ a = 1; }")

    assert await connection.request("textDocument/signatureHelp", asked(0, 4)) is None
