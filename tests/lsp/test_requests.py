"""How requests are answered: in which order, which not at all, and what a failure costs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from nix_lsp.ide.model import Hover
from nix_lsp.syntax.span import Span

from .connection import RefusedError, span

if TYPE_CHECKING:
    import asyncio

    from .connection import Connection, Json

URI = "untitled:a"
PLACE: Json = {"textDocument": {"uri": URI}, "position": {"line": 0, "character": 0}}


@pytest.fixture
def hovered(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """Replace hover by one that notes the texts it is asked about."""
    texts: list[bytes] = []

    def hover(_project: Any, document: Any, _offset: int) -> Hover:
        texts.append(document.source)
        return Hover(Span(0, 1), "found")

    monkeypatch.setattr("nix_lsp.ide.hover.hover", hover)
    return texts


async def code(answer: asyncio.Future[Any]) -> int | None:
    """Return the error code of an answer; None for a result."""
    try:
        await answer
    except RefusedError as error:
        return error.code
    return None


async def test_a_cancelled_request_is_not_computed(connection: Connection, hovered: list[bytes]) -> None:
    await connection.initialize()
    connection.open(URI, "a")
    answers = [connection.send("textDocument/hover", PLACE) for _ in range(20)]

    for answer in answers[:-1]:
        connection.cancel(answer)

    assert [await code(answer) for answer in answers] == [-32800] * 19 + [None]
    assert len(hovered) == 1


async def test_cancelling_what_is_answered_or_unknown_does_nothing(
    connection: Connection, hovered: list[bytes]
) -> None:
    await connection.initialize()
    connection.open(URI, "a")
    answer = connection.send("textDocument/hover", PLACE)
    await answer

    connection.cancel(answer)
    connection.notify("$/cancelRequest", {"id": 999})
    connection.notify("$/cancelRequest", None)

    assert await code(connection.send("textDocument/hover", PLACE)) is None
    assert hovered


async def test_an_edit_overtakes_the_requests_before_it(connection: Connection, hovered: list[bytes]) -> None:
    await connection.initialize()
    connection.open(URI, "a")
    before = connection.send("textDocument/hover", PLACE)

    connection.change(URI, 2, {"range": span((0, 1), (0, 1)), "text": "b"})
    after = connection.send("textDocument/hover", PLACE)

    assert await code(before) == -32801
    assert await code(after) is None
    assert hovered == [b"ab"]


async def test_an_edit_of_another_document_overtakes_nothing(connection: Connection, hovered: list[bytes]) -> None:
    await connection.initialize()
    connection.open(URI, "a")
    connection.open("untitled:b", "b")
    before = connection.send("textDocument/hover", PLACE)

    connection.change("untitled:b", 2, {"text": "c"})

    assert await code(before) is None
    assert hovered == [b"a"]


async def test_an_overtaken_pull_asks_the_client_to_pull_again(connection: Connection) -> None:
    await connection.initialize()
    document = connection.open(URI, "a")
    pulled = connection.send("textDocument/diagnostic", document)

    connection.change(URI, 2, {"text": "b"})

    with pytest.raises(RefusedError) as refused:
        await pulled
    assert refused.value.code == -32802
    assert refused.value.data == {"retriggerRequest": True}


async def test_what_the_user_types_goes_before_what_runs_in_the_background(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    order: list[str] = []

    def outline(_document: Any) -> list[Any]:
        order.append("symbols")
        return []

    def hover(*_: Any) -> None:
        order.append("hover")

    monkeypatch.setattr("nix_lsp.ide.symbols.document_symbols", outline)
    monkeypatch.setattr("nix_lsp.ide.hover.hover", hover)
    await connection.initialize()
    connection.open(URI, "a")

    first = connection.send("textDocument/documentSymbol", PLACE)
    second = connection.send("textDocument/documentSymbol", PLACE)
    urgent = connection.send("textDocument/hover", PLACE)
    for answer in (first, second, urgent):
        await answer

    assert order == ["symbols", "hover", "symbols"]


async def test_a_failing_handler_costs_one_answer(connection: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> None:
        raise ValueError("hashedPassword = secret")

    monkeypatch.setattr("nix_lsp.ide.hover.hover", fail)
    await connection.initialize()
    document = connection.open(URI, "{ a = 1; }")

    with pytest.raises(RefusedError) as refused:
        await connection.request("textDocument/hover", PLACE)

    assert (refused.value.code, refused.value.data) == (-32603, None)
    (logged,) = connection.all("window/logMessage")
    assert "textDocument/hover failed: ValueError at " in logged["message"]
    assert "secret" not in f"{refused.value.message} {logged['message']}"
    assert not connection.all("window/showMessage")
    assert await connection.request("textDocument/documentSymbol", document)


async def test_a_failing_notification_costs_itself(connection: Connection) -> None:
    await connection.initialize()

    connection.notify("textDocument/didOpen", {"textDocument": {"uri": URI}})
    connection.notify("textDocument/didOpen", None)

    assert await connection.request("textDocument/documentSymbol", connection.open(URI, "{ a = 1; }"))
    assert not connection.all("window/showMessage")


@pytest.mark.parametrize(
    "params", [None, [], {}, {"textDocument": 3}, {"textDocument": {"uri": "file:///nowhere/a.nix"}}]
)
@pytest.mark.parametrize("method", ["hover", "completion", "codeAction", "documentSymbol", "diagnostic"])
async def test_a_request_about_no_document_has_an_empty_answer(
    connection: Connection, method: str, params: object
) -> None:
    await connection.initialize()

    answer = await connection.request(f"textDocument/{method}", params)

    assert answer in (None, [], {"kind": "full", "items": []}, {"kind": "full", "items": [], "resultId": "1"})


@pytest.mark.parametrize(
    "position", [None, {}, 3, {"line": "0", "character": 0}, {"line": 0}, {"line": 0, "character": 1.5}]
)
async def test_a_request_without_a_proper_position_is_refused(connection: Connection, position: object) -> None:
    await connection.initialize()
    document = connection.open(URI, "{ }")

    with pytest.raises(RefusedError) as refused:
        await connection.request("textDocument/hover", {**document, "position": position})

    assert refused.value.code == -32602
