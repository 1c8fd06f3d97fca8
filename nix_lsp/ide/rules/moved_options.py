"""Options that have another name in the pinned release, or are gone."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from nix_lsp.ide.edits import remove
from nix_lsp.ide.markdown import SET_NAMES, shown_path
from nix_lsp.ide.model import FileEdit, Fix, Severity, Tag, Tier
from nix_lsp.ide.rewrites.drift.write import convert
from nix_lsp.ide.rules.judgement import benches_of
from nix_lsp.ide.rules.readers import is_read
from nix_lsp.ide.rules.relocation import Relocation, relocate
from nix_lsp.ide.rules.rule import Rule
from nix_lsp.ide.rules.types import changed_values
from nix_lsp.syntax.layout import attrpath_text
from nix_lsp.syntax.span import Span
from option_index.records import MoveKind, Standing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nix_lsp.analysis.definition import Definition, Root
    from nix_lsp.ide.model import Diagnostic
    from nix_lsp.ide.rules.judgement import Judgement
    from nix_lsp.ide.rules.rule import Subject
    from option_index.records import Move, Path


def _own_moves(subject: Subject, kind: MoveKind) -> Iterator[tuple[Root, Definition, Move]]:
    """Yield the definitions of options that the project's own modules have moved, in every lane of the file."""
    for root in subject.project.module(subject.document).roots:
        declared = [
            subject.project.declared(lane)
            for bench in benches_of(subject.project, subject.document, root)
            for lane in bench.lanes
        ]
        if not any(options.has_moves for options in declared):
            continue
        for definition in root.definitions:
            moves = {options.move(definition.names) for options in declared}
            move = moves.pop() if len(moves) == 1 else None
            if move and move.kind is kind and len(move.source) > definition.own and not definition.conditional:
                yield root, definition, move


def _by(subject: Subject, move: Move) -> str:
    """Say which of the project's files declares a move."""
    file = move.declared_in.file if move.declared_in else ""
    return f"`{file.removeprefix(subject.project.root).lstrip('/')}` of this project says so."


def _where(definition: Definition, move: Move) -> Span:
    return Span(definition.path[definition.own].span.start, definition.path[len(move.source) - 1].span.end)


def _renamed_here(subject: Subject) -> Iterator[Diagnostic]:
    for root, definition, move in _own_moves(subject, MoveKind.RENAMED):
        if move.target is None:
            continue
        source, target = move.source, move.target

        def new_name(names: tuple[str | None, ...], old: Path = source, new: Path = target) -> Path | None:
            rest = [name for name in names[len(old) :] if name is not None]
            return (*new, *rest) if names[: len(old)] == old and len(rest) == len(names) - len(old) else None

        fix = relocate(subject.document, root, definition, new_name)
        message = f"`{shown_path(source)}` was renamed to `{attrpath_text(target)}`: {_by(subject, move)}"
        yield RENAMED.at(_where(definition, move), message, [fix] if fix else [])


def _removed_here(subject: Subject) -> Iterator[Diagnostic]:
    for _, definition, move in _own_moves(subject, MoveKind.REMOVED):
        reason = f" {move.reason}" if move.reason else ""
        message = f"`{shown_path(move.source)}` was removed: {_by(subject, move)}{reason}"
        yield REMOVED.at(_where(definition, move), message)


def _renamed(subject: Subject) -> Iterator[Diagnostic]:
    yield from _renamed_here(subject)
    moves: dict[Root, Relocation] = {}
    for judgement in subject.judgements:
        target = _target(judgement, judgement.definition.names)
        if judgement.standing is not Standing.RENAMED or target is None:
            continue
        root = judgement.root
        if root not in moves:
            moves[root] = Relocation(subject.document, root, lambda names, at=judgement: _target(at, names))
        fix = (
            moves[root].fix(judgement.definition)
            or _told_of_readers(subject, judgement, convert(subject.document, judgement))
            or _inherited(subject, judgement)
        )
        below = len(judgement.definition.path) - judgement.last - 1
        new = target[: len(target) - below]
        message = f"{_old(judgement)} was renamed to `{attrpath_text(new)}`{_since(judgement)}; {judgement.pinned()}."
        if fix is None and judgement.root.defines(target):
            message += " Both are defined here: keep one of them."
        yield RENAMED.at(_span(judgement), message, [fix] if fix else [])


def _changed(subject: Subject) -> Iterator[Diagnostic]:
    for wrong, message, fixes in changed_values(subject):
        yield CHANGED.at(wrong.span, message, fixes, severity=Severity.ERROR)._replace(tags=())
    for judgement in subject.judgements:
        if judgement.standing is Standing.CHANGED:
            move = judgement.resolution.move
            fix = _told_of_readers(
                subject, judgement, convert(subject.document, judgement) or _inherited(subject, judgement)
            )
            below = len(judgement.definition.path) - judgement.last - 1
            target = move.target[: len(move.target) - below] if move and move.target else ()
            new = f" by `{attrpath_text(target)}`" if target else ""
            other = "" if fix else ", with another type"
            message = f"{_old(judgement)} was replaced{new}{_since(judgement)}{other}; {judgement.pinned()}."
            if fix is None and move and move.reason:
                message += f" {move.reason}"
            message += _readers(fix)
            yield CHANGED.at(_span(judgement), message, [fix] if fix else [])


def _removed(subject: Subject) -> Iterator[Diagnostic]:
    yield from _removed_here(subject)
    for judgement in subject.judgements:
        move = judgement.resolution.move
        if judgement.standing is not Standing.REMOVED or move is None:
            continue
        message = f"{_old(judgement)} was removed{_since(judgement)}; {judgement.pinned()}."
        deletion = _delete(subject, judgement)
        if fix := _told_of_readers(subject, judgement, convert(subject.document, judgement)):
            message += _readers(fix)
            deletion = [fix, *(each._replace(preferred=False) for each in deletion)]
        yield REMOVED.at(_span(judgement), message + _why(judgement, move), deletion)


_READERS = "and what reads it, too"
"""In the title of a fix that is not all that has to be changed."""


def _told_of_readers(subject: Subject, judgement: Judgement, fix: Fix | None) -> Fix | None:
    """Mark a conversion for review where the project reads the option's value: nobody says what that is then."""
    move = judgement.resolution.move
    if fix is None or move is None or not is_read(subject.project, move.source):
        return fix
    return fix._replace(title=f"{fix.title}, {_READERS}", tier=Tier.REVIEW)


def _readers(fix: Fix | None) -> str:
    return (
        " The project reads its value elsewhere: that has to be written anew as well."
        if fix and _READERS in fix.title
        else ""
    )


def _inherited(subject: Subject, judgement: Judgement) -> Fix | None:
    """Return the fix of a definition that its set inherits: it gets a binding of its own, which moves."""
    if judgement.definition.value is not None or judgement.definition.binding.type == "binding":
        return None
    from nix_lsp.ide.rules.inherited import written_out

    there = written_out(subject.project, subject.document, judgement.root, judgement.definition)
    if there is None:
        return None
    moved = replace(judgement, root=there.root, definition=there.definition)
    fix = (
        relocate(there.document, there.root, there.definition, lambda names: _target(moved, names))
        if judgement.standing is Standing.RENAMED
        else convert(there.document, moved)
    )
    return there.since(subject.document, fix) if fix else None


def _target(judgement: Judgement, names: tuple[str | None, ...]) -> tuple[str, ...] | None:
    """Return the new path of an option, if all lanes of the judgement's root agree on it."""
    if None in names:
        return None
    targets: set[tuple[str, ...] | None] = set()
    for verdict in judgement.verdicts:
        resolution = verdict.bench.options.resolve(names)
        renamed = resolution.standing is Standing.RENAMED and resolution.move
        targets.add(resolution.move.target if renamed and resolution.move else None)
    return targets.pop() if len(targets) == 1 else None


def _span(judgement: Judgement) -> Span:
    path = judgement.definition.path
    return Span(path[judgement.definition.own].span.start, path[judgement.last].span.end)


def _old(judgement: Judgement) -> str:
    return f"`{shown_path(judgement.definition.names[: judgement.last + 1])}`"


def _since(judgement: Judgement) -> str:
    """Say when it happened, where the lanes agree."""
    moves = [verdict.resolution.move for verdict in judgement.verdicts]
    since = {str(move.since) for move in moves if move and move.since}
    name = SET_NAMES.get(judgement.verdicts[0].bench.options.set, "")
    return (
        f" in {name} {since.pop()}".replace("  ", " ") if len(since) == 1 and all(m and m.since for m in moves) else ""
    )


def _why(judgement: Judgement, move: Move) -> str:
    from nix_lsp.ide.rewrites.drift.words import instead

    if move.reason:
        return f" {move.reason}"
    words = instead(judgement.verdicts[0].bench.options.set, move.source)
    told = [words] if words else []
    if move.declared_in:
        told.append(f"Its authors say why in {move.declared_in.url or move.declared_in.file}.")
    return "".join(f" {each}" for each in told)


def _delete(subject: Subject, judgement: Judgement) -> list[Fix]:
    """Offer to delete the binding, if it says nothing but what was removed."""
    binding = judgement.definition.binding
    if binding.type != "binding" or binding.parent is None or binding.parent.type != "binding_set":
        return []
    edit = remove(subject.document, binding)
    edits = (FileEdit(subject.document.path, (edit,)),)
    return [Fix("Delete this definition", edits, Tier.REVIEW, preferred=True)]


RENAMED = Rule(
    id="option-renamed",
    severity=Severity.WARNING,
    summary="The option has another name in the pinned release.",
    explanation=(
        "The module system still takes the old name for a while, with a warning at each evaluation, and then drops it.\n\n"
        "The fix replaces the segments that changed where they stand. If they are written in an enclosing set whose other options "
        "stay where they are, the definition moves, with its comments, to where its new name belongs. There is no fix where the "
        "new name is defined already to something else, or where moving would take a definition out of its `mkIf` or `rec`.\n\n"
        "Nothing is said where the revision that is pinned may still have the old name."
    ),
    bad="{ hardware.opengl.enable = true; }",
    good="{ hardware.graphics.enable = true; }",
    release="25.11",
    check=_renamed,
    tags=(Tag.DEPRECATED,),
)

CHANGED = Rule(
    id="option-changed",
    severity=Severity.WARNING,
    summary="The option, or the one that replaces it, takes other values in the pinned release.",
    explanation=(
        "Another option with another type has replaced it: the value has to be written anew. Where the module that declares the move "
        "says how, and the value is written out, the fix does so; elsewhere only its author can.\n\n"
        "Or the option has kept its name and changed its type, so that it does not take any more what it took before: a member that an "
        "enumeration has lost, a string where a list is wanted now. The evaluation stops at such a value; the message says what the "
        "type was, and until which release.\n\n"
        "Nothing is said of an option whose default is another one now: `nix-lsp drift --to` lists these."
    ),
    bad='{ services.ddclient.domain = "example.org"; }',
    good='{ services.ddclient.domains = [ "example.org" ]; }',
    release="25.11",
    check=_changed,
    tags=(Tag.DEPRECATED,),
)

REMOVED = Rule(
    id="option-removed",
    severity=Severity.ERROR,
    summary="The pinned release refuses the option: it was removed.",
    explanation=(
        "A definition of a removed option stops the evaluation. The message says why it went where the index knows, or links the "
        "module that says so. The fix writes what stands in its place where that is known, such as `systemd.settings` for the text in "
        "`systemd.extraConfig`; else it deletes the definition: see first what should stand in its place."
    ),
    bad="{ sound.enable = true; }",
    good="{ }",
    release="25.11",
    check=_removed,
    tags=(Tag.DEPRECATED,),
)

RULES = (RENAMED, CHANGED, REMOVED)
