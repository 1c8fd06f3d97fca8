"""Options that no revision has, or that only a later one has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nix_lsp.ide.markdown import SET_NAMES, shown_path
from nix_lsp.ide.model import FileEdit, Fix, Severity, Tier
from nix_lsp.ide.rules.lane import misplaced
from nix_lsp.ide.rules.relocation import replace_segments
from nix_lsp.ide.rules.rule import Rule
from nix_lsp.syntax.layout import attrpath_text
from nix_lsp.syntax.span import Span
from option_index.records import Standing, is_placeholder
from option_index.suggest import distance

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from nix_lsp.ide.model import Diagnostic
    from nix_lsp.ide.rules.judgement import Judgement
    from nix_lsp.ide.rules.rule import Subject


_SUGGESTED = 200
"""So many paths of a file are compared with what they may have been meant to be; each takes milliseconds."""
_SHORT = 4
"""Names shorter than this are near many others."""
_UNFINISHED = "A name is missing after this `.`: as it is, the binding in the next line goes on with the path."


def _unknown(subject: Subject) -> Iterator[Diagnostic]:
    asked = 0
    for judgement in subject.judgements:
        if judgement.standing not in {Standing.UNKNOWN, Standing.UNLISTED}:
            continue
        if dot := _unfinished(subject, judgement):
            if judgement.standing is Standing.UNKNOWN:
                yield UNKNOWN.at(dot, _UNFINISHED)
            continue
        if misplaced(subject, judgement):
            continue
        suggestions = judgement.resembles() if asked < _SUGGESTED else ()
        asked += 1
        if judgement.standing is Standing.UNLISTED or not judgement.is_sure:
            # It may have come since, or be another set's. A slip of the finger is worth a word all the same, if it surely is one.
            suggestions = [path for path in suggestions if _is_slip(judgement, path)]
            if not suggestions or judgement.elsewhere(subject.project):
                continue
        fixes = [fix for path in suggestions if (fix := _take(subject, judgement, path, sole=len(suggestions) == 1))]
        severity = Severity.INFORMATION if judgement.standing is Standing.UNLISTED else None
        where = judgement.definition.path[judgement.last].span
        yield UNKNOWN.at(where, _message(judgement, suggestions), fixes, severity=severity)


def _not_yet(subject: Subject) -> Iterator[Diagnostic]:
    for judgement in subject.judgements:
        if judgement.standing is not Standing.NOT_YET:
            continue
        since = {str(verdict.resolution.since) for verdict in judgement.verdicts if verdict.resolution.since}
        name = _set_name(judgement)
        when = f"comes in {name} {since.pop()}" if len(since) == 1 else f"comes in a later {name}"
        message = f"{_path(judgement)} {when}; {judgement.pinned()}."
        yield NOT_YET.at(judgement.definition.path[judgement.last].span, message)


def _message(judgement: Judgement, suggestions: Sequence[tuple[str, ...]]) -> str:
    names = judgement.definition.names[: judgement.last + 1]
    newest = next((verdict.resolution.newest for verdict in judgement.verdicts if verdict.resolution.newest), None)
    known = f" up to {newest}, the newest that is known" if newest else ""
    meant = " or ".join(f"`{attrpath_text(_shortened(path, names))}`" for path in suggestions)
    return (
        f"{_set_name(judgement)} has no option {_path(judgement)}{known}; {judgement.pinned()}."
        f"{f' Did you mean {meant}?' if meant else ''}"
    )


def _unfinished(subject: Subject, judgement: Judgement) -> Span | None:
    """Return the dot after which a line ends in the unknown path: half-typed, it has taken the next binding's name for its own."""
    path = judgement.definition.path
    for index in range(judgement.last, judgement.definition.own, -1):
        before = path[index - 1].span.end
        between = subject.document.source[before : path[index].span.start].splitlines()
        if len(between) > 1 and between[0].rstrip() == b".":
            return Span(before, before + 1)
    return None


def _is_slip(judgement: Judgement, path: tuple[str, ...]) -> bool:
    """Tell whether one letter tells the name from that of an option beside it, and no digit does (`nssmdns4`, `nssmdns6`)."""
    names, last = judgement.definition.names, judgement.last
    name, other = names[last], path[last] if len(path) > last else None
    if name is None or other is None or names[:last] != path[:last] or len(name) < _SHORT:
        return False
    letters = {*name, *other} - ({*name} & {*other})
    return distance(name, other) == 1 and not any(letter.isdigit() for letter in letters)


def _shortened(path: tuple[str, ...], unknown: Sequence[str | None]) -> tuple[str, ...]:
    """Leave out what stands below the corrected segment, as the message does for the unknown one."""
    differs = next((at for at, (one, other) in enumerate(zip(path, unknown, strict=False)) if one != other), len(path))
    return path[: len(unknown)] if differs == len(unknown) - 1 else path


def _take(subject: Subject, judgement: Judgement, path: tuple[str, ...], *, sole: bool) -> Fix | None:
    """Offer a suggestion that differs in the segments of this binding only."""
    definition = judgement.definition
    edit = replace_segments(definition, definition.own, len(definition.path), path)
    if edit is None or judgement.root.defines(path) or any(map(is_placeholder, path)):
        return None
    edits = (FileEdit(subject.document.path, (edit,)),)
    return Fix(f"Change to `{attrpath_text(path)}`", edits, Tier.REVIEW, preferred=sole)


def _path(judgement: Judgement) -> str:
    return f"`{shown_path(judgement.definition.names[: judgement.last + 1])}`"


def _set_name(judgement: Judgement) -> str:
    if source := judgement.source:
        return source.name
    module_set = judgement.verdicts[0].bench.options.set
    return SET_NAMES.get(module_set, module_set)


UNKNOWN = Rule(
    id="option-unknown",
    severity=Severity.ERROR,
    summary="The pinned release has no such option.",
    explanation=(
        "The evaluation stops at an option that no module declares. Options that the project's own modules declare are known, and "
        "nothing is said of names that a module from elsewhere may declare.\n\n"
        "A pin that is newer than everything in the index may have gained options since: there, only a slip of one letter is reported, "
        "as information.\n\n"
        "The fix takes the option that the name resembles."
    ),
    bad="{ services.openssh.enabel = true; }",
    good="{ services.openssh.enable = true; }",
    release="25.11",
    check=_unknown,
)

NOT_YET = Rule(
    id="option-not-yet",
    severity=Severity.WARNING,
    summary="The option exists only in a later release than the pinned one.",
    explanation="Update the input, or use what the pinned release has.",
    bad="{ services.seerr.enable = true; }",
    good="{ services.jellyseerr.enable = true; }",
    release="25.11",
    check=_not_yet,
    has_fix=False,
)

RULES = (UNKNOWN, NOT_YET)
