"""What kind of value the functions that everybody knows return, whatever they are given: builtins, nixpkgs' lib, `pkgs`."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.syntax.ast import application, select_path

if TYPE_CHECKING:
    from collections.abc import Callable

    from tree_sitter import Node

    from nix_lsp.syntax.document import Document


class _Result(NamedTuple):
    arguments: int
    kind: str
    heads: tuple[str, ...]


def _functions(arguments: int, kind: str, heads: tuple[str, ...], names: str) -> dict[str, _Result]:
    return dict.fromkeys(names.split(), _Result(arguments, kind, heads))


_BOTH = ("lib", "builtins")
_KNOWN: dict[str, _Result] = {
    **_functions(1, "string", _BOTH, "toString readFile toJSON toXML"),
    **_functions(2, "string", _BOTH, "concatStringsSep"),
    **_functions(3, "string", _BOTH, "replaceStrings"),
    **_functions(1, "string", ("lib",), "concatStrings concatLines escapeShellArg escapeShellArgs toLower toUpper"),
    **_functions(1, "string", ("lib",), "getExe makeBinPath makeLibraryPath boolToString fileContents"),
    **_functions(2, "string", ("lib",), "getExe' optionalString concatMapStrings makeSearchPath"),
    **_functions(2, "string", ("lib",), "removePrefix removeSuffix"),
    **_functions(3, "string", ("lib",), "concatMapStringsSep concatImapStringsSep"),
    **_functions(1, "list", _BOTH, "attrNames attrValues concatLists"),
    **_functions(2, "list", _BOTH, "map filter concatMap genList"),
    **_functions(1, "list", ("lib",), "unique flatten singleton toList"),
    **_functions(2, "list", ("lib",), "mapAttrsToList splitString range subtractLists intersectLists"),
    **_functions(2, "set", _BOTH, "mapAttrs removeAttrs"),
    **_functions(1, "set", _BOTH, "listToAttrs"),
    **_functions(2, "set", ("lib",), "mapAttrs' filterAttrs genAttrs nameValuePair"),
    **_functions(1, "boolean", _BOTH, "isNull isString isAttrs isList pathExists"),
    **_functions(2, "boolean", _BOTH, "elem any all"),
    **_functions(2, "boolean", ("lib",), "hasPrefix hasSuffix hasInfix versionAtLeast versionOlder"),
    **_functions(1, "integer", _BOTH, "length stringLength"),
    **_functions(2, "package", ("pkgs",), "writeText writeShellScript writeShellScriptBin writeScript writeScriptBin"),
    **_functions(1, "package", ("pkgs",), "writeShellApplication writeTextFile symlinkJoin buildEnv fetchurl"),
    **_functions(1, "package", ("pkgs",), "fetchFromGitHub fetchzip fetchgit fetchpatch"),
    **_functions(3, "package", ("pkgs",), "runCommand runCommandLocal"),
}
_GLOBAL = frozenset({"toString", "map", "removeAttrs", "isNull"})
_CHANGES = frozenset({"override", "overrideAttrs", "withPackages"})
"""Functions of a package that return another."""


def kind_of_result(document: Document, call: Node, is_package: Callable[[str], bool] | None = None) -> str | None:
    """Return the kind (as in `Opaque`) of what an application of a well-known function returns; None for any other.

    `is_package` tells whether a dotted attribute below `pkgs` is a package; None: that is not asked.
    """
    function, arguments = application(call)
    path = select_path(function)
    name = path[-1] if path else None
    if name is None:
        return None
    known = _KNOWN.get(name)
    if known is None or known.arguments != len(arguments):
        if name not in _CHANGES or len(arguments) != 1 or is_package is None:
            return None
        return "package" if _is_of_package(document, function, is_package) else None
    if path == (name,) and name in _GLOBAL:
        from nix_lsp.analysis.scope import Name, resolve_name

        return None if isinstance(resolve_name(document, function), Name) else known.kind
    from nix_lsp.analysis.standard import standard_path

    meant = standard_path(document, function)
    return known.kind if meant and meant[0] in known.heads and meant[-1] == name else None


def _is_of_package(document: Document, function: Node, is_package: Callable[[str], bool]) -> bool:
    from nix_lsp.analysis.standard import standard_path

    meant = standard_path(document, function)
    return bool(meant and len(meant) > 2 and meant[0] == "pkgs" and is_package(".".join(meant[1:-1])))
