"""Where a flake.lock was made for another flake.nix than there is.

Nix keeps what is locked while the reference in flake.nix equals the lock's `original`, attribute by attribute, and locks anew where it
does not (NixOS/nix, `src/libflake/flake.cc`, `computeLocks`). Only references that are understood to the last attribute are compared.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from nix_lsp.analysis.pins.declared_inputs import DeclaredInput, declared_inputs
from nix_lsp.analysis.pins.json_text import load_object, mapping, text
from nix_lsp.analysis.pins.record import PinProblem
from nix_lsp.analysis.pins.reference import is_revision, unquote
from nix_lsp.syntax.ast import span

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from nix_lsp.syntax.document import Document
    from nix_lsp.syntax.span import Span

    Attributes = Mapping[str, str]
    """A flake reference as Nix' `fetchTree` takes it."""

_FORGES = ("github", "gitlab", "sourcehut")
_COMPARED = {
    **dict.fromkeys(_FORGES, ("owner", "repo", "ref", "rev", "host", "dir")),
    "indirect": ("id", "ref", "rev", "dir"),
    "tarball": ("url",),
    "file": ("url",),
    "git": ("url", "ref", "rev", "dir"),
}
"""By type, the attributes that tell one reference from another."""
_FORGE = re.compile(r"(github|gitlab|sourcehut):([^/?#]+)/([^/?#]+)(?:/([^?#]+))?(?:\?([^#]*))?")
_INDIRECT = re.compile(r"(?:flake:)?([A-Za-z][\w-]*)(?:/([\w@./-]+))?")
_WEB = re.compile(r"(?:(tarball|file)\+)?(https?://[^?#]+)")
_GIT = re.compile(r"git\+((?:https?|ssh|file)://[^?#]+)(?:\?([^#]*))?")
_PARAMETERS = frozenset({"ref", "rev", "host", "dir"})


class Stale(NamedTuple):
    """A place in flake.nix that the lock does not agree with."""

    span: Span
    input: str
    locked_for: str | None
    """What the lock was made for, as a flake reference; None where it does not know the input at all."""


def stale_inputs(flake: Document, lock: Document) -> Iterator[Stale]:
    """Yield the inputs of a flake.nix that its flake.lock would be written anew for. Malformed files have none."""
    content = load_object(lock)
    if isinstance(content, PinProblem):
        return
    nodes = mapping(content.get("nodes"))
    root = mapping(nodes.get(text(content.get("root")) or "root"))
    edges = mapping(root.get("inputs"))
    if not root:
        return
    for declared in declared_inputs(flake):
        if declared.is_whole:
            yield from _compare(declared, edges, nodes)


def _compare(declared: DeclaredInput, edges: Mapping[str, Any], nodes: Mapping[str, Any]) -> Iterator[Stale]:
    name = declared.name
    follows, edge = declared.attributes.get(("follows",)), edges.get(name)
    if edge is None:
        yield Stale(declared.span, name, None)
        return
    if follows is not None:
        target = declared.text("follows")
        if target is not None and _followed(edge) != target:
            yield Stale(span(follows), name, _edge_text(edge, nodes))
        return
    if isinstance(edge, list):
        node = declared.attributes.get(("url",))
        yield Stale(span(node) if node else declared.span, name, _edge_text(cast("Any", edge), nodes))
        return
    node = mapping(nodes.get(edge) if isinstance(edge, str) else None)
    original, asked = mapping(node.get("original")), _asked(declared)
    if asked and original and _differ(asked, original):
        where = declared.attributes.get(("ref",)) or declared.attributes.get(("url",))
        yield Stale(span(where) if where else declared.span, name, _shown(original))
    below = mapping(node.get("inputs"))
    for path, value in declared.attributes.items():
        if len(path) == 3 and path[0] == "inputs" and path[2] == "follows" and path[1] in below:
            target = declared.text(*path)
            if target is not None and _followed(below[path[1]]) != target:
                yield Stale(span(value), f"{name}/{path[1]}", _edge_text(below[path[1]], nodes))


def _asked(declared: DeclaredInput) -> Attributes | None:
    """Return the reference of an input in Nix' own attributes; None where it is not understood to the last."""
    url = declared.text("url")
    if url is not None:
        return _parsed(url) if ("type",) not in declared.attributes else None
    stated = {path[0]: declared.text(*path) for path in declared.attributes if len(path) == 1 and path[0] != "flake"}
    if not stated:
        return {"type": "indirect", "id": declared.name}
    attributes = {key: value for key, value in stated.items() if value is not None}
    return attributes if len(attributes) == len(stated) and attributes.get("type") in _COMPARED else None


def _parsed(url: str) -> Attributes | None:
    if "#" in url:
        return None
    if found := _FORGE.fullmatch(url):
        stated = _parameters(found[5])
        if stated is None:
            return None
        at = {"rev" if is_revision(found[4]) else "ref": found[4]} if found[4] else {}
        return {"type": found[1], "owner": found[2], "repo": found[3], **at, **stated}
    if found := _GIT.fullmatch(url):
        stated = _parameters(found[2])
        return None if stated is None else {"type": "git", "url": found[1], **stated}
    if found := _WEB.fullmatch(url):
        return {"type": found[1] or "tarball", "url": found[2]}
    if (found := _INDIRECT.fullmatch(url)) and "/" not in (found[2] or ""):
        at = {"rev" if is_revision(found[2]) else "ref": found[2]} if found[2] else {}
        return {"type": "indirect", "id": found[1], **at}
    return None


def _parameters(query: str | None) -> dict[str, str] | None:
    """Return the parameters of a URL; None where one of them is not compared."""
    pairs = [pair.partition("=") for pair in query.split("&")] if query else []
    stated = {key: value for key, _, value in pairs}
    return stated if stated.keys() <= _PARAMETERS else None


def _differ(asked: Attributes, original: Mapping[str, Any]) -> bool:
    kind, locked = asked["type"], original.get("type")
    if kind != locked:
        # What is behind a web address without a telling ending, Nix versions disagree on.
        return kind in _COMPARED and locked in _COMPARED and not {kind, locked} <= {"tarball", "file", "git"}
    return any(_plain(asked.get(key)) != _plain(text(original.get(key))) for key in _COMPARED[kind])


def _plain(value: str | None) -> str | None:
    """Return a value without percent-encoding: Nix versions disagree on what they encode (`*` in FlakeHub's URLs)."""
    return unquote(value) if value else value


def _followed(edge: Any) -> str | None:
    if not isinstance(edge, list):
        return None
    return "/".join(map(str, cast("list[Any]", edge)))


def _edge_text(edge: Any, nodes: Mapping[str, Any]) -> str:
    followed = _followed(edge)
    if followed is not None:
        return f'follows = "{followed}"'
    return _shown(mapping(mapping(nodes.get(edge) if isinstance(edge, str) else None).get("original")))


def _shown(original: Mapping[str, Any]) -> str:
    """Return a flake reference as one writes it."""
    kind = text(original.get("type")) or "?"
    ref = text(original.get("ref")) or text(original.get("rev"))
    behind = f"/{ref}" if ref else ""
    if kind in _FORGES:
        return f"{kind}:{original.get('owner')}/{original.get('repo')}{behind}"
    if kind == "indirect":
        return f"flake:{original.get('id')}{behind}"
    place = text(original.get("url")) or text(original.get("path")) or kind
    return f"{place}?ref={ref}" if ref else place
