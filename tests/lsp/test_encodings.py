"""Every answer is the same in UTF-8, UTF-16 and UTF-32: only its columns are counted otherwise."""

from __future__ import annotations

import re
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nix_lsp.lsp import dispatch
from nix_lsp.lsp.handlers import REQUESTS, lifecycle
from nix_lsp.lsp.positions import offset_at, position_at
from nix_lsp.lsp.session import Request, Session
from nix_lsp.lsp.wire import Pending
from nix_lsp.syntax.document import Document
from nix_lsp.syntax.span import Span
from tests.flake import write_flake

Json = dict[str, Any]

ENCODINGS = ("utf-8", "utf-16", "utf-32")
LINES = (
    '  "𝄞ä".name = a; /* 🙂 */ b = with pkgs; [ hello a ];',
    "\tservices.openssh.enabel = /* e\u0301 */ true;",
    "  /* 日本 */ hardware.opengl.enable = a;",
    '  greeting = "👩‍👩‍👧 ${a} \\n ${toString b}"; inherit (a) x;',
    "  list = /* 🏳️‍🌈 */ [ ./ä.nix a (a: a) ];",
    "  text = ''\t🙂 ${a}''; # https://example.org/ü 🙂",
    "  f = /* ß */ { one, two ? a, ... }@all: all.one + two;",
    "  /* 𝄞 */ imports = [ { a = 1; } ];",
    "  broken = /* 🙂 */ [ a",
)
PLACES: Json = {
    "context": {"includeDeclaration": True, "diagnostics": [], "only": None},
    "newName": "renamed",
    "ch": "}",
}
"""What the requests take beside a document and a place in it."""
_ASKED_OTHERWISE = {"initialize", "completionItem/resolve", "workspace/executeCommand"}
CAPABILITIES: Json = {
    "textDocument": {
        "completion": {"completionItem": {"snippetSupport": True, "insertReplaceSupport": True}},
        "hover": {"contentFormat": ["markdown"]},
        "documentSymbol": {"hierarchicalDocumentSymbolSupport": True},
        "codeAction": {"codeActionLiteralSupport": {"codeActionKind": {"valueSet": [""]}}},
        "rename": {"prepareSupport": True},
        "semanticTokens": {
            "requests": {"full": {"delta": True}, "range": True},
            "tokenTypes": ["function", "keyword", "number", "parameter", "property", "string", "variable"],
            "tokenModifiers": ["declaration", "definition", "defaultLibrary", "readonly"],
            "formats": ["relative"],
        },
    }
}
METHODS = sorted(method for method in REQUESTS if method.startswith("textDocument/"))
OF_A_PLACE = [
    method
    for method in METHODS
    if not re.search("Symbol|Link$|folding|Tokens/full|diagnostic|formatting|codeLens", method)
]
"""Those whose answer depends on where they are asked."""


def test_only_requests_about_a_place_in_a_text_are_asked_here() -> None:
    others = set(REQUESTS) - set(METHODS) - _ASKED_OTHERWISE

    assert {method for method in others if not method.startswith(("workspace/", "codeAction/", "callHierarchy/"))} <= {
        "codeLens/resolve",
        "documentLink/resolve",
        "inlayHint/resolve",
    }


class Silent:
    """A client that is told much and asked nothing."""

    def notify(self, method: str, params: Json) -> None: ...

    async def request(self, method: str, params: Json | None) -> Any: ...


@pytest.fixture(scope="module")
def sessions(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Session]:
    """Sessions with clients that count columns in one way each; all have the same file open."""
    folder = tmp_path_factory.mktemp("project")
    write_flake(folder, "{ }")
    found: dict[str, Session] = {}
    for encoding in ENCODINGS:
        session = found[encoding] = Session(Silent())
        capabilities = {**CAPABILITIES, "general": {"positionEncodings": [encoding]}}
        lifecycle.initialize(session, Request(session, {"processId": None, "capabilities": capabilities}))
        session.open((folder / "configuration.nix").as_uri(), "{ }", 1)
    return found


def answers(session: Session, text: str, spans: list[Span], encoding: str) -> list[Any]:
    """Ask everything of a text, at some places; returns the answers with byte offsets for positions."""
    [uri] = session.open_documents
    session.change(uri, [{"text": text}], 2)
    document = session.open_documents[uri]
    found: list[Any] = []
    for number, span in enumerate(spans):
        start, end = (position_at(document, offset, encoding) for offset in span)
        place = {"position": start, "positions": [start], "range": {"start": start, "end": end}}
        params = {"textDocument": {"uri": uri}, **place, **PLACES, "previousResultId": "none"}
        for method in METHODS if number == 0 else OF_A_PLACE:
            answer = dispatch.respond(session, method, Request(session, params))
            assert answer.get("error", {}).get("code") != -32603, (method, span)
            found.append((method, span, plain(answer.get("result", answer.get("error")), document, encoding)))
    return found


def plain(answer: Any, document: Document, encoding: str) -> Any:
    """Return an answer with byte offsets for positions and for columns and lengths of tokens."""
    if isinstance(answer, Pending):
        return "later"
    if isinstance(answer, list):
        return [plain(each, document, encoding) for each in cast("list[Any]", answer)]
    if not isinstance(answer, dict):
        return answer
    values = cast("Json", answer)
    if values.keys() == {"line", "character"}:
        return offset_at(document, cast("Any", values), encoding)
    if values.keys() <= {"data", "resultId"}:
        return tokens(values["data"], document, encoding)
    if values.keys() >= {"startLine", "startCharacter"}:
        return [
            offset_at(document, {"line": values[f"{end}Line"], "character": values[f"{end}Character"]}, encoding)
            for end in ("start", "end")
        ]
    return {name: plain(value, document, encoding) for name, value in values.items() if name != "resultId"}


def tokens(data: list[int], document: Document, encoding: str) -> list[tuple[int, ...]]:
    """Decode semantic tokens (LSP 3.17, "Semantic Tokens")."""
    line = column = 0
    found: list[tuple[int, ...]] = []
    for lines, columns, length, kind, modifiers in zip(*[iter(data)] * 5, strict=True):
        line, column = (line + lines, columns) if lines else (line, column + columns)
        start, end = (
            offset_at(document, {"line": line, "character": at}, encoding) for at in (column, column + length)
        )
        found.append((start, end, kind, modifiers))
    return found


@given(data=st.data())
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_answers_differ_in_their_columns_only(sessions: dict[str, Session], data: st.DataObject) -> None:
    end = data.draw(st.sampled_from(["\n", "\r\n"]), "line end")
    lines = data.draw(st.lists(st.sampled_from(LINES), min_size=1, max_size=5), "lines")
    text = end.join(["{ pkgs, ... }: let a = { x = 1; }; b = a; in {", *lines, "}", ""])
    bounds = [len(text[:count].encode()) for count in range(len(text) + 1)]
    place = st.tuples(st.sampled_from(bounds), st.sampled_from(bounds))
    spans = [Span(*sorted(each)) for each in data.draw(st.lists(place, min_size=1, max_size=4), "places")]

    told = {encoding: answers(session, text, spans, encoding) for encoding, session in sessions.items()}

    assert told["utf-16"] == told["utf-8"]
    assert told["utf-32"] == told["utf-8"]
