"""The state of one evaluation, and what can be done with values."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from nix_lsp.analysis.partial.expressions import EXPRESSIONS
from nix_lsp.analysis.partial.functions import FUNCTIONS, GLOBALS, call
from nix_lsp.analysis.partial.value import (
    ANY,
    UNKNOWN,
    Arguments,
    Attrset,
    Call,
    Choice,
    Lambda,
    Listing,
    NixPath,
    Scope,
    Symbol,
    Thunk,
    Unknown,
    Value,
    both,
    choice,
    given,
)
from nix_lsp.analysis.pins.fetched import FETCHED
from nix_lsp.syntax.ast import text

if TYPE_CHECKING:
    from tree_sitter import Node

    from nix_lsp.analysis.files import Files

STEPS = 200_000
"""Expressions that may be looked at for all hosts of a flake together: a second or two. Most flakes take less than 20,000."""
STEPS_EACH = 40_000
"""Expressions that may be looked at for one of them, so that it leaves something for the others."""
DEPTH = 90
"""Nested evaluations; each takes about five frames of Python's thousand."""


class Shared:
    """What evaluations of the same state of the files share: a budget, and the results of functions of one string or path."""

    __slots__ = ("calls", "last", "steps")

    def __init__(self) -> None:
        self.steps = STEPS
        """So many are left."""
        self.last = 0
        """So many are to be left."""
        self.ration()
        self.calls: dict[tuple[object, ...], tuple[Lambda, Value]] = {}
        """By scope, function and argument. The function is kept so that the identities of its parts stay their own."""

    def ration(self) -> None:
        """Begin with the next host."""
        self.last = max(self.steps - STEPS_EACH, 0)


class Evaluator:
    """One evaluation over one state of the files. `read` collects the files whose code was evaluated."""

    def __init__(self, files: Files, root: str, outputs: Thunk | None = None, shared: Shared | None = None) -> None:
        """Start in a flake whose own outputs (`self`) are `outputs`; evaluations of one and the same state share what is `shared`."""
        self.files = files
        self.root = root
        self.outputs = outputs
        self.shared = shared or Shared()
        self.read: set[str] = set()
        self.missing: set[str] = set()
        """Paths that were asked for and do not exist."""
        self.asked_outputs = False
        """Something depends on the flake's own outputs."""
        self._depth = 0
        self._imported: dict[str, Thunk] = {}

    # Entry points

    def file(self, path: str) -> Value:
        """Evaluate a file, or a folder's `default.nix`, once."""
        found = self.file_of(path)
        if found is None:
            return UNKNOWN
        if found not in self._imported:
            self._imported[found] = Thunk(lambda: self._evaluate_file(found))
        return self._imported[found].force()

    def _evaluate_file(self, path: str) -> Value:
        self.read.add(path)
        document = self.files.document(path)
        return self.evaluate(document.root, Scope(path, {})) if document else UNKNOWN

    def file_of(self, path: str) -> str | None:
        """Return the real path of the file that `import path` reads."""
        kind = self.files.kind(path)
        if kind == "folder":
            path = posixpath.join(path, "default.nix")
            kind = self.files.kind(path)
        if kind != "file":
            self.missing.add(path)
            return None
        return self.files.real(path)

    def evaluate(self, node: Node | None, scope: Scope) -> Value:
        """Evaluate an expression; UNKNOWN for what is broken, too deep, or too long."""
        if node is None or self.shared.steps <= self.shared.last or self._depth >= DEPTH:
            return UNKNOWN
        self.shared.steps -= 1
        self._depth += 1
        try:
            step = EXPRESSIONS.get(node.type)
            return step(self, node, scope) if step else UNKNOWN
        finally:
            self._depth -= 1

    def lazily(self, node: Node | None, scope: Scope) -> Thunk:
        """Return a thunk of an expression."""
        return Thunk(lambda: self.evaluate(node, scope))

    def lookup(self, name: str, scope: Scope) -> Value:
        """Return what a name means in a scope: a lexical name before a global one before those of `with`."""
        here: Scope | None = scope
        environments: list[Thunk] = []
        while here is not None:
            if found := here.names.get(name):
                return found.force()
            if here.environment is not None:
                environments.append(here.environment)
            here = here.parent
        if name in GLOBALS:
            return GLOBALS[name]
        for environment in environments:
            value = environment.force()
            if isinstance(value, Attrset) and name in value.attrs:
                return value.attrs[name].force()
            if isinstance(value, Symbol | Call | Choice):
                return self.select(value, name)
        return Symbol((name,))

    # What one can do with values

    def select(self, value: Value, name: str) -> Value:
        """Return the attribute `name` of a value."""
        if isinstance(value, Attrset):
            found = value.attrs.get(name) or value.attrs.get(ANY)
            return found.force() if found else UNKNOWN
        if isinstance(value, Symbol):
            return self._select_symbol(value, name)
        if isinstance(value, Call):
            return Symbol((*(_imported_source(value) or value.function.path), name))
        if isinstance(value, Arguments):
            return value.argument(name)
        if isinstance(value, Choice):
            return self._select_each(value, name)
        return UNKNOWN

    def _select_each(self, value: Choice, name: str) -> Value:
        """Select from all branches. One that surely has the attribute goes before a symbol that may have it, as in `lib // { … }`."""
        found = [self.select(each.force(), name) for each in value.values]
        known = [each for each in found if not isinstance(each, Unknown | Symbol)]
        symbols = [each for each in found if isinstance(each, Symbol)]
        if not known and symbols and name in FUNCTIONS:
            return symbols[0]
        return choice(given(each) for each in known or symbols)

    def _select_symbol(self, symbol: Symbol, name: str) -> Value:
        if symbol.path != ("inputs", "self"):
            return Symbol((*symbol.path, name))
        if name == "inputs":
            return Symbol(("inputs",))
        if name in {"outputs", "self"}:
            return symbol
        if name in {"outPath", "sourceInfo"}:
            return NixPath(self.root)
        if self.outputs is None or self._depth >= DEPTH:
            return UNKNOWN
        self.asked_outputs = True
        self._depth += 1
        own = self.select(self.outputs.force(), name)
        self._depth -= 1
        return Symbol((*symbol.path, name)) if isinstance(own, Unknown) else own

    def apply(self, function: Value, argument: Thunk) -> Value:
        """Apply a function to one argument."""
        self.shared.steps -= 1
        if self.shared.steps <= self.shared.last:
            return UNKNOWN
        if isinstance(function, Lambda):
            return self._apply_lambda(function, argument)
        if isinstance(function, Symbol):
            return call(self, Call(function, (argument,)))
        if isinstance(function, Call):
            return call(self, Call(function.function, (*function.args, argument)))
        if isinstance(function, Choice):
            return choice(given(self.apply(each.force(), argument)) for each in function.values)
        if isinstance(function, Attrset) and (functor := function.attrs.get("__functor")):
            return self.apply(self.apply(functor.force(), given(function)), argument)
        return UNKNOWN

    def _apply_lambda(self, function: Lambda, argument: Thunk) -> Value:
        key = _identity(function, argument) if argument.is_forced else None
        if key is None:
            return self._call(function, argument)
        if key not in self.shared.calls:
            self.shared.calls[key] = (function, self._call(function, argument))
        return self.shared.calls[key][1]

    def _call(self, function: Lambda, argument: Thunk) -> Value:
        node, outer = function
        names: dict[str, Thunk] = {}
        scope = Scope(outer.file, names, outer)
        if universal := node.child_by_field_name("universal"):
            names[text(universal)] = argument
        formals = node.child_by_field_name("formals")
        for formal in formals.children_by_field_name("formal") if formals else ():
            if name := formal.child_by_field_name("name"):
                names[text(name)] = self._formal(text(name), formal.child_by_field_name("default"), argument, scope)
        return self.evaluate(node.child_by_field_name("body"), scope)

    def _formal(self, name: str, default: Node | None, argument: Thunk, scope: Scope) -> Thunk:
        if argument.is_forced and isinstance(known := argument.force(), Attrset) and name in known.attrs:
            return known.attrs[name]

        def value() -> Value:
            given_set = argument.force()
            if default and isinstance(given_set, Attrset) and name not in given_set.attrs:
                return self.evaluate(default, scope)
            return self.select(given_set, name)

        return Thunk(value)

    def text_of(self, value: Value) -> str | None:
        """Return what a value becomes in a string: a path its text."""
        if isinstance(value, NixPath):
            return value.path
        if value == Symbol(("inputs", "self")):
            return self.root
        return value if isinstance(value, str) else None

    def items(self, value: Value) -> Listing:
        """Return a value as a list; of a choice, the elements of all its lists."""
        if isinstance(value, Listing):
            return value
        if isinstance(value, Choice):
            lists = [self.items(each.force()) for each in value.values]
            return Listing(tuple(item for each in lists for item in each.items), all(each.exact for each in lists))
        return Listing((), exact=False)

    def as_set(self, value: Value) -> Attrset:
        """Return a value as a set; of a choice, all its sets merged."""
        if isinstance(value, Attrset):
            return value
        merged = Attrset({}, exact=False)
        if isinstance(value, Choice):
            for each in value.values:
                merged = self.merge(merged, self.as_set(each.force()))
        return merged

    def merge(self, left: Attrset, right: Attrset) -> Attrset:
        """Return both sets as one whose common attributes are choices."""
        joined = dict(left.attrs)
        for name, thunk in right.attrs.items():
            joined[name] = both(joined[name], thunk) if name in joined else thunk
        return Attrset(joined, left.exact and right.exact, right.node or left.node, right.file or left.file)

    def is_sources(self, path: str) -> bool:
        """Tell whether `import path` gives a set of pinned sources (npins' folder, niv's `sources.nix`, lon's `lon.nix`)."""
        folder, name = posixpath.split(path)
        beside = {"sources.nix": "sources.json", "lon.nix": "lon.lock", "default.nix": "sources.json"}.get(name)
        if beside and self.files.kind(posixpath.join(folder, beside)) == "file":
            return True
        return self.files.kind(posixpath.join(path, "sources.json")) == "file"


def _imported_source(value: Call) -> tuple[str, ...] | None:
    """Return where a file of a fetched or pinned source is whose value is asked: `(import (fetchTarball …)).nixosModules`."""
    source = value.args[0].force() if value.function.path[-1] == "import" and len(value.args) == 1 else None
    if not isinstance(source, Symbol) or source.path[0] not in _SOURCES or len(source.path) < 2:
        return None
    return source.path if source.path[-1].startswith("/") else (*source.path, "/")


_SOURCES = frozenset({FETCHED, "sources"})


def _identity(function: Lambda, argument: Thunk) -> tuple[object, ...] | None:
    """Return what calls have in common that surely give the same; None where that is not known.

    Functions that read folders are called with the same few paths for every host, and files that are functions with the same few inputs.
    """
    node, scope = function
    value = argument.force()
    if isinstance(value, str | NixPath):
        return (id(scope), node.id, value) if node.child_by_field_name("formals") is None else None
    if not isinstance(value, Attrset) or scope.names or scope.parent is not None:
        return None
    given_here: dict[str, Value] = {}
    for name, thunk in value.attrs.items():
        if not thunk.is_forced or not isinstance(known := thunk.force(), str | bool | NixPath | Symbol):
            return None
        given_here[name] = known
    return (scope.file, node.id, frozenset(given_here.items()))
