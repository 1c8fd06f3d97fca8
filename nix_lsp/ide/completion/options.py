"""Option names: children of the path typed so far, and options further down that match what is typed."""

from __future__ import annotations

import re
from itertools import takewhile
from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.analysis.declared import fits
from nix_lsp.ide.completion.order import sort_text
from nix_lsp.ide.completion.snippets import escape, placeholder, value_snippet
from nix_lsp.ide.model import CompletionItem, CompletionKind
from nix_lsp.syntax.layout import quote_attr
from option_index.records import is_placeholder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from nix_lsp.analysis.definition import DeclaredOption
    from nix_lsp.analysis.pin import Lane
    from nix_lsp.analysis.project import Project
    from option_index.records import Child, Option

_NO_NAMES = frozenset({"_module", "*"})
"""What nobody writes: the module system's own name, and the elements of a list."""
_BELOW = 40
"""How many options further down are offered at most; the answer says so when there are more."""


class Place(NamedTuple):
    """Where option names are completed."""

    path: tuple[str | None, ...]
    """Names of the segments before the one under the cursor, from the module set's root."""
    typed: str
    """What is typed of the segment under the cursor."""
    defining: bool
    """A new binding is being written: a value may be inserted too. False inside an existing `path = value` and in expressions."""


def option_items(
    project: Project, lanes: Sequence[Lane], place: Place, *, only_below: bool = False
) -> tuple[list[CompletionItem], bool]:
    """Return the proposals, and whether there are more than these.

    `only_below`: the typed text spans segments (`ssh.en`), so only options further down can match it.
    """
    items: dict[str, CompletionItem] = {}
    if not only_below:
        for item in _declared(project, lanes, place):
            items.setdefault(item.label, item)
    incomplete = False
    matches = _matcher(place.typed)
    for lane in lanes:
        options = project.options(lane)
        if options is None:
            continue
        key = ("option", lane.set, lane.host or "", *(segment or "<name>" for segment in place.path))
        for child in () if only_below else options.children(place.path):
            if child.name in _NO_NAMES:
                continue
            if matches and not matches(child.name):
                incomplete = True
                continue
            label = _label(child.name)
            if label not in items:
                items[label] = _child(child, label, place, key)
        if len(place.typed) == 1 and not place.path:
            # A third of all options would do; with the next letter it is asked again.
            incomplete = True
        elif place.typed and None not in place.path:
            found = options.below(place.path, place.typed, _BELOW)
            incomplete = incomplete or len(found) == _BELOW
            for option in found:
                rest = option.path[len(place.path) :]
                if len(rest) > 1 and "*" not in rest:
                    item = _deep(lane, option, rest, place)
                    items.setdefault(item.label, item)
    return list(items.values()), incomplete


def _label(name: str) -> str:
    return name if is_placeholder(name) else quote_attr(name)


def _nearness(name: str, typed: str) -> int:
    """Rank a name by what is typed: it starts with it, has it inside, or neither (clients match letters that stand apart, too)."""
    folded, wanted = name.casefold(), typed.casefold()
    return 0 if folded.startswith(wanted) else 1 if wanted in folded else 4


def _child(child: Child, label: str, place: Place, key: tuple[str, ...]) -> CompletionItem:
    """Return the proposal of a name; `key` is that of the place it stands at."""
    option = child.option
    nearness = f"{_nearness(child.name, place.typed)}{len(child.name):02}" if place.typed else "0"
    sort = f"{1 if child.certain else 2}{nearness}{sort_text(child.name)}"
    if option is None or (child.has_children and not _takes_value(option)):
        kind = CompletionKind.NAMESPACE if option is None else CompletionKind.OPTION
        insert, is_snippet = (placeholder_of(child.name, 1), True) if is_placeholder(child.name) else (label, False)
    else:
        kind = CompletionKind.OPTION
        insert, is_snippet = _segments((child.name,), option, place)
    plain = _plain(child.name) if is_snippet else None
    detail = option.type if option else None
    return CompletionItem(label, kind, insert, is_snippet, plain, detail=detail, sort=sort, key=(*key, child.name))


def placeholder_of(name: str, stop: int) -> str:
    """Return the place to fill in for a name that only the user knows."""
    return placeholder(name.strip("<>*") or "name", stop)


def _matcher(typed: str) -> Callable[[str], object] | None:
    """Return what tells whether a client may still show a name: the typed letters occur in it, in this order.

    A single letter begins one of the name's words: most names have it somewhere, and with the next one it is asked again. None where
    nothing is typed.
    """
    if not typed:
        return None
    if len(typed) == 1:
        letter = re.escape(typed)
        return re.compile(rf"(?i:\A{letter}|[^a-z0-9]{letter})|[a-z0-9]{re.escape(typed.upper())}").search
    return re.compile("[^\n]*?".join(map(re.escape, typed)), re.IGNORECASE).search


def _takes_value(option: Option) -> bool:
    """Tell whether an option with options below is more often given a whole value: never for submodules and sets of them."""
    if option.type.removeprefix("null or ").lstrip("(").startswith(("list of", "non-empty")):
        return True
    return "submodule" not in option.type and not option.type.startswith("attribute set")


def _deep(lane: Lane, option: Option, rest: tuple[str, ...], place: Place) -> CompletionItem:
    label = ".".join(_label(name) for name in rest)
    insert, is_snippet = _segments(rest, option, place)
    key = ("option", lane.set, lane.host or "", *option.path)
    return CompletionItem(
        label,
        CompletionKind.OPTION,
        insert,
        is_snippet,
        _plain(*rest),
        detail=option.type,
        sort=f"3{len(rest)}{label}",
        key=key,
    )


def _segment(name: str, stop: int) -> tuple[str, bool]:
    if is_placeholder(name):
        return placeholder_of(name, stop), True
    return quote_attr(name), False


def _segments(names: tuple[str, ...], option: Option, place: Place) -> tuple[str, bool]:
    """Return the text for a path, with ` = value;` after it where a new definition is being written."""
    parts: list[str] = []
    stop = 1
    for name in names:
        text, is_snippet = _segment(name, stop)
        parts.append(text if is_snippet else escape(text))
        stop += is_snippet
    path = ".".join(parts)
    if place.defining:
        return f"{path} = {value_snippet(option.type, option.default, stop)};", True
    if stop > 1:
        return path, True
    return ".".join(quote_attr(name) for name in names), False


def _plain(*names: str) -> str:
    """Return what a client without snippets inserts: the path up to the first name that only the user knows."""
    known = [quote_attr(name) for name in takewhile(lambda name: not is_placeholder(name), names)]
    return ".".join(known) + ("." if known and len(known) < len(names) else "")


def _declared(project: Project, lanes: Sequence[Lane], place: Place) -> Iterator[CompletionItem]:
    """Yield the workspace's own options: they are few and wanted, so they come first."""
    seen: set[str] = set()
    for lane in lanes:
        for declared in project.declared(lane):
            names = tuple(segment.name for segment in declared.path)
            depth = len(place.path)
            if len(names) <= depth or not fits(names[:depth], place.path):
                continue
            name = names[depth]
            if name is None or name in seen:
                continue
            seen.add(name)
            yield _own(declared, name, is_leaf=len(names) == depth + 1, place=place)


def _own(declared: DeclaredOption, name: str, *, is_leaf: bool, place: Place) -> CompletionItem:
    label = _label(name)
    key = ("declared", declared.file, *(segment.name or "" for segment in declared.path))
    if is_leaf and place.defining:
        insert = f"{escape(label)} = {value_snippet(declared.type or '', declared.default, 1)};"
        return CompletionItem(
            label, CompletionKind.OPTION, insert, True, label, detail=declared.type, sort="0" + label, key=key
        )
    insert, is_snippet = _segment(name, 1)
    kind = CompletionKind.OPTION if is_leaf else CompletionKind.NAMESPACE
    return CompletionItem(
        label, kind, insert, is_snippet, _plain(name), detail=declared.type, sort="0" + label, key=key
    )
