"""Giving a definition another path, with the least that has to move.

In this order: the segments that change are written in the definition itself, and are replaced; all that stands in an enclosing set
moves alike, and the set is renamed; the definition leaves the enclosing set for the place where its new path belongs. Nothing is
offered where that could define something twice, take an expression out of its condition or scope, or leave a comment behind.
"""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.ide.difference import common_length
from nix_lsp.ide.edits import (
    Place,
    carried,
    combine,
    insert,
    owned,
    place,
    remove,
    replace,
    set_of,
)
from nix_lsp.ide.markdown import shown_path
from nix_lsp.ide.model import FileEdit, Fix, TextEdit
from nix_lsp.ide.set_names import literal_set, names_in
from nix_lsp.syntax.ast import attrs
from nix_lsp.syntax.layout import attrpath_text
from nix_lsp.syntax.span import Span

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tree_sitter import Node

    from nix_lsp.analysis.definition import Definition, Root
    from nix_lsp.syntax.document import Document

    Names = tuple[str | None, ...]
    Target = Callable[[Names], tuple[str, ...] | None]
    """Gives the new path of a definition's path; None where it does not move, or nobody can tell where to."""


_TOGETHER = 400
"""So many definitions in one set are moved with it."""


class Link(NamedTuple):
    """A binding on the way from a definition up to the root of its path."""

    binding: Node
    start: int
    """Index of the path's first segment that is written in the binding."""
    lead: tuple[str, ...]
    """Names in the binding before that segment which are no part of the path: `config`."""
    is_clean: bool
    """This binding's value is a plain attribute set that holds the binding before."""


class Unit(NamedTuple):
    """A binding that gets another path, with all that stands in it."""

    level: int
    """Its index among the links."""
    target: tuple[str, ...]
    inner: tuple[TextEdit, ...]
    """Names inside of it that change too."""

    def end(self, links: Sequence[Link], definition: Definition) -> int:
        """Return the index behind the last segment that is written in the binding."""
        return links[self.level - 1].start if self.level else len(definition.path)


def relocate(
    document: Document,
    root: Root,
    definition: Definition,
    target_of: Target,
    value: tuple[TextEdit, ...] | None = None,
) -> Fix | None:
    """Return the fix that moves one definition; see `Relocation`."""
    return Relocation(document, root, target_of).fix(definition, value)


class Relocation:
    """Moves definitions of one root; what many of them ask is found out once."""

    def __init__(self, document: Document, root: Root, target_of: Target) -> None:
        self._document = document
        self._root = root
        self._target_of = target_of
        self._wider: dict[tuple[Span, int, int], tuple[tuple[str, ...], tuple[TextEdit, ...]] | None] = {}

    def fix(self, definition: Definition, value: tuple[TextEdit, ...] | None = None) -> Fix | None:
        """Return the fix that moves a definition to its new path, or None where no edit is safe.

        With `value`, edits of the definition's own value, it is moved alone and never taken for another that says the same.
        """
        document = self._document
        links = links_of(definition)
        target = self._target_of(definition.names)
        if target is None or not links or any(_is_scope(link.binding) for link in links):
            return None
        if twins := self._root.at(target):
            if value:
                return None
            default = _over_default(document, definition, twins[0], target) if len(twins) == 1 else None
            return default or _delete_twin(document, definition, twins[0], target)
        unit = Unit(0, target, value or ())
        for level, link in enumerate(links):
            if level:
                if value:
                    return _lift(document, definition, links, unit)
                wider = self._alike(definition, link.start, links[level - 1].start)
                if wider is None:
                    return _lift(document, definition, links, unit)
                unit = Unit(level, *wider)
            if unit.target[: link.start] == definition.names[: link.start] and len(unit.target) > link.start:
                moved = _lift(document, definition, links, unit) if _merges(document, definition, link, unit) else None
                return moved or _rename(document, definition, links, unit)
        return None

    def _alike(
        self, definition: Definition, start: int, end: int
    ) -> tuple[tuple[str, ...], tuple[TextEdit, ...]] | None:
        key = (definition.path[start].span, start, end)
        if key not in self._wider:
            self._wider[key] = _alike(self._document, self._root, definition, start, end, self._target_of)
        return self._wider[key]


def replace_segments(definition: Definition, start: int, end: int, new: Sequence[str]) -> TextEdit | None:
    """Return the edit that turns segments `start` to `end` of a path into `new[start:]`, leaving those that are the same.

    Returns None where `new` differs before `start`.
    """
    old = definition.names[:end]
    if old[:start] != tuple(new[:start]) or len(new) <= start:
        return None
    head = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(old, new, strict=False)))
    head = max(start, min(head, len(old) - 1, len(new) - 1))
    room = min(len(old), len(new)) - head - 1
    tail = sum(
        1
        for _ in takewhile(
            lambda pair: pair[0] == pair[1], zip(old[: -room - 1 : -1], new[: -room - 1 : -1], strict=False)
        )
    )
    part = Span(definition.path[head].span.start, definition.path[end - tail - 1].span.end)
    return TextEdit(part, attrpath_text(new[head : len(new) - tail]))


def _rename(document: Document, definition: Definition, links: Sequence[Link], unit: Unit) -> Fix | None:
    """Replace the segments of one binding."""
    link, end = links[unit.level], unit.end(links, definition)
    owner = set_of(link.binding)
    if owner is None or _clashes(document, owner, link, unit.target[link.start :]):
        return None
    edit = replace_segments(definition, link.start, end, unit.target)
    if edit is None:
        return None
    old = f"`{shown_path(definition.names[:end])}` " if unit.level else ""
    return _fix(document, f"Rename {old}to `{attrpath_text(unit.target)}`", [edit, *unit.inner], unit.target)


def _alike(
    document: Document, root: Root, definition: Definition, start: int, end: int, target_of: Target
) -> tuple[tuple[str, ...], tuple[TextEdit, ...]] | None:
    """Return the new path of the binding with segments `start` to `end`, if all in it moves along, and the renames inside that takes."""
    below = root.through(definition.names[: start + 1], definition.path[start].span)
    here = next((each for each in below if len(each.path) == end), None)
    if here is None or len(below) > _TOGETHER or here.value is None or here.value.type != "attrset_expression":
        return None
    leaves = [each for each in below if len(each.path) > end and not (each.is_set and _has_children(each, below))]
    moves = [(leaf, target) for leaf in leaves if (target := target_of(leaf.names))]
    if not moves or len(moves) < len(leaves) or any(root.defines(target) for _, target in moves):
        return None
    new = _new_start(moves, end)
    if new == here.names[: len(new)] or any(
        target[: len(new)] != new or len(target) == len(new) for _, target in moves
    ):
        # `services.xserver = { displayManager = …; }` would become `services = { … }`: better to move what is inside.
        return None
    owner = set_of(here.binding)
    if owner and _has_set(document, owner, new[start:], here.binding):
        return None
    inner: list[TextEdit] = []
    for leaf, target in moves:
        if target[len(new) :] == leaf.names[end:]:
            continue
        shifted = (*(name or "" for name in leaf.names[:end]), *target[len(new) :])
        edit = replace_segments(leaf, leaf.own, len(leaf.path), shifted)
        if edit is None or leaf.binding.type != "binding" or not _within(leaf.binding, here.binding):
            return None
        inner.append(edit)
    return new, tuple(inner)


def _new_start(moves: Sequence[tuple[Definition, tuple[str, ...]]], end: int) -> tuple[str, ...]:
    """Return what the first `end` segments become: what leaves the rest of each path as it is, if that is the same for all."""
    starts: set[tuple[str, ...] | None] = set()
    for leaf, target in moves:
        rest = leaf.names[end:]
        starts.add(target[: -len(rest)] if target[-len(rest) :] == rest else None)
    start = starts.pop() if len(starts) == 1 else None
    return start if start is not None else moves[0][1][:end]


def _lift(document: Document, definition: Definition, links: Sequence[Link], unit: Unit) -> Fix | None:
    """Take a binding out of the sets that its new path does not share."""
    binding, target = links[unit.level].binding, unit.target
    shared = (
        at for at in range(unit.level, len(links)) if definition.names[: links[at].start] == target[: links[at].start]
    )
    home = next(shared, None)
    if home is None or binding.type != "binding" or not all(link.is_clean for link in links[unit.level + 1 : home + 1]):
        return None
    owner = set_of(links[home].binding)
    path = (*links[home].lead, *target[links[home].start :])
    found = place(document, owner, path, links[home].binding) if owner else None
    if found is None:
        return None
    gone = emptied(document, [link.binding for link in links[unit.level : home + 1]])
    moved = carried(document, binding, found.path, unit.inner)
    if gone != binding:
        moved = "".join(f"{line}\n" for line in comments_of(document, gone)) + moved
    return _fix(document, f"Move to `{attrpath_text(target)}`", _exchange(document, found, gone, moved), target)


def _exchange(document: Document, found: Place, gone: Node, moved: str) -> list[TextEdit]:
    """Take one binding out and put another in; into its very place, if that is where it goes."""
    if found.after == gone:
        return [replace(document, gone, moved)]
    return [remove(document, gone), insert(document, found.owner, moved, found.after, gone.end_byte - gone.start_byte)]


def emptied(document: Document, chain: Sequence[Node]) -> Node:
    """Return the outermost binding of which nothing would be left without the first."""
    gone = chain[0]
    for outer in chain[1:]:
        value = literal_set(outer)
        if value is None or value != set_of(gone):
            break
        own = owned(document, gone)
        if (
            document.source[value.start_byte : own.start].strip() != b"{"
            or document.source[own.end : value.end_byte].strip() != b"}"
        ):
            break
        gone = outer
    return gone


def comments_of(document: Document, binding: Node) -> list[str]:
    """Return the comments that belong to a binding, one a line."""
    whole = owned(document, binding)
    before = document.text(Span(whole.start, binding.start_byte))
    behind = document.text(Span(binding.end_byte, whole.end))
    return [line.strip() for line in (before + behind).splitlines() if line.strip()]


def links_of(definition: Definition) -> list[Link]:
    """Return the bindings that write a definition's path, innermost first; empty where the path does not stand in one piece."""
    links: list[Link] = []
    node: Node | None = definition.binding
    start, is_clean = len(definition.path), True
    while node and start > 0:
        path = node.child_by_field_name("attrpath") if node.type == "binding" else None
        if path:
            own = attrs(path)
            first = start - len(own)
            written = definition.path[max(first, 0) : start]
            if tuple(written) != own[len(own) - len(written) :]:
                return []
            start = max(first, 0)
            lead = tuple(segment.name or "" for segment in own[: len(own) - len(written)])
            links.append(Link(node, start, lead, is_clean))
            is_clean = True
        elif node.type == "list_expression" and definition.path[start - 1].name == "*":
            start -= 1
            is_clean = False
        elif node.type not in {"binding_set", "attrset_expression"}:
            is_clean = False
        node = node.parent
    return links if start == 0 and links and all("" not in link.lead for link in links) else []


def _is_scope(binding: Node) -> bool:
    """Tell whether a binding's name can be referred to by its neighbours."""
    owner = binding.parent.parent if binding.parent else None
    return owner is None or owner.type != "attrset_expression"


def _clashes(document: Document, owner: Node, link: Link, new: Sequence[str]) -> bool:
    """Tell whether a set already binds a new path, or part of it, to something that cannot be merged."""
    path = (*link.lead, *new)
    known = names_in(document, owner)
    if path[0] in known.inherited:
        return True
    if literal_set(link.binding) is None and _any_other(known.at_or_below(path), link.binding):
        return True
    above = (known.values(path[:length]) for length in range(1, len(path) + 1))
    return any(_any_other(others, link.binding) for others in above)


def _any_other(others: Sequence[Node], binding: Node) -> bool:
    """Tell whether a binding is not the only one there."""
    return any(other != binding for other in others[:2])


def _has_set(document: Document, owner: Node, path: Sequence[str], apart: Node) -> bool:
    """Tell whether a set stands already at a path, or above it, to merge into."""
    known = names_in(document, owner)
    return any(_any_other(known.sets(tuple(path[:length])), apart) for length in range(1, len(path) + 1))


def _merges(document: Document, definition: Definition, link: Link, unit: Unit) -> bool:
    """Tell whether a set stands beside a binding that its new path leads into, and its old one did not."""
    owner = set_of(link.binding)
    if owner is None:
        return False
    known = names_in(document, owner)
    shared = common_length(definition.names, unit.target)
    path = (*link.lead, *unit.target[link.start :])
    shortest = max(shared - link.start + len(link.lead), 0) + 1
    return any(_any_other(known.sets(path[:length]), link.binding) for length in range(shortest, len(path) + 1))


def _has_children(definition: Definition, among: Sequence[Definition]) -> bool:
    length = len(definition.path)
    return any(len(each.path) > length and each.path[:length] == definition.path for each in among)


def _within(inner: Node, outer: Node) -> bool:
    return outer.start_byte <= inner.start_byte and inner.end_byte <= outer.end_byte


def _delete_twin(document: Document, definition: Definition, twin: Definition, target: Sequence[str]) -> Fix | None:
    """Offer to delete a definition whose new name is defined already, to the same."""
    if definition.value is None or twin.value is None or definition.binding.type != "binding":
        return None
    same = document.text(definition.value) == document.text(twin.value) and definition.wrappers == twin.wrappers
    if not same or definition.conditional or twin.conditional:
        return None
    return _fix(document, f"Delete: `{attrpath_text(target)}` says the same", [remove(document, definition.binding)])


def _over_default(document: Document, definition: Definition, twin: Definition, target: Sequence[str]) -> Fix | None:
    """Offer to write a definition where its new name has a `mkDefault`, which never counts beside it (nixpkgs, lib/modules.nix)."""
    there = twin.binding.child_by_field_name("expression")
    node = definition.value
    if there is None or node is None or twin.wrappers != ("mkDefault",) or definition.wrappers:
        return None
    apart = (definition, twin)
    if any(each.is_set or each.conditional or each.indirect or each.binding.type != "binding" for each in apart):
        return None
    if not all(link.is_clean for each in apart for link in links_of(each)[1:]):
        return None
    value = document.text(node)
    if "\n" in value or comments_of(document, definition.binding):
        return None
    edits = [TextEdit(Span(there.start_byte, there.end_byte), value), remove(document, definition.binding)]
    return _fix(document, f"Write as `{attrpath_text(target)}`, over its `mkDefault`", edits, tuple(target))


def _fix(document: Document, title: str, edits: Sequence[TextEdit], defines: tuple[str, ...] = ()) -> Fix | None:
    combined = combine(edits)
    return Fix(title, (FileEdit(document.path, combined),), preferred=True, defines=defines) if combined else None
