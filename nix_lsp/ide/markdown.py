"""What hover and completion say of options, packages and builtins: short Markdown that reads as plain text too."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nix_lsp.syntax.layout import attrpath_text, quote_attr
from option_index.records import AttributeKind, LibraryStanding, MoveKind, Standing, is_placeholder

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from nix_lsp.analysis.definition import DeclaredOption
    from nix_lsp.analysis.pin import Lane, Pin
    from option_index.query import OptionSet
    from option_index.records import (
        Attribute,
        Builtin,
        Child,
        Declaration,
        LibraryName,
        Option,
        Package,
        PackageMove,
        Resolution,
        Source,
    )

SET_NAMES = {"nixos": "NixOS", "home-manager": "home-manager", "nix-darwin": "nix-darwin"}
_SOURCES = {"nixos": "nixpkgs"}
_REPOSITORIES = {
    "nixos": "NixOS/nixpkgs",
    "home-manager": "nix-community/home-manager",
    "nix-darwin": "nix-darwin/nix-darwin",
}
_ROLE = re.compile(r"\{[a-z]+\}(?=`)")
"""nixpkgs' CommonMark roles: `{option}`, `{file}`, `{manpage}`, …"""
_LONG = 72
ATTRIBUTES = {
    AttributeKind.SET: "A package set",
    AttributeKind.FUNCTION: "A function",
    AttributeKind.VALUE: "A value",
    AttributeKind.MEMBER: "In this package set",
}
"""What is said of attributes of `pkgs` that no list of packages has; of the others nothing is known."""


def pin_of(lane: Lane) -> Pin | None:
    """Return the pin that says which revision of its module set a lane has."""
    return lane.pins.get(_SOURCES.get(lane.set, lane.set))


def pinned_nixpkgs(lanes: Sequence[Lane]) -> str:
    """Say which nixpkgs lanes have: `nixos-25.11 (flake.lock, input nixpkgs)`, or several without their evidence."""
    pins = dict.fromkeys(lane.pins.get("nixpkgs") for lane in lanes)
    names = dict.fromkeys((pin.branch or f"nixpkgs {pin.point}") if pin else "nixpkgs" for pin in pins)
    only = next(iter(pins)) if len(pins) == 1 else None
    return " and ".join(names) + (f" ({only.evidence})" if only and only.evidence else "")


def shown_path(names: Iterable[str | None]) -> str:
    """Return an option path for people: `*` for a name that is not static, placeholders as the index has them."""
    return ".".join("*" if name is None else name if is_placeholder(name) else quote_attr(name) for name in names)


def code(text: str) -> str:
    """Return text as inline code, or as a block where it has several lines."""
    text = text.strip("\n")
    fence = "`"
    while fence in text:
        fence += "`"
    if "\n" in text:
        fence = max(fence, "```", key=len)
        return f"\n{fence}nix\n{text}\n{fence}"
    return f"{fence} {text} {fence}" if text.startswith("`") or text.endswith("`") else f"{fence}{text}{fence}"


def option(path: str, found: Option, lane: Lane, options: OptionSet, resolution: Resolution | None = None) -> str:
    """Describe an option under the concrete path by which it was asked for."""
    facts = [f"Type: {code(found.type)}"]
    if found.default is not None:
        facts.append(f"Default: {code(found.default)}")
    if found.example is not None:
        facts.append(f"Example: {code(found.example)}")
    if found.read_only:
        facts.append("Read-only: its module sets it")
    if resolution and resolution.standing is Standing.OPTION and resolution.since:
        facts.append(f"Since {SET_NAMES.get(lane.set, lane.set)} {resolution.since}")
    parts = [f"**{code(path)}**", _facts(facts)]
    if found.description:
        parts.append(_ROLE.sub("", found.description.strip()))
    if declared := [_link(lane, each) for each in found.declared_in]:
        parts.append(f"Declared in {', '.join(declared)}")
    own = next((each.source for each in found.declarations if each.source), None)
    return "\n\n".join([*parts, source(lane, options.label, own)])


def namespace(path: str, children: Sequence[Child], lane: Lane, options: OptionSet, own: Source | None = None) -> str:
    """Describe a path that has options below it, or had: those that moved leave their namespace behind."""
    if not children:
        return "\n\n".join(
            [f"**{code(path)}**", "All options here have moved or gone", source(lane, options.label, own)]
        )
    named = [child for child in children if not is_placeholder(child.name)]
    count = f"{len(named):,} name{'' if len(named) == 1 else 's'} below"
    facts = [count]
    if switch := next((child.option for child in named if child.name == "enable" and child.option), None):
        default = f", default {code(switch.default)}" if switch.default else ""
        facts.append(f"{code('enable')}: {switch.type}{default}")
    if any(is_placeholder(child.name) for child in children):
        facts.append("takes names of your own")
    return "\n\n".join([f"**{code(path)}**", _facts(facts), source(lane, options.label, own)])


def absent(path: str, resolution: Resolution, lane: Lane, options: OptionSet) -> str | None:
    """Describe a path that is no option at this pin; None where nothing certain can be said."""
    name = SET_NAMES.get(lane.set, lane.set)
    move = resolution.move
    when = f" in {name} {move.since}" if move and move.since else ""
    match resolution.standing:
        case Standing.RENAMED | Standing.CHANGED if move and move.target:
            verb = "Renamed to" if resolution.standing is Standing.RENAMED else "Replaced, with another type, by"
            says = f"{verb} {code('.'.join(move.target))}{when}"
        case Standing.REMOVED:
            says = f"Removed{when}" + (f": {move.reason}" if move and move.reason else "")
        case Standing.NOT_YET:
            says = f"Comes in {name} {resolution.since}" if resolution.since else f"Comes in a later {name}"
        case Standing.UNSURE if options.gap:
            says = f"Nothing certain is known of this name: {options.gap}. An exact index would tell (`nix-lsp doctor` says how)"
        case _:
            return None
    where = [f"See {_link(lane, move.declared_in)}"] if move and move.declared_in else []
    return "\n\n".join([f"**{code(path)}**", says, *where, source(lane, options.label, resolution.source)])


def declared_option(path: str, found: DeclaredOption, file: str) -> str:
    """Describe an option that the workspace declares; `file` is shown as it is."""
    facts = [f"Type: {code(found.type)}"] if found.type else []
    if found.default is not None:
        facts.append(f"Default: {code(found.default)}")
    parts = [f"**{code(path)}**", *([_facts(facts)] if facts else [])]
    if found.description:
        parts.append(found.description.strip())
    return "\n\n".join([*parts, f"Declared in {code(file)}, by this project"])


def package(found: Package, label: str) -> str:
    """Describe a package."""
    title = f"**{code(found.attr)}**" + (f" {found.version}" if found.version else "")
    facts: list[str] = []
    if found.main_program and found.main_program != found.attr:
        facts.append(f"Program: {code(found.main_program)}")
    if found.unfree:
        facts.append("Unfree")
    parts = [title, *([found.description] if found.description else []), *([_facts(facts)] if facts else [])]
    return "\n\n".join([*parts, label])


def moved_package(found: PackageMove, label: str) -> str:
    """Describe a package attribute that went."""
    when = f" in nixpkgs {found.since}" if found.since else ""
    says = f"Removed{when}" if found.kind is MoveKind.REMOVED or not found.target else f"Now {code(found.target)}{when}"
    if found.instead:
        says += f"; nixpkgs proposes {' or '.join(map(code, found.instead))}"
    return "\n\n".join([f"**{code(found.attr)}**", says, label])


def attribute(found: Attribute, label: str) -> str:
    """Describe an attribute of `pkgs` that no list of packages has."""
    says = ATTRIBUTES[found.kind]
    if found.size:
        says += f" of {found.size:,} names"
    if found.is_also:
        says += f", also known as {code(found.is_also)}"
    return "\n\n".join([f"**{code(found.attr)}**", says, label])


def builtin(found: Builtin) -> str:
    """Describe a builtin function or constant."""
    name = found.name if found.global_scope or found.name == "builtins" else f"builtins.{found.name}"
    signature = " ".join((name, *found.args)) + (f" : {found.type}" if found.type else "")
    return "\n\n".join([f"**{code(signature)}**", *([found.summary] if found.summary else []), "Nix language"])


def library(found: LibraryName, label: str) -> str:
    """Describe a name below nixpkgs' `lib`."""
    path = attrpath_text(("lib", *found.path))
    said = _LIBRARY_STANDINGS.get(found.standing)
    facts = [f"Type: {code(found.signature)}"] if found.signature else []
    if said:
        facts.append(said + (f": {code(attrpath_text(('lib', *found.target)))} instead" if found.target else ""))
    kind = _LIBRARY_KINDS.get(found.kind, found.kind)
    parts = [f"**{code(' '.join((path, *found.args)))}**", f"{kind[0].upper()}{kind[1:]}"]
    return "\n\n".join([*parts, *([_facts(facts)] if facts else []), label])


_LIBRARY_KINDS = {"set": "attribute set", "type": "option type", "bool": "boolean", "int": "integer"}
_LIBRARY_STANDINGS = {
    LibraryStanding.DEPRECATED: "Deprecated",
    LibraryStanding.REMOVED: "Removed",
    LibraryStanding.NOT_YET: "Comes in a later release",
    LibraryStanding.UNSURE: "Not in every revision that the pin may be",
}


def source(lane: Lane, label: str, own: Source | None = None) -> str:
    """Say what an answer is true for: the pin with its evidence, and the index that answers; `own` is the input that declares it, if one does."""
    if own:
        return f"{own.name}, pinned by {own.evidence}"
    pin = pin_of(lane)
    if pin is None:
        return f"{label}, not pinned"
    return f"{label}, pinned by {pin.evidence}{f' ({pin.branch})' if pin.branch else ''}"


def _facts(facts: Sequence[str]) -> str:
    return "\n".join(f"- {fact}".replace(": \n", ":\n").replace("\n", "\n  ") for fact in facts)


def _link(lane: Lane, declaration: Declaration) -> str:
    """Link a declaration in the source that is pinned, or where the index has it."""
    pin = pin_of(lane)
    url = declaration.url
    repository = None if declaration.source else _REPOSITORIES.get(lane.set)
    if pin and pin.point.revision and repository and not declaration.file.startswith(("/", "<", "http")):
        if pin.owner and pin.repo:
            repository = f"{pin.owner}/{pin.repo}"
        url = f"https://github.com/{repository}/blob/{pin.point.revision}/{declaration.file}"
    shown = declaration.file if len(declaration.file) <= _LONG else f"…{declaration.file[-_LONG:]}"
    return f"[{shown}]({url})" if url else code(shown)
