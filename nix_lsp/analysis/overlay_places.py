"""Functions that are overlays of nixpkgs, by where they stand: `final: prev: { … }` in `overlays`, or all that a file in such a folder is.

Functions of the same form extend other sets (`python3.override { packageOverrides = final: prev: { … }; }`): the form alone says nothing.
"""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, Literal

from nix_lsp.syntax.ast import application, attrs, descent, select_path, text
from nix_lsp.syntax.searches import hits

if TYPE_CHECKING:
    from tree_sitter import Node

    from nix_lsp.syntax.document import Document

Certainty = Literal["module", "place", "file"]
"""How an overlay is known: by a module's `nixpkgs.overlays`, by another such place in its file, or only as what a file is that its folder or
name calls one."""

FINAL, PREV = rb"(?:_?final|_?self)'?", rb"(?:_?prev|_?super)'?"
ARGUMENTS = frozenset(
    blank + name + prime
    for blank in (b"", b"_")
    for name in (b"final", b"prev", b"self", b"super")
    for prime in (b"", b"'")
)
"""What people call the arguments of an overlay."""
_NAMES = re.compile(FINAL + rb"|" + PREV + rb"|_")
_WHOLE = re.compile(rb"(?<![\w.'-])(?:" + FINAL + rb"\s*:\s*(?:" + PREV + rb"|_)|_\s*:\s*" + PREV + rb")\s*:")
_WORDS = (b"final", b"prev", b"self", b"super")
_SEEN_THROUGH = frozenset(
    {
        "parenthesized_expression",
        "list_expression",
        "let_expression",
        "with_expression",
        "assert_expression",
        "if_expression",
        "function_expression",
        "binding_set",
        "attrset_expression",
        "rec_attrset_expression",
    }
)
_KEEPING = frozenset({
    "composeExtensions", "composeManyExtensions", "import", "mkAfter", "mkBefore", "mkDefault", "mkForce", "mkIf", "mkMerge", "mkOverride",
    "optional", "optionals", "singleton",
})  # fmt: skip
"""Functions that give what they are given, or more of the same."""
_EXTENDING = frozenset({("pkgs", "extend"), ("pkgs", "appendOverlays")})
_OTHER_SETS = frozenset({"overrides", "packageOverrides", "packageOverlay", "packageOverlays"})
_STEPS = 200
"""Expressions round a function that are looked at."""
_FOLDER, _FILES = "overlays", frozenset({"overlay.nix", "overlays.nix"})


def may_have_overlays(document: Document) -> bool:
    """Tell whether a file has a function of the form of an overlay, by its text."""
    source = document.source
    return any(word in source for word in _WORDS) and bool(hits(document, _WHOLE))


def overlay_of(document: Document, owner: Node) -> Certainty | None:
    """Say whether a function of one argument is `final: …` or `prev: …` of an overlay of nixpkgs; None where that is not plain."""
    inner = owner.child_by_field_name("body")
    outer = owner if inner and inner.type == "function_expression" else owner.parent
    if outer is None or outer.type != "function_expression":
        return None
    inner = outer.child_by_field_name("body")
    names = (_argument(outer), _argument(inner) if inner else None)
    if any(name is None or not _NAMES.fullmatch(name) for name in names) or names == (b"_", b"_"):
        return None
    return _place(document, outer)


def names_overlay(document: Document, offset: int) -> bool:
    """Tell whether the path at a byte offset is that of a file which is taken for an overlay."""
    chain = descent(document.root, offset)
    path = next((node for node in reversed(chain) if node.type == "path_expression"), None)
    return path is not None and _place(document, path) in {"module", "place"}


def _argument(function: Node) -> bytes | None:
    """Return the name of a function's whole argument, `x:`."""
    first = function.named_children[:1]
    is_plain = bool(first) and first[0].type == "identifier" and not function.child_by_field_name("formals")
    return first[0].text if is_plain else None


def _place(document: Document, node: Node) -> Certainty | None:
    """Go outwards from an expression to what makes an overlay of it."""
    names = 0
    for _ in range(_STEPS):
        parent = node.parent
        if parent is None:
            break
        if parent.type == "binding":
            path = parent.child_by_field_name("attrpath")
            segments = [segment.name for segment in attrs(path)] if path else []
            if _FOLDER in segments or segments[-1:] == ["overlay"]:
                return "module" if "nixpkgs" in (segments[0], _outer_name(parent)) else "place"
            if _OTHER_SETS.intersection(filter(None, segments)) or len(segments) != 1:
                return None
            names += 1
        elif parent.type == "apply_expression":
            function, _ = application(parent)
            path = select_path(function)
            if path in _EXTENDING:
                return "place"
            if (path is None or path[-1] not in _KEEPING) and text(function) != "import":
                return None
        elif parent.type == "binary_expression":
            operator = parent.child_by_field_name("operator")
            if operator is None or operator.type != "++":
                return None
        elif parent.type == "source_code":
            return "file" if names <= _depth(document.path) else None
        elif (
            parent.type not in _SEEN_THROUGH
            or parent.child_by_field_name("condition") == node
            or (parent.type == "let_expression" and node.type == "binding_set")
            # What an overlay binds extends something else.
            or (names and parent.type == "function_expression" and _NAMES.fullmatch(_argument(parent) or b""))
        ):
            return None
        node = parent
    return None


def _outer_name(binding: Node) -> str | None:
    """Return the first name that the set which a binding stands in is bound to."""
    set_ = binding.parent.parent if binding.parent else None
    outer = set_.parent if set_ else None
    path = outer.child_by_field_name("attrpath") if outer and outer.type == "binding" else None
    return attrs(path)[0].name if path else None


def _depth(path: str) -> int:
    """Return how deep in the set that a file is an overlay may stand: -1 for a file that no folder or name calls one of overlays."""
    folder, name = posixpath.split(path)
    folders = folder.split("/")
    if name == "overlays.nix" or (name == "default.nix" and folders[-1:] == [_FOLDER]):
        return 1
    return 0 if name in _FILES or _FOLDER in folders else -1
