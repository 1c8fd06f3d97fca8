"""Inlay hints: the name behind the bracket that closes a long binding; versions, defaults and names of arguments if asked for."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.analysis.scope import Descent, Name, With, resolve_name
from nix_lsp.ide.language import builtins
from nix_lsp.ide.tokens.meanings import Meanings
from nix_lsp.syntax.ast import application, attrs, text, unparenthesized

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tree_sitter import Node

    from nix_lsp.analysis.definition import Definition
    from nix_lsp.analysis.project import Project
    from nix_lsp.syntax.document import Document
    from nix_lsp.syntax.span import Span
    from option_index.query import PackageSet

_CLOSED = re.compile(rb"(?:''|[\])}\"])+;")
"""What a line begins with that closes a binding and says nothing else."""
_LONGEST = 40
"""Characters of a default that are shown."""
_NAMES = frozenset({"variable_expression", "select_expression"})
_SHORTEST = 2
"""Arguments of a call that are worth a name."""
_LITERALS = frozenset({
    "attrset_expression", "float_expression", "function_expression", "indented_string_expression", "integer_expression", "list_expression",
    "parenthesized_expression", "path_expression", "string_expression", "variable_expression",
})  # fmt: skip


class Hint(NamedTuple):
    """A short text that is shown at a byte offset, and is not in the file."""

    offset: int
    label: str
    is_before: bool = False
    """It belongs to what follows, and to what stands before it otherwise."""


def inlay_hints(project: Project, document: Document, part: Span) -> list[Hint]:
    """Return the hints that the settings ask for and that stand in a part of a file, in order."""
    reader = _Reader(project, document, part)
    if reader.settings.default_hints:
        reader.add_defaults()
    if reader.settings.closing_names or reader.settings.version_hints or reader.settings.argument_hints:
        reader.walk()
    return sorted(reader.found)


class _Reader:
    def __init__(self, project: Project, document: Document, part: Span) -> None:
        self._project = project
        self._document = document
        self._part = part
        self._descent = Descent(document.root)
        self._meanings = Meanings(project, document)
        self.settings = project.settings
        self.found: list[Hint] = []

    def walk(self) -> None:
        """Visit what reaches into the part, from the outside in."""
        start, end = self._part
        cursor = self._document.tree.walk()
        parent: list[str] = []
        going_down = True
        while True:
            if going_down and (node := cursor.node) is not None:
                if node.start_byte > end:
                    going_down = False
                elif node.end_byte >= start:
                    self._visit(node, parent[-1] if parent else "")
                    if cursor.goto_first_child():
                        parent.append(node.type)
                        continue
            going_down = going_down and cursor.goto_next_sibling()
            while not going_down and cursor.goto_parent():
                parent.pop()
                going_down = cursor.goto_next_sibling()
            if not going_down:
                return

    def _visit(self, node: Node, parent: str) -> None:
        kind = node.type
        if kind == "binding" and self.settings.closing_names:
            self._closing(node)
        elif kind in _NAMES and parent == "list_expression" and self.settings.version_hints:
            self._version(node)
        elif kind == "apply_expression" and self.settings.argument_hints and parent != "apply_expression":
            self._arguments(node)

    def _add(self, offset: int, label: str, *, is_before: bool = False) -> None:
        if self._part.contains(offset):
            self.found.append(Hint(offset, label, is_before))

    # Closing names

    def _closing(self, binding: Node) -> None:
        """Name a long binding where it ends with nothing but brackets."""
        first, last = self._document.line_of(binding.start_byte), self._document.line_of(binding.end_byte)
        path = binding.child_by_field_name("attrpath")
        if path is None or last - first + 1 < self.settings.closing_names:
            return
        if _CLOSED.fullmatch(self._document.source[self._document.line_starts[last] : binding.end_byte].strip()):
            self._add(binding.end_byte, ".".join(self._document.text(segment.span) for segment in attrs(path)))

    # Versions

    @cached_property
    def _packages(self) -> PackageSet | None:
        lanes = self._project.lanes(self._document)
        return self._project.packages(lanes[0] if lanes else None)

    def _version(self, element: Node) -> None:
        """Say the version of an element of a list that is a package of nixpkgs."""
        if self._packages is None or not self._part.contains(element.end_byte):
            return
        if element.type == "variable_expression" and not isinstance(self._bound(element), With):
            return
        path = self._path(element)
        package = self._packages.package(".".join(path[1:])) if path and path[0] == "pkgs" else None
        if package is not None and package.version:
            self._add(element.end_byte, package.version)

    # Arguments

    def _arguments(self, call: Node) -> None:
        """Name the arguments of a call that has several, where they do not say it themselves."""
        function, arguments = application(call)
        if len(arguments) < _SHORTEST:
            return
        for name, argument in zip(self._parameters(function), arguments, strict=False):
            inner = unparenthesized(argument)
            is_said = text(inner).rpartition(".")[2].strip("_'") == name.strip("_'")
            if name.isidentifier() and argument.type in _LITERALS and not is_said:
                self._add(argument.start_byte, f"{name}:", is_before=True)

    def _parameters(self, function: Node) -> Sequence[str]:
        """Return the names of a known function's parameters in order; one that is a set has none."""
        if function.type not in {"variable_expression", "select_expression"}:
            return ()
        if function.type == "variable_expression":
            found = self._bound(function)
            if isinstance(found, Name) and found.kind != "inherit":
                return _curried(found.value)
        path = self._path(function)
        if path is None and function.type == "variable_expression" and text(function) in builtins():
            path = ("builtins", text(function))
        if path and path[0] == "builtins" and len(path) > 1 and (builtin := builtins().get(path[1])):
            return builtin.args
        if path and path[0] == "lib":
            lanes = self._project.lanes(self._document)
            library = self._project.library(lanes[0] if lanes else None)
            known = library.name(path[1:]) if library else None
            return known.args if known else ()
        return ()

    # Names

    def _bound(self, variable: Node) -> Name | With | None:
        self._descent.to(variable.start_byte)
        return resolve_name(self._document, variable, self._descent)

    def _path(self, node: Node) -> tuple[str, ...] | None:
        """Return what a variable or a selection from one stands for in `lib`, `builtins` or `pkgs`."""
        names: list[str | None] = []
        base: Node | None = node
        if node.type == "select_expression":
            base, path = node.child_by_field_name("expression"), node.child_by_field_name("attrpath")
            names = [segment.name for segment in attrs(path)] if path else []
        if base is None or base.type != "variable_expression":
            return None
        found = self._bound(base)
        head = (
            self._meanings.of_with(found, text(base))
            if isinstance(found, With)
            else self._meanings.of_name(base, found)
        )
        known = [name for name in names if name is not None]
        return (*head, *known) if head and len(known) == len(names) else None

    # Defaults

    def add_defaults(self) -> None:
        """Say the default of each option that is given a value, where it is short and the same in all module sets of the file."""
        lanes = self._project.lanes(self._document)
        for root in self._project.module(self._document).roots:
            indexes = [self._project.options(lane.within(root.set) if root.set else lane) for lane in lanes]
            for definition in root.definitions:
                end = definition.binding.end_byte
                if not self._part.contains(end) or definition.is_set or definition.binding.type != "binding":
                    continue
                names = tuple(name for name in definition.names if name is not None)
                if len(names) < len(definition.names):
                    continue
                defaults = {_shown(options.option(names)) for options in indexes if options is not None}
                if len(defaults) == 1 and (default := defaults.pop()):
                    self._add(end, _compared(definition, default))


def _curried(function: Node | None) -> list[str]:
    found: list[str] = []
    while function is not None and function.type == "function_expression":
        universal = function.child_by_field_name("universal")
        found.append(text(universal) if universal is not None and not function.child_by_field_name("formals") else "")
        function = function.child_by_field_name("body")
    return found


def _shown(option: object) -> str | None:
    default = getattr(option, "default", None)
    if not isinstance(default, str) or len(default) > _LONGEST or "\n" in default:
        return None
    return default


def _compared(definition: Definition, default: str) -> str:
    value = text(definition.value) if definition.value is not None else ""
    return "the default" if value.split() == default.split() else f"default: {default}"
