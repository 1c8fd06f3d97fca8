"""Reading a file as a module: its definitions, imports and declarations, and the modules it holds inside."""

from __future__ import annotations

from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.analysis.definition import Definition, ModuleView, Root
from nix_lsp.analysis.meaning import Part
from nix_lsp.analysis.module_forms import DEPTH, EXPLICIT, NO_OPTIONS, SETS, calls, head_of, imported_path, module_body
from nix_lsp.analysis.nested_modules import HEADS, LISTS_OF_MODULES, TEST, module_set_at
from nix_lsp.analysis.pieces import KnownPieces, Piece
from nix_lsp.analysis.taken import Taken, given, origin
from nix_lsp.analysis.wrappers import Wrappers
from nix_lsp.syntax.ast import (
    Attr,
    application,
    attr,
    attrs,
    bindings,
    bindings_at,
    descent,
    span,
    text,
    unparenthesized,
)
from nix_lsp.syntax.span import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import Any

    Task = Iterator[Any]
    """Reading one part of a file; what is below it comes out as further tasks."""

    from tree_sitter import Node

    from nix_lsp.analysis.definition import DeclaredOption
    from nix_lsp.analysis.generated import Member
    from nix_lsp.analysis.meaning import Frame
    from nix_lsp.analysis.pieces import Key
    from nix_lsp.analysis.taken import Use
    from nix_lsp.syntax.document import Document

_INDIRECT = 4_000
"""Definitions reached by name in one file: sets that name one another multiply."""

_BUILDERS = {
    "nixosSystem": "nixos",
    "darwinSystem": "nix-darwin",
    "homeManagerConfiguration": "home-manager",
}
"""Functions that build a system from `modules = [ … ]`."""

_PIECE = 4_096
"""Bytes of a set from which on its bindings are pieces, not the whole."""

_MOVER = 64
"""Bytes in which the name of a function stands that an element of `imports` calls."""
_NAMING = frozenset({"let_expression", "rec_attrset_expression", "let_attrset_expression"})
"""Expressions whose bindings can be referred to by name."""
_NESTING = SETS | {"list_expression", "apply_expression", "binary_expression"}
"""Sets, and expressions that may be lists of sets."""
_ELEMENTS = SETS | {"apply_expression", "binary_expression", "variable_expression", "if_expression", "let_expression"}
"""Elements of a list that may be sets."""
_SCRIPT = b"testScript"
_MACHINES = frozenset({"nodes", "containers", "machine", "defaults"})
"""What a NixOS test has besides its script."""
_TAKEN = frozenset({"apply_expression", "select_expression", "variable_expression"})
"""Expressions that may stand for what another file has."""


def read_module(document: Document) -> ModuleView:
    """Read a file as a module. Never raises for malformed Nix; what only evaluation can tell is left out."""
    if document.version is None:
        return _Reader(document).read()
    known = document.lineage.of(KnownPieces)
    return _Reader(document, known=known).read()


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


class _Module:
    """A module while it is read."""

    def __init__(self, module_set: str | None, body: Node) -> None:
        self.set = module_set
        self.body = body
        self.pieces: list[Piece] = []
        self.loose: list[Definition] = []
        """Definitions since the last piece."""
        self.imports: list[Node] = []
        self.others: list[Node] = []
        self.beside: list[Node] = []
        self.prefixed = False

    def take(self, piece: Piece) -> None:
        """Add a piece, what is loose before it."""
        if self.loose:
            self.pieces.append(Piece.of(tuple(self.loose)))
            self.loose = []
        self.pieces.append(piece)

    def finished(self) -> Root:
        loose = (Piece.of(tuple(self.loose)),) if self.loose else ()
        return Root(
            self.set,
            (*self.pieces, *loose),
            self.body,
            tuple(self.imports),
            tuple(self.others),
            tuple(self.beside),
            self.prefixed,
        )


class _Below(NamedTuple):
    """Where the bindings of a set belong."""

    module: _Module
    path: tuple[Attr, ...] = ()
    conditional: bool = False
    names: tuple[int, ...] = ()
    """Ids of what was gone through by name, `Part.names`."""
    frame: Frame | None = None

    def into(self, part: Part, path: tuple[Attr, ...]) -> _Below:
        """Return where the bindings of a part of a value belong."""
        return _Below(self.module, path, self.conditional or part.conditional, part.names, part.frame)


class _Reader:
    def __init__(
        self,
        document: Document,
        at: int | None = None,
        known: KnownPieces | None = None,
        wrappers: Wrappers | None = None,
    ) -> None:
        self.document = document
        self.at = at
        """Only bindings that hold this byte offset are definitions; None: all are."""
        self.known = known
        """What is known of the pieces of a file that is being edited; None: it is read in one."""
        self.wrappers = wrappers or Wrappers(document)
        self.modules: list[_Module] = []
        self.declared: list[DeclaredOption] = []
        self.taken: list[Taken] | None = None
        """What definitions are given from other files; None: nobody asks."""
        self.indirect = 0
        self.inner: _Reader | None = None
        """Reads single pieces."""
        self.keys: list[Key] = []
        """The pieces that have been met."""

    def read(self) -> ModuleView:
        root = self.document.root.child_by_field_name("expression")
        if root is None:
            root = next((child for child in self.document.root.named_children if child.type != "comment"), None)
        own: _Module | None = None
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
        for use in uses:
            value = given(self.document, self.wrappers.meaning, use.steps)
            for part in self.wrappers.parts(value) if value else ():
                if part.node.type not in SETS or len(use.path) > DEPTH:
                    continue
                module = self._open(use.set, part.node)
                start = Span(part.node.start_byte, part.node.start_byte)
                path = tuple([Attr(name, start) for name in use.path])
                # No edit is mechanical where the binding round it is in another file.
                names = part._replace(names=(*part.names, part.node.id))
                self._run(self._set(part.node, _Below(module, conditional=use.conditional).into(names, path)))
        return tuple(module.finished() for module in self.modules)

    def _take(self, part: Part, below: _Below, path: tuple[Attr, ...]) -> None:
        """Note that a part of a value may be another file's."""
        if self.taken is None or part.node.type not in _TAKEN:
            return
        if found := origin(self.wrappers.meaning, part):
            names = tuple(segment.name for segment in path)
            self.taken.append(Taken(*found, names, below.module.set, below.conditional or part.conditional))

    def _open(self, module_set: str | None, body: Node) -> _Module:
        module = _Module(module_set, body)
        self.modules.append(module)
        return module

    @staticmethod
    def _run(first: Task) -> None:
        """Run generators that yield further generators, depth first: input decides how deep, so Python's stack must not."""
        stack = [first]
        while stack:
            task = next(stack[-1], None)
            if task is None:
                stack.pop()
            else:
                stack.append(task)

    def _may_be_module(self, body: Node) -> bool:
        return any(part.node.type in SETS for part in self.wrappers.value(body).parts)

    # Modules

    def _module_value(self, node: Node, module: _Module) -> Task:
        """Read the expression of a module: a set in any form, a function that returns one, or the name of a file."""
        body = module_body(node) or node
        for part in self.wrappers.value(body).parts:
            if part.node.type in SETS:
                yield self._module_set(part.node, _Below(module).into(part, ()))
            elif part.node.type == "function_expression" and (inner := module_body(part.node)) is not None:
                yield self._module_value(inner, module)
            else:
                self._import(part.node, module)

    def _module_set(self, node: Node, below: _Below) -> Task:
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

    def _config(self, value: Node, below: _Below) -> Task:
        for part in self.wrappers.value(value, below.names, below.frame).parts:
            if part.node.type in SETS:
                yield self._set(part.node, below.into(part, ()))
            elif (made := self.wrappers.made(part)) is not None:
                yield self._made(made, below.into(part, ()))
            else:
                self._take(part, below, ())

    def _options(self, path: tuple[Attr, ...], value: Node) -> None:
        if self.at is not None:
            return
        from nix_lsp.analysis.declaration import declared_options

        self.declared.extend(declared_options(self.document, self.wrappers, path, value))

    def _imports(self, value: Node, module: _Module) -> Task:
        for part in self.wrappers.elements(value):
            yield self._element(part.node, module)

    def _element(self, node: Node, module: _Module) -> Task:
        """Read one element of `imports`: an inline module belongs to the module that imports it."""
        node = unparenthesized(node)
        body = module_body(node)
        if body is not None and (body.type in SETS or self._may_be_module(body)):
            prefixed, outer = module.prefixed, module.body
            yield self._module_value(node, module)
            module.prefixed, module.body = prefixed, outer
        else:
            self._import(node, module)

    def _import(self, node: Node, module: _Module) -> None:
        path = imported_path(node)
        if path is None and b"OptionModule" in (node.text or b"")[:_MOVER] and self.at is None:
            from nix_lsp.analysis.declared_moves import declared_moves

            self.declared.extend(declared_moves(self.document, node))
        (module.others if path is None else module.imports).append(node if path is None else path)

    # Definitions

    def _set(self, owner: Node, below: _Below) -> Task:
        """Read the bindings of an attribute set."""
        for binding in bindings(owner) if self.at is None else bindings_at(owner, self.at):
            if self.known is None or not self._is_piece(binding, below, self.known):
                yield from self._binding(binding, below)

    def _binding(self, binding: Node, below: _Below) -> Task:
        if binding.type != "binding":
            yield from self._inherit(binding, below)
            return
        path = binding.child_by_field_name("attrpath")
        value = binding.child_by_field_name("expression")
        segments = attrs(path) if path else ()
        if not segments:
            return
        if below.frame is not None and path is not None:
            segments = self._names(path, segments, below.frame)
        if not below.path and segments[0].name in NO_OPTIONS:
            if segments[0].name in {"imports", "require"} and value is not None and len(segments) == 1:
                yield from self._imports(value, below.module)
            return
        yield from self._definition(binding, segments, value, below)

    def _is_piece(self, binding: Node, below: _Below, known: KnownPieces) -> bool:
        """Take a binding over as a piece; False where it has to be read with what stands round it."""
        if binding.type != "binding" or below.names or below.frame is not None:
            return False
        if binding.end_byte - binding.start_byte > _PIECE:
            value = binding.child_by_field_name("expression")
            if value is not None and value.type in _NESTING:
                return False
        head = below.path[0].name if below.path else head_of(binding)
        if head is None or head in HEADS or (not below.path and head in NO_OPTIONS):
            return False
        key = (binding.text or b"", tuple([segment.name for segment in below.path]), below.conditional)
        self.keys.append(key)
        found = known.get(key)
        if found is not None and self.wrappers.meaning.binds_none(found.asked):
            # A piece is known to its module: it must not know it in turn, or all versions stay until garbage is collected.
            apart = below._replace(module=_Module(below.module.set, below.module.body))
            below.module.take(Piece(found, partial(self._read_piece, binding, apart)))
            return True
        asked_for = self.wrappers.meaning.attending()
        piece = Piece.of(self._read_piece(binding, below))
        if (asked := asked_for()) is not None:
            piece.known.asked = asked
            known.put(key, piece.known)
        below.module.take(piece)
        return True

    def _read_piece(self, binding: Node, below: _Below) -> tuple[Definition, ...]:
        if self.inner is None:
            self.inner = _Reader(self.document, wrappers=self.wrappers)
        return self.inner.of_binding(binding, below)

    def of_binding(self, binding: Node, below: _Below) -> tuple[Definition, ...]:
        """Return the definitions that come of one binding."""
        inside = _Module(below.module.set, below.module.body)
        self._run(self._binding(binding, below._replace(module=inside)))
        return tuple(inside.loose)

    def _names(self, path: Node, segments: tuple[Attr, ...], frame: Frame) -> tuple[Attr, ...]:
        """Give the segments of a path the names that they have in one call of a function."""
        if all(segment.name is not None for segment in segments):
            return segments
        nodes = path.children_by_field_name("attr")
        return tuple(
            segment if segment.name is not None else Attr(self.wrappers.meaning.name(node, frame), segment.span)
            for segment, node in zip(segments, nodes, strict=False)
        )

    def _inherit(self, binding: Node, below: _Below) -> Task:
        names = binding.child_by_field_name("attrs")
        for node in names.named_children if names else ():
            segment = attr(node)
            if not below.path and segment.name in NO_OPTIONS:
                continue
            path, part = (*below.path, segment), Part(node, False, below.names, below.frame)
            meant = self.wrappers.meaning.inherited(binding, node, part)
            parts = self.wrappers.parts(meant) if meant else ()
            sets = [part for part in parts if part.node.type in SETS]
            self._add(node, path, len(below.path), below, None, is_set=bool(sets))
            for part in sets:
                yield self._set(part.node, below.into(part, path))

    def _made(self, members: Iterable[Member], below: _Below) -> Task:
        """Read the attributes of a set that a function makes."""
        for member in members:
            if not below.path and member.attr.name in NO_OPTIONS:
                continue
            held = member.value or Part(member.node, False, (*below.names, member.node.id), below.frame)
            inner = below.into(held._replace(conditional=held.conditional or member.conditional), below.path)
            yield from self._definition(member.node, (member.attr,), member.value.node if member.value else None, inner)

    def _definition(
        self, binding: Node, segments: tuple[Attr, ...], expression: Node | None, below: _Below
    ) -> Iterable[Task]:
        """Record a binding; return what there is to read below it."""
        path, own = below.path + segments, len(below.path)
        if below.names:
            self.indirect += 1
        if len(path) > DEPTH or self.indirect > _INDIRECT:
            return ()
        has_modules = path[0].name in HEADS
        if has_modules:
            for length in range(own + 1, len(path) + 1):
                place = module_set_at(path[:length])
                if place is not None:
                    return (self._submodule(binding, path, length, own, expression, place or below.module.set, below),)
        if expression is None:
            self._add(binding, path, own, below, None)
            return ()
        value = self.wrappers.value(expression, below.names, below.frame)
        parts = value.parts
        for part in parts if self.taken is not None else ():
            self._take(part, below, path)
        if len(parts) == 1 and parts[0].node.type not in _NESTING:
            self._add(binding, path, own, below, value.core, value.wrappers, False, parts[0].conditional)
            return ()
        made = [self.wrappers.made(part) for part in parts]
        sets = any(part.node.type in SETS or found is not None for part, found in zip(parts, made, strict=True))
        conditional = bool(parts) and all(part.conditional for part in parts)
        self._add(binding, path, own, below, value.core, value.wrappers, sets, conditional)
        if has_modules and (place := LISTS_OF_MODULES.get(tuple(segment.name for segment in path))):
            return (self._list_of_modules(expression, place),)
        return [
            self._nested(part, found, below.into(part, path))
            for part, found in zip(parts, made, strict=True)
            if part.node.type in _NESTING
        ]

    def _nested(self, part: Part, made: Iterator[Member] | None, below: _Below) -> Task:
        """Read what stands in one part of a value."""
        if made is not None:
            return self._made(made, below)
        return (self._set if part.node.type in SETS else self._list)(part.node, below)

    def _list(self, node: Node, below: _Below) -> Task:
        """Read the sets in a list: the definitions of a list of submodules."""
        for element in self.wrappers.elements(node, below.names, below.frame):
            if element.node.type not in _ELEMENTS:
                continue
            start = element.node.start_byte
            path = (*below.path, Attr("*", Span(start, start)))
            for part in self.wrappers.parts(element):
                if part.node.type in SETS:
                    yield self._set(part.node, below.into(part, path))

    @staticmethod
    def _add(
        binding: Node,
        path: tuple[Attr, ...],
        own: int,
        below: _Below,
        value: Node | None,
        wrappers: tuple[str, ...] = (),
        is_set: bool = False,
        conditional: bool = False,
    ) -> None:
        conditional = conditional or below.conditional
        below.module.loose.append(
            Definition(path, own, binding, value, wrappers, is_set, conditional, bool(below.names))
        )

    # Modules inside

    def _submodule(
        self,
        binding: Node,
        path: tuple[Attr, ...],
        length: int,
        own: int,
        expression: Node | None,
        module_set: str | None,
        below: _Below,
    ) -> Task:
        """Read a binding at or below an option whose value is a module: the first `length` segments lead there."""
        self._add(binding, path[:length], own, below, expression if length == len(path) else None, (), True)
        if expression is None:
            return
        if length == len(path):
            body = module_body(expression)
            module = self._open(module_set, expression if body is None else body)
            yield self._module_value(expression, module)
            return
        rest = path[length:]
        module = self._open(module_set, binding)
        head, is_whole = rest[0].name, len(rest) == 1
        inner = below._replace(module=module, path=())
        if head in {"imports", "require"} and is_whole:
            yield from self._imports(expression, module)
        elif head == "config" and not is_whole:
            yield from self._definition(binding, rest[1:], expression, inner)
        elif head not in NO_OPTIONS:
            yield from self._definition(binding, rest, expression, inner)

    def _list_of_modules(self, expression: Node, module_set: str) -> Task:
        """Read modules in a list: each inline one is a root; what is in files is one more."""
        files: _Module | None = None
        inline: list[_Module] = []
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
                        self._run(self._set(node, _Below(_Module(None, node), (Attr(TEST, span(node)),))))
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
                    outputs = _Module(None, part.node)
                    yield self._set(part.node, _Below(outputs, (Attr("flake", span(binding)),)))
                elif part.node.type == "apply_expression":
                    function, arguments = application(part.node)
                    if text(function).endswith("mkFlake") and len(arguments) == 2:
                        yield self._module_value(arguments[1], self._open("flake-parts", arguments[1]))
