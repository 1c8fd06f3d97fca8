"""What stands in a declaration of an option: the arguments of `mkOption`, and the types."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nix_lsp.ide.model import CompletionItem, CompletionKind
from nix_lsp.syntax.ast import application, bindings, descent, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from nix_lsp.syntax.document import Document

OPTION_ARGUMENTS: Mapping[str, tuple[str, str]] = {
    "type": ("lib.types.$1", "which values it takes, and how definitions join"),
    "default": ("$1", "the value without any definition"),
    "description": ('"$1"', "what it does, in CommonMark"),
    "example": ("$1", "a value for the documentation"),
    "defaultText": ('lib.literalExpression "$1"', "how the documentation shows a computed default"),
    "apply": ("value: $1", "a function over the final value"),
    "internal": ("true", "hidden from the documentation"),
    "visible": ("false", "whether the documentation shows it"),
    "readOnly": ("true", "it is defined once"),
    "relatedPackages": ("[ $1 ]", "packages that the documentation names"),
}
"""The arguments of `mkOption` with a snippet and a meaning (nixpkgs, lib/options.nix)."""

TYPES: Mapping[str, tuple[str, str]] = {
    "str": ("", "a string; two definitions are an error"),
    "bool": ("", "true or false"),
    "int": ("", "an integer"),
    "path": ("", "an absolute path, or what becomes one"),
    "package": ("", "a derivation"),
    "port": ("", "0 to 65535"),
    "lines": ("", "strings that are joined by line breaks"),
    "listOf": (" $1", "a list of a type; definitions are joined"),
    "attrsOf": (" $1", "a set with values of a type; definitions are joined"),
    "nullOr": (" $1", "null, or a type"),
    "enum": (" [ $1 ]", "one of some values"),
    "submodule": (" {\n  options = {\n    $1\n  \\};\n\\}", "a set with options of its own"),
    "either": (" $1 $2", "one type or another"),
    "oneOf": (" [ $1 ]", "one of some types"),
    "attrs": ("", "any set; definitions are joined at the top only"),
    "lazyAttrsOf": (" $1", "like attrsOf, for values that refer to each other"),
    "nonEmptyListOf": (" $1", "a list with at least one element"),
    "nonEmptyStr": ("", "a string with more in it than blanks"),
    "singleLineStr": ("", "a string without line breaks"),
    "strMatching": (' "$1"', "a string that matches a regular expression"),
    "separatedString": (' "$1"', "strings that are joined by a separator"),
    "commas": ("", "strings that are joined by commas"),
    "envVar": ("", "strings that are joined by colons"),
    "number": ("", "an integer or a float"),
    "float": ("", "a floating-point number"),
    "numbers": ("", "numbers within bounds: numbers.between, numbers.positive, …"),
    "ints": ("", "integers within bounds: ints.between, ints.positive, ints.u8, …"),
    "anything": ("", "any value; sets are joined deeply"),
    "raw": ("", "any value, not looked at and not joined"),
    "unspecified": ("", "any value"),
    "functionTo": (" $1", "a function that returns a type"),
    "pathInStore": ("", "a path in the store"),
    "shellPackage": ("", "a package with a login shell"),
    "deferredModule": ("", "a module that is evaluated later"),
    "submoduleWith": (" { modules = [ $1 ]; \\}", "a submodule with further arguments"),
    "optionType": ("", "a type"),
    "uniq": (" $1", "a type with one definition only"),
    "unique": (' { message = "$1"; \\} $2', "a type with one definition only, and what to say of two"),
    "coercedTo": (" $1 $2 $3", "a type, or another that a function turns into it"),
    "passwdEntry": (" $1", "a type that fits into /etc/passwd"),
}
"""The types that all releases known here have, with what follows them and a meaning, frequent ones first (nixpkgs, lib/types.nix)."""


def declares_option(document: Document, offset: int) -> bool:
    """Tell whether the binding at a byte offset stands directly in the set that `mkOption` is given."""
    chain = descent(document.root, offset)
    for index in range(len(chain) - 1, 0, -1):
        if chain[index].type in {"attrset_expression", "rec_attrset_expression"}:
            if chain[index - 1].type != "apply_expression":
                return False
            function, arguments = application(chain[index - 1])
            return len(arguments) == 1 and text(function).rpartition(".")[2] == "mkOption"
        if chain[index].type == "binding" and chain[index + 1 :] and chain[index + 1].type != "attrpath":
            return False
    return False


def argument_items(document: Document, offset: int) -> Iterator[CompletionItem]:
    """Yield the arguments of `mkOption` that the set at a byte offset does not have yet, as new bindings."""
    chain = descent(document.root, offset)
    owner = next((node for node in reversed(chain) if node.type.endswith("attrset_expression")), None)
    taken: set[str] = set()
    for binding in bindings(owner) if owner else ():
        path = binding.child_by_field_name("attrpath")
        if path and not path.start_byte <= offset <= path.end_byte:
            taken.add(text(path))
    for rank, (name, (value, meaning)) in enumerate(OPTION_ARGUMENTS.items()):
        if name not in taken:
            insert = f"{name} = {value};"
            yield CompletionItem(name, CompletionKind.ATTRIBUTE, insert, True, name, detail=meaning, sort=f"0{rank:02}")


def type_items() -> Iterator[CompletionItem]:
    """Yield what stands behind `lib.types.`."""
    for rank, (name, (rest, meaning)) in enumerate(TYPES.items()):
        yield CompletionItem(
            name,
            CompletionKind.BUILTIN if rest else CompletionKind.VALUE,
            f"{name}{rest}",
            bool(rest),
            name,
            detail=meaning,
            sort=f"0{rank:02}",
        )
