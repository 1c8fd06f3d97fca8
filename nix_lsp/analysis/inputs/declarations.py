"""One option of an input's module, as evaluation gives it: `mkOption { … }` and its kin, and the moves beside it."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.analysis.inputs.option_types import OptionType, type_of
from nix_lsp.analysis.partial.value import ANY, UNKNOWN, Attrset, Call, Choice, Listing, Symbol
from nix_lsp.syntax.ast import application, attrs, bindings, select_path, text, unparenthesized
from nix_lsp.syntax.strings import read_string
from option_index.records import Declaration, Move, MoveKind, Option

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tree_sitter import Node

    from nix_lsp.analysis.inputs.sources import InputSource
    from nix_lsp.analysis.partial.evaluate import Evaluator
    from nix_lsp.analysis.partial.value import Thunk, Value
    from option_index.records import Path, Source

MAKERS = frozenset({"mkOption", "mkEnableOption", "mkPackageOption", "mkPackageOptionMD"})
MOVERS = {
    "mkRenamedOptionModule": MoveKind.RENAMED,
    "mkRenamedOptionModuleWith": MoveKind.RENAMED,
    "doRename": MoveKind.RENAMED,
    "mkAliasOptionModule": MoveKind.ALIAS,
    "mkAliasOptionModuleMD": MoveKind.ALIAS,
    "mkRemovedOptionModule": MoveKind.REMOVED,
    "mkChangedOptionModule": MoveKind.CHANGED,
    "mkMergedOptionModule": MoveKind.CHANGED,
}
"""Functions that give a module which declares that options have moved (nixpkgs, lib/modules.nix)."""
_LONG = 400
"""Bytes of a default or example that are worth showing."""
_LITERALS = frozenset({"literalExpression", "literalMD", "literalExample", "mdDoc"})


class Place(NamedTuple):
    """Where something is written, as far as that is known."""

    file: str = ""
    line: int = 0
    """Counted from 1; 0: not known."""
    is_caller: bool = False
    """There an option is made by a function that is written elsewhere."""


class Declared(NamedTuple):
    """An option, and the modules of the submodules in its type."""

    option: Option
    modules: tuple[tuple[Path, Value], ...]


def maker_of(value: Value) -> Call | None:
    """Return the call that makes an option, `mkEnableOption "x" // { … }` included; None for what makes none."""
    if isinstance(value, Call):
        return value if value.function.path[-1] in MAKERS else None
    if isinstance(value, Choice):
        return next((call for each in value.values if (call := maker_of(each.force()))), None)
    return None


def read_option(
    evaluator: Evaluator, value: Value, call: Call, path: Path, place: Place, source: InputSource, shown: Source
) -> Declared:
    """Read the option at a path that `call` makes, with what `value` overrides of it."""
    maker, args = call.function.path[-1], call.args
    fields = dict(_fields(value))
    given = args[0].force() if maker == "mkOption" else None
    node = given.node if isinstance(given, Attrset) else None
    if isinstance(given, Attrset):
        fields = {**given.attrs, **fields}
        if node and given.file and not place.is_caller:
            place = Place(given.file, node.start_point.row + 1)
    phrase, default, description = _implied(maker, args, evaluator)
    kind = OptionType(phrase)
    if "type" in fields:
        kind = type_of(evaluator, fields["type"].force())
    texts = {name: _shown(fields, name, node) for name in ("default", "example")}
    option = Option(
        path=path,
        type=kind.phrase or "unspecified value",
        default=texts["default"] or default,
        example=texts["example"],
        description=_described(fields, node) or description,
        declarations=(_declaration(place, source, shown),) if place.file else (),
        read_only=_is(fields, "readOnly"),
        internal=_is(fields, "internal") or ("visible" in fields and fields["visible"].force() is False),
        types=(kind.phrase,) if kind.phrase and _is_sole(value) else (),
    )
    return Declared(option, tuple(((*path, *segments), module) for segments, module in kind.modules))


def unknown_option(path: Path, place: Place, source: InputSource, shown: Source) -> Option:
    """Return an option of which nothing but its path is known."""
    declarations = (_declaration(place, source, shown),) if place.file else ()
    return Option(path, "unspecified value", declarations=declarations)


def moves_of(
    evaluator: Evaluator, call: Call, prefix: Path, place: Place, source: InputSource, shown: Source
) -> Sequence[Move] | None:
    """Return the moves that a call declares; None where their paths are not static."""
    kind, args = MOVERS[call.function.path[-1]], call.args
    first = args[0].force() if args else None
    reason: str | None = None
    if isinstance(first, Attrset):
        named = first.attrs
        origins = [named["from"].force()] if "from" in named else []
        to = named["to"].force() if "to" in named else None
    else:
        several = call.function.path[-1] == "mkMergedOptionModule"
        origins = [item.force() for item in evaluator.items(first).items] if several and first else [first]
        to = args[1].force() if len(args) > 1 else None
    if kind is MoveKind.REMOVED:
        reason = to.strip() if isinstance(to, str) else None
        target = None
    else:
        target = _path(to)
        if target is None:
            return None
    paths = [_path(origin) for origin in origins]
    if not paths or any(path is None for path in paths):
        return None
    where = _declaration(place, source, shown) if place.file else None
    full = (*prefix, *target) if target else None
    return [Move(kind, (*prefix, *path), full, None, reason, where) for path in paths if path]


def _path(value: Value | None) -> Path | None:
    """Read a list of static names."""
    if not isinstance(value, Listing) or not value.exact:
        return None
    names = [item.force() for item in value.items]
    return (
        tuple(name for name in names if isinstance(name, str)) if all(isinstance(name, str) for name in names) else None
    )


def _is_sole(value: Value) -> bool:
    """Tell whether an option has the type that is read and no other: nothing but one maker, and sets over it, gives it one."""
    if isinstance(value, Call):
        given = value.args[0].force() if value.function.path[-1] == "mkOption" else None
        return given is None or (isinstance(given, Attrset) and given.exact and ANY not in given.attrs)
    if not isinstance(value, Choice):
        return False
    parts = [each.force() for each in value.values]
    over = [
        part for part in parts if isinstance(part, Attrset) and part.exact and not part.attrs.keys() & {"type", ANY}
    ]
    makers = [part for part in parts if isinstance(part, Call)]
    return len(makers) == 1 and _is_sole(makers[0]) and len(over) + 1 == len(parts)


def _fields(value: Value) -> dict[str, Thunk]:
    """Return what is laid over an option: the sets in `mkEnableOption "x" // { default = true; }`."""
    if not isinstance(value, Choice):
        return {}
    found: dict[str, Thunk] = {}
    for each in value.values:
        part = each.force()
        found = {**(part.attrs if isinstance(part, Attrset) else _fields(part)), **found}
    return found


def _implied(maker: str, args: tuple[Thunk, ...], evaluator: Evaluator) -> tuple[str | None, str | None, str | None]:
    """Return the type, default and description that a maker gives by itself."""
    if maker == "mkEnableOption":
        subject = args[0].force()
        return "boolean", "false", f"Whether to enable {subject}." if isinstance(subject, str) else None
    if maker in MAKERS - {"mkOption"}:
        given = evaluator.as_set(args[2].force() if len(args) > 2 else UNKNOWN).attrs
        nullable = "nullable" in given and given["nullable"].force() is True
        name = args[1].force() if len(args) > 1 and "default" not in given else None
        default = f"pkgs.{name}" if isinstance(name, str) else None
        return "null or package" if nullable else "package", default, None
    return None, None, None


def _is(fields: dict[str, Thunk], name: str) -> bool:
    return name in fields and fields[name].force() is True


def _shown(fields: dict[str, Thunk], name: str, node: Node | None) -> str | None:
    """Return the text of a default or example: what its `literalExpression` says, else how it is written."""
    for key in (f"{name}Text", name):
        if key not in fields:
            continue
        written = _binding(node, key)
        if written is not None:
            literal = _literal(written) or (_static(written) if key != name else None)
            if literal:
                return literal.strip()
            short = key == name and written.end_byte - written.start_byte <= _LONG
            return _dedented(text(written)) if short else None
        value = fields[key].force()
        if isinstance(value, bool):
            return "true" if value else "false"
        if said := _prose(value):
            return said
    return None


def _binding(node: Node | None, name: str) -> Node | None:
    """Return the expression that a set binds a name to."""
    for binding in bindings(node) if node else ():
        path, value = binding.child_by_field_name("attrpath"), binding.child_by_field_name("expression")
        if binding.type == "binding" and path and value and [segment.name for segment in attrs(path)] == [name]:
            return unparenthesized(value)
    return None


def _literal(node: Node) -> str | None:
    """Return what `literalExpression "…"` says."""
    function, arguments = application(node)
    names = select_path(function) if arguments else None
    return _static(arguments[0]) if names and names[-1] in _LITERALS else None


def _static(node: Node) -> str | None:
    content = read_string(unparenthesized(node))
    return content.static if content else None


def _dedented(source: str) -> str:
    """Return code without the indentation that its further lines share."""
    first, *rest = source.splitlines()
    margin = min((len(line) - len(line.lstrip()) for line in rest if line.strip()), default=0)
    return "\n".join((first, *(line[margin:] for line in rest)))


def _described(fields: dict[str, Thunk], node: Node | None) -> str | None:
    if "description" not in fields:
        return None
    written = _binding(node, "description")
    static = (_literal(written) or _static(written)) if written is not None else None
    return static.strip() if static else _prose(fields["description"].force())


def _prose(value: Value | None) -> str | None:
    if isinstance(value, Call) and value.function.path[-1] in _LITERALS:
        value = value.args[0].force()
    return value.strip() if isinstance(value, str) else None


def _declaration(place: Place, source: InputSource, shown: Source) -> Declaration:
    """Return where an option is declared, with a link to the file on this machine."""
    from urllib.parse import quote

    folder = source.folder or ""
    file = place.file.removeprefix(posixpath.join(folder, "")) if folder else place.file
    line = f"#L{place.line}" if place.line else ""
    return Declaration(file, f"file://{quote(place.file)}{line}", shown)


def is_from_modules_path(value: Value) -> bool:
    """Tell whether a module is one of nixpkgs' own: `"${modulesPath}/…"`."""
    return isinstance(value, Symbol) and value.path[0] == "modulesPath"
