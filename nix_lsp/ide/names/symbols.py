"""Symbols of a project, by what somebody types of their names: options that it defines and declares, packages it calls, functions.

What a file has is read off its text in one pass, without a tree, and kept with the document: thousands of files stay cheap.
"""

from __future__ import annotations

import re
from enum import Enum
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.analysis.lanes import SOURCES
from nix_lsp.ide.names.target import Location
from nix_lsp.syntax.span import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nix_lsp.analysis.project import Project
    from nix_lsp.syntax.document import Document

MOST = 256
"""Symbols that one answer has."""
_DEEPEST = 64
_HIDDEN = ""
"""A segment in the path of what is inside a declaration."""
_IDENTIFIER = rb"[A-Za-z_][\w'-]*"
_SEGMENT = rb"(?:" + _IDENTIFIER + rb'|"(?:[^"\\$]|\\.)*")'
_TOKENS = re.compile(
    rb"#[^\r\n]*|/\*.*?\*/"
    rb"|(?P<path>(?<![\w.'$}-])" + _SEGMENT + rb"(?:\s*\.\s*" + _SEGMENT + rb")*)\s*=(?!=)\s*(?P<value>"
    rb"(?P<package>(?:[\w'.-]+\.)?callPackages?\b)"
    rb"|(?P<declared>(?:lib\.|options\.)?mk(?:Option|EnableOption|PackageOption|PackageOptionMD)\b)"
    rb"|(?P<function>" + _IDENTIFIER + rb"\s*[:@](?!/)|\{[^{}=;]*\}\s*[:@])"
    rb"|(?P<set>(?:rec\s*)?(?=\{)))?"
    rb"|''(?:[^']|'(?!')|'''|''[$\\])*''(?!['$\\])"
    rb'|"(?:[^"\\]|\\.)*"'
    rb"|(?P<word>(?<![\w.'-])(?:let|in)(?![\w'-]))|(?P<mark>[{};()])",
    re.DOTALL,
)


class Kind(Enum):
    """What a symbol is."""

    DECLARED = "declared"
    OPTION = "option"
    PACKAGE = "package"
    FUNCTION = "function"


class ProjectSymbol(NamedTuple):
    """One symbol."""

    name: str
    """With all that stands round it: `services.nginx.enable`."""
    kind: Kind
    location: Location


class _Found(NamedTuple):
    name: str
    kind: Kind
    start: int
    end: int


class _Kept:
    """The symbols of the version of a file that was last asked about."""

    def __init__(self) -> None:
        self._source: bytes | None = None
        self._symbols: tuple[_Found, ...] = ()

    def of(self, document: Document) -> tuple[_Found, ...]:
        if self._source is not document.source:
            self._source, self._symbols = document.source, tuple(_read(document.source))
        return self._symbols


def project_symbols(project: Project, query: str) -> list[ProjectSymbol]:
    """Return the symbols whose names have the characters of a query in their order, those that fit best first; at most `MOST`."""
    matches, typed = _pattern("".join(query.split())), query.strip().lower()
    found: list[tuple[int, int, str, str, Span, Kind]] = []
    for document in project.nix_files():
        found += [
            (_rank(name.lower(), typed), len(name), name, document.path, Span(start, end), kind)
            for name, kind, start, end in document.lineage.of(_Kept).of(document)
            if matches.search(name)
        ]
        if not typed and len(found) > MOST:
            break
    found.sort(key=lambda each: each[:5])
    modules: dict[str, bool] = {}
    symbols: list[ProjectSymbol] = []
    for _, _, name, path, span, kind in found:
        if kind is Kind.OPTION and path not in modules:
            document = project.document(path)
            modules[path] = document is not None and any(lane.set in SOURCES for lane in project.lanes(document))
        if kind is not Kind.OPTION or modules[path]:
            symbols.append(ProjectSymbol(name, kind, Location(path, span)))
            if len(symbols) == MOST:
                break
    return symbols


def _rank(name: str, typed: str) -> int:
    """Return how far from what was typed a name is: its last part, its beginning, a part of it, or only its characters."""
    last = name.rpartition(".")[2]
    for rank, fits in enumerate(
        (typed in {last, name}, last.startswith(typed), f".{typed}" in f".{name}", typed in last, typed in name)
    ):
        if fits:
            return rank
    return 5


@cache
def _pattern(query: str) -> re.Pattern[str]:
    return re.compile(".*?".join(map(re.escape, query[:100])), re.IGNORECASE)


def _read(source: bytes) -> Iterator[_Found]:
    """Yield the symbols of a text; in one that is broken, or odd, some are left out."""
    # Each open bracket, `let` among them, with the path it stands at, the path that is being bound in it, and whether it is a `let`.
    stack: list[tuple[tuple[str, ...], tuple[str, ...], str]] = [((), (), "")]
    for token in _TOKENS.finditer(source):
        if token["path"] is not None:
            base, _, bracket = stack[-1]
            path = tuple(_names(token["path"]))
            # What describes an option is none.
            stack[-1] = (base, (*path, _HIDDEN) if token["declared"] is not None else path, bracket)
            if (
                _HIDDEN not in base
                and (symbol := _symbol(token, (*base, *path), is_local=any(each[2] == "let" for each in stack)))
                is not None
            ):
                yield symbol
        elif token["word"] == b"let":
            stack.append(((), (), "let"))
        elif token["word"] == b"in":
            while len(stack) > 1 and stack.pop()[2] != "let":
                pass
        elif (mark := token["mark"]) in {b"{", b"("}:
            base, path, _ = stack[-1]
            if len(stack) < _DEEPEST:
                stack.append(((*base, *path), (), mark.decode()))
        elif mark in {b"}", b")"} and len(stack) > 1 and stack[-1][2] != "let":
            stack.pop()
        elif mark == b";" and stack[-1][2] != "(":
            stack[-1] = (stack[-1][0], (), stack[-1][2])


def _names(path: bytes) -> Iterator[str]:
    for segment in re.findall(_SEGMENT, path):
        yield segment.decode("utf-8", "replace").strip('"')


def _symbol(token: re.Match[bytes], path: tuple[str, ...], *, is_local: bool) -> _Found | None:
    if token["package"] is not None:
        kind = Kind.PACKAGE
    elif token["declared"] is not None and not is_local:
        kind = Kind.DECLARED
    elif token["function"] is not None:
        kind = Kind.FUNCTION
    elif token["set"] is None and not is_local:
        kind = Kind.OPTION
    else:
        return None
    if kind in {Kind.DECLARED, Kind.OPTION}:
        path = tuple(path[1:] if path[0] in {"config", "options"} and len(path) > 1 else path)
    start = token.start("path")
    if kind in {Kind.PACKAGE, Kind.FUNCTION}:
        start = token.end("path") - len(re.findall(_SEGMENT, token["path"])[-1])
        path = path[-1:] if is_local else path
    return _Found(".".join(path), kind, start, token.end("path"))
