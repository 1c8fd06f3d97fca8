"""What helps whoever writes, over the protocol."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .connection import at, span

if TYPE_CHECKING:
    from .connection import Connection

URI = "untitled:a"


async def test_linked_names_are_ranges_in_the_clients_units(connection: Connection) -> None:
    await connection.initialize()
    document = connection.open(URI, 'let a = "𝄞"; in [ "𝄞" a ]')

    answer = await connection.request("textDocument/linkedEditingRange", {**document, "position": at(0, 4)})

    assert answer["ranges"] == [span((0, 4), (0, 5)), span((0, 24), (0, 25))]


async def test_a_name_that_others_see_is_not_linked(connection: Connection) -> None:
    await connection.initialize()
    document = connection.open(URI, "rec { a = 1; b = a; }")

    assert await connection.request("textDocument/linkedEditingRange", {**document, "position": at(0, 6)}) is None
