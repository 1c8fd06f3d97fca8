"""Which modules a module brings in: through `imports`, and through options whose values are modules of their own."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.analysis.nested_modules import HANDING, NESTED
from nix_lsp.analysis.partial.evaluate import Evaluator
from nix_lsp.analysis.partial.value import (
    Arguments,
    Attrset,
    Call,
    Choice,
    Lambda,
    Listing,
    NixPath,
    Symbol,
    Thunk,
    Value,
    given,
)
from nix_lsp.analysis.pins.fetched import FETCHED

if TYPE_CHECKING:
    from tree_sitter import Node

    from nix_lsp.syntax.document import Document

MENTIONS = (
    b"imports",
    b"disabledModules",
    b"home-manager",
    b"containers",
    b"specialisation",
    b"virtualisation",
    b"microvm",
    b"_module",
)
"""A file that has none of these words brings in nothing: it need not be parsed to know that."""

DISABLING = b"disabledModules"

MOVING = frozenset(
    {
        "mkRenamedOptionModule",
        "mkRenamedOptionModuleWith",
        "doRename",
        "mkAliasOptionModule",
        "mkAliasOptionModuleMD",
        "mkRemovedOptionModule",
        "mkChangedOptionModule",
        "mkMergedOptionModule",
    }
)
"""Functions whose modules declare that options have moved, and bring in nothing (nixpkgs, lib/modules.nix)."""

_WHOLE_RESULT = {
    "source_code": "expression",
    "parenthesized_expression": "expression",
    "let_expression": "body",
    "with_expression": "body",
    "assert_expression": "body",
}
_RESULT = {**_WHOLE_RESULT, "function_expression": "body"}
_DEPTH = 24
"""Modules written inside modules."""


class Edge(NamedTuple):
    """A file that is brought in as a module."""

    file: str
    set: str | None
    """The module set that the option it is the value of implies; None: that of the file that brings it in."""


class InputModule(NamedTuple):
    """A module of an input that is brought in."""

    path: tuple[str, ...]
    """`("inputs", "disko", "nixosModules", "disko")`"""
    set: str | None
    """As of an `Edge`."""


class Edges(NamedTuple):
    """All that one module brings in."""

    files: tuple[Edge, ...]
    inputs: frozenset[InputModule]
    """Modules of inputs."""
    opaque: bool
    """Something that cannot be seen is brought in too."""
    disabled: frozenset[str] = frozenset()
    """Modules that are left out, by the ends of their files' paths: `services/web-servers/nginx`."""
    hands: tuple[str, ...] = ()
    """What it says that modules are handed as arguments, by its text."""


Handed = Mapping[str | None, Mapping[str, Thunk]]
"""What modules of a set are handed as arguments; None is the set of the module that says so."""
NOTHING = Edges((), frozenset(), opaque=False)


class FileEdges(NamedTuple):
    """The edges of a file, and what they depend on."""

    edges: Edges
    per_host: bool
    """They depend on the host's `specialArgs`."""
    read: frozenset[str]
    """Files whose code was evaluated."""
    missing: frozenset[str]
    """Paths that were looked for and do not exist."""
    alone: bool
    """They depend on no other file's text, and not on the flake's outputs."""
    handed: Handed = MappingProxyType({})


def brings_in(document: Document) -> bool:
    """Tell whether a file may bring in other modules, by its text alone."""
    return any(word in document.source for word in MENTIONS)


def file_edges(evaluator: Evaluator, document: Document, special: Mapping[str, Thunk]) -> FileEdges:
    """Return what a module file brings in where its host passes `special` as further arguments."""
    if not brings_in(document):
        return FileEdges(NOTHING, per_host=False, read=frozenset(), missing=frozenset(), alone=True)
    walker = _Walker(evaluator, document.path, special)
    walker.module(evaluator.file(document.path), None, 0)
    return FileEdges(
        walker.edges(),
        per_host=walker.arguments.asked,
        read=frozenset(evaluator.read - walker.whole),
        missing=frozenset(evaluator.missing),
        alone=evaluator.read - walker.whole == {document.path} and not evaluator.asked_outputs and not walker.handed,
        handed=walker.handed,
    )


def value_edges(
    evaluator: Evaluator, modules: Thunk, file: str, special: Mapping[str, Thunk]
) -> tuple[Edges, frozenset[str], Handed]:
    """Return what a list of modules that is written in `file` brings in, which files were read only to see that they are modules, and what it hands to modules."""
    walker = _Walker(evaluator, file, special)
    walker.module(modules.force(), None, 0)
    return walker.edges(), frozenset(walker.whole), walker.handed


class _Walker:
    def __init__(self, evaluator: Evaluator, file: str, special: Mapping[str, Thunk]) -> None:
        self.evaluator = evaluator
        self.file = file
        self.arguments = Arguments(special)
        self.found: dict[Edge, None] = {}
        self.inputs: set[InputModule] = set()
        self.whole: set[str] = set()
        """Files that were evaluated only to see that they are modules."""
        self.opaque = False
        self.disabled: set[str] = set()
        self.handed: dict[str | None, dict[str, Thunk]] = {}
        self.hands: list[str] = []

    def edges(self) -> Edges:
        return Edges(
            tuple(self.found), frozenset(self.inputs), self.opaque, frozenset(self.disabled), tuple(self.hands)
        )

    def module(self, value: Value, module_set: str | None, depth: int) -> None:
        """Take in a module, or a list of modules."""
        if depth > _DEPTH:
            self.opaque = True
        elif isinstance(value, NixPath) or (isinstance(value, str) and value.startswith("/")):
            self.path(value.path if isinstance(value, NixPath) else value, module_set)
        elif isinstance(value, Listing | Choice):
            items = self.evaluator.items(value) if isinstance(value, Listing) else Listing(value.values)
            self.opaque = self.opaque or not items.exact
            for item in items.items:
                self.module(item.force(), module_set, depth + 1)
        elif isinstance(value, Lambda):
            if not self.written(value.scope.file, value.node, module_set):
                self.module(self.evaluator.apply(value, given(self.arguments)), module_set, depth + 1)
        elif isinstance(value, Attrset):
            if not self.written(value.file, value.node, module_set):
                self.body(value, module_set, depth)
        elif isinstance(value, Symbol):
            self.symbol(value, module_set)
        elif isinstance(value, Call):
            self.call(value, module_set, depth)
        else:
            self.opaque = True

    def path(self, path: str, module_set: str | None) -> None:
        file = self.evaluator.file_of(path)
        if file is None:
            # What nixos-generate-config writes declares nothing, and is often left out of the repository.
            self.opaque = self.opaque or not path.endswith("/hardware-configuration.nix")
        elif file != self.file or module_set is not None:
            self.found[Edge(file, module_set)] = None

    def written(self, file: str, node: Node | None, module_set: str | None) -> bool:
        """Note that a module is what another file's expression gives; tell whether that says it all, as the file is looked at by itself."""
        if node is None or not file or file == self.file:
            return False
        document = self.evaluator.files.document(file)
        if document is None or not _is_result(document, node, _RESULT):
            return False
        self.found[Edge(file, module_set)] = None
        whole = _is_result(document, node, _WHOLE_RESULT)
        if whole:
            self.whole.add(file)
        return whole

    def symbol(self, symbol: Symbol, module_set: str | None) -> None:
        head = symbol.path[0]
        if head in {"inputs", "sources", FETCHED} and len(symbol.path) > 1:
            self.inputs.add(InputModule(symbol.path, module_set))
        elif head != "modulesPath":
            self.opaque = True

    def call(self, call: Call, module_set: str | None, depth: int) -> None:
        """Take in what is imported from an input, and the modules that an unknown function is given."""
        argument = call.args[0].force()
        if call.function.path[-1] == "import" and isinstance(argument, Symbol):
            self.symbol(argument, module_set)
            return
        if call.function.path[-1] in MOVING:
            return
        self.opaque = True
        for thunk in call.args:
            value = thunk.force()
            if isinstance(value, NixPath | Listing):
                self.module(value, module_set, depth + 1)

    def body(self, attributes: Attrset, module_set: str | None, depth: int) -> None:
        if imported := attributes.attrs.get("imports"):
            value = imported.force()
            if isinstance(value, Listing | Choice):
                self.module(value, module_set, depth + 1)
            else:
                self.opaque = True
        if disabled := attributes.attrs.get("disabledModules"):
            from nix_lsp.analysis.left_out import left_out

            found = left_out(self.evaluator, disabled.force())
            self.disabled |= found.modules
            self.opaque = self.opaque or not found.is_whole
        explicit = "config" in attributes.attrs or "options" in attributes.attrs
        config = attributes.attrs.get("config") if explicit else given(attributes)
        for path, nested_set in NESTED.items() if config else ():
            self.nested(config.force() if config else attributes, path, nested_set or module_set, depth)
        for path, nested_set in HANDING.items() if config else ():
            self.hand(config.force() if config else attributes, path, nested_set or module_set)

    def hand(self, config: Value, path: tuple[str, ...], module_set: str | None) -> None:
        """Take in what an option says that modules of a set are handed as arguments."""
        if isinstance(config, Choice):
            for each in config.values:
                self.hand(each.force(), path, module_set)
        elif isinstance(config, Attrset) and path and path[0] in config.attrs:
            self.hand(config.attrs[path[0]].force(), path[1:], module_set)
        elif isinstance(config, Attrset) and not path:
            self.handed.setdefault(module_set, {}).update(config.attrs)
            text = config.node.text if config.node else None
            self.hands.append(text.decode("utf-8", "replace") if text else " ".join(config.attrs))

    def nested(self, config: Value, path: tuple[str | None, ...], module_set: str | None, depth: int) -> None:
        if isinstance(config, Choice):
            for each in config.values:
                self.nested(each.force(), path, module_set, depth)
        elif isinstance(config, Attrset):
            head, rest = path[0], path[1:]
            thunks = config.attrs.values() if head is None else [config.attrs[head]] if head in config.attrs else []
            for thunk in thunks:
                value = thunk.force()
                if rest:
                    self.nested(value, rest, module_set, depth)
                else:
                    self.module(value, module_set, depth + 1)


def _is_result(document: Document, node: Node, through: Mapping[str, str]) -> bool:
    """Tell whether a node is what a file's expression comes down to, seen through some kinds of expressions."""
    here: Node | None = document.root
    while here is not None:
        if here.id == node.id:
            return True
        here = here.child_by_field_name(through.get(here.type, ""))
    return False
