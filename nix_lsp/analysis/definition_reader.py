"""Reading the bindings of a module: which definitions come of them."""

from __future__ import annotations

from abc import abstractmethod
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.analysis.definition import Definition, Root
from nix_lsp.analysis.meaning import Part
from nix_lsp.analysis.module_forms import DEPTH, NO_OPTIONS, SETS, head_of, module_body
from nix_lsp.analysis.nested_modules import HEADS, LISTS_OF_MODULES, module_set_at
from nix_lsp.analysis.pieces import KnownPieces, Piece
from nix_lsp.analysis.wrappers import Wrappers
from nix_lsp.syntax.ast import Attr, attr, attrs, bindings, bindings_at, text
from nix_lsp.syntax.span import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    from tree_sitter import Node

    from nix_lsp.analysis.generated import Member
    from nix_lsp.analysis.meaning import Frame
    from nix_lsp.analysis.pieces import Key
    from nix_lsp.analysis.taken import Taken
    from nix_lsp.syntax.document import Document

    Task = Iterator[Any]
    """Reading one part of a file; what is below it comes out as further tasks."""

_INDIRECT = 4_000
"""Definitions reached by name in one file: sets that name one another multiply."""
_PIECE = 4_096
"""Bytes of a set from which on its bindings are pieces, not the whole."""
_NESTING = SETS | {"list_expression", "apply_expression", "binary_expression"}
"""Sets, and expressions that may be lists of sets."""
_ELEMENTS = SETS | {"apply_expression", "binary_expression", "variable_expression", "if_expression", "let_expression"}
"""Elements of a list that may be sets."""
_TAKEN = frozenset({"apply_expression", "select_expression", "variable_expression"})
"""Expressions that may stand for what another file has."""


class ModuleParts:
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
            prefixed=self.prefixed,
        )


class Below(NamedTuple):
    """Where the bindings of a set belong."""

    module: ModuleParts
    path: tuple[Attr, ...] = ()
    conditional: bool = False
    names: tuple[int, ...] = ()
    """Ids of what was gone through by name, `Part.names`."""
    frame: Frame | None = None

    def into(self, part: Part, path: tuple[Attr, ...]) -> Below:
        """Return where the bindings of a part of a value belong."""
        return Below(self.module, path, self.conditional or part.conditional, part.names, part.frame)


class DefinitionReader:
    """Reads bindings. What stands in them as modules of their own is left to who knows modules."""

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
        self.modules: list[ModuleParts] = []
        self.taken: list[Taken] | None = None
        """What definitions are given from other files; None: nobody asks."""
        self.indirect = 0
        self.inner: DefinitionReader | None = None
        """Reads single pieces."""
        self.keys: list[Key] = []
        """The pieces that have been met."""

    @abstractmethod
    def _module_value(self, node: Node, module: ModuleParts) -> Task:
        """Read the expression of a module."""

    @abstractmethod
    def _imports(self, value: Node, module: ModuleParts) -> Task:
        """Read what a module imports."""

    @abstractmethod
    def _list_of_modules(self, expression: Node, module_set: str) -> Task:
        """Read modules in a list."""

    def _take(self, part: Part, below: Below, path: tuple[Attr, ...], steps: tuple[str, ...] = ()) -> None:
        """Note that a part of a value, or what is selected from it by some steps, may be another file's."""
        if self.taken is None or not (steps or part.node.type in _TAKEN):
            return
        from nix_lsp.analysis.taken import Taken, origin

        if found := origin(self.document, self.wrappers.meaning, part, steps):
            names = tuple(segment.name for segment in path)
            self.taken.append(Taken(*found, names, below.module.set, below.conditional or part.conditional))

    def _open(self, module_set: str | None, body: Node) -> ModuleParts:
        module = ModuleParts(module_set, body)
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

    def _set(self, owner: Node, below: Below) -> Task:
        """Read the bindings of an attribute set."""
        for binding in bindings(owner) if self.at is None else bindings_at(owner, self.at):
            if self.known is None or not self._is_piece(binding, below, self.known):
                yield from self._binding(binding, below)

    def _binding(self, binding: Node, below: Below) -> Task:
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

    def _is_piece(self, binding: Node, below: Below, known: KnownPieces) -> bool:
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
            apart = below._replace(module=ModuleParts(below.module.set, below.module.body))
            below.module.take(Piece(found, partial(self._read_piece, binding, apart)))
            return True
        asked_for = self.wrappers.meaning.attending()
        piece = Piece.of(self._read_piece(binding, below))
        if (asked := asked_for()) is not None:
            piece.known.asked = asked
            known.put(key, piece.known)
        below.module.take(piece)
        return True

    def _read_piece(self, binding: Node, below: Below) -> tuple[Definition, ...]:
        if self.inner is None:
            self.inner = type(self)(self.document, wrappers=self.wrappers)
        return self.inner.of_binding(binding, below)

    def of_binding(self, binding: Node, below: Below) -> tuple[Definition, ...]:
        """Return the definitions that come of one binding."""
        inside = ModuleParts(below.module.set, below.module.body)
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

    def _inherit(self, binding: Node, below: Below) -> Task:
        names = binding.child_by_field_name("attrs")
        for node in names.named_children if names else ():
            segment = attr(node)
            if not below.path and segment.name in NO_OPTIONS:
                continue
            path, part = (*below.path, segment), Part(node, False, below.names, below.frame)
            meant = self.wrappers.meaning.inherited(binding, node, part)
            parts = self.wrappers.parts(meant) if meant else ()
            sets = [part for part in parts if part.node.type in SETS]
            if meant is None:
                source = binding.child_by_field_name("expression")
                self._take(part._replace(node=source or node), below, path, (text(node),) if source else ())
            for each in parts:
                self._take(each, below, path)
            self._add(node, path, len(below.path), below, None, is_set=bool(sets))
            for part in sets:
                yield self._set(part.node, below.into(part, path))

    def _made(self, members: Iterable[Member], below: Below) -> Task:
        """Read the attributes of a set that a function makes."""
        for member in members:
            if not below.path and member.attr.name in NO_OPTIONS:
                continue
            held = member.value or Part(member.node, False, (*below.names, member.node.id), below.frame)
            inner = below.into(held._replace(conditional=held.conditional or member.conditional), below.path)
            yield from self._definition(member.node, (member.attr,), member.value.node if member.value else None, inner)

    def _definition(
        self, binding: Node, segments: tuple[Attr, ...], expression: Node | None, below: Below
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

    def _nested(self, part: Part, made: Iterator[Member] | None, below: Below) -> Task:
        """Read what stands in one part of a value."""
        if made is not None:
            return self._made(made, below)
        return (self._set if part.node.type in SETS else self._list)(part.node, below)

    def _list(self, node: Node, below: Below) -> Task:
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
        below: Below,
        value: Node | None,
        wrappers: tuple[str, ...] = (),
        is_set: bool = False,
        conditional: bool = False,
    ) -> None:
        conditional = conditional or below.conditional
        below.module.loose.append(
            Definition(path, own, binding, value, wrappers, is_set, conditional, bool(below.names))
        )

    def _submodule(
        self,
        binding: Node,
        path: tuple[Attr, ...],
        length: int,
        own: int,
        expression: Node | None,
        module_set: str | None,
        below: Below,
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
