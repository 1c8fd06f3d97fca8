"""Where a file names attributes of nixpkgs' `pkgs` or `lib`, and what the names certainly refer to.

The text is asked first, which costs little: only names that somebody wants to know of are looked up in the tree.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.analysis.package_source import package_source
from nix_lsp.analysis.scope import Descent, Name, With, resolve_name
from nix_lsp.syntax.ast import attrs, select_path, span, text, unparenthesized

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from tree_sitter import Node

    from nix_lsp.analysis.package_source import PackageSource
    from nix_lsp.syntax.document import Document
    from nix_lsp.syntax.span import Span

_NAME = re.compile(rb"[A-Za-z_][\w'-]*")
_HEADS = ("pkgs", "lib")
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
    """`select`, `with` or `inherit`."""
    is_conditional: bool
    """A condition on the release, or on the attribute being there, stands round it."""
    source: PackageSource | None = None
    """Of what the file makes its `pkgs`; None where it is an argument of the file."""


def names(document: Document) -> frozenset[bytes]:
    """Return every word of the text that may be a name."""
    return frozenset(_NAME.findall(document.source))


def references(document: Document, wanted: Callable[[str], bool], words: frozenset[bytes]) -> Iterator[Reference]:
    """Yield the references whose last segment is wanted; `words` are the document's `names`. Those with a default (`or`) are left out."""
    names_ = [word for word in words if wanted(word.decode())]
    if not names_:
        return
    alternatives = b"|".join(re.escape(name) for name in sorted(names_, key=len, reverse=True))
    descent = Descent(document.root)
    for match in re.finditer(rb"(?<![\w'-])(?:" + alternatives + rb")(?![\w'-])", document.source):
        if found := _reference(document, descent, match.start()):
            yield found


def references_at(document: Document, offsets: Iterable[int]) -> Iterator[Reference]:
    """Yield the references whose last segments are identifiers at byte offsets, in the order of the text."""
    descent = Descent(document.root)
    for offset in sorted(set(offsets)):
        if found := _reference(document, descent, offset):
            yield found


def _reference(document: Document, descent: Descent, offset: int) -> Reference | None:
    """Return the reference whose last segment is the identifier at a byte offset; None where it certainly is none."""
    chain = descent.to(offset)
    identifier = chain[-1]
    if identifier.type != "identifier" or not 2 <= len(chain) <= _DEEPEST or identifier.has_error:
        return None
    parent = chain[-2]
    if parent.type == "variable_expression":
        return _in_with(document, identifier, descent)
    if parent.type == "attrpath":
        return _selected(document, identifier, descent)
    if parent.type == "inherited_attrs" and len(chain) > 2 and chain[-3].type == "inherit_from":
        taken = chain[-3].child_by_field_name("expression")
        below = _below(document, taken, descent) if taken else None
        if below is None:
            return None
        head, path, source = below
        return Reference(
            head,
            (*path, text(identifier)),
            span(identifier),
            identifier,
            identifier.start_byte,
            1,
            "inherit",
            is_conditional(document, chain),
            source,
        )
    return None


def _selected(document: Document, identifier: Node, descent: Descent) -> Reference | None:
    attrpath, select = descent.around[-2], descent.around[-3]
    if select.type != "select_expression" or select.child_by_field_name("default"):
        return None
    base = select.child_by_field_name("expression")
    below = _below(document, base, descent) if base else None
    if base is None or below is None:
        return None
    segments = [segment for segment in attrs(attrpath) if segment.span.start <= identifier.start_byte]
    spelt = [segment.name for segment in segments]
    if any(name is None for name in spelt):
        return None
    head, path, source = below
    own = tuple(name for name in spelt if name is not None)
    if (head, path, source) == ("pkgs", (), None) and len(own) > 1 and own[0] == "lib":
        head, own, segments = "lib", own[1:], segments[1:]
    return Reference(
        head,
        (*path, *own),
        span(identifier),
        identifier,
        segments[0].span.start,
        len(own),
        "select",
        is_conditional(document, descent.around),
        source,
    )


def _in_with(document: Document, identifier: Node, descent: Descent) -> Reference | None:
    found = resolve_name(document, identifier, descent)
    # Each of several environments may have it; which one has, only what is known of each tells.
    if not isinstance(found, With) or len(found.environments) != 1:
        return None
    below = _below(document, found.environments[0], descent)
    if below is None:
        return None
    head, path, source = below
    return Reference(
        head,
        (*path, text(identifier)),
        span(identifier),
        identifier,
        identifier.start_byte,
        1,
        "with",
        is_conditional(document, descent.around),
        source,
    )


def _below(
    document: Document, expression: Node, descent: Descent
) -> tuple[str, tuple[str, ...], PackageSource | None] | None:
    """Return where below `pkgs` or `lib` an expression leads, and of what the file makes it; `pkgs.lib` is `lib`."""
    expression = unparenthesized(expression)
    if expression.type == "select_expression" and expression.child_by_field_name("default"):
        return None
    path = select_path(expression)
    if not path or path[0] not in _HEADS or any(name is None for name in path):
        return None
    variable = expression if expression.type == "variable_expression" else expression.child_by_field_name("expression")
    bound = resolve_name(document, variable, descent) if variable else None
    if not isinstance(bound, Name):
        return None
    known = tuple(name for name in path if name is not None)
    if not _is_given(document, bound):
        source = package_source(document, bound) if known[0] == "pkgs" and known[1:2] != ("lib",) else None
        return ("pkgs", known[1:], source) if source else None
    return ("lib", known[2:], None) if known[:2] == ("pkgs", "lib") else (known[0], known[1:], None)


def _is_given(document: Document, bound: Name) -> bool:
    """Tell whether a name is an argument of the file itself: of the function that the file is."""
    if bound.kind != "formal" or bound.value is not None:
        return False
    function = next((child for child in document.root.named_children if child.type != "comment"), None)
    return function is not None and bound.owner == function


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
