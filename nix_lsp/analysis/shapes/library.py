"""The functions that everybody knows: of `builtins`, `lib`, `pkgs` and flake-utils. A table, one row each."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.analysis.shapes.file_functions import (
    NIXPKGS,
    folder_of,
    from_json,
    from_toml,
    import_json,
    import_toml,
    imported,
    nixpkgs,
    read_dir,
    read_file,
    to_string,
)
from nix_lsp.analysis.shapes.list_functions import (
    an_element,
    concat_map,
    concatenated,
    filtered,
    first_found,
    folded,
    for_each,
    head,
    mapped,
    optional,
    optionals,
    singleton,
)
from nix_lsp.analysis.shapes.package_functions import call_package, derivation, with_packages
from nix_lsp.analysis.shapes.set_functions import (
    attr_names,
    attr_values,
    each_system,
    filter_attrs,
    gen_attrs,
    list_to_attrs,
    map_attrs,
    map_attrs_prime,
    map_attrs_to_list,
    merged,
    merged_list,
    name_value_pair,
    optional_attrs,
    recursive_update,
    remove_attrs,
)
from nix_lsp.analysis.shapes.shape import (
    ANY,
    Known,
    Lazy,
    Listing,
    Package,
    Plain,
    Shape,
    known,
)
from nix_lsp.analysis.shapes.value_functions import (
    argument,
    content,
    contents,
    extended_library,
    fixed,
    fixed_open,
    never,
    option,
    overridable,
    pipe,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from nix_lsp.analysis.shapes.inference import Inference

    Arguments = tuple[Lazy, ...]

_STRING, _BOOLEAN, _INTEGER = Plain("string"), Plain("boolean"), Plain("integer")


class Row(NamedTuple):
    arity: int
    run: Callable[[Inference, Arguments], Shape]


def call(inference: Inference, function: Known) -> Shape:
    """Return what a known function gives that has got its arguments; with too few of them the function as it is."""
    if function.name[0] == "pkgs" and function.name[-1].endswith("ithPackages"):
        return with_packages(inference, function)
    row = _row(function.name)
    if row is None:
        return _package_call(function)
    if len(function.args) < row.arity:
        return function
    result = row.run(inference, function.args[: row.arity])
    for more in function.args[row.arity :]:
        result = inference.apply(result, more)
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


def _giving(shape: Shape) -> Callable[[Inference, Arguments], Shape]:
    return lambda _, __: shape


def _always(arity: int, shape: Shape, names: str) -> dict[str, Row]:
    return dict.fromkeys(names.split(), Row(arity, _giving(shape)))


_LIBRARY: Mapping[str, Row] = {
    "import": Row(1, imported),
    NIXPKGS: Row(1, nixpkgs),
    "readDir": Row(1, read_dir),
    "readFile": Row(1, read_file),
    "fromJSON": Row(1, from_json),
    "fromTOML": Row(1, from_toml),
    "importJSON": Row(1, import_json),
    "importTOML": Row(1, import_toml),
    "dirOf": Row(1, folder_of),
    "toString": Row(1, to_string),
    "mapAttrs": Row(2, map_attrs),
    "mapAttrs'": Row(2, map_attrs_prime),
    "mapAttrsToList": Row(2, map_attrs_to_list),
    "genAttrs": Row(2, gen_attrs),
    "listToAttrs": Row(1, list_to_attrs),
    "nameValuePair": Row(2, name_value_pair),
    "attrValues": Row(1, attr_values),
    "attrNames": Row(1, attr_names),
    "filterAttrs": Row(2, filter_attrs),
    "removeAttrs": Row(2, remove_attrs),
    "optionalAttrs": Row(2, optional_attrs),
    "recursiveUpdate": Row(2, recursive_update),
    "mergeAttrs": Row(2, merged),
    "mergeAttrsList": Row(1, merged_list),
    "map": Row(2, mapped),
    "forEach": Row(2, for_each),
    "concatMap": Row(2, concat_map),
    "flatten": Row(1, _giving(Listing((known(ANY),), is_exact=False))),
    "concatLists": Row(1, concatenated),
    "filter": Row(2, filtered),
    "findFirst": Row(3, first_found),
    "head": Row(1, head),
    "last": Row(1, an_element),
    "elemAt": Row(2, an_element),
    "unique": Row(1, argument(0)),
    "optional": Row(2, optional),
    "optionals": Row(2, optionals),
    "singleton": Row(1, singleton),
    "foldl'": Row(3, folded),
    "foldl": Row(3, folded),
    "id": Row(1, argument(0)),
    "const": Row(2, argument(0)),
    "seq": Row(2, argument(1)),
    "deepSeq": Row(2, argument(1)),
    "trace": Row(2, argument(1)),
    "traceVal": Row(1, argument(0)),
    "warn": Row(2, argument(1)),
    "warnIf": Row(3, argument(2)),
    "warnIfNot": Row(3, argument(2)),
    "throwIf": Row(3, argument(2)),
    "throwIfNot": Row(3, argument(2)),
    "addErrorContext": Row(2, argument(1)),
    "pipe": Row(2, pipe),
    "fix": Row(1, fixed),
    "makeExtensible": Row(1, fixed_open),
    "makeScope": Row(2, fixed_open),
    "makeOverridable": Row(2, overridable),
    "recurseIntoAttrs": Row(1, content(0)),
    "dontRecurseIntoAttrs": Row(1, content(0)),
    "extend": Row(1, extended_library),
    "throw": Row(1, never),
    "abort": Row(1, never),
    "mkIf": Row(2, content(1)),
    "mkMerge": Row(1, contents),
    "mkDefault": Row(1, content(0)),
    "mkForce": Row(1, content(0)),
    "mkBefore": Row(1, content(0)),
    "mkAfter": Row(1, content(0)),
    "mkOverride": Row(2, content(1)),
    "mkOrder": Row(2, content(1)),
    "mkOption": Row(1, option),
    "mkEnableOption": Row(1, option),
    "mkPackageOption": Row(3, option),
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

_PACKAGES: Mapping[str, Row] = {
    "callPackage": Row(2, call_package),
    "mkDerivation": Row(1, derivation),
    "mkDerivationNoCC": Row(1, derivation),
    "mkShell": Row(1, derivation),
    "mkShellNoCC": Row(1, derivation),
    "buildPythonPackage": Row(1, derivation),
    "buildPythonApplication": Row(1, derivation),
    "buildRustPackage": Row(1, derivation),
    "buildGoModule": Row(1, derivation),
    "writeText": Row(2, _giving(Package(known(ANY)))),
    **_always(2, Package(known(ANY)), "writeShellScript writeShellScriptBin writeScript writeScriptBin"),
    **_always(3, Package(known(ANY)), "runCommand runCommandLocal runCommandCC"),
}
"""Of `pkgs`, by the last name."""

_INPUTS: Mapping[str, Row] = {
    "eachDefaultSystem": Row(1, each_system),
    "eachSystem": Row(2, each_system),
    **{name: row for name, row in _LIBRARY.items() if name in {"genAttrs", "mapAttrs", "recursiveUpdate"}},
}
"""Of a flake input's `lib`."""
