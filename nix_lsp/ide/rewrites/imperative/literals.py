"""The scripts that are written out in an option's value."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.ide.rewrites.imperative.places import PROGRAMS, Form
from nix_lsp.syntax.ast import STRINGS, application, bindings, select_path, static_string, text, unparenthesized
from nix_lsp.syntax.span import Span
from nix_lsp.syntax.strings import read_string

if TYPE_CHECKING:
    from collections.abc import Callable

    from tree_sitter import Node

    from nix_lsp.syntax.document import Document

    Follow = Callable[[Document, Node], tuple[Document, Node] | None]
    """What an expression of a document comes to in another file: None where that is not seen."""

_EXECUTABLE = {"getExe": 1, "getExe'": 2}
"""Functions that give a package's program, and how many arguments they take (nixpkgs lib/meta.nix)."""
_SCRIPT_ARGUMENT = {
    "stringAfter": 1,
    "noDepEntry": 0,
    "fullDepEntry": 0,
    "entryAnywhere": 0,
    "entryAfter": 1,
    "entryBefore": 1,
    "entryBetween": 2,
    "mkBefore": 0,
    "mkAfter": 0,
    "mkOrder": 1,
}
"""Functions round a script that only order it, and which argument the script is (nixpkgs lib/strings-with-deps.nix, lib/modules.nix;
home-manager modules/lib/dag.nix)."""
_ORDERS = frozenset({"mkBefore", "mkAfter", "mkOrder"})
_CONDITIONS = {"mkIf": "mkIf", "optionalString": "mkIf"}
_RUN = re.compile(r"\s*nix_hole_0(?:/bin/[\w.-]+)?(?:[ \t][^\n]*)?\s*")
"""A text that does nothing but run the program that is put into it."""
_SHELL = re.compile(
    rb"#![ \t]*(?:/usr/bin/env[ \t]+|[^\n]*/)?(?:(?:ba|da|z|k)?sh\b|\$\{[\w.]*(?:runtimeShell|stdenv\.shell)\})"
)
_SHELLS = re.compile(r"(?:/run/current-system/sw|/usr|)/bin/(?:ba|da|z)?sh")
_GIVEN = re.compile(r"-[el]{0,2}c")
_LISTS = frozenset({Form.EXEC, Form.LINES, Form.CRONTAB})
_STEPS = 12


class Literal(NamedTuple):
    """A script written out."""

    string: Node
    element: Node | None = None
    """The list element that it is, where the option's value is a list of scripts."""
    after: tuple[str, ...] = ()
    """The scripts that it names as those to run first, or afterwards."""
    condition: str = ""
    """`lib.mkIf c`: what has to stand before a value for it to count when the script does."""
    holder: Node | None = None
    """The `let` binding that holds it, which nothing else uses."""
    is_list: bool = False
    """It is no string but a list: a program and its arguments."""
    is_made: bool = False
    """It is the text of a file that the value makes."""
    is_program: bool = False
    """It is the text of a program that the value runs."""
    is_shared: bool = False
    """The name that binds it may be used in other places too."""
    joint: Span | None = None
    """Where the value is `a + b`: the bytes that go with the part that it is."""
    opens: bool = True
    """Its first line begins with it."""
    closes: bool = True
    """Its last line ends with it."""
    is_ordered: bool = False
    """Its place among the other definitions of the option was chosen (`mkOrder`, `mkBefore`, `mkAfter`)."""
    document: Document | None = None
    """The other file that it is written in."""


def scripts_of(document: Document, value: Node, form: Form, follow: Follow | None = None) -> list[Literal]:
    """Return the scripts in an option's value: one, or those of `mkMerge [ … ]`, of `a + b` or of a list of command lines.

    A program that the value runs, written out there or bound by a `let`, is one of them; with `follow` also one of another file.
    """
    value = unparenthesized(value)
    if form is Form.ARGUMENTS:
        found = _arguments(document, value, follow)
        return [found] if found else []
    elements = value if form in _LISTS and value.type == "list_expression" else _merged(value)
    if elements is not None:
        return [
            found
            for element in elements.children_by_field_name("element")
            if (found := _literal(document, Literal(unparenthesized(element), element), form, follow))
        ]
    if form is Form.SHELL and _is_sum(value):
        return _parts(document, value, follow)
    found = _literal(document, Literal(value), form, follow)
    if found and form is Form.MADE_FILE and not found.is_made:
        return []
    return [found] if found else []


def _arguments(document: Document, value: Node, follow: Follow | None) -> Literal | None:
    """Return the script that a shell is given (`sh -c …`) or that is the whole program, else the list itself."""
    if value.type != "list_expression":
        return None
    elements = value.children_by_field_name("element")
    words = [static_string(element) or "" for element in elements]
    if len(elements) == 1 or (len(elements) == 3 and _SHELLS.fullmatch(words[0]) and _GIVEN.fullmatch(words[1])):
        last = unparenthesized(elements[-1])
        found = _literal(document, Literal(last), Form.SHELL, follow)
        if found and (len(elements) == 3 or found.is_program):
            return found
    return Literal(value, is_list=True)


def _merged(value: Node) -> Node | None:
    """Return the list that `mkMerge` joins."""
    if value.type != "apply_expression":
        return None
    function, arguments = application(value)
    path = select_path(function)
    listed = unparenthesized(arguments[0]) if path and path[-1] == "mkMerge" and len(arguments) == 1 else None
    return listed if listed and listed.type == "list_expression" else None


def _is_sum(value: Node) -> bool:
    return value.type == "binary_expression" and any(child.type == "+" for child in value.children)


def _parts(document: Document, value: Node, follow: Follow | None) -> list[Literal]:
    """Return the scripts among the parts of `a + b + c`; what is next to a part on one line is not known to be a whole command."""
    parts: list[Node] = []
    while _is_sum(value) and len(parts) < _STEPS:
        left, right = value.child_by_field_name("left"), value.child_by_field_name("right")
        if left is None or right is None:
            return []
        parts.append(right)
        value = left
    parts = [value, *reversed(parts)]
    found: list[Literal] = []
    for index, part in enumerate(parts):
        joint = Span(parts[index - 1].end_byte, part.end_byte) if index else Span(part.start_byte, parts[1].start_byte)
        literal = _literal(document, Literal(unparenthesized(part), joint=joint), Form.SHELL, follow)
        if literal and not literal.is_program:
            opens = index == 0 or _ends_line(parts[index - 1])
            found.append(literal._replace(opens=opens, closes=index == len(parts) - 1 or _ends_line(literal.string)))
    return found


def _ends_line(part: Node) -> bool:
    content = read_string(unparenthesized(part))
    return content is not None and content.text.endswith("\n")


def _literal(document: Document, literal: Literal, form: Form, follow: Follow | None) -> Literal | None:
    """Return the string behind functions that only say when it runs, and behind names and programs."""
    for _ in range(_STEPS):
        value = literal.string
        match value.type:
            case "apply_expression":
                further = _applied(literal, *application(value), form)
            case "let_expression":
                body = value.child_by_field_name("body")
                further = literal._replace(string=unparenthesized(body)) if body else None
            case "variable_expression":
                further = _bound(literal.document or document, literal)
            case "attrset_expression" if form is Form.LINES and literal.element:
                found = _attribute(value, "command")
                further = literal._replace(string=found) if found else None
            case "string_expression" | "indented_string_expression":
                return _run(document, literal, form, follow) or _understood(literal)
            case _:
                further = None
        if further is None and follow and (made := follow(literal.document or document, value)):
            further = literal._replace(document=made[0], string=unparenthesized(made[1]), holder=None)
        if further is None:
            return None
        literal = further
    return None


def _applied(literal: Literal, function: Node, arguments: list[Node], form: Form) -> Literal | None:
    """Look through a function that orders a script, makes it conditional, or makes a program of it."""
    path = select_path(function)
    name = (path[-1] if path else None) or ""
    if name == "writeShellApplication" and len(arguments) == 1 and form not in {Form.FILE, Form.CRONTAB}:
        found = _attribute(arguments[0], "text")
        return literal._replace(string=found, is_program=True) if found else None
    if _EXECUTABLE.get(name) == len(arguments) and form not in {Form.FILE, Form.CRONTAB}:
        package = unparenthesized(arguments[0])
        return literal._replace(string=package) if package.type not in STRINGS else None
    if name in PROGRAMS and len(arguments) == 2 and form not in {Form.FILE, Form.CRONTAB}:
        return literal._replace(string=unparenthesized(arguments[1]), is_program=True)
    if form is Form.MADE_FILE and name == "writeText" and len(arguments) == 2 and not literal.is_made:
        return literal._replace(string=unparenthesized(arguments[1]), is_made=True)
    if path and name in _CONDITIONS and len(arguments) == 2 and not literal.condition:
        # Where `optionalString` alone is in scope, nobody knows whether `mkIf` is.
        if name == "optionalString" and len(path) == 1:
            return None
        head = ".".join((*(segment or "" for segment in path[:-1]), _CONDITIONS[name]))
        return literal._replace(string=unparenthesized(arguments[1]), condition=f"{head} {text(arguments[0])}")
    position = _SCRIPT_ARGUMENT.get(name)
    if position is None or position >= len(arguments):
        return None
    others = [name for other in (*arguments[:position], *arguments[position + 1 :]) for name in names_in(other)]
    is_ordered = literal.is_ordered or name in _ORDERS
    after = (*literal.after, *others)
    return literal._replace(string=unparenthesized(arguments[position]), after=after, is_ordered=is_ordered)


def _attribute(value: Node, name: str) -> Node | None:
    """Return what a set that is written out binds a name to."""
    value = unparenthesized(value)
    if value.type == "attrset_expression":
        for binding in bindings(value):
            path, bound = binding.child_by_field_name("attrpath"), binding.child_by_field_name("expression")
            if path and bound and text(path) == name:
                return unparenthesized(bound)
    return None


def _bound(document: Document, literal: Literal) -> Literal | None:
    """Look through a name that a `let` of the file binds."""
    from nix_lsp.analysis.scope import Name, resolve_name

    found = resolve_name(document, literal.string)
    if not isinstance(found, Name) or found.kind != "let" or found.value is None or found.value.parent is None:
        return None
    binding = found.value.parent
    if binding.type != "binding":
        return None
    if _count(document, found.name) != 2:
        return literal._replace(string=unparenthesized(found.value), is_shared=True)
    return literal._replace(string=unparenthesized(found.value), holder=binding)


def _count(document: Document, name: str) -> int:
    """Tell how often a name stands in a file where it may be bound or meant: not behind a dot, nor in comments or the text of strings."""
    found = re.finditer(rb"(?<![\w'.-])" + re.escape(name.encode()) + rb"(?![\w'-])", document.source)
    nodes = (document.root.descendant_for_byte_range(*each.span()) for each in found)
    return sum(node is not None and node.type == "identifier" for node in nodes)


def _run(document: Document, literal: Literal, form: Form, follow: Follow | None) -> Literal | None:
    """Return the script of the program that a text runs; None where it runs none that is written out."""
    source = literal.string.text or b""
    if literal.is_program or literal.string.child_count > 6 or not source.lstrip(b"\"' \t\r\n").startswith(b"${"):
        return None
    content = read_string(literal.string)
    if content is None or len(content.holes) != 1 or not _RUN.fullmatch(content.text):
        return None
    program = content.holes[0].node.child_by_field_name("expression")
    found = _literal(document, literal._replace(string=unparenthesized(program)), form, follow) if program else None
    return found if found and found.is_program else None


def _understood(literal: Literal) -> Literal | None:
    """Leave out programs that another interpreter than a shell runs."""
    raw = (literal.string.text or b"").lstrip(b"\"' \t\r\n")
    return None if raw.startswith(b"#!") and not _SHELL.match(raw) else literal


def names_in(node: Node) -> list[str]:
    """Return the strings of a list; anything computed counts as a name that nobody knows."""
    node = unparenthesized(node)
    if node.type != "list_expression":
        return [] if node.type == "integer_expression" else ["?"]
    return [static_string(element) or "?" for element in node.children_by_field_name("element")]
