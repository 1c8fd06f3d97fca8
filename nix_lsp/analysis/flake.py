"""`flake.nix` read statically: its inputs, the hosts that its outputs build, the modules that it exports."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.analysis.lanes import HOME_MANAGER, NIX_DARWIN, NIXOS
from nix_lsp.analysis.machine_tests import nodes_of
from nix_lsp.analysis.partial.evaluate import Evaluator
from nix_lsp.analysis.partial.value import (
    UNKNOWN,
    Arguments,
    Attrset,
    Call,
    Choice,
    Lambda,
    Listing,
    NixPath,
    Symbol,
    Thunk,
    Unknown,
    Value,
    choice,
    given,
)
from nix_lsp.analysis.pins.fetched import FETCHED

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from nix_lsp.analysis.files import Files

HOST_OUTPUTS = (
    (("nixosConfigurations",), NIXOS),
    (("darwinConfigurations",), NIX_DARWIN),
    (("homeConfigurations",), HOME_MANAGER),
    (("legacyPackages", None, "homeConfigurations"), HOME_MANAGER),
    (("legacyPackages", None, "nixosConfigurations"), NIXOS),
    (("packages", None, "homeConfigurations"), HOME_MANAGER),
    (("packages", None, "nixosConfigurations"), NIXOS),
)
"""Where a flake's hosts stand, and of which module set they are. None stands for any name."""

TEST_OUTPUTS = (("checks", None), ("nixosTests",))
"""Where a flake has NixOS tests."""

MODULE_OUTPUTS = (
    (("nixosModules",), NIXOS),
    (("darwinModules",), NIX_DARWIN),
    (("homeModules",), HOME_MANAGER),
    (("homeManagerModules",), HOME_MANAGER),
    (("hmModules",), HOME_MANAGER),
    (("modules", "nixos"), NIXOS),
    (("modules", "darwin"), NIX_DARWIN),
    (("modules", "homeManager"), HOME_MANAGER),
    (("modules", "home-manager"), HOME_MANAGER),
    (("modules", "hm"), HOME_MANAGER),
)
"""Where a flake exports modules (`modules.<class>` by flake-parts), and of which module set they are."""

SOURCES = frozenset({"inputs", "sources", FETCHED})
"""What the paths of symbols begin with that stand for a pinned source or what is in it."""

BUILDERS = {
    "nixosSystem": NIXOS,
    "darwinSystem": NIX_DARWIN,
    "homeManagerConfiguration": HOME_MANAGER,
    "eval-config.nix": NIXOS,
    "evalConfig": NIXOS,
    "nixos": NIXOS,
    "makeHive": NIXOS,
}
"""Functions, by their last name, that build a host."""

_FLAKE_PARTS = frozenset({"mkFlake"})
_NESTING = 40
"""Modules of flake-parts that import each other."""


class FlakeInput(NamedTuple):
    """One entry of `inputs` in flake.nix."""

    name: str
    url: str | None
    follows: str | None
    flake: bool


class Host(NamedTuple):
    """A configuration that is built from modules."""

    name: str
    """`nixosConfigurations.laptop`, or the file that is the entry point."""
    set: str
    modules: Thunk
    special: Mapping[str, Thunk]
    """`specialArgs`: what its modules get as further arguments."""
    builder: Value
    """What built it: the input whose function it is tells the pin."""
    pkgs: Value
    """The package set it was given, UNKNOWN if none."""


class Flake(NamedTuple):
    """What a flake's outputs say."""

    outputs: Value
    hosts: tuple[Host, ...]
    exported: tuple[Host, ...]
    """Modules among the outputs, each as a host of its own that consists of that module."""
    parts: frozenset[str]
    """The files that are flake-parts modules."""


def read_flake(files: Files, path: str) -> tuple[Flake, Evaluator]:
    """Read the outputs of the flake at a path; the evaluator tells which files took part. Malformed flakes have no hosts."""
    parts: set[str] = set()
    outputs, evaluator = read_outputs(files, path, parts)
    value = outputs.force()
    evaluator.read.add(path)
    hosts = [
        host
        for place, module_set in HOST_OUTPUTS
        for name, thunk in _at(evaluator, value, place)
        for host in _hosts(evaluator, thunk.force(), name, module_set)
    ]
    for place in ("colmena", "colmenaHive"):
        hosts += _hive(evaluator, evaluator.select(value, place), place)
    hosts += [
        Host(f"{name}: {node}", NIXOS, modules, {}, tester, UNKNOWN)
        for place in TEST_OUTPUTS
        for name, thunk in _at(evaluator, value, place)
        for node, modules, tester in nodes_of(evaluator, thunk.force())
    ]
    exported = [
        Host(name, module_set, given(Listing((thunk,))), {}, UNKNOWN, UNKNOWN)
        for place, module_set in MODULE_OUTPUTS
        for name, thunk in _at(evaluator, value, place)
    ]
    return Flake(value, tuple(hosts), tuple(exported), frozenset(parts)), evaluator


def read_outputs(files: Files, path: str, parts: set[str] | None = None) -> tuple[Thunk, Evaluator]:
    """Return the outputs of the flake at a path, unread yet, and what evaluates them; `parts` takes the files that are flake-parts modules."""
    found: set[str] = set() if parts is None else parts
    outputs = Thunk(lambda: _outputs(evaluator, evaluator.file(path), found))
    evaluator = Evaluator(files, posixpath.dirname(path), outputs)
    return outputs, evaluator


def read_entry(files: Files, path: str) -> tuple[tuple[Host, ...], Evaluator]:
    """Read a `default.nix`, `hive.nix` or the like for the hosts that it builds without a flake."""
    evaluator = Evaluator(files, posixpath.dirname(path))
    value = evaluator.file(path)
    if isinstance(value, Lambda):
        value = evaluator.apply(value, given(Attrset({})))
    name = posixpath.basename(path)
    if name == "hive.nix":
        return tuple(_hive(evaluator, value, name)), evaluator
    found: list[Host] = []
    level: list[tuple[str, Value]] = [(name, value)]
    for _ in range(3):
        following: list[tuple[str, Value]] = []
        for place, each in level:
            if hosts := _hosts(evaluator, each, place, None):
                found += hosts
            elif isinstance(each, Attrset):
                following += [
                    (f"{place}: {key}" if place == name else f"{place}.{key}", thunk.force())
                    for key, thunk in each.attrs.items()
                ]
        level = following[:200]
    return tuple(found), evaluator


def flake_inputs(files: Files, path: str) -> tuple[FlakeInput, ...]:
    """Return the inputs that a flake.nix declares, in its order."""
    evaluator = Evaluator(files, posixpath.dirname(path))
    declared = evaluator.as_set(evaluator.select(evaluator.file(path), "inputs"))
    found: list[FlakeInput] = []
    for name, thunk in declared.attrs.items():
        attributes = evaluator.as_set(thunk.force()).attrs
        url, follows, flake = (
            attributes[key].force() if key in attributes else None for key in ("url", "follows", "flake")
        )
        found.append(
            FlakeInput(
                name,
                url if isinstance(url, str) else None,
                follows if isinstance(follows, str) else None,
                flake is not False,
            )
        )
    return tuple(found)


def input_of(value: Value) -> tuple[str, str] | None:
    """Return `("inputs", "nixpkgs")` for what was selected from, imported from, or called on that input; None where that is not known.

    An input of an input is `("inputs", "home-manager/nixpkgs")`.
    """
    for _ in range(8):
        if isinstance(value, Symbol):
            head, *rest = value.path
            if head not in SOURCES or not rest:
                return None
            below = f"/{rest[2]}" if len(rest) > 2 and rest[1] == "inputs" else ""
            return (head, rest[0] + below)
        if isinstance(value, Choice):
            value = value.values[0].force()
        elif isinstance(value, Call):
            value = value.args[0].force() if value.function.path[-1] == "import" else value.function
        else:
            return None
    return None


def _outputs(evaluator: Evaluator, flake: Value, parts: set[str]) -> Value:
    value = evaluator.apply(evaluator.select(flake, "outputs"), given(Symbol(("inputs",))))
    return _expanded(evaluator, value, parts)


def _expanded(evaluator: Evaluator, value: Value, parts: set[str]) -> Value:
    """See through `flake-parts.lib.mkFlake { … } module`: its outputs are what its modules say under `flake`."""
    if isinstance(value, Choice):
        return choice(given(_expanded(evaluator, each.force(), parts)) for each in value.values)
    if isinstance(value, Call) and value.function.path[-1] in _FLAKE_PARTS and len(value.args) == 2:
        merged = Attrset({}, exact=False)
        for module in _part_modules(evaluator, value.args[1], parts):
            flake = module.attrs.get("flake")
            if flake:
                merged = evaluator.merge(merged, evaluator.as_set(flake.force()))
        return merged
    if isinstance(value, Call) and value.function.path[-1] in _FLAKE_PARTS and len(value.args) == 1:
        return _expanded(
            evaluator, Call(value.function, (value.args[0], _found_parts(evaluator, value.args[0]))), parts
        )
    return value


def _found_parts(evaluator: Evaluator, argument: Thunk) -> Thunk:
    """Return the flake-parts modules that nixos-unified's `mkFlake { root = ./.; }` finds by their place."""
    root = evaluator.text_of(evaluator.select(argument.force(), "root"))
    found = [
        given(NixPath(f"{root}/{folder}/{name}"))
        for folder in ("modules/flake-parts", "nix/modules/flake-parts")
        for name in (evaluator.files.names(f"{root}/{folder}") if root else ())
        if name.endswith(".nix")
    ]
    return given(Attrset({"imports": given(Listing(tuple(found)))}))


def _part_modules(evaluator: Evaluator, start: Thunk, parts: set[str]) -> Iterator[Attrset]:
    """Yield every flake-parts module that is reached through `imports`."""
    config = Attrset({"flake": given(Symbol(("inputs", "self")))}, exact=False)
    arguments = Arguments({"withSystem": given(Symbol(("withSystem",)))})
    stack: list[tuple[Value, int]] = [(start.force(), 0)]
    while stack:
        value, depth = stack.pop()
        if depth > _NESTING:
            continue
        if isinstance(value, NixPath | str):
            file = evaluator.file_of(value.path if isinstance(value, NixPath) else value)
            if file and file not in parts:
                parts.add(file)
                stack.append((evaluator.file(file), depth + 1))
        elif isinstance(value, Lambda):
            stack.append((evaluator.apply(value, given(_Overridden(arguments, config))), depth + 1))
        elif isinstance(value, Choice):
            stack += [(each.force(), depth + 1) for each in value.values]
        elif isinstance(value, Attrset):
            yield value
            if body := value.attrs.get("config"):
                stack.append((body.force(), depth + 1))
            imported = evaluator.items(value.attrs["imports"].force()) if "imports" in value.attrs else Listing(())
            stack += [(item.force(), depth + 1) for item in reversed(imported.items)]


class _Overridden(Arguments):
    """flake-parts' arguments: `config.flake` is the flake itself."""

    __slots__ = ("_config", "_rest")

    def __init__(self, rest: Arguments, config: Attrset) -> None:
        super().__init__({})
        self._rest = rest
        self._config = config

    def argument(self, name: str) -> Value:
        return self._config if name == "config" else self._rest.argument(name)


def _at(evaluator: Evaluator, value: Value, place: tuple[str | None, ...]) -> Iterator[tuple[str, Thunk]]:
    """Yield the attributes that stand in the sets at a place, with their full names."""
    level: list[tuple[str, Value]] = [("", value)]
    for segment in place:
        following: list[tuple[str, Value]] = []
        for prefix, each in level:
            if segment is not None:
                following.append((f"{prefix}{segment}.", evaluator.select(each, segment)))
            else:
                following += [
                    (f"{prefix}{name}.", thunk.force()) for name, thunk in evaluator.as_set(each).attrs.items()
                ]
        level = [(prefix, each) for prefix, each in following if not isinstance(each, Unknown)]
    for prefix, each in level:
        for name, thunk in evaluator.as_set(each).attrs.items():
            yield f"{prefix}{name}", thunk


def _hosts(evaluator: Evaluator, value: Value, name: str, expected: str | None) -> list[Host]:
    """Return the hosts that a value may build, one per branch of a choice: those of a known builder if there is any."""
    stack, found = [value], list[Host]()
    for _ in range(64):
        if not stack:
            break
        here = stack.pop()
        if isinstance(here, Choice):
            stack += [each.force() for each in reversed(here.values)]
        elif isinstance(here, Call) and (host := _host(evaluator, here, name, expected)):
            found.append(host)
    return [host for host in found if not isinstance(host.builder, Unknown)] or found


def _host(evaluator: Evaluator, built: Call, name: str, expected: str | None) -> Host | None:
    function, builder = built.function.path[-1], Symbol(built.function.path)
    module_set = BUILDERS.get(function.rpartition("/")[2])
    argument = built.args[-1].force()
    if function == "import" and len(built.args) == 2:
        source = built.args[0].force()
        if isinstance(source, Symbol) and source.path[-1].startswith("/"):
            module_set = BUILDERS.get(posixpath.basename(source.path[-1]))
            builder = source
    modules: list[Thunk] = []
    if module_set is None and expected and function != "import":
        # Somebody's own builder: what it is given under the usual names, or as paths, is what it builds from.
        modules = [thunk for thunk in built.args if isinstance(thunk.force(), NixPath | Listing)]
        named = isinstance(argument, Attrset) and "modules" in argument.attrs
        module_set = expected if modules or named else None
    if module_set is None or (expected and module_set != expected):
        return None
    given_here = evaluator.as_set(argument).attrs
    modules += [given_here[key] for key in ("modules", "configuration") if key in given_here]
    if function == "nixos" and not isinstance(argument, Attrset):
        modules.append(built.args[-1])
    special = [
        evaluator.as_set(given_here[key].force()).attrs
        for key in ("specialArgs", "extraSpecialArgs")
        if key in given_here
    ]
    pkgs = given_here["pkgs"].force() if "pkgs" in given_here else UNKNOWN
    if module_set == NIX_DARWIN and isinstance(pkgs, Unknown) and "inputs" in given_here:
        pkgs = evaluator.select(given_here["inputs"].force(), "nixpkgs")
    known = function in BUILDERS or builder.path != built.function.path
    return Host(
        name,
        module_set,
        given(Listing(tuple(modules))),
        special[0] if special else {},
        builder if known else UNKNOWN,
        pkgs,
    )


def _hive(evaluator: Evaluator, value: Value, place: str) -> Iterator[Host]:
    """Yield the nodes of a colmena hive: every attribute but `meta` and `defaults` is a NixOS module."""
    if isinstance(value, Call) and value.function.path[-1] == "makeHive":
        value = value.args[0].force()
    if not isinstance(value, Attrset):
        return
    meta = evaluator.select(evaluator.select(value, "meta"), "nixpkgs")
    special = evaluator.as_set(evaluator.select(evaluator.select(value, "meta"), "specialArgs")).attrs
    shared = [value.attrs["defaults"]] if "defaults" in value.attrs else []
    for name, thunk in value.attrs.items():
        if name not in {"meta", "defaults", "network", "__schema"}:
            yield Host(f"{place}.{name}", NIXOS, given(Listing((thunk, *shared))), special, meta, meta)
