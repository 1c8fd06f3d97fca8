"""The functions of `builtins` and `lib` that lists of modules and hosts are made with: a table, one row each."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.analysis.partial.fetch_functions import fetched, fetched_from_github, flake_of
from nix_lsp.analysis.partial.file_functions import (
    call_with,
    files_below,
    from_json,
    from_toml,
    import_apply,
    import_json,
    import_toml,
    import_tree,
    imported,
    path_exists,
    read_dir,
    read_file,
)
from nix_lsp.analysis.partial.list_functions import (
    concat_map,
    element_at,
    filtered,
    flatten,
    fold_right,
    folded,
    for_each,
    head,
    is_element,
    last,
    mapped,
    optional,
    optionals,
    pipe,
    removed,
    singleton,
    to_list,
)
from nix_lsp.analysis.partial.module_functions import (
    any_of,
    called,
    extended,
    first,
    fixed,
    flipped,
    function_args,
    is_function,
    is_list,
    is_path,
    is_set,
    is_string,
    pass_through,
    second,
    third,
    with_system,
)
from nix_lsp.analysis.partial.set_functions import (
    attr_names,
    attr_values,
    attrs_to_list,
    collect,
    filter_attrs,
    folded_attrs,
    gen_attrs,
    intersected,
    list_to_attrs,
    map_attrs,
    map_attrs_prime,
    map_attrs_recursive,
    map_attrs_to_list,
    merged,
    merged_list,
    name_value_pair,
    optional_attrs,
    remove_attrs,
    set_attr_by_path,
)
from nix_lsp.analysis.partial.text_functions import (
    base_name,
    folder_of,
    joined,
    optional_string,
    split,
    to_string,
    with_infix,
    with_prefix,
    with_suffix,
    without_prefix,
    without_suffix,
)
from nix_lsp.analysis.partial.value import Call, Symbol, Thunk, Unknown, Value, choice, given

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
        and function.run is not import_tree
    ):
        return application
    if application.function.path[-1] == "extend":
        return choice((given(extended(evaluator, application.args)), given(Symbol(application.function.path[:-1]))))
    value = function.run(evaluator, application.args)
    # What is not seen to fetch a source stays a call, as any function that nobody knows.
    return application if isinstance(value, Unknown) and application.function.path[-1] in _FETCHING else value


_FETCHING = frozenset({"fetchTarball", "fetchGit", "fetchTree", "fetchzip", "fetchFromGitHub", "getFlake"})

FUNCTIONS: dict[str, Function] = {
    "import": Function(1, imported),
    "map": Function(2, mapped),
    "forEach": Function(2, for_each),
    "concatMap": Function(2, concat_map),
    "flatten": Function(1, flatten),
    "concatLists": Function(1, flatten),
    "unique": Function(1, first),
    "mapAttrs": Function(2, map_attrs),
    "mapAttrsToList": Function(2, map_attrs_to_list),
    "mapAttrs'": Function(2, map_attrs_prime),
    "genAttrs": Function(2, gen_attrs),
    "listToAttrs": Function(1, list_to_attrs),
    "nameValuePair": Function(2, name_value_pair),
    "attrValues": Function(1, attr_values),
    "attrNames": Function(1, attr_names),
    "filter": Function(2, filtered),
    "filterAttrs": Function(2, filter_attrs),
    "removeAttrs": Function(2, remove_attrs),
    "setAttrByPath": Function(2, set_attr_by_path),
    "optional": Function(2, optional),
    "optionals": Function(2, optionals),
    "optionalAttrs": Function(2, optional_attrs),
    "mkIf": Function(2, second),
    "mkMerge": Function(1, any_of),
    "mkDefault": Function(1, first),
    "mkForce": Function(1, first),
    "mkBefore": Function(1, first),
    "mkAfter": Function(1, first),
    "mkOverride": Function(2, second),
    "mkOrder": Function(2, second),
    "importApply": Function(2, import_apply),
    "setDefaultModuleLocation": Function(2, second),
    "recursiveUpdate": Function(2, merged),
    "mergeAttrs": Function(2, merged),
    "mergeAttrsList": Function(1, merged_list),
    "foldl'": Function(3, folded),
    "foldl": Function(3, folded),
    "readDir": Function(1, read_dir),
    "pathExists": Function(1, path_exists),
    "listFilesRecursive": Function(1, files_below),
    "import-tree": Function(1, import_tree),
    "importTree": Function(1, import_tree),
    "toString": Function(1, to_string),
    "toPath": Function(1, to_string),
    "baseNameOf": Function(1, base_name),
    "dirOf": Function(1, folder_of),
    "hasSuffix": Function(2, with_suffix),
    "hasPrefix": Function(2, with_prefix),
    "hasInfix": Function(2, with_infix),
    "removeSuffix": Function(2, without_suffix),
    "removePrefix": Function(2, without_prefix),
    "splitString": Function(2, split),
    "elemAt": Function(2, element_at),
    "head": Function(1, head),
    "last": Function(1, last),
    "elem": Function(2, is_element),
    "withSystem": Function(2, with_system),
    "extend": Function(1, extended),
    "eachDefaultSystemPassThrough": Function(1, pass_through),
    "readFile": Function(1, read_file),
    "fromJSON": Function(1, from_json),
    "fromTOML": Function(1, from_toml),
    "importJSON": Function(1, import_json),
    "importTOML": Function(1, import_toml),
    "concatStringsSep": Function(2, joined),
    "mapAttrsRecursive": Function(2, map_attrs_recursive),
    "collect": Function(2, collect),
    "isString": Function(1, is_string),
    "isAttrs": Function(1, is_set),
    "isFunction": Function(1, is_function),
    "functionArgs": Function(1, function_args),
    "pipe": Function(2, pipe),
    "foldr": Function(3, fold_right),
    "singleton": Function(1, singleton),
    "makeOverridable": Function(2, called),
    "fix": Function(1, fixed),
    "makeExtensible": Function(1, fixed),
    "const": Function(2, first),
    "id": Function(1, first),
    "intersectAttrs": Function(2, intersected),
    "foldlAttrs": Function(3, folded_attrs),
    "callPackageWith": Function(3, call_with),
    "flip": Function(3, flipped),
    "toList": Function(1, to_list),
    "remove": Function(2, removed),
    "attrsToList": Function(1, attrs_to_list),
    "isPath": Function(1, is_path),
    "isList": Function(1, is_list),
    "optionalString": Function(2, optional_string),
    "warn": Function(2, second),
    "warnIf": Function(3, third),
    "addErrorContext": Function(2, second),
    "seq": Function(2, second),
    "deepSeq": Function(2, second),
    "trace": Function(2, second),
    "fetchTarball": Function(1, fetched),
    "fetchGit": Function(1, fetched),
    "fetchTree": Function(1, fetched),
    "fetchzip": Function(1, fetched),
    "fetchFromGitHub": Function(1, fetched_from_github),
    "getFlake": Function(1, flake_of),
}
"""By the last segment of the name they are called by, with how many arguments they take."""
