"""The functions of `builtins` and `lib` that lists of modules and hosts are made with: a table, one row each."""

from __future__ import annotations

import posixpath
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, cast

from nix_lsp.analysis.files import walk
from nix_lsp.analysis.partial.value import (
    ANY,
    UNKNOWN,
    Arguments,
    Attrset,
    Call,
    Choice,
    Listing,
    NixPath,
    Symbol,
    Thunk,
    Unknown,
    Value,
    choice,
    given,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from nix_lsp.analysis.partial.evaluate import Evaluator

GLOBALS: dict[str, Value] = {
    "true": True,
    "false": False,
    "builtins": Symbol(("builtins",)),
    **{
        name: Symbol(("builtins", name))
        for name in ("import", "map", "toString", "baseNameOf", "dirOf", "fetchTarball", "fetchGit")
    },
}
"""Names that need no scope."""


_LONGEST_DATA = 1_000_000
"""Bytes of JSON or TOML that are read for the names of hosts."""
_MOST_COLLECTED = 10_000
"""Values that `collect` looks at."""


class Function(NamedTuple):
    arity: int
    run: Callable[[Evaluator, tuple[Thunk, ...]], Value]


def call(evaluator: Evaluator, application: Call) -> Value:
    """Run a known function that has all its arguments; anything else stays a call."""
    function = FUNCTIONS.get(application.function.path[-1])
    if function is None or len(application.args) != function.arity:
        return application
    # `inputs.foo.map` is somebody else's function.
    if (
        application.function.path[0] == "inputs"
        and "lib" not in application.function.path
        and function.run is not _import_tree
    ):
        return application
    if application.function.path[-1] == "extend":
        return choice((given(_extended(evaluator, application.args)), given(Symbol(application.function.path[:-1]))))
    return function.run(evaluator, application.args)


def _import(evaluator: Evaluator, args: tuple[Thunk, ...]) -> Value:
    target = args[0].force()
    if isinstance(target, Choice):
        return choice(given(_import(evaluator, (each,))) for each in target.values)
    path = evaluator.text_of(target)
    if path is None or not path.startswith("/"):
        return Call(Symbol(("builtins", "import")), args)
    if evaluator.is_sources(path):
        return Symbol(("sources",))
    return evaluator.file(path)


def _map(evaluator: Evaluator, args: tuple[Thunk, ...]) -> Value:
    function, items = args[0].force(), evaluator.items(args[1].force())
    return Listing(tuple(_applied(evaluator, function, item) for item in items.items), items.exact)


def _for_each(evaluator: Evaluator, args: tuple[Thunk, ...]) -> Value:
    return _map(evaluator, (args[1], args[0]))


def _import_apply(evaluator: Evaluator, args: tuple[Thunk, ...]) -> Value:
    return evaluator.apply(_import(evaluator, args[:1]), args[1])


def _pass_through(evaluator: Evaluator, args: tuple[Thunk, ...]) -> Value:
    """flake-utils' `eachDefaultSystemPassThrough (system: outputs)`."""
    return evaluator.apply(args[0].force(), given(UNKNOWN))


def _concat_map(evaluator: Evaluator, args: tuple[Thunk, ...]) -> Value:
    return _flatten(evaluator, (given(_map(evaluator, args)),))


def _flatten(evaluator: Evaluator, args: tuple[Thunk, ...]) -> Value:
    result: list[Thunk] = []
    exact, stack = True, [args[0]]
    while stack:
        thunk = stack.pop()
        value = thunk.force()
        if isinstance(value, Listing | Choice) and len(result) + len(stack) < 100_000:
            items = evaluator.items(value)
            exact = exact and items.exact
            stack.extend(reversed(items.items))
        else:
            result.append(thunk)
    return Listing(tuple(result), exact)


def _map_attrs(evaluator: Evaluator, args: tuple[Thunk, ...]) -> Value:
    function, attributes = args[0].force(), evaluator.as_set(args[1].force())
    return Attrset(
        {
            name: _applied(evaluator, function, given(name) if name != ANY else given(UNKNOWN), value)
            for name, value in attributes.attrs.items()
        },
        attributes.exact,
    )


def _map_attrs_to_list(evaluator: Evaluator, args: tuple[Thunk, ...]) -> Value:
    mapped = evaluator.as_set(_map_attrs(evaluator, args))
    return Listing(tuple(mapped.attrs.values()), mapped.exact)


def _map_attrs_prime(evaluator: Evaluator, args: tuple[Thunk, ...]) -> Value:
    return _list_to_attrs(evaluator, (given(_map_attrs_to_list(evaluator, args)),))


def _gen_attrs(evaluator: Evaluator, args: tuple[Thunk, ...]) -> Value:
    names, function = evaluator.items(args[0].force()), args[1].force()
    made: dict[str, Thunk] = {}
    for item in names.items:
        name = item.force()
        made[name if isinstance(name, str) else ANY] = _applied(evaluator, function, item)
    return Attrset(made, names.exact)


def _list_to_attrs(evaluator: Evaluator, args: tuple[Thunk, ...]) -> Value:
    items = evaluator.items(args[0].force())
    made: dict[str, Thunk] = {}
    for item in items.items:
        pair = evaluator.as_set(item.force())
        name = pair.attrs["name"].force() if "name" in pair.attrs else UNKNOWN
        if "value" in pair.attrs:
            made[name if isinstance(name, str) else ANY] = pair.attrs["value"]
    return Attrset(made, items.exact)


def _name_value_pair(_: Evaluator, args: tuple[Thunk, ...]) -> Value:
    return Attrset({"name": args[0], "value": args[1]})


def _attr_values(evaluator: Evaluator, args: tuple[Thunk, ...]) -> Value:
    attributes = evaluator.as_set(args[0].force())
    return Listing(tuple(attributes.attrs.values()), attributes.exact)


def _attr_names(evaluator: Evaluator, args: tuple[Thunk, ...]) -> Value:
    attributes = evaluator.as_set(args[0].force())
    return Listing(
        tuple(given(name) for name in attributes.attrs if name != ANY), attributes.exact and ANY not in attributes.attrs
    )


def _filter(evaluator: Evaluator, args: tuple[Thunk, ...]) -> Value:
    function, items = args[0].force(), evaluator.items(args[1].force())
    return Listing(tuple(item for item in items.items if evaluator.apply(function, item) is not False), items.exact)


def _filter_attrs(evaluator: Evaluator, args: tuple[Thunk, ...]) -> Value:
    function, attributes = args[0].force(), evaluator.as_set(args[1].force())
    kept = {
        name: value
        for name, value in attributes.attrs.items()
        if evaluator.apply(evaluator.apply(function, given(name)), value) is not False
    }
    return attributes._replace(attrs=kept)


def _remove_attrs(evaluator: Evaluator, args: tuple[Thunk, ...]) -> Value:
    attributes = evaluator.as_set(args[0].force())
    removed = {item.force() for item in evaluator.items(args[1].force()).items if isinstance(item.force(), str)}
    return attributes._replace(attrs={name: value for name, value in attributes.attrs.items() if name not in removed})


def _optional(_: Evaluator, args: tuple[Thunk, ...]) -> Value:
    return Listing(() if args[0].force() is False else (args[1],))


def _second(_: Evaluator, args: tuple[Thunk, ...]) -> Value:
    return args[1].force()


def _optionals(_: Evaluator, args: tuple[Thunk, ...]) -> Value:
    return Listing(()) if args[0].force() is False else args[1].force()


def _optional_attrs(_: Evaluator, args: tuple[Thunk, ...]) -> Value:
    return Attrset({}) if args[0].force() is False else args[1].force()


def _first(_: Evaluator, args: tuple[Thunk, ...]) -> Value:
    return args[0].force()


def _any_of(evaluator: Evaluator, args: tuple[Thunk, ...]) -> Value:
    return choice(evaluator.items(args[0].force()).items)


def _merged(evaluator: Evaluator, args: tuple[Thunk, ...]) -> Value:
    left, right = args[0].force(), args[1].force()
    if isinstance(left, Symbol | Call) or isinstance(right, Symbol | Call):
        return choice((args[1], args[0]))
    return evaluator.merge(evaluator.as_set(left), evaluator.as_set(right))


def _merged_list(evaluator: Evaluator, args: tuple[Thunk, ...]) -> Value:
    items = evaluator.items(args[0].force())
    merged = Attrset({}, items.exact)
    for item in items.items:
        merged = evaluator.merge(merged, evaluator.as_set(item.force()))
    return merged


def _fold(evaluator: Evaluator, args: tuple[Thunk, ...]) -> Value:
    result: Thunk = args[1]
    for item in evaluator.items(args[2].force()).items:
        result = given(evaluator.apply(evaluator.apply(args[0].force(), result), item))
    return result.force()


def _read_dir(evaluator: Evaluator, args: tuple[Thunk, ...]) -> Value:
    path = evaluator.text_of(args[0].force())
    if path is None:
        return UNKNOWN
    kinds = {"file": "regular", "folder": "directory", "link": "symlink"}
    return Attrset({name: given(kinds[kind]) for name, kind in sorted(evaluator.files.names(path).items())})


def _path_exists(evaluator: Evaluator, args: tuple[Thunk, ...]) -> Value:
    path = evaluator.text_of(args[0].force())
    if path is None:
        return UNKNOWN
    exists = evaluator.files.kind(path) is not None
    if not exists:
        evaluator.missing.add(path)
    return exists


def _files_below(evaluator: Evaluator, args: tuple[Thunk, ...]) -> Value:
    path = evaluator.text_of(args[0].force())
    return UNKNOWN if path is None else Listing(tuple(given(NixPath(file)) for file in walk(evaluator.files, path)))


def _import_tree(evaluator: Evaluator, args: tuple[Thunk, ...]) -> Value:
    """`import-tree ./modules`: one module that imports every Nix file below, but those with `/_` in their path."""
    path = evaluator.text_of(args[0].force())
    if path is None:
        return UNKNOWN
    found = (file for file in walk(evaluator.files, path) if file.endswith(".nix") and "/_" not in file[len(path) :])
    return Attrset({"imports": given(Listing(tuple(given(NixPath(file)) for file in found)))})


def _read_file(evaluator: Evaluator, args: tuple[Thunk, ...]) -> Value:
    path = evaluator.text_of(args[0].force())
    document = evaluator.files.document(path) if path else None
    if document is None or len(document.source) > _LONGEST_DATA:
        return UNKNOWN
    evaluator.read.add(document.path)
    return document.source.decode("utf-8", "replace")


def _from_json(_: Evaluator, args: tuple[Thunk, ...]) -> Value:
    import json

    return _from_data(args[0].force(), json.loads)


def _from_toml(_: Evaluator, args: tuple[Thunk, ...]) -> Value:
    import tomllib

    return _from_data(args[0].force(), tomllib.loads)


def _import_json(evaluator: Evaluator, args: tuple[Thunk, ...]) -> Value:
    return _from_json(evaluator, (given(_read_file(evaluator, args)),))


def _import_toml(evaluator: Evaluator, args: tuple[Thunk, ...]) -> Value:
    return _from_toml(evaluator, (given(_read_file(evaluator, args)),))


def _from_data(source: Value, load: Callable[[str], object]) -> Value:
    if not isinstance(source, str):
        return UNKNOWN
    try:
        return _value(load(source), 0)
    except (ValueError, RecursionError):
        return UNKNOWN


def _value(data: object, depth: int) -> Value:
    """Return what JSON or TOML holds as a value of Nix; numbers and null decide nothing here."""
    if depth > 50:
        return UNKNOWN
    if isinstance(data, str | bool):
        return data
    if isinstance(data, dict):
        pairs = cast("dict[str, object]", data).items()
        return Attrset({name: given(_value(value, depth + 1)) for name, value in pairs})
    if isinstance(data, list):
        return Listing(tuple(given(_value(value, depth + 1)) for value in cast("list[object]", data)))
    return UNKNOWN


def _joined(evaluator: Evaluator, args: tuple[Thunk, ...]) -> Value:
    separator, items = evaluator.text_of(args[0].force()), evaluator.items(args[1].force())
    parts = [evaluator.text_of(item.force()) for item in items.items]
    if separator is None or not items.exact or any(part is None for part in parts):
        return UNKNOWN
    return separator.join(part for part in parts if part is not None)


def _map_attrs_recursive(evaluator: Evaluator, args: tuple[Thunk, ...]) -> Value:
    return _recursive(evaluator, args[0].force(), evaluator.as_set(args[1].force()), ())


def _recursive(evaluator: Evaluator, function: Value, attributes: Attrset, path: tuple[str, ...]) -> Value:
    if len(path) > 30:
        return UNKNOWN

    def mapped(name: str, thunk: Thunk) -> Value:
        value, here = thunk.force(), (*path, name)
        if isinstance(value, Attrset):
            return _recursive(evaluator, function, value, here)
        names = Listing(tuple(given(segment) for segment in here))
        return _applied(evaluator, function, given(names), thunk).force()

    made = {name: Thunk(partial(mapped, name, thunk)) for name, thunk in attributes.attrs.items()}
    return Attrset(made, attributes.exact)


def _collect(evaluator: Evaluator, args: tuple[Thunk, ...]) -> Value:
    wanted, found, stack = args[0].force(), list[Thunk](), [args[1]]
    exact = True
    for _ in range(_MOST_COLLECTED):
        if not stack:
            return Listing(tuple(found), exact)
        thunk = stack.pop()
        value = thunk.force()
        if evaluator.apply(wanted, thunk) is True:
            found.append(thunk)
        elif isinstance(value, Attrset):
            stack += reversed(list(value.attrs.values()))
            exact = exact and value.exact
    return Listing(tuple(found), exact=False)


def _is_string(_: Evaluator, args: tuple[Thunk, ...]) -> Value:
    return _is(args[0].force(), str)


def _is_set(_: Evaluator, args: tuple[Thunk, ...]) -> Value:
    return _is(args[0].force(), Attrset)


def _is(value: Value, kind: type) -> Value:
    undecided = isinstance(value, Unknown | Symbol | Call | Choice | Arguments)
    return UNKNOWN if undecided else isinstance(value, kind)


def _pipe(evaluator: Evaluator, args: tuple[Thunk, ...]) -> Value:
    value = args[0]
    for function in evaluator.items(args[1].force()).items:
        value = given(evaluator.apply(function.force(), value))
    return value.force()


def _fold_right(evaluator: Evaluator, args: tuple[Thunk, ...]) -> Value:
    result: Thunk = args[1]
    for item in reversed(evaluator.items(args[2].force()).items):
        result = given(evaluator.apply(evaluator.apply(args[0].force(), item), result))
    return result.force()


def _singleton(_: Evaluator, args: tuple[Thunk, ...]) -> Value:
    return Listing(args)


def _called(evaluator: Evaluator, args: tuple[Thunk, ...]) -> Value:
    return evaluator.apply(args[0].force(), args[1])


def _fixed(evaluator: Evaluator, args: tuple[Thunk, ...]) -> Value:
    """`fix f` and `makeExtensible f`: what `f` gives when it is handed its own result."""
    result = Thunk(lambda: evaluator.apply(args[0].force(), result))
    return result.force()


def _to_string(evaluator: Evaluator, args: tuple[Thunk, ...]) -> Value:
    value = args[0].force()
    found = evaluator.text_of(value)
    return value if found is None and isinstance(value, Symbol) else UNKNOWN if found is None else found


def _base_name(evaluator: Evaluator, args: tuple[Thunk, ...]) -> Value:
    found = evaluator.text_of(args[0].force())
    return UNKNOWN if found is None else posixpath.basename(found.rstrip("/"))


def _folder_of(evaluator: Evaluator, args: tuple[Thunk, ...]) -> Value:
    value = args[0].force()
    found = evaluator.text_of(value)
    if found is None:
        return UNKNOWN
    return NixPath(posixpath.dirname(found)) if isinstance(value, NixPath) else posixpath.dirname(found)


def _with_suffix(evaluator: Evaluator, args: tuple[Thunk, ...]) -> Value:
    return _on_text(evaluator, args, lambda suffix, whole: whole.endswith(suffix))


def _with_prefix(evaluator: Evaluator, args: tuple[Thunk, ...]) -> Value:
    return _on_text(evaluator, args, lambda prefix, whole: whole.startswith(prefix))


def _with_infix(evaluator: Evaluator, args: tuple[Thunk, ...]) -> Value:
    return _on_text(evaluator, args, lambda infix, whole: infix in whole)


def _without_suffix(evaluator: Evaluator, args: tuple[Thunk, ...]) -> Value:
    return _on_text(evaluator, args, lambda suffix, whole: whole.removesuffix(suffix))


def _without_prefix(evaluator: Evaluator, args: tuple[Thunk, ...]) -> Value:
    return _on_text(evaluator, args, lambda prefix, whole: whole.removeprefix(prefix))


def _on_text(evaluator: Evaluator, args: tuple[Thunk, ...], run: Callable[[str, str], str | bool]) -> Value:
    part, whole = (evaluator.text_of(arg.force()) for arg in args)
    return UNKNOWN if part is None or whole is None else run(part, whole)


def _split(evaluator: Evaluator, args: tuple[Thunk, ...]) -> Value:
    separator, whole = (evaluator.text_of(arg.force()) for arg in args)
    if not separator or whole is None:
        return UNKNOWN
    return Listing(tuple(given(part) for part in whole.split(separator)))


def _element_at(evaluator: Evaluator, args: tuple[Thunk, ...]) -> Value:
    items = evaluator.items(args[0].force())
    return choice(items.items)


def _last(evaluator: Evaluator, args: tuple[Thunk, ...]) -> Value:
    items = evaluator.items(args[0].force()).items
    return items[-1].force() if items else UNKNOWN


def _head(evaluator: Evaluator, args: tuple[Thunk, ...]) -> Value:
    items = evaluator.items(args[0].force()).items
    return items[0].force() if items else UNKNOWN


def _elem(evaluator: Evaluator, args: tuple[Thunk, ...]) -> Value:
    wanted, items = args[0].force(), evaluator.items(args[1].force())
    values = [item.force() for item in items.items]
    if not isinstance(wanted, str):
        return UNKNOWN
    if wanted in [value for value in values if isinstance(value, str)]:
        return True
    return False if items.exact and all(isinstance(value, str) for value in values) else UNKNOWN


def _with_system(evaluator: Evaluator, args: tuple[Thunk, ...]) -> Value:
    """flake-parts' `withSystem system ({ pkgs, … }: host)`."""
    return evaluator.apply(args[1].force(), given(Symbol(("perSystem",))))


def _extended(evaluator: Evaluator, args: tuple[Thunk, ...]) -> Value:
    """`lib.extend (final: prev: { … })`: what is added, then what was there; `final` is taken for what is added."""
    added = Thunk(lambda: _applied(evaluator, args[0].force(), final, given(Symbol(("lib",)))).force())
    final = Thunk(lambda: choice((added, given(Symbol(("lib",))))))
    return choice((added, given(Symbol(("lib",)))))


def _applied(evaluator: Evaluator, function: Value, *args: Thunk) -> Thunk:
    def run() -> Value:
        result = function
        for arg in args:
            result = evaluator.apply(result, arg)
        return result

    return Thunk(run)


FUNCTIONS: dict[str, Function] = {
    "import": Function(1, _import),
    "map": Function(2, _map),
    "forEach": Function(2, _for_each),
    "concatMap": Function(2, _concat_map),
    "flatten": Function(1, _flatten),
    "concatLists": Function(1, _flatten),
    "unique": Function(1, _first),
    "mapAttrs": Function(2, _map_attrs),
    "mapAttrsToList": Function(2, _map_attrs_to_list),
    "mapAttrs'": Function(2, _map_attrs_prime),
    "genAttrs": Function(2, _gen_attrs),
    "listToAttrs": Function(1, _list_to_attrs),
    "nameValuePair": Function(2, _name_value_pair),
    "attrValues": Function(1, _attr_values),
    "attrNames": Function(1, _attr_names),
    "filter": Function(2, _filter),
    "filterAttrs": Function(2, _filter_attrs),
    "removeAttrs": Function(2, _remove_attrs),
    "optional": Function(2, _optional),
    "optionals": Function(2, _optionals),
    "optionalAttrs": Function(2, _optional_attrs),
    "mkIf": Function(2, _second),
    "mkMerge": Function(1, _any_of),
    "mkDefault": Function(1, _first),
    "mkForce": Function(1, _first),
    "mkBefore": Function(1, _first),
    "mkAfter": Function(1, _first),
    "mkOverride": Function(2, _second),
    "mkOrder": Function(2, _second),
    "importApply": Function(2, _import_apply),
    "setDefaultModuleLocation": Function(2, _second),
    "recursiveUpdate": Function(2, _merged),
    "mergeAttrs": Function(2, _merged),
    "mergeAttrsList": Function(1, _merged_list),
    "foldl'": Function(3, _fold),
    "foldl": Function(3, _fold),
    "readDir": Function(1, _read_dir),
    "pathExists": Function(1, _path_exists),
    "listFilesRecursive": Function(1, _files_below),
    "import-tree": Function(1, _import_tree),
    "importTree": Function(1, _import_tree),
    "toString": Function(1, _to_string),
    "toPath": Function(1, _to_string),
    "baseNameOf": Function(1, _base_name),
    "dirOf": Function(1, _folder_of),
    "hasSuffix": Function(2, _with_suffix),
    "hasPrefix": Function(2, _with_prefix),
    "hasInfix": Function(2, _with_infix),
    "removeSuffix": Function(2, _without_suffix),
    "removePrefix": Function(2, _without_prefix),
    "splitString": Function(2, _split),
    "elemAt": Function(2, _element_at),
    "head": Function(1, _head),
    "last": Function(1, _last),
    "elem": Function(2, _elem),
    "withSystem": Function(2, _with_system),
    "extend": Function(1, _extended),
    "eachDefaultSystemPassThrough": Function(1, _pass_through),
    "readFile": Function(1, _read_file),
    "fromJSON": Function(1, _from_json),
    "fromTOML": Function(1, _from_toml),
    "importJSON": Function(1, _import_json),
    "importTOML": Function(1, _import_toml),
    "concatStringsSep": Function(2, _joined),
    "mapAttrsRecursive": Function(2, _map_attrs_recursive),
    "collect": Function(2, _collect),
    "isString": Function(1, _is_string),
    "isAttrs": Function(1, _is_set),
    "pipe": Function(2, _pipe),
    "foldr": Function(3, _fold_right),
    "singleton": Function(1, _singleton),
    "makeOverridable": Function(2, _called),
    "fix": Function(1, _fixed),
    "makeExtensible": Function(1, _fixed),
    "const": Function(2, _first),
    "id": Function(1, _first),
    "seq": Function(2, _second),
    "deepSeq": Function(2, _second),
    "trace": Function(2, _second),
}
"""By the last segment of the name they are called by, with how many arguments they take."""
