"""The types of options as evaluation gives them: the phrase that the module system prints, and the modules of submodules in it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.analysis.partial.value import UNKNOWN, Attrset, Call, Listing, Symbol, Value
from nix_lsp.analysis.type_phrases import CONTAINERS, PHRASES, phrase_class, wrapped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from nix_lsp.analysis.partial.evaluate import Evaluator
    from nix_lsp.analysis.partial.value import Thunk

    Segments = tuple[str, ...]

_NESTING = 24
_FORMATS = {"json": "JSON value", "yaml": "YAML value", "toml": "TOML value"}
"""What `(pkgs.formats.<name> { }).type` prints (nixpkgs, pkgs/pkgs-lib/formats.nix)."""


class OptionType(NamedTuple):
    """A type as far as it is known."""

    phrase: str | None = None
    """The sentence that the module system prints; None where it is not known."""
    modules: tuple[tuple[Segments, Value], ...] = ()
    """Modules of submodules, each with the segments that lead to it: `<name>` in sets, `*` in lists."""


_UNKNOWN = OptionType()


def type_of(evaluator: Evaluator, value: Value, depth: int = 0) -> OptionType:
    """Read the value of an option's `type`."""
    if depth > _NESTING:
        return _UNKNOWN
    if isinstance(value, Symbol):
        return OptionType(_named(value.path))
    if not isinstance(value, Call):
        return _UNKNOWN
    name = _name_of(value.function.path)
    args = value.args
    if (container := CONTAINERS.get(name)) and len(args) == 1:
        return _around(type_of(evaluator, args[0].force(), depth + 1), *container)
    if name in _ALTERNATIVES:
        return _alternatives(evaluator, list(_members(evaluator, name, args)), depth)
    read = _READERS.get(name)
    return read(evaluator, args, depth) if read else _UNKNOWN


def _around(element: OptionType, before: str, segment: str | None) -> OptionType:
    modules = tuple(((segment, *path) if segment else path, module) for path, module in element.modules)
    return OptionType(wrapped(element.phrase, [before]), modules)


def _named(path: tuple[str, ...]) -> str | None:
    if path[-1] == "type" and "formats" in path[:-2]:
        return _FORMATS.get(path[path.index("formats") + 1])
    return PHRASES.get(_name_of(path))


def _name_of(path: tuple[str, ...]) -> str:
    """Return the name below `lib.types`."""
    if "types" in path:
        path = path[len(path) - path[::-1].index("types") :]
    elif len(path) > 1 and path[0] in {"lib", "types"}:
        path = path[1:]
    return ".".join(path)


def _submodule(_: Evaluator, args: tuple[Thunk, ...], __: int) -> OptionType:
    value = args[0].force() if args else None
    if isinstance(value, Attrset) and "modules" in value.attrs:
        value = value.attrs["modules"].force()
    return OptionType("submodule", (((), value),)) if value is not None else _UNKNOWN


def _enum(_: Evaluator, args: tuple[Thunk, ...], __: int) -> OptionType:
    listing = args[0].force() if args else None
    if not isinstance(listing, Listing) or not listing.exact or not listing.items:
        return _UNKNOWN
    shown: list[str] = []
    for item in listing.items:
        value = item.force()
        if isinstance(value, bool):
            shown.append("true" if value else "false")
        elif isinstance(value, str):
            shown.append(json.dumps(value, ensure_ascii=False))
        else:
            return _UNKNOWN
    return OptionType(f"value {shown[0]} (singular enum)" if len(shown) == 1 else f"one of {', '.join(shown)}")


def _matching(_: Evaluator, args: tuple[Thunk, ...], __: int) -> OptionType:
    pattern = args[0].force()
    return OptionType(f"string matching the pattern {pattern}") if isinstance(pattern, str) else _UNKNOWN


def _separated(_: Evaluator, args: tuple[Thunk, ...], __: int) -> OptionType:
    between = args[0].force()
    return OptionType(f"strings concatenated with {json.dumps(between)}") if isinstance(between, str) else _UNKNOWN


def _first(evaluator: Evaluator, args: tuple[Thunk, ...], depth: int) -> OptionType:
    return type_of(evaluator, args[0].force(), depth + 1)


def _second(evaluator: Evaluator, args: tuple[Thunk, ...], depth: int) -> OptionType:
    return type_of(evaluator, args[1].force(), depth + 1) if len(args) > 1 else _UNKNOWN


def _function(evaluator: Evaluator, args: tuple[Thunk, ...], depth: int) -> OptionType:
    result = type_of(evaluator, args[0].force(), depth + 1)
    if result.phrase is None:
        return _UNKNOWN
    phrase = result.phrase if phrase_class(result.phrase) in {"noun", "of"} else f"({result.phrase})"
    return OptionType(f"function that evaluates to a(n) {phrase}")


def _coerced(evaluator: Evaluator, args: tuple[Thunk, ...], depth: int) -> OptionType:
    if len(args) != 3:
        return _UNKNOWN
    source, final = (type_of(evaluator, args[index].force(), depth + 1) for index in (0, 2))
    if source.phrase is None or final.phrase is None:
        return OptionType(None, final.modules)
    left = final.phrase if phrase_class(final.phrase) == "noun" else f"({final.phrase})"
    right = source.phrase if phrase_class(source.phrase) == "noun" else f"({source.phrase})"
    return OptionType(f"{left} or {right} convertible to it", final.modules)


def _deferred(_: Evaluator, __: tuple[Thunk, ...], ___: int) -> OptionType:
    return OptionType("module")


def _set_with(evaluator: Evaluator, args: tuple[Thunk, ...], depth: int) -> OptionType:
    """`attrsWith { elemType = …; lazy = …; placeholder = …; }`."""
    given = evaluator.as_set(args[0].force()).attrs
    if "elemType" not in given:
        return _UNKNOWN
    placeholder = given["placeholder"].force() if "placeholder" in given else "name"
    lazy = "lazy" in given and given["lazy"].force() is True
    element = type_of(evaluator, given["elemType"].force(), depth + 1)
    segment = f"<{placeholder}>" if isinstance(placeholder, str) else "<name>"
    return _around(element, "lazy attribute set of" if lazy else "attribute set of", segment)


def _members(evaluator: Evaluator, name: str, args: tuple[Thunk, ...]) -> Iterator[Value]:
    if name == "either":
        yield from (arg.force() for arg in args)
    else:
        listing = evaluator.items(args[0].force())
        yield from (item.force() for item in listing.items)
        if not listing.exact:
            yield UNKNOWN


def _alternatives(evaluator: Evaluator, members: list[Value], depth: int) -> OptionType:
    """Join types as `either` does (lib/types.nix): `null or string`, `positive integer, meaning >0, or boolean`."""
    kinds = [type_of(evaluator, member, depth + 1) for member in members]
    modules = tuple(module for kind in kinds for module in kind.modules)
    if len(kinds) < 2 or any(kind.phrase is None for kind in kinds):
        return OptionType(None, modules)
    joined = kinds[0].phrase or ""
    joined_class = phrase_class(joined)
    for kind in kinds[1:]:
        right = kind.phrase or ""
        if ", meaning" in joined and joined_class == "clause":
            right = right if phrase_class(right) in {"noun", "or"} else f"({right})"
            joined = f"{joined}, or {right}"
        else:
            left = joined if joined_class in {"noun", "or"} else f"({joined})"
            right = right if phrase_class(right) in {"noun", "or", "of"} else f"({right})"
            joined = f"{left} or {right}"
        joined_class = "or"
    return OptionType(joined, modules)


_ALTERNATIVES = frozenset({"either", "oneOf"})
_READERS: dict[str, Callable[[Evaluator, tuple[Thunk, ...], int], OptionType]] = {
    "submodule": _submodule,
    "submoduleWith": _submodule,
    "enum": _enum,
    "strMatching": _matching,
    "separatedString": _separated,
    "addCheck": _first,
    "unique": _second,
    "uniqAs": _second,
    "functionTo": _function,
    "coercedTo": _coerced,
    "attrsWith": _set_with,
    "deferredModuleWith": _deferred,
}
"""By the name below `lib.types`: what reads a type that is built with arguments."""
