"""What the module system prints for a type: phrases by the name below `lib.types`, and how containers go round them."""

from __future__ import annotations

import re

PHRASES = {
    "anything": "anything",
    "attrs": "attribute set",
    "bool": "boolean",
    "commas": 'strings concatenated with ","',
    "deferredModule": "module",
    "envVar": 'strings concatenated with ":"',
    "float": "floating point number",
    "fileset": "fileset",
    "int": "signed integer",
    "lines": 'strings concatenated with "\\n"',
    "nonEmptyStr": "non-empty string",
    "number": "signed integer or floating point number",
    "numbers.nonnegative": "nonnegative integer or floating point number, meaning >=0",
    "numbers.positive": "positive integer or floating point number, meaning >0",
    "package": "package",
    "passwdEntry": "string, not containing newlines or colons",
    "path": "absolute path",
    "pathInStore": "path in the Nix store",
    "pkgs": "Nixpkgs package set",
    "port": "16 bit unsigned integer; between 0 and 65535 (both inclusive)",
    "raw": "raw value",
    "separatedString": "string",
    "shellPackage": "package",
    "singleLineStr": "(optionally newline-terminated) single-line string",
    "str": "string",
    "string": "string",
    "unspecified": "unspecified value",
    "ints.u8": "8 bit unsigned integer; between 0 and 255 (both inclusive)",
    "ints.u16": "16 bit unsigned integer; between 0 and 65535 (both inclusive)",
    "ints.u32": "32 bit unsigned integer; between 0 and 4294967295 (both inclusive)",
    "ints.s8": "8 bit signed integer; between -128 and 127 (both inclusive)",
    "ints.s16": "16 bit signed integer; between -32768 and 32767 (both inclusive)",
    "ints.s32": "32 bit signed integer; between -2147483648 and 2147483647 (both inclusive)",
    "ints.unsigned": "unsigned integer, meaning >=0",
    "ints.positive": "positive integer, meaning >0",
}
"""Phrases of nixpkgs' lib/types.nix by the name below `lib.types`."""
CONTAINERS = {
    "listOf": ("list of", "*"),
    "nonEmptyListOf": ("non-empty list of", "*"),
    "attrsOf": ("attribute set of", "<name>"),
    "lazyAttrsOf": ("lazy attribute set of", "<name>"),
    "nullOr": ("null or", None),
    "uniq": ("", None),
}
"""What a type constructor puts before its element's phrase, and the path segment that its elements stand under."""
_MEANING = re.compile(r"^(?:[^(]|\([^()]*\))*, meaning [^,]*$")
"""A clause that ends a phrase, outside parentheses."""


def wrapped(phrase: str | None, wraps: list[str]) -> str | None:
    """Put the containers' phrases round an element's, parenthesised as `optionDescriptionPhrase` in lib/types.nix does."""
    if phrase is None:
        return None
    for before in reversed(wraps):
        if before == "non-empty list of":
            phrase = f"non-empty ({wrapped(phrase, ['list of'])})"
        elif before:
            fits = _FITS["null or" if before == "null or" else "of"]
            phrase = f"{before} {phrase}" if phrase_class(phrase) in fits else f"{before} ({phrase})"
    return phrase


_FITS = {"null or": frozenset({"noun", "or"}), "of": frozenset({"noun", "of"})}
"""Which kinds of phrases need no parentheses after a container's."""


def phrase_class(phrase: str) -> str:
    """Return what kind of phrase it is (`descriptionClass` in lib/types.nix): `noun`, `of`, `or`, or `clause`."""
    if phrase in {"submodule", "attribute set"} or phrase.endswith(" convertible to it") or _MEANING.search(phrase):
        return "clause"
    if phrase.startswith(tuple(before for before, _ in CONTAINERS.values() if before.endswith("of"))):
        return "of"
    return "or" if " or " in phrase or phrase.startswith("one of ") else "noun"
