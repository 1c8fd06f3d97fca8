"""Nix's builtins: argument names and types as `nix __dump-language` prints them, and a sentence on each in our own words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from option_index.records import Builtin

if TYPE_CHECKING:
    from collections.abc import Mapping

_GLOBAL = {
    *("abort", "baseNameOf", "break", "builtins", "derivation", "derivationStrict", "dirOf", "false", "fetchGit"),
    *("fetchMercurial", "fetchTarball", "fetchTree", "fromTOML", "import", "isNull", "map", "null", "placeholder"),
    *("removeAttrs", "scopedImport", "throw", "toString", "true"),
}
"""In scope without `builtins.` (Nix src/libexpr/primops.cc: those registered without the `__` prefix)."""

_UNDOCUMENTED: dict[str, tuple[str, ...]] = {
    "addErrorContext": ("message", "value"),
    "appendContext": ("s", "context"),
    "derivation": ("attrs",),
    "derivationStrict": ("attrs",),
    "fetchMercurial": ("args",),
}
"""Builtins that the dump leaves out because Nix does not document them."""

_TYPES = {"Boolean": "bool", "integer": "int", "null": "null", "set": "set", "list": "list", "string": "string"}

_SUMMARIES = {
    "abort": "Stops the whole evaluation with a message; `tryEval` does not catch it.",
    "add": "Adds two numbers, as `+` does.",
    "addDrvOutputDependencies": "Makes a string that names a derivation file depend on the outputs of that derivation too.",
    "addErrorContext": "Adds a line to the error trace if evaluating the value fails.",
    "all": "Tells whether a predicate holds for every element of a list.",
    "any": "Tells whether a predicate holds for at least one element of a list.",
    "appendContext": "Adds store path dependencies to a string's context.",
    "attrNames": "Lists the names of a set's attributes in alphabetical order.",
    "attrValues": "Lists the values of a set's attributes in the order of their names.",
    "baseNameOf": "Returns what stands after the last slash of a path or string.",
    "bitAnd": "Computes the bitwise AND of two integers.",
    "bitOr": "Computes the bitwise OR of two integers.",
    "bitXor": "Computes the bitwise XOR of two integers.",
    "break": "Opens the debugger here when evaluation runs under `--debugger`; returns its argument otherwise.",
    "builtins": "The set that holds every built-in function and constant.",
    "catAttrs": "Collects one attribute from each set of a list, skipping the sets that lack it.",
    "ceil": "Rounds a number up to an integer.",
    "compareVersions": "Compares two version strings: -1 for older, 0 for equal, 1 for newer.",
    "concatLists": "Joins a list of lists into one list.",
    "concatMap": "Applies a function that returns lists to each element and joins the results.",
    "concatStringsSep": "Joins the strings of a list with a separator between them.",
    "convertHash": "Writes a hash in another notation, for example base 16 as SRI.",
    "currentSystem": "The system that Nix evaluates for, such as `x86_64-linux`; absent in pure evaluation.",
    "currentTime": "The Unix time at which evaluation began; absent in pure evaluation.",
    "deepSeq": "Evaluates the first argument with all its parts, then returns the second.",
    "derivation": "Describes a build step: evaluates to a set with the paths that building it will produce.",
    "derivationStrict": "The primitive below `derivation`: writes the derivation file and returns its paths.",
    "dirOf": "Returns what stands before the last slash of a path or string.",
    "div": "Divides two numbers, as `/` does; integers divide to an integer.",
    "elem": "Tells whether a list holds a value equal to the first argument.",
    "elemAt": "Returns the element of a list at a position counted from 0.",
    "false": "The boolean value that is not true.",
    "fetchClosure": "Copies a store path with all it depends on from a binary cache.",
    "fetchGit": "Fetches a Git repository at evaluation time and returns its store path and metadata.",
    "fetchMercurial": "Fetches a Mercurial repository at evaluation time and returns its store path and metadata.",
    "fetchTarball": "Downloads and unpacks a tarball at evaluation time; pin its `sha256` for a reproducible result.",
    "fetchTree": "Fetches a source tree or file from a flake-like reference and returns its store path and metadata.",
    "fetchurl": "Downloads a file at evaluation time and returns its store path.",
    "filter": "Keeps the elements of a list for which a predicate holds.",
    "filterSource": "Copies a directory to the store without the files that a predicate rejects; `builtins.path` does this better.",
    "findFile": "Looks a name up in a search path, as `<name>` does.",
    "flakeRefToString": "Writes a flake reference given as a set in its URL form.",
    "floor": "Rounds a number down to an integer.",
    "foldl'": "Folds a list from the left with a binary function, evaluating each intermediate result.",
    "fromJSON": "Parses a JSON string into a Nix value.",
    "fromTOML": "Parses a TOML string into a Nix value.",
    "functionArgs": "Returns a function's formal arguments as a set; the value tells whether the argument has a default.",
    "genList": "Builds a list of a given length by applying a function to each position.",
    "genericClosure": "Collects everything reachable from a start set by an operator, once for each distinct `key`.",
    "getAttr": "Returns the attribute of a set whose name is computed, as `set.${name}` does.",
    "getContext": "Returns the store paths that a string depends on.",
    "getEnv": "Returns an environment variable, or the empty string; always empty in pure evaluation.",
    "getFlake": "Fetches a flake and returns its outputs and metadata.",
    "groupBy": "Sorts the elements of a list into lists by the name that a function gives each.",
    "hasAttr": "Tells whether a set has an attribute, as `set ? name` does for a computed name.",
    "hasContext": "Tells whether a string depends on store paths.",
    "hashFile": "Hashes a file's content with the named algorithm, in base 16.",
    "hashString": "Hashes a string with the named algorithm, in base 16.",
    "head": "Returns the first element of a list, which must not be empty.",
    "import": "Evaluates the Nix file at a path, or `default.nix` in a directory, and returns its value.",
    "intersectAttrs": "Returns the attributes of the second set whose names occur in the first.",
    "isAttrs": "Tells whether a value is an attribute set.",
    "isBool": "Tells whether a value is a boolean.",
    "isFloat": "Tells whether a value is a floating point number.",
    "isFunction": "Tells whether a value is a function.",
    "isInt": "Tells whether a value is an integer.",
    "isList": "Tells whether a value is a list.",
    "isNull": "Tells whether a value is null; `value == null` says the same.",
    "isPath": "Tells whether a value is a path.",
    "isString": "Tells whether a value is a string.",
    "langVersion": "The version number of the Nix language.",
    "length": "Returns the number of elements of a list.",
    "lessThan": "Tells whether the first value is less than the second, as `<` does.",
    "listToAttrs": "Builds a set from a list of `{ name, value }` pairs; the first of two equal names wins.",
    "map": "Applies a function to each element of a list.",
    "mapAttrs": "Replaces each attribute's value by a function of its name and value.",
    "match": "Matches a whole string against an extended regular expression: the groups as a list, or null.",
    "mul": "Multiplies two numbers, as `*` does.",
    "nixPath": "The entries of the search path that `<name>` is looked up in.",
    "nixVersion": "The version of Nix that evaluates.",
    "null": "The value that stands for none.",
    "outputOf": "Returns the path of an output of a derivation that is itself built by another.",
    "parseDrvName": "Splits a package name such as `hello-2.12` into its name and version.",
    "parseFlakeRef": "Reads a flake reference URL into a set.",
    "partition": "Splits a list into `right`, for which a predicate holds, and `wrong`.",
    "path": "Copies a path to the store under a name, with a filter or a pinned hash as wanted.",
    "pathExists": "Tells whether a path exists while evaluating.",
    "placeholder": "Returns a string that stands for an output's path until the derivation is built.",
    "readDir": "Lists a directory as a set from entry names to `regular`, `directory`, `symlink` or `unknown`.",
    "readFile": "Returns the content of a file as a string.",
    "readFileType": "Tells whether a path is a `regular` file, a `directory`, a `symlink` or `unknown`.",
    "removeAttrs": "Returns a set without the attributes that a list names.",
    "replaceStrings": "Replaces each occurrence of the strings of one list by those of another.",
    "scopedImport": "Evaluates the Nix file at a path with further names in scope.",
    "seq": "Evaluates the first argument, then returns the second.",
    "sort": "Sorts a list, stably, by a function that tells whether one element goes before another.",
    "split": "Splits a string where a regular expression matches: unmatched text and lists of groups in turn.",
    "splitVersion": "Splits a version string into the parts that version comparison looks at.",
    "storeDir": "The directory of the Nix store, such as `/nix/store`.",
    "storePath": "Refers to a path that is in the store already; not available in pure evaluation.",
    "stringLength": "Returns the length of a string in bytes.",
    "sub": "Subtracts the second number from the first, as `-` does.",
    "substring": "Returns the part of a string from a byte position, of at most a given length.",
    "tail": "Returns a list without its first element.",
    "throw": "Fails with a message; `tryEval` can catch it.",
    "toFile": "Writes a string to a file in the store and returns its path.",
    "toJSON": "Writes a value as JSON.",
    "toPath": "Makes an absolute path of a string; deprecated: write `/. + string`.",
    "toString": "Converts a value to a string; true is `1`, false and null are empty, lists are joined by spaces.",
    "toXML": "Writes a value as XML.",
    "trace": "Prints the first argument to standard error and returns the second.",
    "traceVerbose": "Like `trace`, but prints only under `--trace-verbose`.",
    "true": "The boolean value that is true.",
    "tryEval": "Evaluates a value and tells whether that succeeded: a set of `success` and `value`.",
    "typeOf": "Names the type of a value: `int`, `bool`, `string`, `path`, `null`, `set`, `list`, `lambda` or `float`.",
    "unsafeDiscardOutputDependency": "Makes a string depend on a derivation's file only, no longer on its outputs.",
    "unsafeDiscardStringContext": "Returns a string without the store paths that it depends on.",
    "unsafeGetAttrPos": "Returns the file, line and column where an attribute of a set is defined.",
    "warn": "Prints a warning to standard error and returns the second argument.",
    "zipAttrsWith": "Merges a list of sets: a function of each name and all its values gives the merged value.",
}


_SINCE = {
    "addDrvOutputDependencies": "2.19",
    "convertHash": "2.19",
    "readFileType": "2.14",
    "traceVerbose": "2.10",
    "warn": "2.23",
}
"""The release of Nix that has brought a builtin (the first tag of Nix whose `src/libexpr` registers it), of those younger than the oldest Nix that matters."""


def read_builtins(dump: Mapping[str, Mapping[str, Any]]) -> list[Builtin]:
    """Return all builtins by name."""
    arguments = {name: tuple(row.get("args") or ()) for name, row in dump.items()} | _UNDOCUMENTED
    return [
        Builtin(
            name=name,
            args=arguments[name],
            type=_TYPES.get(dump[name].get("type", "")) if name in dump else None,
            summary=_SUMMARIES[name],
            global_scope=name in _GLOBAL,
            since=_SINCE.get(name),
        )
        for name in sorted(arguments)
    ]
