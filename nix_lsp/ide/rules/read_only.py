"""Options that only the module which declares them defines."""

from __future__ import annotations

from itertools import compress
from typing import TYPE_CHECKING

from nix_lsp.ide.edits import remove
from nix_lsp.ide.markdown import shown_path
from nix_lsp.ide.model import FileEdit, Fix, Severity, Tier
from nix_lsp.ide.rules.guard import is_value_guarded
from nix_lsp.ide.rules.judgement import benches_of, pinned
from nix_lsp.ide.rules.rule import Rule
from nix_lsp.syntax.span import Span
from option_index.records import Standing, is_placeholder

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from nix_lsp.analysis.definition import Definition, Root
    from nix_lsp.ide.model import Diagnostic
    from nix_lsp.ide.rules.judgement import Bench
    from nix_lsp.ide.rules.rule import Subject
    from nix_lsp.syntax.document import Document


def _check(subject: Subject) -> Iterator[Diagnostic]:
    for root in subject.project.module(subject.document).roots:
        benches = benches_of(subject.project, subject.document, root)
        if not benches:
            continue
        for definition in _read_only(subject.document, root, benches):
            if not _is_declared(subject, definition, benches) and not is_value_guarded(definition, root):
                path = definition.path
                message = (
                    f"`{shown_path(definition.names)}` is read-only: the module that declares it defines it, and takes no other "
                    f"definition; this project pins {pinned(benches, definition.names)}."
                )
                yield READ_ONLY.at(
                    Span(path[definition.own].span.start, path[-1].span.end), message, _delete(subject, definition)
                )


def _read_only(document: Document, root: Root, benches: Sequence[Bench]) -> Iterator[Definition]:
    """Yield the definitions of options that are read-only in all lanes."""
    given = tuple([bench.options for bench in benches])
    for piece in root.pieces:
        if piece.known.found("is writable", given):
            continue
        read_only = [_is_read_only(document, names, benches) for names, _ in piece.outlines]
        if any(read_only):
            yield from compress(piece.definitions, read_only)
        else:
            piece.known.keep("is writable", given, True)


def _is_read_only(document: Document, names: tuple[str | None, ...], benches: Sequence[Bench]) -> bool:
    """Tell whether every revision that a lane's pin may be has an option, read-only."""
    for bench in benches:
        resolution = bench.options.resolve(names)
        option = resolution.option
        if resolution.standing is not Standing.OPTION or option is None or not option.read_only or not option.types:
            return False
        if document.path.endswith(tuple(f"/{each.file}" for each in option.declarations)):
            return False
        if any(name is None and not is_placeholder(segment) for name, segment in zip(names, option.path, strict=False)):
            return False
    return True


def _is_declared(subject: Subject, definition: Definition, benches: Sequence[Bench]) -> bool:
    """Tell whether the workspace declares the option: then the definition may be the one that counts."""
    lanes = {lane.set: lane for bench in benches for lane in bench.lanes}.values()
    return any(subject.project.declared(lane).at(definition.names) for lane in lanes)


def _delete(subject: Subject, definition: Definition) -> list[Fix]:
    binding = definition.binding
    if binding.type != "binding" or binding.parent is None or binding.parent.type != "binding_set":
        return []
    edits = (FileEdit(subject.document.path, (remove(subject.document, binding),)),)
    return [Fix("Delete this definition", edits, Tier.REVIEW, preferred=True)]


READ_ONLY = Rule(
    id="option-read-only",
    severity=Severity.ERROR,
    summary="Only the module that declares the option defines it.",
    explanation=(
        "A read-only option tells other modules something: where a state folder is, which package came out. Its own module gives it "
        "its value, and the evaluation stops at a second definition, also at one that says the same or stands below `mkIf false`.\n\n"
        "The fix deletes the definition; what the value comes from is to be defined instead."
    ),
    bad='{ system.nixos.release = "25.11"; }',
    good="{ }",
    release="25.11",
    check=_check,
)

RULES = (READ_ONLY,)
"""The family's rows."""
