"""Planning the edit: options go in, commands go out, and the difference is what the editor gets.

The steps work on one immutable document after another, so that each sees what the one before has done; a step that cannot be taken
without changing the meaning of what stands there raises `Conflict`, and the whole plan is dropped.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nix_lsp.analysis.scope import introduced
from nix_lsp.analysis.shell.word import Antiquotation
from nix_lsp.ide.difference import words_changed
from nix_lsp.ide.model import TextEdit
from nix_lsp.ide.rewrites.imperative.defining import all_defined, equal, is_new, is_written, with_arguments
from nix_lsp.ide.rewrites.imperative.remarks import remarks, with_remarks
from nix_lsp.ide.rewrites.imperative.removing import without_commands
from nix_lsp.ide.rewrites.imperative.scope import argument
from nix_lsp.ide.rewrites.imperative.steps import Conflict, binding_below, set_at
from nix_lsp.ide.rewrites.imperative.value import (
    Attrs,
    Expression,
    Guarded,
    Lines,
    List,
    Selection,
    Setting,
    Str,
    Value,
    steps,
)
from nix_lsp.syntax.ast import descent
from nix_lsp.syntax.layout import attrpath_text
from nix_lsp.syntax.span import Span

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from nix_lsp.analysis.definition import Root
    from nix_lsp.analysis.shell.script import Command
    from nix_lsp.ide.rewrites.imperative.sites import Site
    from nix_lsp.syntax.document import Document

_NAME = re.compile(r"[A-Za-z_][\w'-]*")


def plan(
    document: Document,
    site: Site,
    commands: Collection[Command],
    settings: Sequence[Setting],
    absorbed: frozenset[str] = frozenset(),
    *,
    cuts: Collection[Span] = (),
    put: str = "",
    is_whole: bool = False,
) -> tuple[TextEdit, ...]:
    """Return the edits that define `settings` where the script stands and take `commands` out of it.

    `absorbed` is what a service says beside its script that the settings say too; `cuts` are parts of the script that go in place of
    whole commands, whole lines if there are settings, and `put` is what stands there then; with `is_whole` all of the script goes.

    Raises:
        Conflict: an option is defined already with another value, or the place does not allow the edit.
    """
    if site.literal.is_shared:
        raise Conflict("the script is used in other places too")
    if cuts and not settings:
        formals = argument(document, site.owner, "pkgs") if "pkgs." in put else []
        if formals is None:
            raise Conflict("`pkgs` is not an argument here")
        return (*formals, *(TextEdit(site.source_span(cut), put) for cut in sorted(cuts)))
    had_errors = document.root.has_error
    start = site.owner.start_byte
    after = (*site.lead, *site.names)
    edited = document
    for setting in settings:
        refuse_other_values(site.root, setting.path, setting.value)
    _refuse_hidden_names(document, site, settings)
    settings = [Setting((*site.lead, *setting.path), _guarded(site, setting.value)) for setting in settings]
    if site.condition and not all(is_new(site.owner, setting.path) for setting in settings):
        raise Conflict("a condition decides whether it runs")
    edited = all_defined(edited, start, settings, after, len(site.lead) + 1)
    edited, start = without_commands(edited, start, site, None if is_whole else commands, absorbed, cuts)
    if not all(is_written(set_at(edited, start), setting.path, setting.value) for setting in settings):
        raise Conflict("the options would not stay where they belong")
    if settings and (lost := absent(remarks(document, site), edited.source)):
        path = settings[0].path
        new = next((part for end in range(len(path)) if is_new(site.owner, part := path[: end + 1])), None)
        if new and (binding := binding_below(set_at(edited, start), new)):
            edited = with_remarks(edited, binding, lost)
    edited, _ = with_arguments(edited, start, settings)
    if edited.root.has_error and not had_errors:
        raise Conflict("the file's layout is not understood well enough")
    return words_changed(document.source, edited.source)


def absent(lines: Sequence[str], source: bytes) -> list[str]:
    """Return the lines, such as those of comments, that stand nowhere in a text."""
    present = {line.strip() for line in source.splitlines()}
    return [line for line in lines if (encoded := line.encode()) not in present and encoded not in source]


def refuse_other_values(root: Root, path: tuple[str, ...], value: Value) -> None:
    """Look for a definition anywhere in a module that says something else: the module system would refuse the two.

    Raises:
        Conflict: there is one.
    """
    if isinstance(value, Attrs):
        for name, item in value.items:
            refuse_other_values(root, (*path, *steps(name)), item)
    elif not isinstance(value, List | Lines | Selection):
        for definition in root.definitions:
            if definition.names == path and (
                definition.value is None or definition.wrappers or not equal(definition.value, value)
            ):
                raise Conflict(f"`{attrpath_text(path)}` has another value already")


def _guarded(site: Site, value: Value) -> Value:
    return Guarded(site.condition, value) if site.condition else value


def _refuse_hidden_names(document: Document, site: Site, settings: Sequence[Setting]) -> None:
    """Refuse to move an antiquotation out of the scope that binds a name in it."""
    moved = [*(source for setting in settings for source in sources(setting.value)), site.condition]
    words = {word for source in moved for word in _NAME.findall(source)}
    if not words:
        return
    outer = {(node.start_byte, node.end_byte) for node in descent(document.root, site.owner.start_byte)}
    for node in descent(document.root, site.literal.string.start_byte):
        if (node.start_byte, node.end_byte) in outer:
            continue
        if node.type == "with_expression" or any(name.name in words for name in introduced(node)):
            raise Conflict("it uses a name that only the script can see")


def sources(value: Value) -> Iterator[str]:
    """Yield the Nix source in a value."""
    match value:
        case Str(pieces):
            yield from (piece.expression for piece in pieces if isinstance(piece, Antiquotation))
        case Expression(source):
            yield source
        case List(items) | Lines(items):
            for item in items:
                yield from sources(item)
        case Attrs(items):
            for _, item in items:
                yield from sources(item)
        case _:
            return
