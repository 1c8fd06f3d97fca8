"""What a name, a selection or a call of a file's own function stands for in that file: another expression of it.

Nothing is computed: a function gives its body, whose names mean what this call hands them (`Frame`). What is not seen is None.
"""

from __future__ import annotations

import re
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.analysis.scope import Name, resolve_name
from nix_lsp.syntax.ast import Attr, application, attrs, bindings, static_string, text, unparenthesized

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Sequence

    from tree_sitter import Node

    from nix_lsp.syntax.document import Document

CONDITIONAL = frozenset({"mkIf", "optionalAttrs", "optional", "optionals", "mkAssert"})
LAST_OF = {
    "mkIf": 2,
    "mkAssert": 3,
    "mkDefault": 1,
    "mkForce": 1,
    "mkVMOverride": 1,
    "mkImageMediaOverride": 1,
    "mkOptionDefault": 1,
    "mkOverride": 2,
    "mkOrder": 2,
    "mkBefore": 1,
    "mkAfter": 1,
    "optionalAttrs": 2,
    "mkFixStrictness": 1,
}
"""Functions that give their last argument's content, and how many arguments they take."""

_LIBRARIES = frozenset(
    {"lib", "builtins", "modules", "attrsets", "lists", "l", "nixpkgs", "pkgs", "inputs", "self", "flake"}
)
_SETS = frozenset({"attrset_expression", "rec_attrset_expression"})
_ROUND = {
    "parenthesized_expression": "expression",
    "let_expression": "body",
    "with_expression": "body",
    "assert_expression": "body",
}
_SEPARATOR = re.compile(rb"[.({;\[]")

_CALLS = 2_000
"""Calls of a file's own functions that are followed: functions that call one another multiply."""
_NESTED = 64
"""Functions that give functions, selections from selections."""


class Part(NamedTuple):
    """One of the expressions that a value consists of."""

    node: Node
    conditional: bool
    """Under `mkIf`, `optionalAttrs`, `if`."""
    names: tuple[int, ...]
    """Ids of the bound expressions, functions and generating calls that were gone through on the way; none of them is entered again."""
    frame: Frame | None = None
    """What the functions round it were given."""


class Frame(NamedTuple):
    """One call of a function that the file defines."""

    function: int
    """The id of its node."""
    argument: Argument
    outer: Frame | None


Argument = Part | Attr | None
"""An expression, a name that a function of sets passes on, or what is not known."""


class _Bound:
    """The names that stand before a `=` in the version of a file that was last asked about.

    To look a name up in the tree costs a walk from the root, and most are bound nowhere.
    """

    def __init__(self) -> None:
        self._source = b""
        self._asked = 0
        self._names: frozenset[bytes] | None = None
        self._sets: frozenset[bytes] = frozenset()

    def of(self, document: Document) -> _Bound:
        """Turn to a version of the file."""
        if self._source is not document.source:
            self._source, self._asked, self._names = document.source, 0, None
        return self

    def has(self, name: bytes, *, a_set: bool) -> bool:
        """Tell whether a name stands before a `=`; `a_set`: and before a set then, perhaps."""
        if self._names is None and self._asked < _SINGLE:
            self._asked += 1
            value = rb"(?:\{|rec)" if a_set else b""
            return re.search(re.escape(name) + rb"\s*=\s*" + value, self._source) is not None
        return name in (self.sets if a_set else self.names)

    @property
    def names(self) -> frozenset[bytes]:
        """All such names; some are none."""
        if self._names is None:
            self._read()
        return self._names or frozenset()

    @property
    def sets(self) -> frozenset[bytes]:
        """Those that a set follows, perhaps."""
        if self._names is None:
            self._read()
        return self._sets

    def _read(self) -> None:
        """Read what stands before each `=`, and how what follows begins: twice as fast as an expression that reads names."""
        names: set[bytes] = set()
        sets: set[bytes] = set()
        for piece, after in pairwise(self._source.split(b"=")):
            if not (words := piece.rstrip().rsplit(None, 1)):
                continue
            name = _SEPARATOR.split(words[-1])[-1]
            names.add(name)
            if after[:80].lstrip().startswith((b"{", b"rec")):
                sets.add(name)
        self._names, self._sets = frozenset(names), frozenset(sets)


_SINGLE = 8
"""So many names are searched for one by one before all are read: about a cursor no more is asked."""


class Meaning:
    """What the names of one document stand for."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._calls = 0
        self._bound: dict[int, Node | None] = {}
        """What names are bound to, by the byte offset of the name: each is asked about several times."""
        self._asked: set[bytes] = set()
        self._has_found = False

    def is_bound(self, name: Node) -> bool:
        """Tell whether the file binds a name anywhere, perhaps."""
        return self._is_among(name, a_set=False)

    def _may_be_set(self, name: Node) -> bool:
        """Tell whether a set is bound to a name, perhaps: what is selected from others is not looked up."""
        return self._is_among(name, a_set=True)

    def _is_among(self, name: Node, *, a_set: bool) -> bool:
        word = name.text or b""
        if self._names.has(word, a_set=a_set):
            self._has_found = True
            return True
        self._asked.add(word)
        return False

    @cached_property
    def _names(self) -> _Bound:
        return self._document.lineage.of(_Bound).of(self._document)

    def attending(self) -> Callable[[], frozenset[bytes] | None]:
        """Begin to attend to the names that are asked for.

        Returns what ends it: it tells the names that were asked for, of which the file binds none; None if it binds one.
        """
        before, self._asked, self._has_found = (self._asked, self._has_found), set(), False

        def end() -> frozenset[bytes] | None:
            asked = None if self._has_found else frozenset(self._asked)
            self._asked, self._has_found = before
            return asked

        return end

    def binds_none(self, names: frozenset[bytes]) -> bool:
        """Tell whether the file binds none of some names."""
        return self._names.names.isdisjoint(names)

    def library_name(self, function: Node, known: Container[str]) -> str | None:
        """Return the name of a function of nixpkgs' library or of Nix, if it is one of some; None also where the file has its own of that name."""
        if function.type == "variable_expression":
            name = text(function)
            return name if name in known and not self._is_bound_here(function) else None
        if function.type != "select_expression":
            return None
        path, base = function.child_by_field_name("attrpath"), function.child_by_field_name("expression")
        if path is None or base is None or base.type != "variable_expression" or text(base) not in _LIBRARIES:
            return None
        name = text(path).rpartition(".")[2]
        return name if name in known else None

    def of(self, part: Part) -> Part | None:
        """Return the expression that a name, a selection or a call of the file's own function stands for."""
        kind = part.node.type
        if kind == "variable_expression":
            return self._of_name(part.node, part)
        if kind == "select_expression":
            return self._of_selection(part)
        if kind == "apply_expression":
            function, arguments = application(part.node)
            if self._may_be_own(function, part.frame):
                return self.apply(part._replace(node=function), [part._replace(node=node) for node in arguments])
        return None

    def inherited(self, binding: Node, name: Node, part: Part) -> Part | None:
        """Return what `inherit x;` or `inherit (set) x;` in a set takes over; `name` is the node of x."""
        if binding.type == "inherit":
            return self._of_name(name, part)
        source = binding.child_by_field_name("expression")
        if source is None:
            return None
        return self.selected(part._replace(node=unparenthesized(source)), (text(name),))

    def apply(self, function: Part, arguments: Sequence[Argument]) -> Part | None:
        """Return what a function gives for some arguments: the body of one that this file defines, the content of `mkDefault` and its kin."""
        here, given = function, list(arguments)
        for _ in range(_NESTED):
            node = here.node
            if not given:
                return here
            if node.type == "function_expression":
                body = node.child_by_field_name("body")
                # The function is known by another id than the expression that a name is bound to.
                if body is None or -node.id in here.names or self._calls >= _CALLS:
                    return None
                self._calls += 1
                here = Part(body, here.conditional, (*here.names, -node.id), Frame(node.id, given.pop(0), here.frame))
            elif (inner := inside(node)) is not None:
                here = here._replace(node=inner)
            elif node.type == "apply_expression":
                node, more = application(node)
                given = [*(here._replace(node=argument) for argument in more), *given]
                here = here._replace(node=node)
            elif name := self.library_name(node, LAST_OF):
                last = given[-1]
                if LAST_OF[name] != len(given) or not isinstance(last, Part):
                    return None
                conditional = here.conditional or last.conditional or name in CONDITIONAL
                return last._replace(conditional=conditional, names=(*here.names, *last.names))
            elif meant := self.of(here):
                here = meant
            else:
                return None
        return None

    def name(self, node: Node, frame: Frame | None) -> str | None:
        """Return the name that a segment of a path (`${name}`, `"to-${name}"`) or an expression comes to in one call of a function."""
        node = unparenthesized(node)
        if node.type == "interpolation":
            inner = node.child_by_field_name("expression")
            return self.name(inner, frame) if inner is not None else None
        if node.type == "variable_expression":
            argument = self._argument(node, frame)
            if isinstance(argument, Part):
                return static_string(unparenthesized(argument.node))
            return argument.name if argument else None
        if node.type != "string_expression":
            return None
        if (whole := static_string(node)) is not None:
            return whole
        parts = [
            text(child) if child.type == "string_fragment" else self.name(child, frame) for child in node.named_children
        ]
        return None if None in parts else "".join(filter(None, parts))

    def bound(self, name: Node) -> Node | None:
        """Return the expression that `let` or `rec` binds a variable, or the name in an `inherit`, to."""
        if not self.is_bound(name):
            return None
        if name.start_byte not in self._bound:
            found = resolve_name(self._document, name)
            self._bound[name.start_byte] = (
                found.value if isinstance(found, Name) and found.kind in {"let", "rec"} else None
            )
        return self._bound[name.start_byte]

    def _is_bound_here(self, function: Node) -> bool:
        """Tell whether a function is the file's own, whatever its name."""
        if not self.is_bound(function):
            return False
        name = resolve_name(self._document, function)
        return isinstance(name, Name) and name.kind != "inherit"

    def _may_be_own(self, function: Node, frame: Frame | None) -> bool:
        if function.type == "variable_expression":
            return frame is not None or self.is_bound(function)
        base = function.child_by_field_name("expression") if function.type == "select_expression" else None
        if base is not None and base.type == "variable_expression":
            return self._may_be_set(base)
        return function.type == "function_expression"

    def _of_name(self, name: Node, part: Part) -> Part | None:
        bound = self.bound(name)
        if bound is not None:
            return part._replace(node=bound, names=(*part.names, bound.id)) if bound.id not in part.names else None
        argument = self._argument(name, part.frame)
        if not isinstance(argument, Part) or name.id in part.names:
            return None
        names: tuple[int, ...] = (*part.names, name.id, *argument.names)
        return argument._replace(names=names, conditional=part.conditional or argument.conditional)

    def _argument(self, name: Node, frame: Frame | None) -> Argument:
        """Return what a function's argument is in a call."""
        if frame is None:
            return None
        found = resolve_name(self._document, name)
        if not isinstance(found, Name) or found.kind not in {"formal", "argument"}:
            return None
        here: Frame | None = frame
        while here is not None and here.function != found.owner.id:
            here = here.outer
        if here is None:
            return None
        if found.kind == "argument":
            return here.argument
        if not isinstance(here.argument, Part):
            return None
        given = here.argument._replace(node=unparenthesized(here.argument.node))
        if given.node.type not in _SETS:
            return None
        value = self.selected(given, (found.name,))
        if value is None and found.value is not None and not _has(given.node, found.name):
            return Part(found.value, False, given.names, here)
        return value

    def _of_selection(self, part: Part) -> Part | None:
        base, path = part.node.child_by_field_name("expression"), part.node.child_by_field_name("attrpath")
        if base is None or path is None or part.node.child_by_field_name("default") is not None:
            return None
        if base.type != "variable_expression":
            return None
        if part.frame is None and not self._may_be_set(base):
            return None
        names = tuple(segment.name for segment in attrs(path))
        owner = self._of_name(base, part)
        return self.selected(owner, names) if owner and part.node.id not in part.names else None

    def selected(self, owner: Part, names: tuple[str | None, ...]) -> Part | None:
        """Return what a set that is written out binds to a path in one piece."""
        node = owner.node
        for _ in range(_NESTED):
            if node.type == "variable_expression" and (meant := self._of_name(node, owner)):
                owner, node = meant, meant.node
            node = unparenthesized(node)
            if node.type not in _SETS:
                return None
            found: list[tuple[Node, tuple[str | None, ...]]] = []
            for binding in bindings(node):
                path = binding.child_by_field_name("attrpath") if binding.type == "binding" else None
                value = binding.child_by_field_name("expression")
                if path is None or value is None:
                    continue
                own = tuple(segment.name for segment in attrs(path))
                shared = min(len(own), len(names))
                if own[:shared] != names[:shared] or None in own:
                    continue
                if len(own) > len(names):
                    return None
                found.append((value, names[len(own) :]))
            if len(found) != 1:
                return None
            node, names = found[0]
            if not names:
                return owner._replace(node=node, names=(*owner.names, node.id)) if node.id not in owner.names else None
        return None


def inside(node: Node) -> Node | None:
    """Return what parentheses, `let … in`, `with …;` and `assert …;` stand round."""
    field = _ROUND.get(node.type)
    return node.child_by_field_name(field) if field else None


def _has(owner: Node, name: str) -> bool:
    """Tell whether a set binds a name in any way."""
    for binding in bindings(owner):
        path = binding.child_by_field_name("attrpath" if binding.type == "binding" else "attrs")
        found = attrs(path) if path else ()
        if any(segment.name in {name, None} for segment in (found[:1] if binding.type == "binding" else found)):
            return True
    return False
