"""What a function is given where no call is looked through: at the place where one asks about its names.

The function may be called from elsewhere, too: nothing here is certain, all is `opened`.
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from nix_lsp.analysis.shapes.inference import ByName
from nix_lsp.analysis.shapes.package_functions import PACKAGE_ARGUMENTS
from nix_lsp.analysis.shapes.shape import (
    ANY,
    Attribute,
    Attrs,
    Elements,
    Known,
    Lazy,
    Listing,
    Probe,
    Shape,
    attribute,
    joined,
    opened,
    updated,
)
from nix_lsp.syntax.ast import application, attrs, descent, text, unparenthesized

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tree_sitter import Node

    from nix_lsp.analysis.shapes.inference import Inference
    from nix_lsp.analysis.shapes.shape import Function
    from nix_lsp.syntax.document import Document

_CALLS = 4
"""So many calls of a file are looked at."""
_BODIES = frozenset({"let_expression", "with_expression", "assert_expression"})
_OVERLAYS = ({"final", "prev"}, {"self", "super"})
_MODULE_ARGUMENTS = ("config", "lib", "options", "pkgs")
_EXERCISED = 3
"""So many parts of a result are asked for, to see what its functions are called with."""


def argument_of(inference: Inference, function: Function, around: Sequence[Node]) -> Shape:
    """Return what a function of a file may be given; `around` are the nodes round it, innermost last."""
    number, node = 0, function.node
    outwards = list(reversed(around))
    for index, outer in enumerate(outwards):
        if outer.type == "function_expression":
            number += 1
        elif outer.type == "apply_expression":
            return _passed(inference, function, outwards[index:], node, number)
        elif outer.type == "source_code":
            return _of_file(inference, function, around, number)
        elif outer.type == "binding":
            return _of_binding(inference, function, outer, around, number)
        elif outer.type != "parenthesized_expression" and outer.type not in _BODIES:
            break
        node = outer
    return _by_name(function)


def _by_name(function: Function) -> Shape:
    """Say what the names of its arguments alone tell."""
    if function.node.child_by_field_name("formals") is not None:
        return ByName()
    name = function.node.child_by_field_name("universal")
    return Known(("pkgs",)) if name is not None and text(name) == "pkgs" else ANY


# A function that is an argument of another


def _passed(inference: Inference, function: Function, outwards: Sequence[Node], node: Node, number: int) -> Shape:
    """See what the function that it is handed to calls it with: a stand-in is handed over, and asked what it got.

    `node` is the argument: the function, or what stands round it; `outwards` begins with the call.
    """
    call: Node | None = None
    inside = node
    document = function.frame.document
    for outer in outwards:
        if outer.type == "apply_expression":
            argument = outer.child_by_field_name("argument")
            if call is None and argument is not None and argument != inside:
                given = inference.shape(argument, inference.frame_at(document, outer))
                return opened(given) if number == 0 else _by_name(function)
            if call is not None and outer.child_by_field_name("function") != inside:
                break
            call = outer
        elif outer.type != "parenthesized_expression":
            break
        inside = outer
    if call is None:
        return _by_name(function)
    callee, arguments = application(call)
    frame = inference.frame_at(document, call)
    probe = Probe({})
    given_here = [
        Lazy(None, probe)
        if argument.start_byte <= node.start_byte < argument.end_byte
        else inference.lazily(argument, frame)
        for argument in arguments
    ]
    _exercise(inference.apply_all(inference.shape(callee, frame), *given_here).force())
    found = probe.taken.get(number)
    if not found:
        return _by_name(function)
    return opened(joined(each.force() for each in found[:_EXERCISED]))


def _exercise(result: Shape) -> None:
    """Ask for some parts of a result, so that functions that make them are called."""
    if isinstance(result, Listing):
        for item in result.items[:_EXERCISED]:
            item.force()
        return
    for found in list(result.attributes().values())[:_EXERCISED]:
        found.value.force()
    rest = result.rest if isinstance(result, Attrs) else None
    if isinstance(rest, Elements):
        rest.element.force()


# A function that is a file


def _of_file(inference: Inference, function: Function, around: Sequence[Node], number: int) -> Shape:
    document = function.frame.document
    found = list(_calls(inference, document, number))
    if number == 0 and (modules := _module(inference, document, function)) is not None:
        found.append(modules)
    if function.node.child_by_field_name("formals") is None:
        if not found:
            return Known(("pkgs",)) if _is_overlay(function, around) else _by_name(function)
        return opened(joined(found))
    named = _by_agreement(inference, document)
    return opened(updated(named, joined(found)) if found else named)


def _by_agreement(inference: Inference, document: Document) -> Attrs:
    """Say what the names of arguments mean to all who hand a flake on to their files."""
    from nix_lsp.analysis.shapes.flakes import inputs_of, own_flake

    self_ = Attribute(Lazy(lambda: own_flake(inference, document.path)))
    inputs = Attribute(Lazy(lambda: inputs_of(inference, document.path)))
    # As nixos-unified does it.
    flake = attribute(Attrs({"self": self_, "inputs": inputs}, ANY))
    return Attrs({"self": self_, "inputs": inputs, "flake": flake}, ByName())


def _calls(inference: Inference, document: Document, number: int) -> Iterator[Shape]:
    """Yield what code of the project calls a file with, for one of its arguments."""
    for other, offset in list(inference.project.named_at(document.path))[:_CALLS]:
        outwards = list(reversed(descent(other.root, offset)))
        at = next((index for index, node in enumerate(outwards) if node.type == "path_expression"), None)
        if at is None:
            continue
        imported: Node = outwards[at]
        is_import = False
        for outer in outwards[at + 1 :]:
            if outer.type not in {"apply_expression", "parenthesized_expression"}:
                break
            if outer.type == "parenthesized_expression":
                continue
            callee, arguments = application(outer)
            if not arguments or not _holds(arguments[0], imported):
                continue
            name = text(callee).rpartition(".")[2]
            frame = inference.frame_at(other, outer)
            if name == "import" and len(arguments) > number + 1:
                yield inference.shape(arguments[number + 1], frame)
                break
            if name == "callPackage" and len(arguments) == 2 and number == 0:
                yield updated(Attrs({}, PACKAGE_ARGUMENTS), inference.shape(arguments[1], frame))
                break
            is_import = is_import or name == "import"
            if is_import and name != "import":
                break


def _holds(argument: Node, path: Node) -> bool:
    """Tell whether an argument is a path, or `import` of it."""
    argument = unparenthesized(argument)
    if argument == path:
        return True
    callee, arguments = application(argument)
    return text(callee) == "import" and len(arguments) == 1 and unparenthesized(arguments[0]) == path


def _module(inference: Inference, document: Document, function: Function) -> Shape | None:
    """Return what the module system gives a file that is a module; None for one that is none."""
    from nix_lsp.analysis.shapes.values import shape_of_value

    # It may have been completed for the parser: what it is part of is known of the text as it is.
    document = inference.project.document(document.path) or document
    lanes = inference.project.lanes(document)
    if not lanes or function.node.child_by_field_name("formals") is None:
        return None
    own = {name: attribute(Known((name,))) for name in _MODULE_ARGUMENTS}
    if any(lane.set == "home-manager" for lane in lanes):
        own["osConfig"] = attribute(Known(("osConfig",)))
    own["modulesPath"] = attribute(ANY)
    for name, values in inference.project.arguments(document).items():
        if name not in own:
            own[name] = Attribute(
                Lazy(lambda values=values: joined(shape_of_value(inference, each) for each in values))
            )
    return Attrs(own)


# A function that a name is bound to


def _of_binding(inference: Inference, function: Function, binding: Node, around: Sequence[Node], number: int) -> Shape:
    path = binding.child_by_field_name("attrpath")
    names = [segment.name for segment in attrs(path)] if path else []
    document = function.frame.document
    if names == ["outputs"] and number == 0 and posixpath.basename(document.path) == "flake.nix":
        from nix_lsp.analysis.shapes.flakes import inputs_of

        return opened(inputs_of(inference, document.path))
    return Known(("pkgs",)) if _is_overlay(function, around) else _by_name(function)


def _is_overlay(function: Function, around: Sequence[Node]) -> bool:
    """Tell whether a function is one of the two of `final: prev: { … }`."""
    name, inner = function.node.child_by_field_name("universal"), function.node.child_by_field_name("body")
    partner = inner if inner and inner.type == "function_expression" else around[-1]
    other = partner.child_by_field_name("universal") if partner.type == "function_expression" else None
    return name is not None and other is not None and {text(name), text(other)} in _OVERLAYS
