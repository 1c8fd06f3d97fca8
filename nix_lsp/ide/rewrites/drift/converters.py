"""Converters of single values: what the module sources' own conversion makes of them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nix_lsp.ide.rewrites.drift.conversion import Entry
from nix_lsp.syntax.layout import quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from nix_lsp.ide.rewrites.drift.conversion import Old

    Converted = Sequence[Entry] | None

_INTEGER = re.compile(r"0|-?[1-9][0-9]{0,17}")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,9})\.[0-9]{1,15}")


def same(old: Old) -> Converted:
    """The value stays as it is."""
    return _to(old.text)


def gone(old: Old) -> Converted:
    """The definition said what holds anyhow: `true`."""
    return () if old.boolean else None


def gone_where(*values: str) -> Callable[[Old], Converted]:
    """The definition said what holds anyhow, where it is one of these (Nix source)."""

    def convert(old: Old) -> Converted:
        return () if old.text in values else None

    return convert


def listed(old: Old) -> Converted:
    """`x` becomes `[ x ]`."""
    if old.node.type in {"list_expression", "attrset_expression"} or old.text == "null":
        return None
    return _to(f"[ {old.atom} ]")


def negated(old: Old) -> Converted:
    """A boolean becomes its opposite."""
    if old.boolean is not None:
        return _to("false" if old.boolean else "true")
    return _to(f"!{old.atom}")


def flag(old: Old) -> Converted:
    """`0` and `1` become booleans."""
    values = {"0": "false", "1": "true", "false": "false", "true": "true"}
    return _to(values[old.text]) if old.text in values else None


def chosen(when_true: str, when_false: str | None) -> Callable[[Old], Converted]:
    """A boolean becomes one of two values (Nix source); None: not known."""

    def convert(old: Old) -> Converted:
        if old.boolean is not None:
            value = when_true if old.boolean else when_false
            return _to(value) if value is not None else None
        return _to(f"if {old.text} then {when_true} else {when_false}") if when_false is not None else None

    return convert


def packages(attr: str) -> Callable[[Old], Converted]:
    """`true` becomes the list of one package."""

    def convert(old: Old) -> Converted:
        return _to(f"[ pkgs.{attr} ]") if old.boolean and old.has("pkgs") else None

    return convert


def package(attr: str) -> Callable[[Old], Converted]:
    """`true` becomes a package."""

    def convert(old: Old) -> Converted:
        return _to(f"pkgs.{attr}") if old.boolean and old.has("pkgs") else None

    return convert


def package_of(attrs: Mapping[str, str]) -> Callable[[Old], Converted]:
    """A string becomes one of some packages."""

    def convert(old: Old) -> Converted:
        attr = attrs.get(old.string or "")
        return _to(f"pkgs.{attr}") if attr and old.has("pkgs") else None

    return convert


def integer(old: Old) -> Converted:
    """A string of digits becomes the number."""
    return _to(old.string) if old.string is not None and _INTEGER.fullmatch(old.string) else None


def number(old: Old) -> Converted:
    """A string of a number with a fraction becomes the number."""
    return _to(old.string) if old.string is not None and _NUMBER.fullmatch(old.string) else None


def each(change: Callable[[str], str]) -> Callable[[Old], Converted]:
    """Every string of a list becomes another."""

    def convert(old: Old) -> Converted:
        if old.strings is None:
            return None
        return _to(f"[ {' '.join(quoted(change(text)) for text in old.strings)} ]" if old.strings else "[ ]")

    return convert


def text(change: Callable[[str], str | None]) -> Callable[[Old], Converted]:
    """A string becomes another; None: not known."""

    def convert(old: Old) -> Converted:
        new = change(old.string) if old.string is not None else None
        return _to(quoted(new)) if new is not None else None

    return convert


def joined(separator: str) -> Callable[[Old], Converted]:
    """A list of strings becomes one string."""

    def convert(old: Old) -> Converted:
        return _to(quoted(separator.join(old.strings))) if old.strings is not None else None

    return convert


def divided(divisor: int) -> Callable[[Old], Converted]:
    """A number becomes the whole of its quotient."""

    def convert(old: Old) -> Converted:
        return _to(str(old.integer // divisor)) if old.integer is not None else None

    return convert


def ordered(call: str) -> Callable[[Old], Converted]:
    """A text gets its place among others: `lib.mkOrder 550 x`."""

    def convert(old: Old) -> Converted:
        return _to(f"{call} {old.atom}") if old.has("lib") else None

    return convert


def below_home(*, listed: bool) -> Callable[[Old], Converted]:
    """A path in the home folder becomes an absolute one."""

    def convert(old: Old) -> Converted:
        if old.string is None or not old.has("config") or old.string.startswith("/"):
            return None
        path = '"${config.home.homeDirectory}/' + quoted(old.string)[1:]
        return _to(f"[ {path} ]" if listed else path)

    return convert


def _to(value: str) -> Converted:
    return (Entry((), value),)
