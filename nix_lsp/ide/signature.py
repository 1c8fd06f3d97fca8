"""Signature help: what the function that is being called takes, and which of its arguments is being written."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.analysis.shapes.inference import Inference
from nix_lsp.analysis.shapes.shape import Function, Known, OneOf, Plain, Shape
from nix_lsp.ide.language import builtins
from nix_lsp.ide.shape_text import short_form
from nix_lsp.syntax.ast import application, attrs, bindings, descent, text
from nix_lsp.syntax.cursor import context_at

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tree_sitter import Node

    from nix_lsp.analysis.project import Project
    from nix_lsp.syntax.document import Document

_STEPS = 1_000
_LONGEST = 48
"""Characters of a function's text, of a default."""
_APPLIED = 8
"""Functions that return functions."""
_AROUND = 64
"""Nodes round the cursor that are looked at."""
_SEEN_THROUGH = frozenset(
    {
        "identifier",
        "variable_expression",
        "parenthesized_expression",
        "select_expression",
        "attrpath",
        "integer_expression",
        "float_expression",
        "path_expression",
        "path_fragment",
        "spath_expression",
    }
)
"""What an argument may be or begin with while it is written."""


class Parameter(NamedTuple):
    """One of the arguments that a function takes."""

    start: int
    """Where it stands in the signature's label, in code points."""
    end: int


class Signature(NamedTuple):
    """A function as it is called."""

    label: str
    parameters: tuple[Parameter, ...]
    active: int | None
    """The number of the argument at the cursor; None: that is none of those that can be told apart."""
    documentation: str | None = None
    """CommonMark."""


class _Call(NamedTuple):
    """The call round a cursor."""

    function: Node
    arguments: Sequence[Node]
    number: int
    """Which argument is being written, from 0."""
    inside: Node | None
    """That argument, where it is a set that the cursor is in."""
    offset: int
    """Where the cursor is."""


class _Argument(NamedTuple):
    """An argument of a function, as its signature shows it."""

    word: str
    names: tuple[tuple[str, str], ...] | None = None
    """Of a set with names: each name, and how it is shown; `("", "...")` where others may be given too."""


def signature_at(project: Project, document: Document, offset: int) -> Signature | None:
    """Describe the function that is called round a byte offset.

    Returns None where no argument is written, and where the function is not known. Never raises for malformed Nix.
    """
    cursor = context_at(document, offset)
    if cursor.kind == "comment":
        return None
    read = cursor.document or document
    call = _call_at(read, offset)
    if call is None:
        return None
    inference = Inference(project, _STEPS)
    shape = inference.shape_at(read, call.function)
    written = _shortened(text(call.function))
    if (known := _known(shape)) is not None:
        found = _of_package(inference, read, call, known)
        return found or _of_name(project, document, call, known, written)
    return _of_function(inference, read, call, shape, written)


def _call_at(document: Document, offset: int) -> _Call | None:
    """Find the innermost call of which the cursor is in an argument, directly or between the names of a set."""
    outwards = list(reversed(descent(document.root, max(offset - 1, 0))[-_AROUND:]))
    if outwards and outwards[0].end_byte <= offset:
        outwards = list(reversed(descent(document.root, min(offset, max(len(document.source) - 1, 0)))[-_AROUND:]))
    inside: Node | None = None
    for node in outwards:
        if node.type == "apply_expression":
            callee = node.child_by_field_name("function")
            if callee is not None and callee.end_byte < offset:
                function, arguments = application(_whole(outwards, node))
                number = sum(argument.end_byte < offset for argument in arguments)
                is_at = number < len(arguments) and arguments[number].start_byte <= offset
                within = arguments[number] if is_at else None
                return _Call(function, arguments, number, within if within == inside else None, offset)
        elif node.type in {"attrset_expression", "rec_attrset_expression"}:
            if inside is not None or not node.start_byte < offset < node.end_byte:
                return None
            inside = node
        elif node.type in {"binding_set", "binding", "inherit", "inherited_attrs"}:
            continue
        elif inside is None and node.type not in _SEEN_THROUGH:
            if node.start_byte < offset <= node.end_byte and not _is_text(node):
                return None
        elif inside is not None and node.type != "parenthesized_expression":
            return None
    return None


def _is_text(node: Node) -> bool:
    return node.type in {"string_expression", "indented_string_expression", "string_fragment"}


def _whole(outwards: Sequence[Node], call: Node) -> Node:
    """Return the call with all its arguments: `f a` is the function of `f a b`."""
    for node in outwards:
        if node.type == "apply_expression" and node.child_by_field_name("function") == call:
            call = node
    return call


def _known(shape: Shape) -> Known | None:
    each = next(
        (each for each in (shape.shapes if isinstance(shape, OneOf) else (shape,)) if isinstance(each, Known)), None
    )
    return each if each is not None and each.name[0] in {"lib", "builtins", "pkgs"} else None


# Functions with names that everybody knows


def _of_name(project: Project, document: Document, call: _Call, known: Known, written: str) -> Signature | None:
    head, rest = known.name[0], known.name[1:]
    args: tuple[str, ...] = ()
    said: str | None = None
    if head == "lib" and rest:
        library = project.library(next(iter(project.lanes(document)), None))
        found = library.name(rest) if library else None
        args = found.args if found else ()
        said = f"`{found.signature}`" if found and found.signature else None
    if not args and head in {"lib", "builtins"} and rest and (builtin := builtins().get(rest[-1])):
        # `lib` hands many builtins on.
        args, said = builtin.args, said or builtin.summary
    if known.args:
        written = known.name[-1]
    return _signature(written, [*map(_argument, args)], call._replace(number=call.number + len(known.args)), None, said)


def _argument(written: str) -> _Argument:
    """Read an argument as the index has it: `list`, `{default?,type?,}`."""
    if not written.startswith("{"):
        return _Argument(written)
    names = [name.strip() for name in written.strip("{}").split(",")]
    shown = [(name.rstrip("?"), f"{name[:-1]} ? …" if name.endswith("?") else name) for name in names if name]
    return _Argument(written, tuple(("", name) if name == "..." else (name, word) for name, word in shown))


def _signature(
    name: str, arguments: Sequence[_Argument], call: _Call, result: str | None, said: str | None
) -> Signature | None:
    """Write a signature down: the function's name, its arguments, and what it gives; None where the cursor is in none of them."""
    if call.number >= len(arguments) or (call.inside is not None and arguments[call.number].names is None):
        return None
    label, parameters, active = name, list[Parameter](), None
    for index, argument in enumerate(arguments):
        label += " "
        if argument.names is None:
            if index == call.number:
                active = len(parameters)
            parameters.append(Parameter(len(label), len(label) + len(argument.word)))
            label += argument.word
            continue
        wanted = _wanted(argument, call) if index == call.number else None
        label += "{ "
        for number, (each, word) in enumerate(argument.names):
            label += ", " if number else ""
            if each:
                if each == wanted:
                    active = len(parameters)
                parameters.append(Parameter(len(label), len(label) + len(word)))
            label += word
        label += " }"
    return Signature(f"{label} -> {result}" if result else label, tuple(parameters), active, said)


# Functions of the project


def _of_package(inference: Inference, document: Document, call: _Call, known: Known) -> Signature | None:
    """`callPackage ./p.nix { … }` takes what the file does."""
    if not known.name[-1].startswith("callPackage") or call.number != 1 or known.args:
        return None
    target = inference.shape_at(document, call.arguments[0])
    shape = inference.file(target.value) if isinstance(target, Plain) and target.value else target
    name = f"{_shortened(text(call.function))} {_shortened(text(call.arguments[0]))}"
    return _of(inference, shape, name, call._replace(number=0), document) if isinstance(shape, Function) else None


def _of_function(inference: Inference, document: Document, call: _Call, shape: Shape, written: str) -> Signature | None:
    """Describe a function that is written in Nix; what it returns for the arguments before may be another one."""
    number, arguments = call.number, list(call.arguments)
    frame = inference.frame_at(document, call.function)
    for _ in range(_APPLIED):
        function = next((each for each in _branches(shape) if isinstance(each, Function)), None)
        if function is None:
            return None
        taken = len(list(_curried(function.node)))
        if number < taken:
            return _of(inference, function, written, call._replace(number=number), document)
        given = [inference.lazily(argument, frame) for argument in arguments[:taken]]
        shape = inference.apply_all(function, *given).force()
        written = _shortened(" ".join([written, *(text(argument) for argument in arguments[:taken])]))
        number, arguments = number - taken, arguments[taken:]
    return None


def _of(inference: Inference, function: Function, name: str, call: _Call, document: Document) -> Signature | None:
    functions = list(_curried(function.node))
    result = short_form(inference, inference.result(Function(functions[-1], function.frame)), 1)
    place = function.frame.document.path
    said = None if place == document.path else f"In {posixpath.basename(place)}"
    return _signature(name, [_argument_of(each) for each in functions], call, result, said)


def _branches(shape: Shape) -> Sequence[Shape]:
    return shape.shapes if isinstance(shape, OneOf) else (shape,)


def _curried(node: Node) -> Iterator[Node]:
    """Yield a function and those that it returns at once."""
    here: Node | None = node
    while here is not None and here.type == "function_expression":
        yield here
        here = here.child_by_field_name("body")


def _argument_of(function: Node) -> _Argument:
    formals, universal = function.child_by_field_name("formals"), function.child_by_field_name("universal")
    if formals is None:
        return _Argument(text(universal) if universal else "_")
    names: list[tuple[str, str]] = []
    for child in formals.named_children:
        name = child.child_by_field_name("name") if child.type == "formal" else None
        if name is not None:
            default = child.child_by_field_name("default")
            names.append((text(name), f"{text(name)} ? {_shortened(text(default))}" if default else text(name)))
        elif child.type == "ellipses":
            names.append(("", "..."))
    return _Argument("", tuple(names))


def _wanted(argument: _Argument, call: _Call) -> str | None:
    """Return the name that is being written or given its value; else the first that the set does not have yet."""
    given: set[str] = set()
    for binding in bindings(call.inside) if call.inside is not None else ():
        path, inherited = binding.child_by_field_name("attrpath"), binding.child_by_field_name("attrs")
        names = [segment.name for segment in (attrs(path)[:1] if path else attrs(inherited) if inherited else ())]
        if path is not None and names and binding.start_byte < call.offset <= binding.end_byte:
            value = binding.child_by_field_name("expression")
            if value is not None and call.offset >= value.start_byte:
                return names[0]
            continue
        given.update(name for name in names if name)
    return next((name for name, _ in argument.names or () if name and name not in given), None)


def _shortened(value: str) -> str:
    line = " ".join(value.split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"
