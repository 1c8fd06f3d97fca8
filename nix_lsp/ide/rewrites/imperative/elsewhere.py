"""A second choice: the options go where the same hosts define them already, in another file; both files change in one edit."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.analysis.companions import companions, is_certain
from nix_lsp.analysis.scope import names_at
from nix_lsp.ide.difference import words_changed
from nix_lsp.ide.edits import apply
from nix_lsp.ide.model import FileEdit, Fix, Tier
from nix_lsp.ide.rewrites.imperative.choosing import declarable
from nix_lsp.ide.rewrites.imperative.defining import all_defined, with_arguments
from nix_lsp.ide.rewrites.imperative.findings import (
    fix_of,
    matches_of,
    named_options,
    scripts,
    span_of,
)
from nix_lsp.ide.rewrites.imperative.plan import absent, refuse_other_values, sources
from nix_lsp.ide.rewrites.imperative.remarks import remarks, with_remarks
from nix_lsp.ide.rewrites.imperative.sites import home
from nix_lsp.ide.rewrites.imperative.steps import Conflict, binding_below, set_at
from nix_lsp.ide.rewrites.imperative.value import Lines, List, Selection, Setting

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nix_lsp.analysis.definition import Root
    from nix_lsp.analysis.pin import Lane
    from nix_lsp.analysis.project import Project
    from nix_lsp.ide.model import Diagnostic
    from nix_lsp.ide.rewrites.imperative.fit import Resolves
    from nix_lsp.ide.rewrites.imperative.sites import Site
    from nix_lsp.syntax.document import Document

_MOST = 3
"""So many files are offered."""
_ARGUMENT = re.compile(r"\s*(pkgs|lib|config)(?:\.[A-Za-z_][\w'-]*)+\s*")
"""What means the same in every module of a host."""
_GENERATED = re.compile(rb"do not (?:modify|edit)|(?:auto-?|automatically )?generated (?:by|from)", re.IGNORECASE)
_HEAD = 1000
"""Bytes in which a file says that it is generated."""
_GENERATED_FILES = frozenset({"hardware-configuration.nix"})


class _Holder(NamedTuple):
    """A set of another file that defines what the settings belong to."""

    document: Document
    root: Root
    start: int
    """Where the set starts, in bytes."""
    lead: tuple[str, ...]
    """What stands before option paths there: `config`."""
    after: tuple[str, ...]
    """The path that is defined."""


def elsewhere(project: Project, document: Document, diagnostic: Diagnostic) -> list[Fix]:
    """Return the fixes that put the options of a rewrite's diagnostic into other files which are there for the same: same hosts, same options.

    Nothing where the file itself defines them already, where the value means something else in another file, and for a file that is generated,
    that other hosts have too, or that defines them under a condition only.
    """
    if not diagnostic.fixes or not project.module(document).is_module:
        return []
    for site, lanes in scripts(project, document):
        if site.root.set is not None or site.condition or not site.literal.string.start_byte <= diagnostic.span.end:
            continue
        for rewrite, match, choice in declarable(project, document, lanes, matches_of(site)):
            if rewrite.id != diagnostic.rule or span_of(site, match) != diagnostic.span:
                continue
            if not choice or match.keeps or match.cuts or not _is_movable(document, site, choice):
                return []
            taken = fix_of(document, site, [match], (), match.tier)
            if not isinstance(taken, Fix):
                return []
            holders = _holders(project, document, site, choice, lanes)
            found = [_moved(document, site, taken, choice, holder) for holder in holders[:_MOST]]
            return [fix for fix in found if fix]
    return []


def _is_movable(document: Document, site: Site, settings: Sequence[Setting]) -> bool:
    """Tell whether the values are made of nothing but what every module gets as an argument, and this one did."""
    found = [_ARGUMENT.fullmatch(source) for setting in settings for source in sources(setting.value)]
    wanted = {match[1] for match in found if match}
    own = {name.name for name in names_at(document, site.owner.start_byte + 1) if name.kind != "formal"}
    return all(found) and not wanted & own


def _holders(
    project: Project, document: Document, site: Site, settings: Sequence[Setting], lanes: Sequence[Lane]
) -> list[_Holder]:
    """Return where each of the settings has its place already; nothing if that is this file."""
    hosts = project.evaluations(document.path)
    options = project.options(lanes[0])
    if not hosts or options is None:
        return []
    places = [_place(options, setting) for setting in _main(settings)]
    if any(_defined(site.root, place) for place in places if place):
        return []
    found: list[_Holder] = []
    for path in companions(project, document):
        other = project.document(path)
        if (
            other is None
            or other.root.has_error
            or not all(place and place[-1].encode() in other.source for place in places)
        ):
            continue
        if posixpath.basename(path) in _GENERATED_FILES or _GENERATED.search(other.source[:_HEAD]):
            continue
        if project.evaluations(path) == hosts and (holder := _holder(project, other, places)):
            found.append(holder)
    return found


def _main(settings: Sequence[Setting]) -> Sequence[Setting]:
    """Leave out what is only switched on for the others."""
    return [setting for setting in settings if setting.path[-1] != "enable"] or settings


def _place(options: Resolves, setting: Setting) -> tuple[str, ...] | None:
    """Return what must be defined for a setting to belong there: the option, if its definitions are joined, else what it is a part of."""
    from option_index.records import Standing

    above = setting.path[:-1]
    if isinstance(setting.value, List | Lines | Selection) and len(above) < 3:
        return setting.path
    if len(above) < 2:
        return None
    resolution = options.resolve(above)
    # One more user, service or file system has nothing to do with the others.
    is_of_many = (
        resolution.standing is Standing.OPTION and resolution.option and "(submodule)" in resolution.option.type
    )
    return setting.path if is_of_many else above


def _defined(root: Root, place: tuple[str, ...]) -> bool:
    return any(definition.names[: len(place)] == place for definition in root.definitions)


def _holder(project: Project, other: Document, places: Sequence[tuple[str, ...] | None]) -> _Holder | None:
    """Return the one set of a file's own module in which all of the places are defined, come what may."""
    view = project.module(other)
    root = view.roots[0] if view.roots and view.is_module else None
    if root is None or root.set is not None:
        return None
    found: set[tuple[int, tuple[str, ...]]] = set()
    for place in places:
        homes = [
            home(definition)
            for definition in root.definitions
            if place and definition.names[: len(place)] == place and not definition.indirect
        ]
        if not place or not homes:
            return None
        for around in homes:
            if around is None or around.condition:
                return None
            binding = binding_below(around.owner, (*around.lead, *place))
            if binding is None or not is_certain(binding):
                return None
            found.add((around.owner.start_byte, around.lead))
    start, lead = next(iter(found))
    return _Holder(other, root, start, lead, places[0] or ()) if len(found) == 1 else None


def _moved(document: Document, site: Site, taken: Fix, settings: Sequence[Setting], holder: _Holder) -> Fix | None:
    """Return the edit of both files; None where the other file says something else, or comments would be lost."""
    other, start = holder.document, holder.start
    own = {definition.names for definition in site.root.definitions}
    wanted = [Setting((*holder.lead, *setting.path), setting.value) for setting in settings if setting.path not in own]
    try:
        for setting in settings:
            refuse_other_values(holder.root, setting.path, setting.value)
        edited = all_defined(other, start, wanted, (*holder.lead, *holder.after), len(holder.lead) + 1)
        if lost := absent(remarks(document, site), apply(document.source, taken.edits[0].edits)):
            path = wanted[0].path
            is_new = binding_below(set_at(other, start), path) is None
            binding = binding_below(set_at(edited, start), path) if is_new else None
            noted = with_remarks(edited, binding, lost) if binding else edited
            if noted is edited:
                return None
            edited = noted
        edited, _ = with_arguments(edited, start, wanted)
    except Conflict:
        return None
    if edited.source == other.source or edited.root.has_error:
        return None
    where = posixpath.relpath(other.path, posixpath.dirname(document.path))
    shown = where if where.startswith(".") else f"./{where}"
    title = f"Declare {named_options(settings)} in {shown} instead{' (review)' if taken.tier is Tier.REVIEW else ''}"
    edit = FileEdit(other.path, words_changed(other.source, edited.source))
    return Fix(title, (*taken.edits, edit), taken.tier)
