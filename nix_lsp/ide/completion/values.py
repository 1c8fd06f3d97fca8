"""Values that an option's type lists: enumeration members, booleans, `null`, and the option's default."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nix_lsp.ide.model import CompletionItem, CompletionKind
from option_index.types import Of, choices, parse, parts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from nix_lsp.analysis.pin import Lane
    from nix_lsp.analysis.project import Project
    from option_index.types import Type

_DEFAULT = 80
"""A default longer than this is no help in a list of proposals."""


def value_items(
    project: Project, lanes: Sequence[Lane], path: tuple[str | None, ...], *, in_string: bool, element: bool
) -> list[CompletionItem]:
    """Return the values of the option at `path`.

    Args:
        project: the project.
        lanes: the lanes that the module set's options come from.
        path: the option's path; None for dynamic segments.
        in_string: the cursor is inside the quotes: only strings, without their quotes.
        element: a list's element is written, not the whole value.
    """
    items: dict[str, CompletionItem] = {}
    for sentence, default in _types(project, lanes, path):
        type_ = parse(sentence)
        for index, literal in enumerate(_elements(type_) if element else choices(type_)):
            is_string = literal.startswith('"')
            if in_string and not is_string:
                continue
            label = literal[1:-1] if in_string else literal
            detail = "default" if literal == default else None
            items.setdefault(
                label, CompletionItem(label, CompletionKind.VALUE, label, detail=detail, sort=f"0{index:03}")
            )
        if default and not in_string and not element and len(default) <= _DEFAULT and "\n" not in default:
            items.setdefault(
                default, CompletionItem(default, CompletionKind.VALUE, default, detail="default", sort="0999")
            )
    return list(items.values())


def _elements(type_: Type) -> tuple[str, ...]:
    """Return the values that the elements of a list type may be."""
    return tuple(
        literal
        for part in parts(type_)
        if isinstance(part, Of) and "list" in part.prefix
        for literal in choices(part.element)
    )


def _types(project: Project, lanes: Sequence[Lane], path: tuple[str | None, ...]) -> Iterator[tuple[str, str | None]]:
    """Yield type sentence and default of the option in each lane that has it, and of the workspace's own."""
    for lane in lanes:
        options = project.options(lane)
        if options is not None:
            found = options.resolve(path)
            if found.option and found.matched == len(path):
                yield found.option.type, found.option.default
        for declared in project.declared(lane):
            if declared.type and tuple(segment.name for segment in declared.path) == path:
                yield declared.type, declared.default
