"""The state of one connection: the client, its open documents, its settings, the projects they belong to.

This is the only place where the server keeps anything; handlers and features are functions of it.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol, cast

from nix_lsp.analysis.settings import BY_NAME, combine
from nix_lsp.lsp.client import Client
from nix_lsp.lsp.positions import offset_at, span_of
from nix_lsp.lsp.projects import Projects
from nix_lsp.lsp.publisher import Publisher
from nix_lsp.lsp.settings import read
from nix_lsp.lsp.uris import to_path, to_uri
from nix_lsp.lsp.wire import INVALID_PARAMS, RequestError
from nix_lsp.syntax.document import Change, Document

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Mapping, Sequence

    from nix_lsp.analysis.project import Project, Settings
    from nix_lsp.lsp.consent import Consents
    from nix_lsp.lsp.wire import Json, Position
    from nix_lsp.syntax.span import Span
    from option_index.sources import Way

WARNING, INFO = 2, 3
"""The protocol's message types."""
ROUTES = ("initial", "pushed", "pulled")
"""How settings come: `initializationOptions`, `workspace/didChangeConfiguration`, `workspace/configuration`. Later ones win."""


class Peer(Protocol):
    """The way to the client."""

    def notify(self, method: str, params: Json) -> None:
        """Send a notification."""
        ...

    async def request(self, method: str, params: Json | None) -> Any:
        """Send a request and return its result.

        Raises:
            Exception: the client refused, or left.
        """
        ...


class Session:
    """One connection's state."""

    def __init__(self, peer: Peer) -> None:
        self.peer = peer
        self.client = Client({})
        self.is_initialized = False
        self.is_ready = False
        """The client has said `initialized`: it may be asked things."""
        self.is_shut_down = False
        self.client_process: int | None = None
        """A descriptor that becomes readable when the client's process ends."""
        self.settings: Settings = combine()
        self.publisher = Publisher(self)
        self._documents: dict[str, Document] = {}
        self._uris: dict[str, str] = {}
        self.projects = Projects(self)
        self.wishes: set[str] = set()
        """Documents of which an answer was shorter than it could be with the user's consent."""
        self.orders: list[Way] = []
        """Indexes that the user wants to be built, to be carried out by the server."""
        self.to_fix: list[tuple[str, str]] = []
        """Rules that the user wants to be fixed in the project of a document (its URI), to be carried out by the server."""
        self.shown = 0
        """How many places to show progress the client was asked for."""
        self.running: dict[str | None, Callable[[], object]] = {}
        """How to stop work that the client shows, by the token of its progress."""
        self.cancelled: set[str | None] = set()
        """Tokens of work that the user has stopped."""
        self.completed: Document | None = None
        """The document of the last completion: its items are resolved in that document's project."""
        self.tokens: dict[str, tuple[str, list[int]]] = {}
        """The semantic tokens that the client has of open documents, with the ids by which it speaks of them."""
        self._token_results = 0
        self._settings_by_route: dict[str, Mapping[str, Any]] = {}
        self._complaint = ""
        self._logged: set[str] = set()
        self._asked: set[asyncio.Task[None]] = set()

    @cached_property
    def consents(self) -> Consents:
        """What the user allows."""
        from nix_lsp.lsp.consent import Consents  # start-up needs none

        return Consents(self)

    # Talking

    def log(self, message: str, kind: int = INFO) -> None:
        """Write a line to the client's log."""
        self.peer.notify("window/logMessage", {"type": kind, "message": message})

    def log_once(self, message: str, kind: int) -> None:
        """Write a line that would else come with every keystroke."""
        if message not in self._logged:
            self._logged.add(message)
            self.log(message, kind)

    def warn_once(self, message: str) -> None:
        """Show a message that would else come with every save."""
        if message not in self._logged:
            self._logged.add(message)
            self.peer.notify("window/showMessage", {"type": WARNING, "message": message})

    def ask(self, method: str, params: Json) -> None:
        """Send a request whose answer changes nothing here; a refusal is a line in the log."""
        import asyncio

        task = asyncio.get_running_loop().create_task(self._await(method, params))
        self._asked.add(task)
        task.add_done_callback(self._asked.discard)

    async def _await(self, method: str, params: Json) -> None:
        try:
            await self.peer.request(method, params)
        except Exception as error:  # noqa: BLE001 -- a client may refuse for any reason
            self.log(f"{method}: {error}", WARNING)

    # Documents

    @property
    def open_documents(self) -> Mapping[str, Document]:
        """The open documents by URI."""
        return self._documents

    def open(self, uri: str, text: str, version: int | None) -> None:
        """Take a document over from disk."""
        path = to_path(uri) or uri
        self._uris[path] = uri
        self._documents[uri] = Document(path, _encoded(text), version)
        self.projects.edited(self._documents[uri])
        self.publisher.edited(uri)

    def change(self, uri: str, changes: Sequence[Json], version: int | None) -> None:
        """Apply edits, each to the result of the one before.

        Raises:
            RequestError: an edit has no proper range or text; the document then stays as it was.
        """
        document = self._documents.get(uri)
        if document is None:
            return
        self._documents[uri] = _changed(document, changes, version, self.client.position_encoding)
        self.projects.edited(self._documents[uri])
        self.publisher.edited(uri)

    def close(self, uri: str) -> None:
        """Give a document back to disk."""
        document = self._documents.pop(uri, None)
        self.tokens.pop(uri, None)
        if document is not None:
            self._uris.pop(document.path, None)
            self.projects.closed(document)
            self.publisher.closed(uri)

    def keep_tokens(self, uri: str, data: list[int]) -> str:
        """Keep the tokens that a client is sent; return the id by which it will speak of them."""
        self._token_results += 1
        name = str(self._token_results)
        if uri in self._documents:
            self.tokens[uri] = (name, data)
        return name

    def document(self, uri: str) -> Document | None:
        """Return the open document, or the one on disk; None where there is neither."""
        if document := self._documents.get(uri):
            return document
        path = to_path(uri)
        return self.projects.document(path) if path else None

    def document_at(self, path: str) -> Document | None:
        """Return the document at a path, open or on disk."""
        return self.document(self.uri_of(path))

    def uri_of(self, path: str) -> str:
        """Return the URI of a path, as the client spells it if it has the file open."""
        return self._uris.get(path) or to_uri(path)

    def project(self, document: Document) -> Project:
        """Return the project that a document belongs to, as it is now."""
        return self.projects.of(document)

    def learn(self, uri: str, seconds: float) -> bool:
        """Learn for some time about the project of an open document; tell whether there is more to learn before answers are whole."""
        document = self._documents.get(uri)
        return document is not None and self.projects.advance(document, seconds)

    def prepare(self) -> None:
        """Make the next completion in the document that was opened last as quick as those after it."""
        if document := next(reversed(self._documents.values()), None):
            from nix_lsp.ide.completion import prepare

            prepare(self.projects.of(document), document)

    # Settings

    def configure(self, route: str, payload: object) -> None:
        """Take settings that came by one of `ROUTES`; they replace what came by the same route before.

        A configuration that has nothing for us leaves what other routes gave: Helix answers a pull with null and pushes all.
        """
        reading = read(payload)
        values, invalid = dict(reading.values), list(reading.invalid)
        if "pin" in values and not self.projects.knows_pin(values["pin"]):
            invalid.append(f"`pin` must be {BY_NAME['pin'].expects}, not `{values.pop('pin')}`")
        if reading.unknown and route != "pushed":  # nix-ide pushes settings that are all its own
            self.log(f"not settings of nix-lsp: {', '.join(reading.unknown)}")
        self._complain("; ".join(invalid))
        self._settings_by_route[route] = values
        combined = combine(*(self._settings_by_route.get(route, {}) for route in ROUTES))
        if combined != self.settings:
            self.settings = combined
            self.projects.configured()
            self.publisher.refresh()

    def _complain(self, complaint: str) -> None:
        """Show what is wrong with the settings, once: clients send the same ones by several routes and after every other change."""
        if complaint and complaint != self._complaint:
            self._complaint = complaint
            message = f"nix-lsp settings: {complaint}. The other settings hold."
            self.peer.notify("window/showMessage", {"type": WARNING, "message": message})


class Request:
    """A request with the document as it was when the request came in."""

    def __init__(self, session: Session, params: object) -> None:
        self.params: Json = cast("Json", params) if isinstance(params, dict) else {}
        self._session = session
        place = self.params.get("textDocument")
        uri = cast("Json", place).get("uri") if isinstance(place, dict) else None
        self.uri = uri if isinstance(uri, str) else ""
        self._opened = session.open_documents.get(self.uri)

    @property
    def document(self) -> Document | None:
        """The document asked about: as it was when the request came in, or from disk if it was not open."""
        return self._opened or (self._session.document(self.uri) if self.uri else None)

    @property
    def is_current(self) -> bool:
        """No edit has overtaken the request; else the client asks again if it still wants to know."""
        return self._session.open_documents.get(self.uri) is self._opened

    @property
    def offset(self) -> int:
        """The byte offset of the request's position.

        Raises:
            RequestError: there is no proper position.
        """
        position = _position(self.params.get("position"))
        return offset_at(self._known, position, self._session.client.position_encoding)

    @property
    def offsets(self) -> list[int]:
        """The byte offsets of the request's positions.

        Raises:
            RequestError: one is no proper position.
        """
        places = self.params.get("positions")
        return [
            offset_at(self._known, _position(place), self._session.client.position_encoding)
            for place in (cast("list[object]", places) if isinstance(places, list) else ())
        ]

    @property
    def span(self) -> Span:
        """The bytes of the request's range.

        Raises:
            RequestError: there is no proper range.
        """
        return _span(self._known, self.params.get("range"), self._session.client.position_encoding)

    @property
    def _known(self) -> Document:
        if (document := self.document) is None:
            raise RequestError(INVALID_PARAMS, "no such document")
        return document


def _span(document: Document, place: Any, encoding: str) -> Span:
    if not isinstance(place, dict):
        raise RequestError(INVALID_PARAMS, "a range is { start, end }")
    ends = cast("Json", place)
    return span_of(document, {"start": _position(ends.get("start")), "end": _position(ends.get("end"))}, encoding)


def _position(place: Any) -> Position:
    if isinstance(place, dict):
        line, character = cast("Json", place).get("line"), cast("Json", place).get("character")
        if isinstance(line, int) and isinstance(character, int):
            return {"line": line, "character": character}
    raise RequestError(INVALID_PARAMS, "a position is { line, character }")


def _changed(document: Document, changes: Sequence[Json], version: int | None, encoding: str) -> Document:
    """Apply content changes; the tree is brought up to date once, after the last."""
    edits: list[Change] = []
    before, source = document, document.source
    for change in changes:
        text = change.get("text")
        if not isinstance(text, str):
            raise RequestError(INVALID_PARAMS, "a change has a text")
        new = _encoded(text)
        if change.get("range") is None:
            document, edits, source = Document(document.path, new, lineage=document.lineage), [], new
        else:
            span = _span(before, change["range"], encoding)
            edits.append(Change(span, new))
            source = source[: span.start] + new + source[span.end :]
        # Later ranges count lines of the text that this change leaves behind.
        before = document if not edits else Document(document.path, source)
    return document.edited(edits, version)


def _encoded(text: str) -> bytes:
    """Encode a text; a lone surrogate, which UTF-8 cannot say, becomes `?`, one unit long in every encoding."""
    return text.encode("utf-8", "replace")
