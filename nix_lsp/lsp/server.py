"""The server: pygls with our handlers, our reader, our order of work.

pygls does JSON-RPC: framing, requests and their answers in both directions, cancellation. Three things are not taken from it. Messages
stay plain JSON (`nix_lsp.lsp.convert` says why). Its built-in features, a document store among them, give way to ours. And errors
go to the client's log, never into pop-ups or tracebacks.
"""

from __future__ import annotations

import asyncio
import os
import sys
import threading
import time
from contextlib import suppress
from functools import partial
from logging import getLogger
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

from pygls.exceptions import FeatureRequestError, JsonRpcException
from pygls.io_ import StdinAsyncReader, StdoutWriter, run_async
from pygls.lsp.server import LanguageServer
from pygls.protocol import (
    JsonRPCNotification,
    JsonRPCRequestMessage,
    JsonRPCResponseMessage,
    LanguageServerProtocol,
)

import nix_lsp
from nix_lsp.lsp import dispatch
from nix_lsp.lsp.failures import LogToClient, describe
from nix_lsp.lsp.handlers import NOTIFICATIONS, REQUESTS, Urgency
from nix_lsp.lsp.session import Request, Session
from nix_lsp.lsp.settings import SECTION
from nix_lsp.lsp.transport import open_reader, open_writer
from nix_lsp.lsp.turns import Turns
from nix_lsp.lsp.wire import CONTENT_MODIFIED, INTERNAL_ERROR, SERVER_CANCELLED, Pending

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from nix_lsp.lsp.handlers import Handler
    from nix_lsp.lsp.indexing import Indexing
    from nix_lsp.lsp.transport import PipeWriter
    from nix_lsp.lsp.wire import Json

_PAUSE = 2.0
"""Seconds without anything to do after which is done what takes longer than a keystroke may: garbage is collected, names are read."""
_SLICE = 0.01
"""Seconds that are spent at a time on learning about a project: whoever types goes in between."""
_LAST_ANSWERS = 5.0
"""Seconds that requests have to finish after the end of input."""
_LAST_WORK = 2.0
"""Seconds that anything else has to end then."""


class PlainMessages:
    """Stands in for pygls' cattrs converter: message envelopes are pygls' classes, all inside them stays JSON."""

    def unstructure(self, message: Any) -> Json:
        """Return an envelope's fields; optional ones that are unset are left out, a null result stays."""
        return {
            field.name: value
            for field in message.__attrs_attrs__
            if (value := getattr(message, field.name)) is not None or field.name == "result"
        }


class Protocol(LanguageServerProtocol):
    """pygls' protocol with plain messages, and without its built-in features."""

    def __init__(self, server: NixLanguageServer, converter: Any) -> None:
        super().__init__(server, converter)
        self._session = server.session
        self.fm.builtin_features.clear()  # pyright: ignore[reportUnknownMemberType]

    def structure_message(self, data: Json) -> Any:
        """Wrap a message; called for every JSON object in it, of which only the outermost says `jsonrpc`."""
        if "jsonrpc" not in data:
            return data
        version, method = data["jsonrpc"], data.get("method")
        if not isinstance(method, str):
            if "error" in data:
                refused: Json = {"code": INTERNAL_ERROR, "message": "", "data": None, **_object(data["error"])}
                return SimpleNamespace(id=data.get("id"), jsonrpc=version, error=SimpleNamespace(**refused))
            return JsonRPCResponseMessage(data["id"], version, data.get("result"))
        params = data.get("params")
        if "id" in data:
            return JsonRPCRequestMessage(data["id"], method, version, params)
        if method == "$/cancelRequest":
            params = SimpleNamespace(id=_object(params).get("id"))
        return JsonRPCNotification(method, version, params)

    def handle_message(self, message: Any) -> None:
        """Handle a message; what it asks about is looked up now, before later messages can change it."""
        if message.__class__ in {JsonRPCRequestMessage, JsonRPCNotification} and message.method in _METHODS:
            message.params = Request(self._session, message.params)
        super().handle_message(message)

    # Caching methods there, and plain ones here: for their callers the same.
    def get_message_type(self, method: str) -> None:  # pyright: ignore[reportIncompatibleVariableOverride]
        """Say that no method has a class of its own: all messages are plain."""

    def get_result_type(self, method: str) -> None:  # pyright: ignore[reportIncompatibleVariableOverride]
        """Say that no result has a class of its own."""


def _result(response: Json) -> Any:
    """Take the result out of a response.

    Raises:
        JsonRpcException: it is an error.
    """
    if "error" in response:
        raise JsonRpcException(response["error"]["message"], response["error"]["code"])
    return response["result"]


def _object(value: object) -> Json:
    return cast("Json", value) if isinstance(value, dict) else {}


_METHODS = frozenset({*REQUESTS, *NOTIFICATIONS})


class NixLanguageServer(LanguageServer):
    """pygls' server round a session."""

    def __init__(self, session: Session | None = None) -> None:
        """Serve a session that has begun (`nix_lsp.lsp.first`), or a new one."""
        self.session = session or Session(self)
        self.session.peer = self
        self._turns = Turns()
        self._timer: asyncio.TimerHandle | None = None
        self._tasks: set[asyncio.Task[Any]] = set()
        self._answering: set[asyncio.Task[Any]] = set()
        self._stop = threading.Event()
        self._indexing: Indexing | None = None
        self._serving: asyncio.Task[None] | None = None
        self._writer: PipeWriter | None = None
        getLogger("nix_lsp").addHandler(LogToClient(self.session.log_once))
        super().__init__(  # pyright: ignore[reportUnknownMemberType]
            SECTION,
            nix_lsp.__version__,
            protocol_cls=Protocol,
            converter_factory=PlainMessages,  # pyright: ignore[reportArgumentType]
        )
        for method, handler in REQUESTS.items():
            at_once = method == "initialize"
            self.feature(method)(self._at_once(method) if at_once else self._answer(method, handler))
        for method in NOTIFICATIONS:
            self.feature(method)(self._follow(method))
        self._add_lifecycle()

    # Peer

    def notify(self, method: str, params: Json) -> None:
        """Send a notification to the client."""
        self.protocol.notify(method, params)

    async def request(self, method: str, params: Json | None) -> Any:
        """Send a request to the client and wait for its answer."""
        return await self.protocol.send_request_async(method, params)

    def report_server_error(self, error: Exception, source: Any) -> None:
        """Log what went wrong outside of a request; a request's answer says it itself."""
        if source is not FeatureRequestError:
            self.session.log(describe("a message", error), dispatch.ERROR)

    # Answering

    def _at_once(self, method: str) -> Callable[[Request], Any]:
        """Answer before the next message is read: nothing makes sense before the client is known."""

        def answer(request: Request) -> Any:
            result = _result(dispatch.respond(self.session, method, request))
            self._watch_client()
            return result

        return answer

    def _answer(self, method: str, handler: Handler) -> Callable[[Request], Coroutine[Any, Any, Any]]:
        """Answer in turn; until then the request can be cancelled, or overtaken by an edit."""
        overtaken: tuple[int, Json | None] = (CONTENT_MODIFIED, None)
        if method == "textDocument/diagnostic":
            overtaken = (SERVER_CANCELLED, {"retriggerRequest": True})

        async def answer(request: Request) -> Any:
            self._note_answering()
            urgency = handler.urgency
            while True:
                async with self._turns.take(urgency):
                    if not request.is_current:
                        raise JsonRpcException("the document has changed", *overtaken)
                    if not (handler.is_whole and dispatch.learn(self.session, request.uri, _SLICE)):
                        if method == "textDocument/diagnostic":
                            self._bring_indexes(request.uri)
                        answered = dispatch.respond(self.session, method, request)
                        self._ask_consent()
                        if method == "workspace/executeCommand":
                            self._carry_out()
                            self._plan()
                        result = _result(answered)
                        break
                urgency = Urgency.BACKGROUND
            if not isinstance(result, Pending):
                return result
            answered = await dispatch.finish(self.session, method, result)
            if not request.is_current:
                raise JsonRpcException("the document has changed", *overtaken)
            return _result(answered)

        return answer

    def _follow(self, method: str) -> Callable[[Request], None]:
        """Follow a notification at once, so that what comes after it finds it done."""

        def follow(request: Request) -> None:
            dispatch.follow(self.session, method, request)
            if method == "workspace/didChangeConfiguration" and self.session.is_initialized:
                self._spawn(self._pull_configuration())
            self._plan()

        return follow

    def _add_lifecycle(self) -> None:
        """Add what concerns the connection itself."""

        @self.feature("initialized")
        def _(_params: Any) -> None:
            self._settle()

        @self.feature("shutdown")
        async def _(_params: Any) -> None:
            self._note_answering()
            await self._last_answers()
            self.session.is_shut_down = True

        @self.feature("exit")
        def _(_params: Any) -> None:
            self._stop.set()
            if self._serving is not None:
                self._serving.cancel()

    def _settle(self) -> None:
        """Do what waits for the client to be ready; it may refuse the one and still do the other."""
        self._spawn(self._register())
        self._spawn(self._pull_configuration())

    async def _register(self) -> None:
        """Register what the client wants registered."""
        from nix_lsp.lsp.capabilities import registrations

        if wanted := registrations(self.session.client):
            await self.request("client/registerCapability", {"registrations": wanted})

    async def _pull_configuration(self) -> None:
        """Ask for our section of the configuration: one item, as some clients drop others from the list."""
        if not self.session.client.answers_configuration:
            return
        answer = await self.request("workspace/configuration", {"items": [{"section": SECTION}]})
        self.session.configure(
            "pulled", cast("list[object]", answer)[0] if isinstance(answer, list) and answer else None
        )
        self._plan()

    # Diagnostics

    def _plan(self) -> None:
        """Set the timer to the moment when diagnostics are due next."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        due = self.session.publisher.next_due
        if due is not None:
            wait = max(0.0, due - time.monotonic())
            self._timer = asyncio.get_running_loop().call_later(wait, lambda: self._spawn(self._publish()))
        else:
            self._timer = asyncio.get_running_loop().call_later(_PAUSE, dispatch.rest, self.session)

    async def _publish(self) -> None:
        """Publish what is due, each document in a turn of its own, after whatever the user waits for."""
        publisher = self.session.publisher
        while True:
            if self._writer is not None:
                await self._writer.all_taken.wait()
            async with self._turns.take(Urgency.BACKGROUND):
                if self._writer is not None and not self._writer.all_taken.is_set():
                    continue  # whoever waits for the rest of an answer would wait for what is computed now
                uri = publisher.take_due()
                if uri is None:
                    break
                if dispatch.learn(self.session, uri, _SLICE):
                    publisher.put_off(uri)
                else:
                    dispatch.publish(self.session, uri)
                    self._bring_indexes(uri)
        if publisher.take_refresh():
            for method in ("workspace/diagnostic/refresh", *self.session.client.refreshes):
                await self.request(method, None)
        self._plan()

    def _bring_indexes(self, uri: str) -> None:
        """Bring the exact indexes for a document's project in the background, as far as the user has agreed."""
        if any(self.session.consents.given):
            self._spawn(self._then_plan(partial(self._index().bring, uri)))

    def _carry_out(self) -> None:
        """Do what a command has ordered: build indexes, fix a rule in a whole project."""
        while self.session.to_fix:
            from nix_lsp.lsp.fixing import Fixing

            self._spawn(Fixing(self.session, self._turns, *self.session.to_fix.pop(0)).run())
        while self.session.orders:
            self._spawn(self._then_plan(partial(self._index().carry_out, self.session.orders.pop(0))))

    def _index(self) -> Indexing:
        if self._indexing is None:
            from nix_lsp.lsp.indexing import Indexing

            self._indexing = Indexing(self.session)
        return self._indexing

    def _ask_consent(self) -> None:
        """Ask for what would have made an answer longer."""
        while self.session.wishes:
            self._spawn(self._ask(self.session.wishes.pop()))

    async def _ask(self, uri: str) -> None:
        if await self.session.consents.ask(uri):
            self._bring_indexes(uri)

    async def _then_plan(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        await work()  # begun here: what is cancelled before its turn has not begun anything
        self._plan()

    # Running

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Start work that nobody waits for; the client may refuse its part of it, or leave."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._spawned)

    def _spawned(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            self.session.log(describe("the client's part of a request", error))

    async def end_background(self) -> None:
        """End what nobody waits for, children among it, while the rest of the loop still runs.

        `asyncio.run` ends all tasks at once, and may then wait for ever for a child whose pipes are not connected yet, since it has just
        ended what connects them (python/cpython#125502).
        """
        for task in (tasks := set(self._tasks)):
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=_LAST_WORK)

    def _watch_client(self) -> None:
        if (process := self.session.client_process) is not None:
            asyncio.get_running_loop().add_reader(process, self.leave)

    def leave(self) -> None:
        """End the process: the client is gone, nobody reads what is left to say."""
        os._exit(1)

    def _note_answering(self) -> None:
        if task := asyncio.current_task():
            self._answering.add(task)
            task.add_done_callback(self._answering.discard)

    async def _last_answers(self) -> None:
        """Let the requests that came before be answered."""
        if others := self._answering - {asyncio.current_task()}:
            await asyncio.wait(others, timeout=_LAST_ANSWERS)

    async def serve(self, unread: bytes = b"", unsent: bytes = b"") -> int:
        """Serve standard input and output until the client leaves.

        `unread` was read from the one already; `unsent` is to go to the other first.

        Returns the exit code: 1 where the client says `exit` without `shutdown` (LSP 3.17, "Exit Notification").
        """
        writer = self._writer = await open_writer(self.leave)
        if writer is not None and unsent:
            writer.write(unsent)
        # pygls takes a plain `write` with an awaitable `close`, which neither of its two writer types says.
        self.protocol.set_writer(writer or StdoutWriter(sys.stdout.buffer))  # pyright: ignore[reportArgumentType]
        if self.session.is_ready:
            self._settle()
        self._watch_client()
        self._plan()
        self._serving = asyncio.create_task(self._read(unread))
        with suppress(asyncio.CancelledError, asyncio.IncompleteReadError, ValueError):
            await self._serving
        await self._last_answers()
        await self.end_background()
        if writer is not None:
            await writer.close()
        return 1 if self._stop.is_set() and not self.session.is_shut_down else 0

    async def _read(self, unread: bytes) -> None:
        """Read and handle messages until the end of input."""
        await run_async(
            stop_event=self._stop,
            reader=await open_reader(unread) or StdinAsyncReader(sys.stdin.buffer, self.thread_pool),
            protocol=self.protocol,
            error_handler=self.report_server_error,
        )
