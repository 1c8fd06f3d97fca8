"""Nix values that a rewrite writes, and their text in nixfmt's layout (RFC 166)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.analysis.shell.word import Antiquotation, Text
from nix_lsp.syntax.layout import attrpath_text, quoted

if TYPE_CHECKING:
    from nix_lsp.analysis.shell.word import Word
    from option_index.values import Value as IndexValue


class Str(NamedTuple):
    """A string, with the antiquotations of the script carried over."""

    pieces: tuple[Text | Antiquotation, ...]

    @property
    def text(self) -> str | None:
        """The characters, if no antiquotation is among them."""
        if all(isinstance(piece, Text) for piece in self.pieces):
            return "".join(piece.text for piece in self.pieces if isinstance(piece, Text))
        return None

    @property
    def outline(self) -> str:
        """The characters, with a letter in the place of each antiquotation."""
        return "".join(piece.text if isinstance(piece, Text) else "x" for piece in self.pieces)


class Expression(NamedTuple):
    """Nix source that stands for itself: `pkgs.zsh`."""

    source: str


class List(NamedTuple):
    """A list. Where the option is defined already, its items are appended."""

    items: tuple[Value, ...]


class Attrs(NamedTuple):
    """An attribute set. Where the option is defined already, its attributes are added."""

    items: tuple[tuple[str | tuple[str, ...], Value], ...]
    """Names, or dotted paths, and what they are bound to."""


class Lines(NamedTuple):
    """Lines of an option whose definitions are joined by line ends. Where it is defined already, they are appended."""

    lines: tuple[Str, ...]


class Selection(NamedTuple):
    """Packages of the set that an option gives: `ps: [ ps.a ]`. Where the option is defined already, they are appended."""

    packages: tuple[str, ...]


class Guarded(NamedTuple):
    """A value that counts under a condition only."""

    condition: str
    """Nix source: `lib.mkIf config.a`."""
    value: Value


Value = Guarded | Str | Expression | Selection | List | Attrs | Lines | bool | int | float


@dataclass(frozen=True, slots=True)
class Setting:
    """One option to define."""

    path: tuple[str, ...]
    value: Value


def string(text: str) -> Str:
    """Return a string of known characters."""
    return Str((Text(text),))


def word_string(word: Word) -> Str | None:
    """Return the string that a word is; None if the shell puts something into it."""
    pieces = tuple(piece for piece in word.pieces if isinstance(piece, Text | Antiquotation))
    return Str(pieces) if len(pieces) == len(word.pieces) else None


_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,17})")


def scalar(word: Word) -> Str | int | None:
    """Return a word's value as an integer where it is written as one, else as a string."""
    text = word.value
    return number_or_string(text) if text is not None and _INTEGER.fullmatch(text) else word_string(word)


def number_or_string(text: str) -> Str | int:
    """Return a text as an integer where it is written as one, else as a string."""
    return int(text) if _INTEGER.fullmatch(text) else string(text)


def steps(name: str | tuple[str, ...]) -> tuple[str, ...]:
    """Return the segments of an attribute's name in `Attrs`."""
    return (name,) if isinstance(name, str) else name


def collapsed(path: tuple[str, ...], value: Value) -> tuple[tuple[str, ...], Value]:
    """Write `a = { b = c; }` as `a.b = c`."""
    while isinstance(value, Attrs) and len(value.items) == 1:
        name, value = value.items[0]
        path = (*path, *steps(name))
    return path, value


def render(value: Value, indent: str, unit: str, newline: str, one_line: bool) -> str:
    """Return a value's source text.

    Args:
        value: what to write.
        indent: the indentation of the line on which the text starts.
        unit: one level of indentation.
        newline: the file's line end.
        one_line: write everything on one line, as the set round it does.
    """
    match value:
        case bool():
            return "true" if value else "false"
        case int() | float():
            return str(value)
        case Expression(source):
            return source
        case Selection(packages):
            return f"ps: [ {' '.join(f'ps.{package}' for package in packages)} ]"
        case Guarded(condition, guarded):
            return f"{condition} {_item(render(guarded, indent, unit, newline, one_line))}"
        case Str():
            block = None if one_line else _block(value, indent + unit, newline)
            return f"''{newline}{block}{newline}{indent}''" if block else _literal(value)
        case Lines(lines):
            return _lines(lines, indent, unit, newline, one_line)
        case List(items):
            texts = [_item(render(item, indent + unit, unit, newline, one_line)) for item in items]
            return _enclosed("[", texts, "]", indent, unit, newline, one_line)
        case Attrs(items):
            texts = [
                f"{attrpath_text(path)} = {render(item, indent + unit, unit, newline, one_line)};"
                for path, item in (collapsed(steps(name), item) for name, item in items)
            ]
            return _enclosed("{", texts, "}", indent, unit, newline, one_line)


def index_value(value: Value) -> IndexValue:
    """Return a value as `option_index.values` judges it."""
    from option_index.values import Opaque

    match value:
        case Str():
            text = value.text
            return Opaque("string") if text is None else text
        case Expression() | Selection() | Guarded():
            return Opaque()
        case Lines():
            return Opaque("string")
        case List(items):
            return [index_value(item) for item in items]
        case Attrs(items):
            return {steps(name)[0]: index_value(item) if len(steps(name)) == 1 else Opaque() for name, item in items}
        case _:
            return value


def line_text(line: Str, *, indented: bool) -> str:
    """Return a line as it stands inside a `''…''` literal, or a `"…"` one."""
    if not indented:
        return _literal(line)[1:-1]
    parts: list[str] = []
    for piece in line.pieces:
        if isinstance(piece, Text):
            parts.append(piece.text.replace("''", "'''").replace("${", "''${"))
            continue
        if parts and parts[-1].endswith("$"):
            # `$${` would be two dollars and a brace.
            parts[-1] = parts[-1][:-1] + "''$"
        parts.append("${" + piece.expression + "}")
    return "".join(parts)


def _block(value: Str, indent: str, newline: str) -> str | None:
    """Return the lines of a text as they stand between `''` and `''`; None where a text of one line, or no lines, is better quoted."""
    pieces, last = value.pieces[:-1], value.pieces[-1] if value.pieces else None
    if not isinstance(last, Text) or not last.text.endswith("\n") or "\r" in "".join(_texts(value)):
        return None
    lines = split_lines(Str((*pieces, Text(last.text[:-1]))))
    written = [line for line in lines if line.pieces]
    # The least indentation of all lines is taken off, and of a line of blanks all that is no more than that.
    if len(lines) < 2 or not any(_starts(line) for line in written) or any(_is_blank(line) for line in written):
        return None
    return newline.join(indent + line_text(line, indented=True) if line.pieces else "" for line in lines)


def _starts(line: Str) -> bool:
    """Tell whether a line begins with anything but blanks."""
    first = line.pieces[0]
    return not isinstance(first, Text) or first.text[:1] not in " \t"


def _is_blank(line: Str) -> bool:
    return line.text is not None and not line.text.strip()


def split_lines(value: Str) -> tuple[Str, ...]:
    """Split a text at its line ends; a blank line has no pieces."""
    lines: list[list[Text | Antiquotation]] = [[]]
    for piece in value.pieces:
        if isinstance(piece, Antiquotation):
            lines[-1].append(piece)
            continue
        first, *others = piece.text.split("\n")
        lines[-1] += [Text(first)] if first else []
        lines.extend([Text(other)] if other else [] for other in others)
    return tuple(Str(tuple(line)) for line in lines)


def _texts(value: Str) -> list[str]:
    return [piece.text for piece in value.pieces if isinstance(piece, Text)]


def _lines(lines: tuple[Str, ...], indent: str, unit: str, newline: str, one_line: bool) -> str:
    if len(lines) == 1 or one_line:
        return '"' + "\\n".join(line_text(line, indented=False) for line in lines) + '"'
    inner = newline + indent + unit
    return f"''{inner}{inner.join(line_text(line, indented=True) for line in lines)}{newline}{indent}''"


def _enclosed(
    opening: str, texts: list[str], closing: str, indent: str, unit: str, newline: str, one_line: bool
) -> str:
    """Two and more items stand on lines of their own (nixfmt 1.x)."""
    if not texts:
        return f"{opening} {closing}"
    if one_line or (len(texts) == 1 and newline not in texts[0]):
        return f"{opening} {' '.join(texts)} {closing}"
    inner = newline + indent + unit
    return f"{opening}{inner}{inner.join(texts)}{newline}{indent}{closing}"


def _item(text: str) -> str:
    """Parenthesise what would fall apart as a list element."""
    return text if not text.startswith("-") and (" " not in text or text[0] in '"[{(') else f"({text})"


def _literal(value: Str) -> str:
    """Return a `"…"` literal, antiquotations in their places."""
    parts: list[str] = []
    for piece in value.pieces:
        if isinstance(piece, Text):
            parts.append(quoted(piece.text)[1:-1])
            continue
        if parts and parts[-1].endswith("$"):
            # `$${` would be two dollars' worth of text.
            parts[-1] = parts[-1][:-1] + "\\$"
        parts.append("${" + piece.expression + "}")
    return '"' + "".join(parts) + '"'
