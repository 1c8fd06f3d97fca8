"""Reading a file as a module: its definitions, imports and declarations, and the modules it holds inside."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from nix_lsp.analysis.definition import ModuleView, Root
from nix_lsp.analysis.definition_reader import Below, DefinitionReader, ModuleParts
from nix_lsp.analysis.module_forms import DEPTH, EXPLICIT, NO_OPTIONS, SETS, calls, head_of, imported_path, module_body
from nix_lsp.analysis.nested_modules import HEADS, TEST
from nix_lsp.analysis.pieces import KnownPieces
from nix_lsp.analysis.wrappers import Wrappers
from nix_lsp.syntax.ast import (
    Attr,
    application,
    attrs,
    bindings,
    descent,
    span,
    text,
    unparenthesized,
)
from nix_lsp.syntax.span import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tree_sitter import Node

    from nix_lsp.analysis.definition import DeclaredOption
    from nix_lsp.analysis.definition_reader import Task
    from nix_lsp.analysis.taken import Taken, Use
    from nix_lsp.syntax.document import Document


_BUILDERS = {
    "nixosSystem": "nixos",
    "darwinSystem": "nix-darwin",
    "homeManagerConfiguration": "home-manager",
}
"""Functions that build a system from `modules = [ … ]`."""


_MOVER = 64
"""Bytes in which the name of a function stands that an element of `imports` calls."""
_NAMING = frozenset({"let_expression", "rec_attrset_expression", "let_attrset_expression"})
"""Expressions whose bindings can be referred to by name."""
_SCRIPT = b"testScript"
_MACHINES = frozenset({"nodes", "containers", "machine", "defaults"})
"""What a NixOS test has besides its script."""


def read_module(document: Document, declared: tuple[DeclaredOption, ...] | None = None) -> ModuleView:
    """Read a file as a module. Never raises for malformed Nix; what only evaluation can tell is left out.

    `declared` are the options that `read_declarations` has found in it, so that they are not read again.
    """
    known = None if document.version is None else document.lineage.of(KnownPieces)
    reader = _Reader(document, known=known)
    reader.declares = declared is None
    module = reader.read()
    return module if declared is None else module._replace(declared=declared)


def read_declarations(document: Document) -> tuple[DeclaredOption, ...]:
    """Return the options that a file declares as a module, and those that it says have moved; its definitions are passed by."""
    return _DeclarationReader(document).read().declared


def read_set(document: Document, owner: Node, module_set: str) -> Root:
    """Read an attribute set as the definitions of a module set of its own: what a function such as `mkShell` is given."""
    return _Reader(document).read_set(owner, module_set)


def read_taken(document: Document) -> tuple[Taken, ...]:
    """Return the values that the definitions of a file are given from other files."""
    reader = _Reader(document)
    reader.taken = []
    reader.read()
    return tuple(reader.taken)


def read_given(document: Document, uses: Iterable[Use]) -> tuple[Root, ...]:
    """Read the definitions that other files take from this one: a part of the file for each use."""
    return _Reader(document).read_given(uses)


def roots_at(document: Document, offset: int, uses: Sequence[Use] = ()) -> tuple[Root, ...]:
    """Return the parts of a module, with only those of their definitions whose bindings hold a byte offset.

    What it costs goes by the depth of the place, not by the size of the file: for what is asked at a cursor in a file being typed.
    `uses` is what other files take from this one for definitions.
    """
    chain = descent(document.root, offset)
    # What a name stands for belongs to wherever the name is used, so all of the file has to be read to say.
    is_named = any(node.type in _NAMING and inner.type == "binding_set" for node, inner in pairwise(chain))
    reader = _Reader(document, None if is_named else offset)
    return reader.read_given(uses) if uses else reader.read().roots


def _is_test(node: Node) -> bool:
    """Tell whether a set is a NixOS test by what it binds."""
    if node.type not in SETS or _SCRIPT not in (node.text or b""):
        return False
    heads = {head_of(binding) for binding in bindings(node)}
    return "testScript" in heads and bool(heads & _MACHINES)


class _Reader(DefinitionReader):
    def __init__(
        self,
        document: Document,
        at: int | None = None,
        known: KnownPieces | None = None,
        wrappers: Wrappers | None = None,
    ) -> None:
        super().__init__(document, at, known, wrappers)
        self.declared: list[DeclaredOption] = []
        self.declares = at is None
        """Declarations are asked for."""

    def read(self) -> ModuleView:
        root = self.document.root.child_by_field_name("expression")
        if root is None:
            root = next((child for child in self.document.root.named_children if child.type != "comment"), None)
        own: ModuleParts | None = None
        if root is not None:
            if self._is_flake(root):
                self._run(self._flake(root))
            elif (body := module_body(root)) is not None and self._may_be_module(body) and not _is_test(body):
                own = self._open(None, body)
                self._run(self._module_value(body, own))
            self._systems(root)
            self._tests(root)
        if self.known:
            self.known.forget(self.keys)
        # The pieces that are not read yet know this reader: it must not know them.
        modules, self.modules = self.modules, []
        return ModuleView(
            tuple(module.finished() for module in modules),
            tuple(self.declared),
            tuple(own.imports) if own else (),
            own is not None,
        )

    def read_given(self, uses: Iterable[Use]) -> tuple[Root, ...]:
        from nix_lsp.analysis.taken import given

        for use in uses:
            found = given(self.document, self.wrappers.meaning, use)
            for part in self.wrappers.parts(found.part) if found else ():
                if part.node.type not in SETS or len(use.path) > DEPTH:
                    continue
                module = self._open(use.set, part.node)
                start = Span(part.node.start_byte, part.node.start_byte)
                path = tuple([Attr(name, start) for name in use.path])
                # No edit is mechanical where the binding round it is in another file.
                names = part._replace(names=(*part.names, part.node.id))
                below = Below(module, conditional=use.conditional).into(names, path)
                self._run(
                    self._set_below(part.node, found.below, below)
                    if found and found.below
                    else self._set(part.node, below)
                )
        return tuple(module.finished() for module in self.modules)

    def _set_below(self, owner: Node, start: tuple[str | None, ...], below: Below) -> Task:
        """Read those bindings of a set whose paths begin with some names, without these."""
        for binding in bindings(owner):
            path = binding.child_by_field_name("attrpath") if binding.type == "binding" else None
            segments = attrs(path) if path else ()
            if tuple(segment.name for segment in segments[: len(start)]) == start and len(segments) > len(start):
                value = binding.child_by_field_name("expression")
                yield from self._definition(binding, segments[len(start) :], value, below)

    def read_set(self, owner: Node, module_set: str) -> Root:
        module = self._open(module_set, owner)
        self._run(self._set(owner, Below(module)))
        return module.finished()

    def _may_be_module(self, body: Node) -> bool:
        return any(part.node.type in SETS for part in self.wrappers.value(body).parts)

    # Modules

    def _module_value(self, node: Node, module: ModuleParts) -> Task:
        """Read the expression of a module: a set in any form, a function that returns one, or the name of a file."""
        body = module_body(node) or node
        for part in self.wrappers.value(body).parts:
            if part.node.type in SETS:
                yield self._module_set(part.node, Below(module).into(part, ()))
            elif part.node.type == "function_expression" and (inner := module_body(part.node)) is not None:
                yield self._module_value(inner, module)
            else:
                self._import(part.node, module)

    def _module_set(self, node: Node, below: Below) -> Task:
        module = below.module
        source = self.document.source
        heads = {
            head_of(binding)
            for binding in bindings(node)
            if source.startswith((b"config", b"options", b'"', b"$"), binding.start_byte)
        }
        if not heads & EXPLICIT:
            if module.body.id != node.id and module.body.type == "function_expression":
                module.body = node
            yield self._set(node, below)
            return
        configs: list[Node] = []
        for binding in bindings(node):
            head = head_of(binding)
            value = binding.child_by_field_name("expression") if binding.type == "binding" else None
            if value is None or head is None:
                continue
            if head == "imports":
                yield from self._imports(value, module)
            elif head in EXPLICIT:
                path = attrs(binding.child_by_field_name("attrpath") or binding)[1:]
                if head == "options":
                    self._options(path, value)
                elif path:
                    yield from self._definition(binding, path, value, below)
                else:
                    configs.append(value)
                    yield self._config(value, below)
        module.prefixed = len(configs) != 1
        module.body = node if module.prefixed else configs[0]

    def _config(self, value: Node, below: Below) -> Task:
        for part in self.wrappers.value(value, below.names, below.frame).parts:
            if part.node.type in SETS:
                yield self._set(part.node, below.into(part, ()))
            elif (made := self.wrappers.made(part)) is not None:
                yield self._made(made, below.into(part, ()))
            else:
                self._take(part, below, ())

    def _options(self, path: tuple[Attr, ...], value: Node) -> None:
        if not self.declares:
            return
        from nix_lsp.analysis.declaration import declared_options

        self.declared.extend(declared_options(self.document, self.wrappers, path, value))

    def _imports(self, value: Node, module: ModuleParts) -> Task:
        for part in self.wrappers.elements(value):
            yield self._element(part.node, module)

    def _element(self, node: Node, module: ModuleParts) -> Task:
        """Read one element of `imports`: an inline module belongs to the module that imports it."""
        node = unparenthesized(node)
        body = module_body(node)
        if body is not None and (body.type in SETS or self._may_be_module(body)):
            prefixed, outer = module.prefixed, module.body
            yield self._module_value(node, module)
            module.prefixed, module.body = prefixed, outer
        else:
            self._import(node, module)

    def _import(self, node: Node, module: ModuleParts) -> None:
        path = imported_path(node)
        if path is None and b"OptionModule" in (node.text or b"")[:_MOVER] and self.declares:
            from nix_lsp.analysis.declared_moves import declared_moves

            self.declared.extend(declared_moves(self.document, node))
        (module.others if path is None else module.imports).append(node if path is None else path)

    def _list_of_modules(self, expression: Node, module_set: str) -> Task:
        """Read modules in a list: each inline one is a root; what is in files is one more."""
        files: ModuleParts | None = None
        inline: list[ModuleParts] = []
        for part in self.wrappers.elements(expression):
            node = unparenthesized(part.node)
            body = module_body(node)
            if body is not None and self._may_be_module(body):
                inline.append(self._open(module_set, body))
                yield self._module_value(node, inline[-1])
            else:
                if files is None:
                    files = self._open(module_set, expression)
                self._import(node, files)
        if files:
            for module in inline:
                module.beside = files.others

    def _systems(self, root: Node) -> None:
        """Read the modules that `nixosSystem` and its kin are given."""
        for name, module_set in _BUILDERS.items():
            for call in calls(self.document, root, name):
                argument = unparenthesized(call)
                if argument.type not in SETS:
                    continue
                for binding in bindings(argument):
                    value = binding.child_by_field_name("expression")
                    if binding.type == "binding" and head_of(binding) == "modules" and value is not None:
                        self._run(self._list_of_modules(value, module_set))

    def _tests(self, root: Node) -> None:
        """Read the nodes of the NixOS tests in a file: sets with a `testScript`, whatever runs them."""
        position, seen = self.document.source.find(_SCRIPT), set[int]()
        while position >= 0:
            for node in reversed(descent(root, position)):
                if node.type in SETS:
                    if node.id not in seen and _is_test(node):
                        seen.add(node.id)
                        self._run(self._set(node, Below(ModuleParts(None, node), (Attr(TEST, span(node)),))))
                    break
            position = self.document.source.find(_SCRIPT, position + len(_SCRIPT))

    def _is_flake(self, root: Node) -> bool:
        if root.type not in SETS:
            return False
        heads = {head_of(binding) for binding in bindings(root)}
        return "outputs" in heads and (
            bool(heads & {"inputs", "description"}) or self.document.path.endswith("flake.nix")
        )

    def _flake(self, root: Node) -> Task:
        """Read the modules among a flake's outputs."""
        for binding in bindings(root):
            value = binding.child_by_field_name("expression") if binding.type == "binding" else None
            body = module_body(value) if value is not None and head_of(binding) == "outputs" else None
            for part in self.wrappers.value(body).parts if body is not None else ():
                if part.node.type in SETS:
                    # flake-parts writes a flake's outputs below `flake`: one table serves both.
                    outputs = ModuleParts(None, part.node)
                    yield self._set(part.node, Below(outputs, (Attr("flake", span(binding)),)))
                elif part.node.type == "apply_expression":
                    function, arguments = application(part.node)
                    if text(function).endswith("mkFlake") and len(arguments) == 2:
                        yield self._module_value(arguments[1], self._open("flake-parts", arguments[1]))


class _DeclarationReader(_Reader):
    """Reads what holds modules alone: no other definition declares anything."""

    def _set(self, owner: Node, below: Below) -> Task:
        head = below.path[0].name if below.path else None
        for binding in bindings(owner):
            name = head or head_of(binding)
            if name is None or name in HEADS or name in NO_OPTIONS:
                yield from self._binding(binding, below)
