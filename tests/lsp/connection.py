"""A client in the server's own process: messages go in as JSON and come out as JSON, each held against lsprotocol's classes."""

from __future__ import annotations

import asyncio
import json
from typing import Any, cast

from lsprotocol import types
from lsprotocol.converters import get_converter

from nix_lsp.lsp.server import NixLanguageServer

Json = dict[str, Any]

DEADLINE = 5.0
"""Seconds that a message may take; only reached by a test that fails."""

_CONVERTER = get_converter()


class RefusedError(Exception):
    """The server's error for a request."""

    def __init__(self, error: Json) -> None:
        super().__init__(str(error))
        self.code = error["code"]
        self.message = error["message"]
        self.data = error.get("data")


class Connection:
    """One client and one server. Use inside a running event loop."""

    def __init__(self) -> None:
        self.server = NixLanguageServer()
        self.server.protocol.set_writer(self, include_headers=False)
        self.settings: Any = None
        """What `workspace/configuration` answers for our section."""
        self.refuses: set[str] = set()
        """Requests of the server that this client refuses."""
        self.ignores: set[str] = set()
        """Requests of the server that this client never answers."""
        self.answers: dict[str, Any] = {}
        """What this client answers to requests of the server."""
        self.received: list[Json] = []
        """All notifications and requests of the server, in order."""
        self._methods: dict[int, str] = {}
        self._answers: dict[int, asyncio.Future[Any]] = {}
        self._arrived = asyncio.Event()

    # The server's writer

    def write(self, data: bytes) -> None:
        message: Json = json.loads(data)
        if "method" in message:
            _check(message, types.METHOD_TO_TYPES[message["method"]][0])
            self.received.append(message)
            self._arrived.set()
            if "id" in message and message["method"] not in self.ignores:
                self._feed({"id": message["id"], **self._answer(message["method"])})
        elif "error" in message:
            self._answers[message["id"]].set_exception(RefusedError(message["error"]))
        else:
            _check_answer(message, self._methods[message["id"]])
            self._answers[message["id"]].set_result(message["result"])

    def close(self) -> None:
        pass

    # The client

    def _answer(self, method: str) -> Json:
        if method in self.refuses:
            return {"error": {"code": -32601, "message": "no"}}
        return {"result": [self.settings] if method == "workspace/configuration" else self.answers.get(method)}

    def _feed(self, message: Json) -> None:
        protocol = self.server.protocol
        text = json.dumps({"jsonrpc": "2.0", **message})
        protocol.handle_message(json.loads(text, object_hook=protocol.structure_message))

    def send(self, method: str, params: Any = None) -> asyncio.Future[Any]:
        """Send a request; the future is its answer."""
        number = len(self._methods) + 1
        self._methods[number] = method
        answer = self._answers[number] = asyncio.get_running_loop().create_future()
        self._feed({"id": number, "method": method, "params": params})
        return answer

    async def request(self, method: str, params: Any = None) -> Any:
        """Send a request and wait for its answer.

        Raises:
            RefusedError: the answer is an error.
        """
        return await asyncio.wait_for(self.send(method, params), DEADLINE)

    def cancel(self, answer: asyncio.Future[Any]) -> None:
        """Cancel a request that was sent."""
        number = next(number for number, future in self._answers.items() if future is answer)
        self.notify("$/cancelRequest", {"id": number})

    def notify(self, method: str, params: Any = None) -> None:
        self._feed({"method": method, "params": params})

    async def initialize(self, capabilities: Json | None = None, **params: Any) -> Json:
        """Shake hands."""
        result = await self.request("initialize", {"processId": None, "capabilities": capabilities or {}, **params})
        self.notify("initialized", {})
        for _ in range(20):
            await asyncio.sleep(0)
        return cast("Json", result)

    def open(self, uri: str, text: str, version: int = 1) -> Json:
        """Open a document; returns its identifier for requests."""
        self.notify(
            "textDocument/didOpen",
            {"textDocument": {"uri": uri, "languageId": "nix", "version": version, "text": text}},
        )
        return {"textDocument": {"uri": uri}}

    def change(self, uri: str, version: int, *changes: Json) -> None:
        self.notify(
            "textDocument/didChange",
            {"textDocument": {"uri": uri, "version": version}, "contentChanges": list(changes)},
        )

    def text(self, uri: str) -> str:
        """Return a document's text as the server has it."""
        return self.server.session.open_documents[uri].source.decode()

    def all(self, method: str) -> list[Json]:
        """Return the parameters of all messages of one kind so far."""
        return [message.get("params", {}) for message in self.received if message["method"] == method]

    async def next(self, method: str, after: int = 0) -> Json:
        """Wait for a message of one kind beyond the first `after` ones; returns its parameters."""

        async def arrive() -> Json:
            while len(found := self.all(method)) <= after:
                self._arrived.clear()
                await self._arrived.wait()
            return found[after]

        return await asyncio.wait_for(arrive(), DEADLINE)

    async def diagnostics(self, uri: str, version: int | None = None) -> list[Json]:
        """Wait for the diagnostics of a version of a document."""
        seen = 0
        while True:
            published = await self.next("textDocument/publishDiagnostics", seen)
            seen += 1
            if published["uri"] == uri and (version is None or published.get("version") == version):
                return published["diagnostics"]


def _check_answer(message: Json, method: str) -> None:
    if method == "textDocument/codeAction":
        # lsprotocol takes every action that has a command for a bare `Command`.
        for action in message["result"]:
            _check(action, types.CodeAction)
    else:
        _check(message, types.METHOD_TO_TYPES[method][1])


def _check(message: Json, cls: Any) -> None:
    """Hold a message against its class: what the class does not know would be lost on the way there and back."""
    there = _CONVERTER.structure(json.loads(json.dumps(message)), cls)
    back = json.loads(json.dumps(_CONVERTER.unstructure(there, cls)))
    assert _without_nulls(back) == _without_nulls(message)


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_nulls(item) for name, item in cast("Json", value).items() if item is not None}
    return [_without_nulls(item) for item in cast("list[Any]", value)] if isinstance(value, list) else value


def at(line: int, character: int) -> Json:
    return {"line": line, "character": character}


def span(start: tuple[int, int], end: tuple[int, int]) -> Json:
    return {"start": at(*start), "end": at(*end)}
