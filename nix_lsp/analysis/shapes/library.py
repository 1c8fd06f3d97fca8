"""The functions that everybody knows: of `builtins`, `lib`, `pkgs` and flake-utils. A table, one row each."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, NamedTuple, cast

from nix_lsp.analysis.shapes.expressions import any_attribute
from nix_lsp.analysis.shapes.shape import (
    ANY,
    NEVER,
    Attribute,
    Attrs,
    Elements,
    Function,
    Known,
    Lazy,
    Listing,
    OneOf,
    Package,
    Plain,
    Probe,
    Shape,
    attribute,
    joined,
    known,
    opened,
    updated,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from nix_lsp.analysis.shapes.inference import Inference

    Arguments = tuple[Lazy, ...]

_STRING, _BOOLEAN, _INTEGER = Plain("string"), Plain("boolean"), Plain("integer")
_LONGEST_FOLD = 12
_LONGEST_DATA = 200_000
"""Bytes of JSON or TOML that are read."""
_DEEPEST_DATA = 40
_NIXPKGS = "import <nixpkgs>"
"""What the function that nixpkgs is goes by: its result is `pkgs`."""


class Row(NamedTuple):
    arity: int
    run: Callable[[Inference, Arguments], Shape]


def call(inference: Inference, function: Known) -> Shape:
    """Return what a known function gives that has got its arguments; with too few of them the function as it is."""
    if function.name[0] == "pkgs" and function.name[-1].endswith("ithPackages"):
        return _with_packages(inference, function)
    row = _row(function.name)
    if row is None:
        return _package_call(function)
    if len(function.args) < row.arity:
        return function
    result = row.run(inference, function.args[: row.arity])
    for argument in function.args[row.arity :]:
        result = inference.apply(result, argument)
    return result


def _row(name: tuple[str, ...]) -> Row | None:
    head, last = name[0], name[-1]
    if head in {"lib", "builtins"}:
        return _LIBRARY.get(last) or _KINDS.get(last)
    if head == "pkgs":
        return _PACKAGES.get(last)
    if head == "inputs" and "lib" in name[1:]:
        return _INPUTS.get(last)
    return None


def _package_call(function: Known) -> Shape:
    """Builders of packages are known by what they are called."""
    if function.name[0] == "pkgs" and function.name[-1].startswith(_BUILDERS):
        return Package(function.args[-1])
    return ANY


_BUILDERS = ("mkDerivation", "build", "write", "runCommand", "symlinkJoin", "fetch", "mkShell", "mkYarnPackage")


# Files


def _import(inference: Inference, args: Arguments) -> Shape:
    target = args[0].force()
    if (
        isinstance(target, Plain)
        and target.value
        and target.kind in {"path", "string"}
        and target.value.startswith("/")
    ):
        return Known(("builtins", _NIXPKGS)) if _is_nixpkgs(inference, target.value) else inference.file(target.value)
    if isinstance(target, OneOf):
        return joined(_import(inference, (known(shape),)) for shape in target.shapes)
    if isinstance(target, Known):
        return _imported(target.name)
    return ANY


def _is_nixpkgs(inference: Inference, path: str) -> bool:
    """Tell whether a path is that of a nixpkgs tree, whose packages are known otherwise."""
    folder = path.removesuffix("/default.nix")
    return inference.project.files.kind(f"{folder}/pkgs/top-level/all-packages.nix") == "file"


def _imported(name: tuple[str, ...]) -> Shape:
    """`import <nixpkgs>`, `import nixpkgs` of a flake's input: a function whose result is `pkgs`."""
    match name:
        case ("search", "nixpkgs"):
            return Known(("builtins", _NIXPKGS))
        case ("search", "nixpkgs", "lib"):
            return Known(("lib",))
        case ("inputs", source) if source.startswith("nixpkgs"):
            return Known(("builtins", _NIXPKGS))
        case _:
            return ANY


def _nixpkgs(_: Inference, __: Arguments) -> Shape:
    return Known(("pkgs",))


def _read_dir(inference: Inference, args: Arguments) -> Shape:
    target = args[0].force()
    if not isinstance(target, Plain) or target.value is None:
        return Attrs({}, Elements(known(_STRING)))
    names = inference.project.files.names(target.value)
    return opened(Attrs({name: attribute(_STRING) for name in sorted(names)}))


def _read_file(inference: Inference, args: Arguments) -> Shape:
    target = args[0].force()
    path = target.value if isinstance(target, Plain) else None
    document = inference.project.document(path) if path and path.startswith("/") else None
    if document is None or len(document.source) > _LONGEST_DATA:
        return _STRING
    return Plain("string", document.source.decode("utf-8", "replace"))


def _from_json(_: Inference, args: Arguments) -> Shape:
    import json

    return _from_data(args[0].force(), json.loads)


def _from_toml(_: Inference, args: Arguments) -> Shape:
    import tomllib

    return _from_data(args[0].force(), tomllib.loads)


def _from_data(source: Shape, load: Callable[[str], object]) -> Shape:
    if not isinstance(source, Plain) or source.value is None:
        return ANY
    try:
        return opened(_data(load(source.value), 0))
    except (ValueError, RecursionError):
        return ANY


def _data(value: object, depth: int) -> Shape:
    """Return what JSON or TOML says."""
    if isinstance(value, dict) and depth < _DEEPEST_DATA:
        pairs = cast("dict[str, object]", value).items()
        return Attrs({name: attribute(_data(each, depth + 1)) for name, each in pairs})
    if isinstance(value, list) and depth < _DEEPEST_DATA:
        return Listing(tuple(known(_data(each, depth + 1)) for each in cast("list[object]", value)))
    if isinstance(value, str):
        return Plain("string", value)
    if isinstance(value, bool):
        return Plain("boolean", "true" if value else "false")
    if value is None:
        return Plain("null")
    return Plain("integer") if isinstance(value, int) else Plain("float") if isinstance(value, float) else ANY


def _import_json(inference: Inference, args: Arguments) -> Shape:
    return _from_json(inference, (known(_read_file(inference, args)),))


def _import_toml(inference: Inference, args: Arguments) -> Shape:
    return _from_toml(inference, (known(_read_file(inference, args)),))


def _folder(_: Inference, args: Arguments) -> Shape:
    target = args[0].force()
    if isinstance(target, Plain) and target.value is not None:
        return Plain(target.kind, posixpath.dirname(target.value))
    return ANY


def _text(_: Inference, args: Arguments) -> Shape:
    shape = args[0].force()
    return Plain("string", shape.value) if isinstance(shape, Plain) and shape.kind in {"string", "path"} else _STRING


# Sets


def _map_attrs(inference: Inference, args: Arguments) -> Shape:
    function, mapped = args[0].force(), args[1].force()
    if not isinstance(mapped, Attrs):
        value = Lazy(lambda: any_attribute(mapped))
        return Attrs({}, Elements(inference.apply_all(function, known(_STRING), value)))
    attributes = {
        name: Attribute(
            inference.apply_all(function, known(Plain("string", name)), found.value), found.places, found.is_certain
        )
        for name, found in mapped.own.items()
    }
    if mapped.rest is None:
        return Attrs(attributes, None, mapped.node, mapped.path)
    value = Lazy(lambda: any_attribute(mapped))
    return Attrs(attributes, Elements(inference.apply_all(function, known(_STRING), value)), mapped.node, mapped.path)


def _map_attrs_prime(inference: Inference, args: Arguments) -> Shape:
    mapped = _map_attrs(inference, args)
    found = [each.shape.attribute("value") for each in mapped.attributes().values()]
    return Attrs({}, Elements(Lazy(lambda: joined((*(each.shape for each in found if each), ANY)))))


def _map_attrs_to_list(inference: Inference, args: Arguments) -> Shape:
    return _values(inference, (known(_map_attrs(inference, args)),))


def _gen_attrs(inference: Inference, args: Arguments) -> Shape:
    names, function = args[0].force(), args[1].force()
    if not isinstance(names, Listing):
        return Attrs({}, Elements(inference.apply_all(function, known(_STRING))))
    attributes: dict[str, Attribute] = {}
    is_exact = names.is_exact
    for item in names.items:
        name = item.force()
        if isinstance(name, Plain) and name.value is not None:
            attributes[name.value] = Attribute(inference.apply_all(function, item))
        else:
            is_exact = False
    return Attrs(attributes, None if is_exact else Elements(inference.apply_all(function, known(_STRING))))


def _list_to_attrs(_: Inference, args: Arguments) -> Shape:
    pairs = args[0].force()
    if not isinstance(pairs, Listing):
        return Attrs({}, ANY)
    attributes: dict[str, Attribute] = {}
    is_exact = pairs.is_exact
    for item in pairs.items:
        pair = item.force()
        name, value = pair.attribute("name"), pair.attribute("value")
        named = name.shape if name else None
        if isinstance(named, Plain) and named.value is not None and value:
            attributes.setdefault(named.value, Attribute(value.value, value.places))
        else:
            is_exact = False
    return Attrs(attributes, None if is_exact else ANY)


def _pair(_: Inference, args: Arguments) -> Shape:
    return Attrs({"name": Attribute(args[0]), "value": Attribute(args[1])})


def _values(_: Inference, args: Arguments) -> Shape:
    found = args[0].force()
    if not isinstance(found, Attrs):
        return Listing((Lazy(lambda: any_attribute(found)),), is_exact=False)
    return Listing(tuple(each.value for each in found.own.values()), is_exact=found.is_exact and _is_certain(found))


def _is_certain(found: Attrs) -> bool:
    return all(each.is_certain for each in found.own.values())


def _names(_: Inference, args: Arguments) -> Shape:
    found = args[0].force()
    if not isinstance(found, Attrs):
        return Listing((known(_STRING),), is_exact=False)
    items = tuple(known(Plain("string", name)) for name in sorted(found.own))
    return Listing(items, is_exact=found.is_exact and _is_certain(found))


def _filter_attrs(inference: Inference, args: Arguments) -> Shape:
    function, found = args[0].force(), args[1].force()
    if isinstance(function, Probe):
        _map_attrs(inference, args)
        inference.apply_all(function, known(_STRING), Lazy(lambda: any_attribute(found))).force()
    return _perhaps(found)


def _perhaps(found: Shape) -> Shape:
    """Return a set of which some attributes may have been taken away."""
    if not isinstance(found, Attrs):
        return found
    own = {name: each._replace(is_certain=False) for name, each in found.own.items()}
    return Attrs(own, found.rest, found.node, found.path)


def _remove_attrs(_: Inference, args: Arguments) -> Shape:
    found, names = args[0].force(), args[1].force()
    if not isinstance(found, Attrs):
        return found
    if not isinstance(names, Listing) or not names.is_exact:
        return _perhaps(found)
    removed = [item.force() for item in names.items]
    gone = {each.value for each in removed if isinstance(each, Plain)}
    left = Attrs(
        {name: each for name, each in found.own.items() if name not in gone}, found.rest, found.node, found.path
    )
    return left if all(isinstance(each, Plain) and each.value for each in removed) else _perhaps(left)


def _optional_attrs(_: Inference, args: Arguments) -> Shape:
    return _perhaps(args[1].force())


def _recursive_update(_: Inference, args: Arguments) -> Shape:
    return _updated_deeply(args[0].force(), args[1].force(), 0)


def _updated_deeply(left: Shape, right: Shape, depth: int) -> Shape:
    if not isinstance(right, Attrs):
        return updated(left, right)
    if depth > _LONGEST_FOLD:
        return opened(right)
    deep = dict(right.own)
    for name, found in right.own.items():
        # What is on the left may have more below the same name, also where it is not known.
        if before := left.attribute(name):
            deep[name] = Attribute(
                _deeply(before.value, found.value, depth + 1), (*before.places, *found.places), found.is_certain
            )
    return updated(left, Attrs(deep, right.rest, right.node, right.path))


def _deeply(left: Lazy, right: Lazy, depth: int) -> Lazy:
    def run() -> Shape:
        first, second = left.force(), right.force()
        if isinstance(second, Attrs) and not isinstance(first, Plain | Listing | Function):
            return _updated_deeply(first, second, depth)
        return second if isinstance(second, Plain | Listing | Function) else joined((first, second, ANY))

    return Lazy(run)


def _merge(_: Inference, args: Arguments) -> Shape:
    return updated(args[0].force(), args[1].force())


def _merge_list(_: Inference, args: Arguments) -> Shape:
    sets = args[0].force()
    if not isinstance(sets, Listing) or len(sets.items) > _LONGEST_FOLD:
        return Attrs({}, ANY)
    merged: Shape = Attrs({})
    for item in sets.items:
        merged = updated(merged, item.force())
    return merged if sets.is_exact else opened(merged)


def _each_system(inference: Inference, args: Arguments) -> Shape:
    """flake-utils' `eachDefaultSystem (system: outputs)`: every output by system."""
    outputs = inference.apply_all(args[-1].force(), known(_STRING)).force()
    by_system = {name: Attribute(_by_system(found.value), found.places) for name, found in outputs.attributes().items()}
    return Attrs(by_system, ANY)


def _by_system(value: Lazy) -> Lazy:
    return known(Attrs({}, Elements(value)))


# Lists


def _items(list_: Shape) -> Listing:
    return list_ if isinstance(list_, Listing) else Listing((known(ANY),), is_exact=False)


def _map(inference: Inference, args: Arguments) -> Shape:
    function, items = args[0].force(), _items(args[1].force())
    return Listing(tuple(inference.apply_all(function, item) for item in items.items), is_exact=items.is_exact)


def _for_each(inference: Inference, args: Arguments) -> Shape:
    return _map(inference, (args[1], args[0]))


def _flatten(_: Inference, args: Arguments) -> Shape:
    found: list[Lazy] = []
    items = _items(args[0].force())
    is_exact = items.is_exact
    for item in items.items[:100]:
        inner = item.force()
        if isinstance(inner, Listing):
            found += inner.items
            is_exact = is_exact and inner.is_exact
        else:
            is_exact = False
    return Listing(tuple(found), is_exact=is_exact and len(items.items) <= 100)


def _concat_map(inference: Inference, args: Arguments) -> Shape:
    return _flatten(inference, (known(_map(inference, args)),))


def _filter(_: Inference, args: Arguments) -> Shape:
    items = _items(args[1].force())
    if isinstance(function := args[0].force(), Probe):
        for item in items.items:
            function.take(item)
    return Listing(items.items, is_exact=False)


def _element(_: Inference, args: Arguments) -> Shape:
    """One of a list's elements; which one is not known."""
    return _items(args[0].force()).element


def _found(inference: Inference, args: Arguments) -> Shape:
    _filter(inference, (args[0], args[2]))
    return joined((_items(args[2].force()).element, args[1].force()))


def _head(_: Inference, args: Arguments) -> Shape:
    items = args[0].force()
    if isinstance(items, Listing) and items.is_exact and items.items:
        return items.items[0].force()
    return _items(items).element


def _optional(_: Inference, args: Arguments) -> Shape:
    return Listing((args[1],), is_exact=False)


def _optionals(_: Inference, args: Arguments) -> Shape:
    return Listing(_items(args[1].force()).items, is_exact=False)


def _singleton(_: Inference, args: Arguments) -> Shape:
    return Listing(args)


def _folded(inference: Inference, args: Arguments) -> Shape:
    """What a fold over a short list gives; over another, something like what it starts with."""
    function, items = args[0].force(), args[2].force()
    if not isinstance(items, Listing) or not items.is_exact or len(items.items) > _LONGEST_FOLD:
        inference.apply_all(function, args[1], Lazy(lambda: _items(items).element)).force()
        return opened(args[1].force())
    result = args[1]
    for item in items.items:
        result = inference.apply_all(function, result, item)
    return result.force()


# Functions, and what wraps values


def _argument(number: int) -> Callable[[Inference, Arguments], Shape]:
    return lambda _, args: args[number].force()


def _content(number: int) -> Callable[[Inference, Arguments], Shape]:
    """What `mkIf` and its kin hand on: the value is a set that wraps it, which nobody but the module system looks into."""
    return lambda _, args: opened(args[number].force())


def _contents(_: Inference, args: Arguments) -> Shape:
    return opened(_items(args[0].force()).element)


def _pipe(inference: Inference, args: Arguments) -> Shape:
    functions = args[1].force()
    if not isinstance(functions, Listing) or not functions.is_exact:
        return ANY
    return _through(inference, args[0], functions)


def _through(inference: Inference, value: Lazy, functions: Listing) -> Shape:
    for function in functions.items:
        value = inference.apply_all(function.force(), value)
    return value.force()


def _fix(inference: Inference, args: Arguments) -> Shape:
    result = Lazy(lambda: inference.apply(args[0].force(), result))
    return result.force()


def _fix_open(inference: Inference, args: Arguments) -> Shape:
    """`makeExtensible f`, `makeScope newScope f`: what f gives, with functions of their own, and perhaps extended."""
    result = Lazy(lambda: opened(inference.apply(args[-1].force(), result)))
    return result.force()


def _overridable(inference: Inference, args: Arguments) -> Shape:
    return opened(inference.apply(args[0].force(), args[1]))


def _never(_: Inference, __: Arguments) -> Shape:
    return NEVER


def _extended_library(inference: Inference, args: Arguments) -> Shape:
    """`lib.extend (final: prev: { … })`."""
    library = known(Known(("lib",)))
    added = inference.apply_all(args[0].force(), library, library).force()
    return updated(Known(("lib",)), added)


# Packages


def _call_package(inference: Inference, args: Arguments) -> Shape:
    target = args[0].force()
    function = _import(inference, args[:1]) if isinstance(target, Plain) else target
    if not isinstance(function, Function):
        return Package(args[1]) if isinstance(target, Plain) else ANY
    given = updated(Attrs({}, PACKAGE_ARGUMENTS), args[1].force())
    return opened(inference.apply(function, known(given)))


class _PackageArguments(Shape):
    """What `callPackage` gives by name."""

    __slots__ = ()

    def attribute(self, name: str) -> Attribute | None:
        return attribute(Known(("pkgs", name)))._replace(is_certain=False)


PACKAGE_ARGUMENTS: Shape = _PackageArguments()


def _with_packages(inference: Inference, function: Known) -> Shape:
    """`python3.withPackages (ps: [ … ])`: the function is given the packages of that interpreter."""
    owner = function.name[-2]
    set_ = next((name for start, name in _PACKAGE_SETS.items() if owner.startswith(start)), None)
    if owner.startswith("python"):
        set_ = f"{owner}Packages"
    given = (Known(("pkgs", set_)) if owner != set_ else Known(function.name[:-1])) if set_ else ANY
    inference.apply(function.args[0].force(), known(given))
    return Package(known(ANY))


def _derivation(inference: Inference, args: Arguments) -> Shape:
    def given() -> Shape:
        found = args[0].force()
        return inference.apply(found, known(result)) if isinstance(found, Function | Probe) else found

    result = Package(Lazy(given))
    if isinstance(args[0].force(), Probe):
        result.given.force()
    return result


def _option(_: Inference, __: Arguments) -> Shape:
    return Plain("option")


def _giving(shape: Shape) -> Callable[[Inference, Arguments], Shape]:
    return lambda _, __: shape


def _always(arity: int, shape: Shape, names: str) -> dict[str, Row]:
    return dict.fromkeys(names.split(), Row(arity, _giving(shape)))


_LIBRARY: Mapping[str, Row] = {
    "import": Row(1, _import),
    _NIXPKGS: Row(1, _nixpkgs),
    "readDir": Row(1, _read_dir),
    "readFile": Row(1, _read_file),
    "fromJSON": Row(1, _from_json),
    "fromTOML": Row(1, _from_toml),
    "importJSON": Row(1, _import_json),
    "importTOML": Row(1, _import_toml),
    "dirOf": Row(1, _folder),
    "toString": Row(1, _text),
    "mapAttrs": Row(2, _map_attrs),
    "mapAttrs'": Row(2, _map_attrs_prime),
    "mapAttrsToList": Row(2, _map_attrs_to_list),
    "genAttrs": Row(2, _gen_attrs),
    "listToAttrs": Row(1, _list_to_attrs),
    "nameValuePair": Row(2, _pair),
    "attrValues": Row(1, _values),
    "attrNames": Row(1, _names),
    "filterAttrs": Row(2, _filter_attrs),
    "removeAttrs": Row(2, _remove_attrs),
    "optionalAttrs": Row(2, _optional_attrs),
    "recursiveUpdate": Row(2, _recursive_update),
    "mergeAttrs": Row(2, _merge),
    "mergeAttrsList": Row(1, _merge_list),
    "map": Row(2, _map),
    "forEach": Row(2, _for_each),
    "concatMap": Row(2, _concat_map),
    "flatten": Row(1, _giving(Listing((known(ANY),), is_exact=False))),
    "concatLists": Row(1, _flatten),
    "filter": Row(2, _filter),
    "findFirst": Row(3, _found),
    "head": Row(1, _head),
    "last": Row(1, _element),
    "elemAt": Row(2, _element),
    "unique": Row(1, _argument(0)),
    "optional": Row(2, _optional),
    "optionals": Row(2, _optionals),
    "singleton": Row(1, _singleton),
    "foldl'": Row(3, _folded),
    "foldl": Row(3, _folded),
    "id": Row(1, _argument(0)),
    "const": Row(2, _argument(0)),
    "seq": Row(2, _argument(1)),
    "deepSeq": Row(2, _argument(1)),
    "trace": Row(2, _argument(1)),
    "traceVal": Row(1, _argument(0)),
    "warn": Row(2, _argument(1)),
    "warnIf": Row(3, _argument(2)),
    "warnIfNot": Row(3, _argument(2)),
    "throwIf": Row(3, _argument(2)),
    "throwIfNot": Row(3, _argument(2)),
    "addErrorContext": Row(2, _argument(1)),
    "pipe": Row(2, _pipe),
    "fix": Row(1, _fix),
    "makeExtensible": Row(1, _fix_open),
    "makeScope": Row(2, _fix_open),
    "makeOverridable": Row(2, _overridable),
    "recurseIntoAttrs": Row(1, _content(0)),
    "dontRecurseIntoAttrs": Row(1, _content(0)),
    "extend": Row(1, _extended_library),
    "throw": Row(1, _never),
    "abort": Row(1, _never),
    "mkIf": Row(2, _content(1)),
    "mkMerge": Row(1, _contents),
    "mkDefault": Row(1, _content(0)),
    "mkForce": Row(1, _content(0)),
    "mkBefore": Row(1, _content(0)),
    "mkAfter": Row(1, _content(0)),
    "mkOverride": Row(2, _content(1)),
    "mkOrder": Row(2, _content(1)),
    "mkOption": Row(1, _option),
    "mkEnableOption": Row(1, _option),
    "mkPackageOption": Row(3, _option),
}
"""Of `lib` and `builtins`, by the last name; how many arguments each takes."""

_LIST = Listing((known(ANY),), is_exact=False)
_STRINGS = Listing((known(_STRING),), is_exact=False)
_KINDS: Mapping[str, Row] = {
    **_always(1, _STRING, "toJSON toXML concatStrings concatLines escapeShellArg escapeShellArgs toLower toUpper"),
    **_always(
        1, _STRING, "getExe makeBinPath makeLibraryPath boolToString fileContents typeOf baseNameOf getVersion getName"
    ),
    **_always(
        2, _STRING, "concatStringsSep getExe' optionalString concatMapStrings makeSearchPath removePrefix removeSuffix"
    ),
    **_always(2, _STRING, "hashString hashFile toFile"),
    **_always(3, _STRING, "replaceStrings concatMapStringsSep concatImapStringsSep substring"),
    **_always(1, _BOOLEAN, "isNull isString isAttrs isList isFunction isInt isBool isPath isFloat pathExists"),
    **_always(2, _BOOLEAN, "elem any all hasPrefix hasSuffix hasInfix versionAtLeast versionOlder hasAttr assertMsg"),
    **_always(1, _INTEGER, "length stringLength toInt ceil floor"),
    **_always(2, _STRINGS, "splitString"),
    **_always(2, _LIST, "genList subtractLists intersectLists sort take drop"),
    **_always(1, _LIST, "reverseList toList tail"),
    **_always(2, Listing((known(_INTEGER),), is_exact=False), "range"),
}
"""Functions of which the kind of result is known."""

_PACKAGE_SETS: Mapping[str, str] = {
    "haskellPackages": "haskellPackages",
    "perl": "perlPackages",
    "lua": "luaPackages",
    "R": "rPackages",
    "emacs": "emacsPackages",
    "texlive": "texlive",
}
"""Where the packages of an interpreter are, by what its name begins with."""

_PACKAGES: Mapping[str, Row] = {
    "callPackage": Row(2, _call_package),
    "mkDerivation": Row(1, _derivation),
    "mkDerivationNoCC": Row(1, _derivation),
    "mkShell": Row(1, _derivation),
    "mkShellNoCC": Row(1, _derivation),
    "buildPythonPackage": Row(1, _derivation),
    "buildPythonApplication": Row(1, _derivation),
    "buildRustPackage": Row(1, _derivation),
    "buildGoModule": Row(1, _derivation),
    "writeText": Row(2, _giving(Package(known(ANY)))),
    **_always(2, Package(known(ANY)), "writeShellScript writeShellScriptBin writeScript writeScriptBin"),
    **_always(3, Package(known(ANY)), "runCommand runCommandLocal runCommandCC"),
}
"""Of `pkgs`, by the last name."""

_INPUTS: Mapping[str, Row] = {
    "eachDefaultSystem": Row(1, _each_system),
    "eachSystem": Row(2, _each_system),
    **{name: row for name, row in _LIBRARY.items() if name in {"genAttrs", "mapAttrs", "recursiveUpdate"}},
}
"""Of a flake input's `lib`."""
