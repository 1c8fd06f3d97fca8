"""Document links: what a click opens. Files that are there, pages for URLs and for references to sources; nothing else is a link."""

from __future__ import annotations

import posixpath
import re
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.ide.web_pages import FETCHERS, TYPES, indirect_page, page_of, repository_page
from nix_lsp.syntax.ast import application, attrs, bindings, select_path, span, static_string, text, unparenthesized
from nix_lsp.syntax.span import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node, Query

    from nix_lsp.analysis.project import Project
    from nix_lsp.syntax.document import Document

_WEB = re.compile(
    rb"(?<![\w+:./-])(?:(?:git\+|tarball\+|hg\+)?https?://[^\s\"'`<>${}\\|^]+"
    rb"|(?:github|gitlab|sourcehut):[\w.~%-]+/[\w.%-]+(?:/[\w./%-]+)?(?:\?[\w=&./%-]+)?)"
)
_PUNCTUATION = b".,;:!?*"
_DEFAULTS = ("default.nix", "flake.nix")
_INPUT = re.compile(r"path:\.{0,2}/[\w./-]*")


class Link(NamedTuple):
    """A part of a text with what it leads to: a file or a page."""

    span: Span
    file: str | None = None
    """An absolute path."""
    url: str | None = None


def document_links(project: Project, document: Document) -> list[Link]:
    """Return the links of a file, in order. Broken Nix gives what can be read of it."""
    from tree_sitter import QueryCursor

    captures = QueryCursor(_query()).captures(document.root)
    found: dict[Span, Link] = {}
    for node in captures.get("path", ()):
        if file := _file(project, document, node):
            found[span(node)] = Link(span(node), file=file)
    for node in captures.get("text", ()):
        for link in _web(document, span(node)):
            found.setdefault(link.span, link)
    for node in captures.get("name", ()):
        for link in _fetched(node):
            found[link.span] = link
    for node in captures.get("source", ()):
        for link in _input(project, document, node):
            found.setdefault(link.span, link)
    return sorted(found.values())


@cache
def _query() -> Query:
    from tree_sitter import Query

    from nix_lsp.syntax.parse import language

    names = " ".join(f'"{name}"' for name in FETCHERS)
    return Query(
        language(),
        f"""
        [(path_expression) (hpath_expression) (spath_expression)] @path
        [(comment) (string_expression) (indented_string_expression) (uri_expression)] @text
        ((identifier) @name (#any-of? @name {names}))
        ((identifier) @source (#any-of? @source "url" "type"))
        """,
    )


# Files


def _file(project: Project, document: Document, node: Node) -> str | None:
    """Return the file that a path literal stands for; None where nothing is there, and for one that is put together."""
    from nix_lsp.analysis.search_path import find_in_home, find_searched

    written = text(node)
    if any(child.type == "interpolation" for child in node.children):
        return None
    if node.type == "spath_expression":
        path = find_searched(project.files, project.environment, written[1:-1])
    elif node.type == "hpath_expression":
        path = find_in_home(project.environment, written)
        if path is not None:
            project.files.admit(posixpath.dirname(path))
    else:
        path = posixpath.normpath(posixpath.join(posixpath.dirname(document.path), written))
    return _opened(project, path) if path else None


def _opened(project: Project, path: str) -> str | None:
    """Return the file to open for a path: of a folder what `import` would take, or its flake."""
    kind = project.files.kind(path)
    if kind != "folder":
        return path if kind else None
    return next(
        (file for file in (posixpath.join(path, name) for name in _DEFAULTS) if project.files.kind(file) == "file"),
        None,
    )


# Pages


def _web(document: Document, place: Span) -> Iterator[Link]:
    source = document.source
    for match in _WEB.finditer(source, place.start, place.end):
        if source.startswith(b"${", match.end()):
            continue  # the rest is known at evaluation
        written = _without_closing(match[0])
        if page := page_of(written.decode("utf-8", "replace")):
            yield Link(Span(match.start(), match.start() + len(written)), url=page)


def _without_closing(url: bytes) -> bytes:
    """Return a URL without punctuation of the sentence round it: a bracket that it has not opened, a full stop."""
    while True:
        short = url.rstrip(_PUNCTUATION)
        for opening, closing in ((b"(", b")"), (b"[", b"]")):
            if short.endswith(closing) and short.count(closing) > short.count(opening):
                short = short[:-1]
        if short == url:
            return url
        url = short


def _fetched(name: Node) -> Iterator[Link]:
    """Link the arguments of a fetcher whose name is the node: its repository, and the commit or tag."""
    call = name.parent
    while call is not None and call.type in {"variable_expression", "attrpath", "select_expression"}:
        call = call.parent
    if call is None or call.type != "apply_expression":
        return
    function, arguments = application(call)
    path = select_path(function)
    fetcher = text(name)
    if path and path[-1] == fetcher and arguments:
        yield from _repository(fetcher, arguments[0])


def _repository(fetcher: str, arguments: Node) -> Iterator[Link]:
    values = _strings(unparenthesized(arguments))
    known = {name: static_string(node) or "" for name, node in values.items()}
    for name, node in values.items():
        ref = known[name] if name in {"rev", "tag", "ref"} else None
        if (name == "repo" or ref) and (page := repository_page(fetcher, known, ref)):
            yield Link(_inner(node), url=page)


def _strings(owner: Node) -> dict[str, Node]:
    """Return the attributes of a set that are constant strings, by name."""
    found: dict[str, Node] = {}
    for binding in bindings(owner):
        path, value = binding.child_by_field_name("attrpath"), binding.child_by_field_name("expression")
        names = attrs(path) if path else ()
        if len(names) == 1 and names[0].name and value is not None and static_string(value):
            found[names[0].name] = value
    return found


def _input(project: Project, document: Document, name: Node) -> Iterator[Link]:
    """Link the `url` of a flake's input where it names a folder or goes through the registry, and the repository where the input is a set."""
    binding = name.parent.parent if name.parent is not None else None
    if binding is None or binding.type != "binding" or posixpath.basename(document.path) != "flake.nix":
        return
    value = binding.child_by_field_name("expression")
    written = static_string(value) if value is not None else None
    if value is None or written is None:
        return
    if text(name) == "type":
        owner = binding.parent.parent if binding.parent is not None else None
        if written in TYPES and owner is not None:
            yield from _repository(TYPES[written], owner)
        return
    place = written.removeprefix("path:")
    if _INPUT.fullmatch(written) or re.fullmatch(r"\.{1,2}(?:/[\w./-]*)?", written):
        folder = posixpath.normpath(posixpath.join(posixpath.dirname(document.path), place))
        flake = posixpath.join(folder, "flake.nix")
        if project.files.kind(flake) == "file":
            yield Link(_inner(value), file=flake)
    elif page := indirect_page(written):
        yield Link(_inner(value), url=page)


def _inner(string: Node) -> Span:
    """Return what stands between the quotes."""
    return Span(string.start_byte + 1, string.end_byte - 1)
