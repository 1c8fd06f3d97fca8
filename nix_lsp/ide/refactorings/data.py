"""JSON and TOML written as Nix."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, cast

from nix_lsp.ide.indentation import indentation_at, newline
from nix_lsp.ide.kinds import REWRITE
from nix_lsp.ide.model import TextEdit
from nix_lsp.ide.refactorings.parentheses import needs_parentheses
from nix_lsp.ide.refactorings.refactoring import Refactoring
from nix_lsp.syntax.ast import select_path, span
from nix_lsp.syntax.document import Document
from nix_lsp.syntax.layout import indent_unit
from nix_lsp.syntax.strings import read_string

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nix_lsp.ide.model import Fix
    from nix_lsp.ide.refactorings.refactoring import Place
    from nix_lsp.ide.rewrites.imperative.value import Value

_LARGEST = 128 * 1024
"""Bytes of what is converted."""
_INTEGERS = range(-(2**63) + 1, 2**63)
_DEEPEST = 100
_SHORT = 80


def _convert_selection(place: Place) -> Iterator[Fix]:
    text = place.document.text(place.span)
    if place.is_cursor or not text.startswith(("{", "[")) or len(text) > _LARGEST:
        return
    if place.nearest("string_expression", "indented_string_expression", "comment", "interpolation") is not None:
        return
    if not Document("", text.encode()).root.has_error:
        return
    if (new := _written(place, "fromJSON", text)) is not None:
        yield place.fix("Convert JSON to Nix", [TextEdit(place.span, new)])


def _convert_call(place: Place) -> Iterator[Fix]:
    node = place.nearest("apply_expression")
    function = node.child_by_field_name("function") if node else None
    argument = node.child_by_field_name("argument") if node else None
    if node is None or function is None or argument is None or node.end_byte - node.start_byte > _LARGEST:
        return
    path = select_path(function)
    if path not in {("builtins", "fromJSON"), ("builtins", "fromTOML"), ("fromTOML",)}:
        return
    content = read_string(argument)
    if content is None or content.static is None:
        return
    name = path[-1] or ""
    if (new := _written(place, name, content.static)) is not None:
        new = f"({new})" if new.startswith("-") and needs_parentheses("unary_expression", node) else new
        yield place.fix(f"Write what `{name}` reads as Nix", [TextEdit(span(node), new)])


def _written(place: Place, form: str, text: str) -> str | None:
    """Return data as Nix source, laid out for the place; None if the text is no such data, or Nix cannot hold it."""
    from nix_lsp.ide.rewrites.imperative.value import render

    document = place.document
    try:
        value = _value(_read(form, text), 0)
    except (ValueError, RecursionError):
        return None
    eol, unit = newline(document), indent_unit(document)
    indent = indentation_at(document, place.span.start)
    flat = render(value, indent, unit, eol, one_line=True)
    if "\n" not in text and len(flat) < _SHORT:
        return flat
    # In a string of several lines, `\r` would be part of the value.
    return render(value, indent, unit, eol, one_line=eol != "\n")


def _read(form: str, text: str) -> object:
    """Read JSON or TOML.

    Raises:
        ValueError: it is none, or has numbers that Nix cannot hold.
    """
    if form == "fromTOML":
        import tomllib

        return tomllib.loads(text)
    return cast("object", json.loads(text, parse_constant=_refuse))


def _refuse(constant: str) -> object:
    raise ValueError(constant)


def _value(data: object, depth: int) -> Value:
    """Return data as a Nix value.

    Raises:
        ValueError: Nix has no such value.
    """
    from nix_lsp.ide.rewrites.imperative.value import Attrs, Expression, List, string

    if depth > _DEEPEST:
        raise ValueError(depth)
    match data:
        case None:
            return Expression("null")
        case bool():
            return data
        case int() if data in _INTEGERS:
            return data
        case float() if math.isfinite(data):
            return Expression(_float(data))
        case str():
            data.encode()  # a lone surrogate is no text
            if "\0" in data:
                raise ValueError(data)
            return string(data)
        case list():
            return List(tuple(_value(each, depth + 1) for each in cast("list[object]", data)))
        case dict():
            items = cast("dict[str, object]", data).items()
            return Attrs(tuple((name, _value(each, depth + 1)) for name, each in items))
        case _:
            raise ValueError(data)


def _float(number: float) -> str:
    """Return a float as Nix writes it: with a point before the exponent."""
    mantissa, e, exponent = repr(number).partition("e")
    if "." not in mantissa:
        mantissa += ".0"
    return mantissa + (f"e{int(exponent)}" if e else "")


ROWS = (
    Refactoring(
        "json-to-nix",
        REWRITE,
        "Writes selected JSON as Nix. Numbers that Nix cannot hold are refused.",
        '{ a = «{"user": "ada", "ids": [1, -2], "on": null}»; }',
        '{ a = { user = "ada"; ids = [ 1 (-2) ]; on = null; }; }',
        _convert_selection,
        in_broken=True,
    ),
    Refactoring(
        "from-json",
        REWRITE,
        "Writes what `builtins.fromJSON` or `builtins.fromTOML` reads from a string that is written out as Nix.",
        "{ a = builtins.from$0TOML ''x.y = 1.5''; }",
        "{ a = { x.y = 1.5; }; }",
        _convert_call,
    ),
)
