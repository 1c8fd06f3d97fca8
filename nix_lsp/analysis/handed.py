"""What modules are handed as arguments, and the functions that they take from there for definitions.

{ lib', self, ... }: { services.a = lib'.mkThing { … }; services.b = self.lib.mkOther 1; }

`specialArgs`, `extraSpecialArgs` and `_module.args` say what the arguments are; `self` has the flake's own `lib`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.analysis.partial.value import Arguments, Attrset, Choice, Lambda
from nix_lsp.analysis.taken import Use
from nix_lsp.syntax.ast import attrs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from tree_sitter import Node

    from nix_lsp.analysis.graph import Graph
    from nix_lsp.analysis.partial.evaluate import Evaluator
    from nix_lsp.analysis.partial.value import Thunk, Value
    from nix_lsp.analysis.taken import Taken
    from nix_lsp.syntax.document import Document

_MOST = 500
"""Files that are looked at for what they take from their arguments, 2 ms each: in a project of more nothing is said of what is handed on."""
_OWN = (rb"(?:inputs\.)?(?:self|flake|outputs)\.lib",)
"""How files name what the flake has for its modules."""
_LIBRARY = "lib"
_FOREIGN = frozenset({"config", "inputs", "modulesPath", "name", "options", "outputs", "pkgs", "self", "utils"})
"""Arguments that have no functions of the project's own."""
_CHOICES = 16
_ATTRIBUTES = 200
"""Attributes of an argument that are looked at for a function or a set."""


class Handing(NamedTuple):
    """A use of what a file has, by a module that got it as an argument."""

    taker: Document
    use: Use


def handings(
    graph: Graph,
    document: Callable[[str], Document | None],
    evaluator: Callable[[int], Evaluator],
    taken_by: Callable[[Document], Sequence[Taken]],
) -> Mapping[str, Sequence[Handing]]:
    """Return, by file that gives, what modules take from their arguments for definitions.

    `document` gives the text at a path, `evaluator` what evaluates the code of an origin of the graph, and `taken_by` what definitions
    of a file are given.
    """
    if not graph.origins:
        return {}
    words = re.compile(rb"(?<![\w.'-])(?:" + b"|".join((*_OWN, *_names(graph))) + rb")(?![\w'-])")
    places = places_of_hosts(graph)
    takers = [
        (path, each)
        for path in (*graph.lanes, *graph.flake_files)
        if (each := document(path)) is not None and words.search(each.source)
    ]
    found: dict[str, list[Handing]] = {}
    for path, taker in takers if len(takers) <= _MOST else ():
        hosts = dict.fromkeys((lane.host, lane.set) for lane in graph.lanes.get(path, ()) if lane.host in places)
        arguments = [(places[host][0], graph.handed[places[host]].get(name, {})) for host, name in hosts if host]
        for taken in taken_by(taker):
            if not isinstance(taken.source, str):
                continue
            values = [
                value
                for origin, special in arguments or [(0, {})]
                for value in _values(evaluator(origin), special, taken.source, taken.steps)
            ]
            for file, start, steps in dict.fromkeys(values):
                use = Use(steps, taken.path, taken.set, taken.conditional, start)
                found.setdefault(file, []).append(Handing(taker, use))
    return found


def places_of_hosts(graph: Graph) -> Mapping[str | None, tuple[int, int]]:
    """Return where each host stands in a graph, by its name."""
    return {
        host.name: (number, index)
        for number, origin in reversed(list(enumerate(graph.origins)))
        for index, host in enumerate((*origin.hosts, *origin.exported))
        if (number, index) in graph.handed
    }


def _names(graph: Graph) -> Iterable[bytes]:
    """Yield what tells by its text alone that a file may take functions from its arguments, as regular expressions."""
    seen: dict[str, Thunk] = {}
    for by_set in graph.handed.values():
        for arguments in by_set.values():
            seen |= {name: value for name, value in arguments.items() if name not in _FOREIGN}
    for name, thunk in seen.items():
        own = [each for each in _branches(thunk.force()) if isinstance(each, Attrset) and _has_own(each)]
        if name == _LIBRARY:
            yield from {rb"lib\." + re.escape(each.encode()) for value in own for each in value.attrs}
        elif own or any(isinstance(each, Lambda) for each in _branches(thunk.force())):
            yield re.escape(name.encode())


def _has_own(value: Attrset) -> bool:
    """Tell whether a set holds functions or sets: names of users and hosts define nothing."""
    values = list(value.attrs.values())[:_ATTRIBUTES]
    return any(isinstance(each, Attrset | Lambda) for thunk in values for each in _branches(thunk.force()))


def _branches(value: Value) -> Sequence[Value]:
    """Return the values of which one is a value."""
    found: list[Value] = []
    pending = [value]
    while pending and len(found) < _CHOICES:
        here = pending.pop()
        if isinstance(here, Choice):
            pending += [each.force() for each in reversed(here.values[:_CHOICES])]
        else:
            found.append(here)
    return found


def _values(
    evaluator: Evaluator, special: Mapping[str, Thunk], name: str, steps: tuple[str | None, ...]
) -> Iterator[tuple[str, tuple[str, ...], tuple[str | None, ...]]]:
    """Yield where the functions or sets are written that an argument comes to by some steps, and the steps that are left.

    `special` is what the host hands to its modules.
    """
    value = special[name].force() if name in special else Arguments(special).argument(name)
    for here in _branches(value):
        written: tuple[str, Node, tuple[str | None, ...]] | None = None
        each = here
        for number in range(len(steps) + 1):
            if isinstance(each, Lambda):
                written = (each.scope.file, each.node, steps[number:])
            elif isinstance(each, Attrset) and each.node is not None:
                written = (each.file, each.node, steps[number:])
            step = steps[number] if number < len(steps) else None
            if step is None:
                break
            found = _branches(evaluator.select(each, step))
            each = next((other for other in found if isinstance(other, Lambda | Attrset)), found[0])
        if written:
            file, node, rest = written
            names, calls = _address(node)
            yield file, names, (*calls, *rest)


def _address(node: Node) -> tuple[tuple[str, ...], tuple[None, ...]]:
    """Return the names of the bindings that an expression stands in, the outermost first, and the calls from the last of them to it."""
    names: list[str] = []
    calls = 0
    here = node.parent
    while here is not None:
        path = here.child_by_field_name("attrpath") if here.type == "binding" else None
        names += [segment.name or "" for segment in reversed(attrs(path) if path else ())]
        calls += here.type == "function_expression" and not names
        here = here.parent
    return tuple(reversed(names)), (None,) * calls
