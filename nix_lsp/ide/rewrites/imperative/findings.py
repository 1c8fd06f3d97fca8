"""The entry: imperative commands in the scripts of a module, as diagnostics with the edits that declare them."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from nix_lsp.ide.model import Diagnostic, FileEdit, Fix, Tier
from nix_lsp.ide.rewrites.imperative.choosing import Declarable, advice, declarable
from nix_lsp.ide.rewrites.imperative.places import LAST_NAMES, MAKERS, TEST_FOLDERS, Form
from nix_lsp.ide.rewrites.imperative.rewrite import Place
from nix_lsp.syntax.span import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from nix_lsp.analysis.definition import Root
    from nix_lsp.analysis.pin import Lane
    from nix_lsp.analysis.project import Project
    from nix_lsp.analysis.shell.script import Command
    from nix_lsp.ide.rewrites.imperative.literals import Follow
    from nix_lsp.ide.rewrites.imperative.rewrite import Match, Rewrite
    from nix_lsp.ide.rewrites.imperative.sites import Site
    from nix_lsp.ide.rewrites.imperative.value import Setting
    from nix_lsp.syntax.document import Document

_IGNORE = re.compile(rb"nix-lsp:[ \t]*ignore(-file)?[ \t]+([^\n]*)")
"""As `nix_lsp.ide.diagnostics` has it for Nix comments: inside a script, the comments are the shell's."""
_SHELL_HOOK = re.compile(rb"\b(?:shellHook|postShellHook|enterShell|devshell)\b")
_SEPARATOR = re.compile(rb"[\s,]+")
SECRET_KEPT = "An operand looks like a secret: nothing of it is moved."  # noqa: S105
_TEST = b"testScript"
"""What a NixOS test binds: its machines are there to be set up by hand."""


def find_imperative(
    project: Project, document: Document, *, quiet: bool = False, fixes_at: Span | None = None
) -> list[Diagnostic]:
    """Report the commands of a module's scripts that options can say, each with the edit that does so.

    Nothing is reported where the lane is unsure, the options do not exist at the pin, or the shell is not wholly understood. A file
    without one of the options that hold scripts, or without one of the commands, costs one search through its text. With `quiet`, what
    is told on hover only is among it. Edits are planned for what touches the bytes `fixes_at` (None: for everything), which takes longer
    than all the rest; a message says why there is no edit only where one was planned.
    """
    if TEST_FOLDERS.search(document.path) or _TEST in document.source:
        return []
    holds, makes = (pattern.search(document.source) is not None for pattern in (LAST_NAMES, MAKERS))
    if not (holds or makes) or not tools().search(document.source):
        return []
    found: dict[tuple[str, Span], Diagnostic] = {}
    for site, lanes in scripts(project, document) if holds else ():
        for diagnostic in of_site(project, document, site, lanes, fixes_at, quiet=quiet):
            # A script that is used twice is told of once.
            found.setdefault((diagnostic.rule, diagnostic.span), diagnostic)
    if makes:
        from nix_lsp.ide.rewrites.imperative.lent import find_lent

        for diagnostic in find_lent(project, document, quiet=quiet):
            found.setdefault((diagnostic.rule, diagnostic.span), diagnostic)
    return sorted(found.values(), key=lambda diagnostic: diagnostic.span)


def scripts(
    project: Project, document: Document, follow: Follow | None = None
) -> Iterator[tuple[Site, Sequence[Lane]]]:
    """Yield a file's scripts that mention a tool of the catalogue, with the lanes of the module that they are in.

    With `follow`, these are the scripts that the file's options run and other files hold.
    """
    from nix_lsp.ide.rewrites.imperative.sites import sites

    for root, lanes in _roots(project, document):
        sets = {lane.set for lane in lanes}
        if len(sets) == 1:
            for site in sites(document, root, sets.pop(), tools(), follow):
                yield site, lanes


def _roots(project: Project, document: Document) -> Iterator[tuple[Root, Sequence[Lane]]]:
    """Yield the parts of a file that define options, with their lanes: modules, and development shells."""
    if lanes := project.lanes(document):
        for root in project.module(document).roots:
            yield root, [lane.within(root.set) if root.set else lane for lane in lanes]
    if _SHELL_HOOK.search(document.source):
        from nix_lsp.ide.rewrites.imperative.dev_shells import dev_shells

        for root, lane in dev_shells(project, document):
            yield root, [lane]


@cache
def tools() -> re.Pattern[bytes]:
    """Return a pattern for the name of any program of the catalogue."""
    from nix_lsp.ide.rewrites.imperative.table import REWRITES

    # The longer first: `modprobe.d` is not `modprobe`. By their first letters, since each place is tried with each alternative.
    names = sorted({tool for rewrite in REWRITES for tool in rewrite.tools}, key=lambda name: (-len(name), name))
    rests: dict[str, list[str]] = {}
    for name in names:
        rests.setdefault(name[0], []).append(re.escape(name[1:]))
    words = "|".join(f"{re.escape(first)}(?:{'|'.join(rest)})" for first, rest in sorted(rests.items()))
    # In `"…"` the letter of an escape may stand right before a command.
    start = rb"(?:(?<![\w-])|(?<=\\n)|(?<=\\t))"
    return re.compile(start + b"(?:" + words.encode() + rb")(?![\w-])")


def of_site(
    project: Project, document: Document, site: Site, lanes: Sequence[Lane], fixes_at: Span | None, *, quiet: bool
) -> Iterator[Diagnostic]:
    """Yield what one script has; with edits for what touches the bytes `fixes_at` (None: for everything)."""
    wanted = [each for each in matches_of(site) if quiet or not each[0].is_quiet]
    for rewrite, match in wanted:
        if match.tier is Tier.EXPLAINED and (named := advice(project, match, lanes)) is not None:
            severity = match.severity or rewrite.severity
            yield Diagnostic(rewrite.id, span_of(site, match), severity, advising(rewrite, match, named))
    known = declarable(project, document, lanes, wanted)
    spans = [span_of(site, each.match) for each in known]
    fixes = [
        _single(document, site, each) if fixes_at is None or span.touches(fixes_at) else None
        for each, span in zip(known, spans, strict=True)
    ]
    together = _together(document, site, known) if any(isinstance(fix, Fix) for fix in fixes) else None
    for (rewrite, match, choice), span, fix in zip(known, spans, fixes, strict=True):
        offered = [fix] if isinstance(fix, Fix) else []
        if offered and together and not match.keeps:
            offered.append(together)
        reason = fix if isinstance(fix, str) else ""
        told = message(rewrite, match, choice, reason)
        severity = match.severity or rewrite.severity
        yield Diagnostic(rewrite.id, span, severity, told, fixes=tuple(offered))


def span_of(site: Site, match: Match) -> Span:
    """Return the document's bytes from the first to the last command of a match, or the whole string."""
    if match.is_whole:
        return Span(site.literal.string.start_byte, site.literal.string.end_byte)
    if match.at:
        return site.source_span(match.at)
    if not match.commands:
        return site.source_span(match.cuts[0]).cover(site.source_span(match.cuts[-1]))
    return site.source_span(match.commands[0].span).cover(site.source_span(match.commands[-1].span))


def matches_of(site: Site) -> Iterator[tuple[Rewrite, Match]]:
    """Yield what the rows of the catalogue know of a script, but for what its comments switch off."""
    from nix_lsp.ide.rewrites.imperative.table import REWRITES

    reading = site.reading
    named = reading.use.named.union(_files(site), _named_tools(site))
    for rewrite in REWRITES:
        if site.makes_backups and not rewrite.is_of_backups:
            continue
        if rewrite.shells and site.option.place is Place.SHELL_INIT and reading.shell not in rewrite.shells:
            continue
        if site.option.place in rewrite.places and reading.lane in rewrite.lanes and named & rewrite.tools:
            for match in rewrite.match(reading):
                if not _is_waved_through(site, rewrite, match):
                    yield rewrite, match


def _named_tools(site: Site) -> set[str]:
    """Return what the option's path names of the tools, and for a file what its text does."""
    texts = [name.encode() for name in site.names]
    if site.option.form is Form.FILE:
        texts.append(site.reading.script.content)
    return {found.decode() for text in texts for found in site.reading.tools.findall(text)}


def _files(site: Site) -> Iterator[str]:
    """Yield the files that a script writes to, their bare names, and the folders round them, homes by all their names."""
    from nix_lsp.ide.rewrites.imperative.home import HOMES, below_home

    for write in site.reading.writes:
        if below_home(write.path):
            yield from HOMES
        path = write.path.leading
        yield path
        yield path.rpartition("/")[2]
        while (path := path.rpartition("/")[0]) != "":
            yield path


def _is_waved_through(site: Site, rewrite: Rewrite, match: Match) -> bool:
    """Tell whether a shell comment switches the rewrite off: on the command's line or the line before, or for the whole file."""
    script = site.reading.script
    if not _IGNORE.search(script.content):
        return False
    first = match.commands[0].span if match.commands else match.at
    line = script.content.count(b"\n", 0, first.start) if first else 0
    for comment in script.comments:
        ignore = _IGNORE.search(script.content, comment.start, comment.end)
        if ignore and rewrite.id.encode() in _SEPARATOR.split(ignore[2]):
            distance = line - script.content.count(b"\n", 0, comment.start)
            if ignore[1] or distance in {0, 1}:
                return True
    return False


def fix_of(
    document: Document, site: Site, matches: Sequence[Match], settings: Sequence[Setting], tier: Tier
) -> Fix | str | None:
    """Return the edit, the reason why there is none, or None where a secret is at stake."""
    from nix_lsp.ide.rewrites.imperative.fit import holds_secret
    from nix_lsp.ide.rewrites.imperative.plan import plan
    from nix_lsp.ide.rewrites.imperative.steps import Conflict

    if any(match.is_secret for match in matches) or any(holds_secret(setting) for setting in settings):
        return None
    commands = [command for match in matches if not match.keeps for command in match.commands]
    cuts = [cut for match in matches for cut in match.cuts]
    try:
        is_whole = any(match.is_whole for match in matches)
        edits = plan(
            document, site, commands, settings, _absorbed(matches), cuts=cuts, put=matches[0].put, is_whole=is_whole
        )
    except Conflict as conflict:
        return str(conflict)
    if (site.needs_review(_absorbed(matches)) and not cuts) or _is_used(
        site, commands, [name for match in matches if not match.is_whole for name in match.names]
    ):
        tier = Tier.REVIEW
    if cuts and not settings:
        title = matches[0].title
    elif len(matches) == 1:
        title = f"Declare {named_options(settings)} instead" if settings else "Take it out of the script"
        title = f"Declare {named_options(settings)}" if matches[0].keeps else title
    else:
        title = f"Declare all {len(matches)} of this script"
    if tier is Tier.REVIEW:
        title += " (review)"
    preferred = tier is Tier.MECHANICAL and len(matches) == 1
    return Fix(title, (FileEdit(document.path, edits),), tier, preferred)


def _absorbed(matches: Sequence[Match]) -> frozenset[str]:
    """Return what all of these matches take over from the service round them."""
    return frozenset[str].intersection(*(match.absorbs for match in matches))


def _single(document: Document, site: Site, each: Declarable) -> Fix | str | None:
    return fix_of(document, site, [each.match], list(each.choice or ()), each.match.tier)


def _together(document: Document, site: Site, known: Sequence[Declarable]) -> Fix | None:
    """Return the edit that moves every command of a script that can be moved, at once."""
    movable = [each for each in known if each.choice is not None and not each.match.cuts and not each.match.keeps]
    found = _all_of(document, site, movable)
    if isinstance(found, str):
        found = _all_of(document, site, [each for each in movable if isinstance(_single(document, site, each), Fix)])
    return found if isinstance(found, Fix) else None


def _all_of(document: Document, site: Site, movable: Sequence[Declarable]) -> Fix | str | None:
    """Return the edit of several, as `fix_of` does; None where there are no two."""
    if len(movable) < 2:
        return None
    tier = Tier.REVIEW if any(match.tier is Tier.REVIEW for _, match, _ in movable) else Tier.MECHANICAL
    settings = list(dict.fromkeys(setting for _, _, choice in movable for setting in choice or ()))
    return fix_of(document, site, [match for _, match, _ in movable], settings, tier)


def _is_used(site: Site, commands: Sequence[Command], names: Sequence[str]) -> bool:
    """Tell whether what is left of the script speaks of something that it will no longer make itself."""
    if not names:
        return False
    content = site.reading.script.content
    for cut in sorted((command.covered for command in commands), reverse=True):
        content = content[: cut.start] + content[cut.end :]
    return bool(
        re.search(rb"(?<![\w-])(?:" + b"|".join(re.escape(name.encode()) for name in names) + rb")(?![\w-])", content)
    )


def advising(rewrite: Rewrite, match: Match, named: Sequence[str]) -> str:
    """Return what is told of commands that have no edit, with the options to look at."""
    options = ", ".join(f"`{path}`" for path in named)
    return " ".join(filter(None, (f"{rewrite.summary}{': ' if options else ''}{options}.", match.note)))


def message(rewrite: Rewrite, match: Match, choice: tuple[Setting, ...] | None, reason: str) -> str:
    """Return what is told of commands that options can say, or why there is no edit."""
    from nix_lsp.ide.rewrites.imperative.fit import holds_secret

    if match.is_secret or any(holds_secret(setting) for setting in choice or ()):
        return f"{rewrite.summary}. {SECRET_KEPT}"
    parts = [f"{rewrite.summary}: {named_options(choice)}." if choice else f"{rewrite.summary}."]
    if match.note:
        parts.append(match.note)
    if reason:
        parts.append(f"No edit: {reason}.")
    return " ".join(parts)


def named_options(settings: Sequence[Setting]) -> str:
    """Name the options that are set: what they share, or the first few of them."""
    from nix_lsp.syntax.layout import attrpath_text

    main = [setting for setting in settings if setting.path[-1] != "enable"] or settings
    paths = list(dict.fromkeys(setting.path for setting in main))
    shared = tuple(names[0] for names in zip(*paths, strict=False) if len(set(names)) == 1)
    if len(paths) > 2 and len(shared) > 1 and all(path[: len(shared)] == shared for path in paths):
        return f"`{attrpath_text(shared)}`"
    return ", ".join(f"`{attrpath_text(path)}`" for path in paths[:3]) + (
        f" and {len(paths) - 3} more" if len(paths) > 3 else ""
    )
