"""Where a file names attributes of nixpkgs' `pkgs` or `lib`, and what the names certainly refer to.

The text is asked first, which costs little: only names that somebody wants to know of are looked up in the tree.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.analysis.package_calls import formals
from nix_lsp.analysis.package_roots import Below, Roots
from nix_lsp.analysis.package_source import CALLS, PackageSource
from nix_lsp.analysis.scope import Descent, With, resolve_name
from nix_lsp.syntax.ast import attrs, span, text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from tree_sitter import Node

    from nix_lsp.syntax.document import Document
    from nix_lsp.syntax.span import Span

_NAME = re.compile(rb"[A-Za-z_][\w'-]*")
_PLATFORM = re.compile(
    rb"[Vv]ersionAtLeast|[Vv]ersionOlder|lib\.version\b|trivial\.|\brelease\b|oldestSupported|isInOldest|\?|hasAttr|tryEval"
)
"""What a condition says that asks for the release, or for the attribute itself."""
_CONDITIONAL = frozenset(
    {b"optional", b"optionals", b"optionalAttrs", b"optionalString", b"mkIf", b"tryEval", b"warnIf"}
)
_READ = 400
"""Bytes of a condition that are read; one that goes on may say anything."""
_DEEPEST = 256
"""What stands in more scopes than these is not looked at: nobody writes so, and each is asked for each name."""


class Reference(NamedTuple):
    """A name that refers to an attribute of `pkgs` or `lib`."""

    head: str
    """`pkgs` or `lib`."""
    path: tuple[str, ...]
    """Below the head: `("hello",)`, `("types", "string")`."""
    span: Span
    """The last segment of `path`."""
    node: Node
    start: int
    """Where the first segment stands that the file spells out."""
    spelt: int
    """How many of the last segments stand in the text; an `inherit` and a `with` spell one."""
    form: str
    """`select`, `with`, `inherit` or `formal`."""
    is_conditional: bool
    """A condition on the release, or on the attribute being there, stands round it."""
    source: PackageSource | None = None
    """Of what the file makes its `pkgs`; None where it is an argument of the file."""
    is_sole: bool = True
    """No other `with` stands round it, which would give the name if this one does not."""


def names(document: Document) -> frozenset[bytes]:
    """Return every word of the text that may be a name."""
    return frozenset(_NAME.findall(document.source))


def references(
    document: Document, wanted: Callable[[str], bool], words: frozenset[bytes], *, is_package: bool = False
) -> Iterator[Reference]:
    """Yield the references whose last segment is wanted; `words` are the document's `names`. Those with a default (`or`) are left out.

    `is_package`: the project calls the file with `callPackage`, so that its formals are references too.
    """
    wanted_words = {word for word in words if wanted(word.decode())}
    if wanted_words:
        offsets = (match.start() for match in _NAME.finditer(document.source) if match[0] in wanted_words)
        yield from references_at(document, offsets, is_package=is_package)


def occurrences(document: Document, name: str) -> Iterator[int]:
    """Yield the byte offsets at which a word stands in the text."""
    return (match.start() for match in _NAME.finditer(document.source) if match[0] == name.encode())


def references_at(document: Document, offsets: Iterable[int], *, is_package: bool = False) -> Iterator[Reference]:
    """Yield the references whose last segments are identifiers at byte offsets, in the order of the text; `is_package` as of `references`."""
    reader = _Reader(document, is_package=is_package)
    for offset in sorted(set(offsets)):
        if found := reader.reference(offset):
            yield found


class _Reader:
    """Reads one reference after another, in the order of the text."""

    def __init__(self, document: Document, *, is_package: bool) -> None:
        self._document = document
        self._descent = Descent(document.root)
        self._roots = Roots(document, is_package=is_package)
        self._formals = {node.id for node in formals(document).values()} if is_package else frozenset[int]()

    def reference(self, offset: int) -> Reference | None:
        """Return the reference whose last segment is the identifier at a byte offset; None where it certainly is none."""
        chain = self._descent.to(offset)
        identifier = chain[-1]
        if (
            identifier.type != "identifier"
            or identifier.start_byte != offset
            or not 2 <= len(chain) <= _DEEPEST
            or identifier.has_error
        ):
            return None
        parent = chain[-2]
        if parent.type == "variable_expression":
            # A name that is bound is judged where it is.
            found = resolve_name(self._document, identifier, self._descent)
            if not isinstance(found, With):
                return None
            # The innermost environment that has a name gives it.
            innermost = self._below(found.environments[0])
            taken = self._single("with", innermost and innermost.then((text(identifier),)), identifier)
            return taken and taken._replace(is_sole=len(found.environments) == 1)
        if parent.type == "attrpath":
            return self._selected(identifier)
        if parent.type == "inherited_attrs" and len(chain) > 2 and chain[-3].type == "inherit_from":
            taken = self._below(chain[-3].child_by_field_name("expression"))
            return self._single("inherit", taken and taken.then((text(identifier),)), identifier)
        if parent.type == "formal" and parent.id in self._formals:
            name = text(identifier)
            return self._single("formal", Below("pkgs", (name,), PackageSource(CALLS, name)), identifier)
        return None

    def _below(self, expression: Node | None) -> Below | None:
        return self._roots.below(expression, self._descent) if expression else None

    def _selected(self, identifier: Node) -> Reference | None:
        attrpath, select = self._descent.around[-2], self._descent.around[-3]
        if select.type != "select_expression" or select.child_by_field_name("default"):
            return None
        base = self._below(select.child_by_field_name("expression"))
        if base is None:
            return None
        segments = [segment for segment in attrs(attrpath) if segment.span.start <= identifier.start_byte]
        spelt = tuple(segment.name for segment in segments if segment.name is not None)
        if len(spelt) < len(segments):
            return None
        below = base.then(spelt)
        kept = segments[len(spelt) - min(len(spelt), len(below.path)) :]
        return self._read("select", below, identifier, kept[0].span.start, len(kept)) if kept else None

    def _single(self, form: str, below: Below | None, identifier: Node) -> Reference | None:
        return self._read(form, below, identifier, identifier.start_byte, 1) if below and below.path else None

    def _read(self, form: str, below: Below, identifier: Node, start: int, spelt: int) -> Reference:
        conditional = is_conditional(self._document, self._descent.around)
        return Reference(
            below.head, below.path, span(identifier), identifier, start, spelt, form, conditional, below.source
        )


def is_conditional(document: Document, chain: Sequence[Node]) -> bool:
    """Tell whether a reference stands behind a condition on the release or on an attribute being there, or behind `or`: `chain` is round it."""
    for node in chain:
        if node.type in {"if_expression", "assert_expression"}:
            condition = node.child_by_field_name("condition")
            if condition and (_size(condition) > _READ or _PLATFORM.search(_beginning(document, condition))):
                return True
        elif node.type == "apply_expression":
            function = node.child_by_field_name("function")
            called = _beginning(document, function) if function else b""
            words = called[:200].replace(b"(", b" ").split(maxsplit=1)
            if (
                words
                and words[0].rpartition(b".")[2] in _CONDITIONAL
                and (words[0].endswith(b"tryEval") or _PLATFORM.search(called))
            ):
                return True
        elif node.type == "has_attr_expression":
            return True
        elif node.type == "select_expression":
            # `new or old`: the old name is looked up where there is no new one.
            default = node.child_by_field_name("default")
            if default is not None and default.start_byte <= chain[-1].start_byte:
                return True
    return False


def _size(node: Node) -> int:
    return node.end_byte - node.start_byte


def _beginning(document: Document, node: Node) -> bytes:
    return document.source[node.start_byte : min(node.end_byte, node.start_byte + _READ)]
