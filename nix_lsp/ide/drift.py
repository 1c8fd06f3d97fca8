"""What an upgrade to another release changes for a project: what breaks, what warns, what is new, and what can be fixed when.

The project is judged twice, at what it pins and at the target; what only the target finds is what the upgrade brings. A fix can be
applied now if everything it writes stands at the pin of today as well.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.ide.actions import QUICK_FIX, Action
from nix_lsp.ide.ahead import findings, judged, right_today
from nix_lsp.ide.model import Diagnostic, Fix, Severity, Tier
from nix_lsp.syntax.span import Span
from option_index.records import Standing, is_placeholder

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from nix_lsp.analysis.definition import Definition
    from nix_lsp.analysis.workspace import Workspace
    from nix_lsp.ide.rules.judgement import Bench
    from nix_lsp.syntax.document import Document

    Names = tuple[str, ...]

_PIN = re.compile(r"; this project pins .*?\.(?=\s|$)")
"""What a message says of the pin; at the target, it is no pin yet."""
_NEW_BELOW = 4
"""So many new options are named below one namespace."""
_NEWEST = ("unstable", "master", "unstable-small")


class When(Enum):
    """When a fix can be applied."""

    NOW = "now"
    """What it writes is right for the pin of today and for the target."""
    AFTER = "after"
    """What it writes is not there yet, or nobody knows whether it is."""


@dataclass(frozen=True, slots=True)
class Change:
    """One finding that the upgrade brings, in the document as it is."""

    document: Document
    diagnostic: Diagnostic
    """As the target is judged; its fixes are the target's."""
    hosts: tuple[str, ...]
    fix: Fix | None
    when: When | None
    """None without a fix."""

    @property
    def breaks(self) -> bool:
        """Whether the evaluation, or the build, stops."""
        return self.diagnostic.severity is Severity.ERROR


class New(NamedTuple):
    """An option that the target has below a namespace that the project uses."""

    set: str
    path: Names
    type: str
    since: str | None


class Default(NamedTuple):
    """An option that the project leaves to its default, which is another one at the target."""

    set: str
    path: Names
    before: str
    after: str
    document: Document
    span: Span
    """Where the project switches on what the option belongs to."""


class Unjudged(NamedTuple):
    """A definition of which nobody knows whether it holds at the target."""

    document: Document
    span: Span
    path: Names


@dataclass(frozen=True, slots=True)
class Drift:
    """What an upgrade changes for a project."""

    target: str
    labels: tuple[str, ...]
    """What the target was judged by, a module set each; in parentheses how far that is known."""
    changes: tuple[Change, ...]
    settled: tuple[Change, ...]
    """Findings of today that the upgrade ends."""
    standing: int
    """Findings of today that stay as they are."""
    new: tuple[New, ...]
    more_new: int
    """New options that are not named."""
    defaults: tuple[Default, ...]
    unjudged: tuple[Unjudged, ...]


def at_release(workspace: Workspace, target: str, today: date) -> Workspace:
    """Return the workspace as if it pinned another release; `unstable` is what is known of it `today`.

    Raises:
        ValueError: `target` is no release, `unstable`, date, revision or snapshot's label.
    """
    from option_index.timeline import parse_point

    parse_point(target)
    name = target.removeprefix("nixos-").removeprefix("nixpkgs-")
    pin = today.isoformat() if name in _NEWEST else target
    return workspace.with_settings(workspace.settings._replace(pin=pin, pin_is_ordered=True))


def drift(now: Workspace, then: Workspace, target: str, documents: Sequence[Document]) -> Drift:
    """Say what changes for some documents of a project: `now` is the project as it is, `then` the same at the target."""
    found = {document.path: findings(then, document) for document in documents}
    facing = {document.path: judged(then, document) for document in documents}
    changes: list[Change] = []
    settled: list[Change] = []
    standing = 0
    for document in documents:
        before = {_key(each): each for each in findings(now, document)}
        after = {_key(each): each for each in found[document.path]}
        hosts = _hosts(now, document)
        standing += len(before.keys() & after.keys())
        settled += [Change(document, each, hosts, None, None) for key, each in before.items() if key not in after]
        changes += _changes(now, then, document, [each for key, each in after.items() if key not in before], hosts)
    new, more = _new_options(now, documents, facing)
    return Drift(
        target,
        tuple(dict.fromkeys(bench.options.label for benches in facing.values() for _, bench in benches)),
        tuple(changes),
        tuple(settled),
        standing,
        new,
        more,
        _defaults(now, documents, facing),
        _unjudged(now, documents, facing),
    )


def preview(now: Workspace, then: Workspace, document: Document) -> list[Diagnostic]:
    """Return what the target finds in a document that today's pin does not: the same as `drift` says of it."""
    return [_at_target(each) for each in _brought(now, then, document)]


def preview_actions(now: Workspace, then: Workspace, target: str, document: Document, span: Span) -> list[Action]:
    """Return the quick fixes of what the preview finds at the selected bytes of a document (an empty span is a cursor).

    Those that are right at today's pin already are fixes like others. Those that are not say so in their titles, and are none that an
    editor applies unasked.
    """
    found = [
        (diagnostic, fix)
        for diagnostic in _brought(now, then, document)
        if diagnostic.span.start <= span.end and span.start <= diagnostic.span.end
        for fix in diagnostic.fixes
    ]
    tried = [fix for diagnostic, fix in found if _may_hold_now(diagnostic)]
    right = {fix for fix, is_right in zip(tried, right_today(now, then, document, tried), strict=True) if is_right}
    actions: list[Action] = []
    for diagnostic, fix in found:
        is_right = fix in right and _may_hold_now(diagnostic)
        title = fix.title if is_right else f"after the upgrade to {target}: {fix.title}"
        offered = fix if is_right else fix._replace(title=title, preferred=False)
        actions.append(Action(title, QUICK_FIX, offered, diagnostic))
    return actions


def _brought(now: Workspace, then: Workspace, document: Document) -> list[Diagnostic]:
    known = {_key(each) for each in findings(now, document)}
    return [each for each in findings(then, document) if _key(each) not in known]


def _key(diagnostic: Diagnostic) -> tuple[str, Span]:
    return diagnostic.rule, diagnostic.span


def _at_target(diagnostic: Diagnostic) -> Diagnostic:
    return diagnostic._replace(message=_PIN.sub(".", diagnostic.message))


def _hosts(workspace: Workspace, document: Document) -> tuple[str, ...]:
    return tuple(dict.fromkeys(lane.host for lane in workspace.lanes(document) if lane.host))


def _changes(
    now: Workspace, then: Workspace, document: Document, found: Sequence[Diagnostic], hosts: tuple[str, ...]
) -> Iterator[Change]:
    """Yield the findings that the upgrade brings to a document, each with when its fix can be applied."""
    fixes = [next((fix for fix in each.fixes if fix.preferred), None) for each in found]
    tried = [fix for each, fix in zip(found, fixes, strict=True) if fix and _may_hold_now(each)]
    right = {fix for fix, is_right in zip(tried, right_today(now, then, document, tried), strict=True) if is_right}
    for each, fix in zip(found, fixes, strict=True):
        when = (When.NOW if fix in right and _may_hold_now(each) else When.AFTER) if fix else None
        yield Change(document, _at_target(each), hosts, fix, when)


def _may_hold_now(diagnostic: Diagnostic) -> bool:
    return diagnostic.rule.startswith(("option-", "package-", "lib-"))


_Facing = dict[str, list[tuple["Definition", "Bench"]]]


def _static(definition: Definition) -> Names | None:
    names = definition.names
    return tuple(name for name in names if name is not None) if None not in names else None


def _new_options(now: Workspace, documents: Sequence[Document], facing: _Facing) -> tuple[tuple[New, ...], int]:
    """Return the options that are new beside those that the project defines, a few a namespace, and how many more there are."""
    spaces: dict[tuple[str, Names], tuple[Bench, Bench]] = {}
    for document in documents:
        today = {bench.options.set: bench for _, bench in judged(now, document)}
        for definition, bench in facing[document.path]:
            names = _static(definition)
            if names and len(names) > 2 and not definition.is_set and bench.options.set in today:
                spaces.setdefault((bench.options.set, names[:-1]), (today[bench.options.set], bench))
    found: dict[tuple[str, Names], New] = {}
    more = 0
    for (module_set, space), (before, after) in sorted(spaces.items(), key=lambda each: each[0]):
        named = 0
        for child in after.options.children(space):
            path = (*space, child.name)
            if child.option is None or not child.certain or is_placeholder(child.name) or (module_set, path) in found:
                continue
            if child.option.internal or before.options.resolve(path).standing is not Standing.NOT_YET:
                continue
            named += 1
            if named > _NEW_BELOW:
                more += 1
                continue
            since = before.options.resolve(path).since
            found[module_set, path] = New(module_set, path, child.option.type, str(since) if since else None)
    return tuple(found.values()), more


def _defaults(now: Workspace, documents: Sequence[Document], facing: _Facing) -> tuple[Default, ...]:
    """Return the defaults that differ, of options beside an `enable` that the project sets, where it sets them nowhere."""
    defined = {
        (bench.options.set, definition.names)
        for pairs in facing.values()
        for definition, bench in pairs
        if not definition.is_set
    }
    above = {(module_set, names[:length]) for module_set, names in defined for length in range(len(names))}
    found: dict[tuple[str, Names], Default] = {}
    for document in documents:
        today = {bench.options.set: bench for _, bench in judged(now, document)}
        for definition, bench in facing[document.path]:
            names = _static(definition)
            before = today.get(bench.options.set)
            if not names or names[-1] != "enable" or before is None or not _is_true(document, definition):
                continue
            for child in bench.options.children(names[:-1]):
                path = (*names[:-1], child.name)
                option = bench.options.option(path) if child.option and child.certain else None
                old = before.options.option(path) if option else None
                key = (bench.options.set, path)
                if (
                    option is None
                    or old is None
                    or key in defined
                    or key in above
                    or option.internal
                    or option.read_only
                ):
                    continue
                if old.default and option.default and old.default.split() != option.default.split():
                    span = Span(definition.path[definition.own].span.start, definition.path[-1].span.end)
                    found.setdefault(key, Default(*key, old.default, option.default, document, span))
    return tuple(found.values())


def _is_true(document: Document, definition: Definition) -> bool:
    return definition.value is not None and document.text(definition.value) == "true"


def _unjudged(now: Workspace, documents: Sequence[Document], facing: _Facing) -> tuple[Unjudged, ...]:
    return tuple(each for document in documents for each in _unjudged_in(now, document, facing[document.path]))


def _unjudged_in(now: Workspace, document: Document, facing: Sequence[tuple[Definition, Bench]]) -> Iterator[Unjudged]:
    today = {bench.options.set: bench for _, bench in judged(now, document)}
    seen: set[Names] = set()
    for definition, bench in facing:
        names = _static(definition)
        before = today.get(bench.options.set)
        if not names or definition.is_set or before is None or names in seen:
            continue
        unsure = bench.options.resolve(names).standing is Standing.UNSURE
        if unsure and before.options.resolve(names).standing is Standing.OPTION:
            seen.add(names)
            yield Unjudged(
                document, Span(definition.path[definition.own].span.start, definition.path[-1].span.end), names
            )


def fixes_now(found: Drift) -> dict[str, list[Fix]]:
    """Return the mechanical fixes that can be applied now, by file."""
    fixes: dict[str, list[Fix]] = {}
    for change in found.changes:
        if change.when is When.NOW and change.fix and change.fix.tier is Tier.MECHANICAL:
            fixes.setdefault(change.document.path, []).append(change.fix)
    return fixes
