"""Whether a setting can stand at the pin: its option exists and takes the value, and it gives no secret away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from nix_lsp.ide.rewrites.imperative.secret import looks_secret
from nix_lsp.ide.rewrites.imperative.value import Attrs, Lines, List, Setting, Str, Value, index_value, steps

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from option_index.records import Resolution
    from option_index.values import Value as IndexValue


class Resolves(Protocol):
    """What knows options by their paths: an index, or what a development shell takes."""

    def resolve(self, path: Sequence[str | None]) -> Resolution:
        """Say what stands at a path."""
        ...


def fits(options: Resolves, setting: Setting) -> bool:
    """Tell whether every revision that the pin may be has the option, with a type that takes the value."""
    from option_index.records import Standing
    from option_index.types import parse
    from option_index.values import accepts

    resolution = options.resolve(setting.path)
    value = setting.value
    if isinstance(value, Attrs) and resolution.standing is Standing.NAMESPACE:
        return all(fits(options, Setting((*setting.path, *steps(name)), item)) for name, item in value.items)
    if resolution.standing is Standing.INSIDE:
        return True
    if resolution.standing is Standing.UNSURE and 0 < resolution.matched < len(setting.path):
        return _fits_alternative(options, setting, resolution.matched)
    if resolution.standing is not Standing.OPTION or resolution.option is None or resolution.option.read_only:
        return False
    return accepts(parse(resolution.option.type), index_value(value)) is not False


def _fits_alternative(options: Resolves, setting: Setting, depth: int) -> bool:
    """Tell whether the set that the first `depth` names are an option for takes the value as one of alternatives, below which nothing is listed.

    Option lists have no options below `attrsOf (either str (submodule …))`.
    """
    from option_index.records import Standing
    from option_index.types import Either, Group, Of, parse
    from option_index.values import accepts

    outer = options.resolve(setting.path[:depth])
    type_ = parse(outer.option.type) if outer.standing is Standing.OPTION and outer.option else None
    element = type_.element if isinstance(type_, Of) else None
    if type_ is None or not isinstance(element.inner if isinstance(element, Group) else element, Either):
        return False
    value: IndexValue = index_value(setting.value)
    for name in reversed(setting.path[depth:]):
        value = {name: value}
    return accepts(type_, value) is True


def holds_secret(setting: Setting) -> bool:
    """Tell whether the option's name or a string of the value looks like a secret."""
    # What is named like a file holds the path of one.
    name = "" if setting.path[-1].endswith(("File", "Files")) else ".".join(setting.path)
    return looks_secret(name) or looks_secret("", *_strings(setting.value))


def _strings(value: Value) -> Iterator[Str]:
    match value:
        case Str():
            yield value
        case List(items):
            for item in items:
                yield from _strings(item)
        case Lines(lines):
            yield from lines
        case Attrs(items):
            for _, item in items:
                yield from _strings(item)
        case _:
            return
