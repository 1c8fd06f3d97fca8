"""What a module file says, flattened to option paths."""

from __future__ import annotations

from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tree_sitter import Node

    from nix_lsp.analysis.pieces import Outline, Piece
    from nix_lsp.syntax.ast import Attr
    from nix_lsp.syntax.span import Span
    from option_index.records import Move

    Path = tuple[str | None, ...]


class Definition(NamedTuple):
    """One binding that defines an option, or a part of one.

    `services.openssh = { enable = true; }` gives two: `services.openssh` (`value` is the set, `is_set` holds) and
    `services.openssh.enable`.
    """

    path: tuple[Attr, ...]
    """The whole path from the module set's root. Names of dynamic segments are None; a list element of submodules is `*`."""
    own: int
    """Index of the first segment that is written in this very binding; those before it come from enclosing bindings."""
    binding: Node
    """The `binding` node, or the attribute inside an `inherit`; where a function makes the set (`genAttrs`), the expression of the name."""
    value: Node | None
    """The defining expression with wrappers (`mkIf c`, `mkForce`, parentheses, …) taken off; where it has several parts (`//`,
    `mkMerge`, `if`), the expression that joins them. None for `inherit`, and where the path goes on into another `Root`."""
    wrappers: tuple[str, ...] = ()
    """Names of the wrappers taken off, outermost first: `("mkIf", "mkForce")`."""
    is_set: bool = False
    """The value is an attribute set whose bindings are definitions of their own."""
    conditional: bool = False
    """Stands under `mkIf`, `optionalAttrs`, `if`."""
    indirect: bool = False
    """Reached through a name, or made by a function (`services.a = shared;`, `f 1`, `genAttrs … (name: …)`): the binding may serve other
    places too, so that no edit of it is mechanical."""

    @property
    def names(self) -> tuple[str | None, ...]:
        """The names of the path's segments."""
        return tuple(segment.name for segment in self.path)


class DeclaredOption(NamedTuple):
    """An option that the workspace itself declares with `mkOption`, `mkEnableOption` or `mkPackageOption`."""

    path: tuple[Attr, ...]
    declaration: Node
    """The value expression, for example the `mkOption { … }` application."""
    type: str | None
    """The type sentence where the type is static, for example `boolean`."""
    default: str | None
    description: str | None
    file: str
    is_closed: bool = False
    """The type is a submodule that is written out (or a set or list of such) and takes nothing but the options declared below."""
    move: Move | None = None
    """It is an old name: what a module in `imports` says became of it."""
    modules: tuple[tuple[tuple[Attr, ...], str], ...] = ()
    """The modules of submodules in its type that are files: the option path that each declares below, and its absolute path."""


class Root:
    """A part of a file whose bindings are definitions of one module set."""

    def __init__(
        self,
        module_set: str | None,
        pieces: tuple[Piece, ...],
        body: Node,
        imports: tuple[Node, ...] = (),
        others: tuple[Node, ...] = (),
        beside: tuple[Node, ...] = (),
        *,
        prefixed: bool = False,
    ) -> None:
        self.set = module_set
        """The module set that an enclosing option implies (`home-manager` under `home-manager.users.<name>`); None: the file's own lane."""
        self.pieces = pieces
        self.body = body
        """The node whose bindings stand at the root of the option paths: an attribute set, or a wrapper round one. Where the module is
        no expression of its own (`home-manager.users.x.programs.git.enable = true;`) the `binding`; where it is in another file, the
        expression that names it."""
        self.imports = imports
        """The path expressions of the module's static `imports` elements, or the one path of a module that is in another file."""
        self.others = others
        """The elements of `imports` that are no static path: a flake input's module, a computed list."""
        self.beside = beside
        """Where the module is an element of a list of modules: the list's other elements, those that are no static path."""
        self.prefixed = prefixed
        """The body is the set of a module with `options` and without one `config = …`: its definitions are written `config.…`."""

    @property
    def definitions(self) -> tuple[Definition, ...]:
        """All definitions, in the order of the text; `outlines` costs less where their places do not matter."""
        return tuple([definition for piece in self.pieces for definition in piece.definitions])

    @property
    def outlines(self) -> Iterator[Outline]:
        """The paths of all definitions."""
        return chain.from_iterable(piece.outlines for piece in self.pieces)

    def defines(self, path: Path) -> bool:
        """Tell whether anything is defined at exactly this path."""
        return path in self._at

    def has_below(self, path: Path) -> bool:
        """Tell whether anything is defined at a path or below it."""
        return path in self._below

    def at(self, path: Path) -> list[Definition]:
        """Return the definitions of exactly this path, in the order of the text."""
        return [piece.definitions[number] for piece, number in self._at.get(path, ())]

    def below(self, path: Path) -> list[Definition]:
        """Return the definitions at a path and below it."""
        length, pieces = len(path), self._below.get(path, {})
        return [each for piece in pieces for each in piece.definitions if each.names[:length] == path]

    def through(self, path: Path, segment: Span) -> Sequence[Definition]:
        """Return those at a path and below it whose path goes through the very segment that is written last in it, at a span."""
        if path not in self._through:
            by_place: dict[Span, list[Definition]] = {}
            for each in self.below(path):
                by_place.setdefault(each.path[len(path) - 1].span, []).append(each)
            self._through[path] = by_place
        return self._through[path].get(segment, ())

    @cached_property
    def _at(self) -> Mapping[Path, list[tuple[Piece, int]]]:
        """Where the definitions of each path are found."""
        found: dict[Path, list[tuple[Piece, int]]] = {}
        for piece in self.pieces:
            for number, (names, _) in enumerate(piece.outlines):
                found.setdefault(names, []).append((piece, number))
        return found

    @cached_property
    def _below(self) -> Mapping[Path, dict[Piece, None]]:
        """The pieces that define something at or below each path."""
        found: dict[Path, dict[Piece, None]] = {}
        for piece in self.pieces:
            for names, _ in piece.outlines:
                for length in range(1, len(names) + 1):
                    found.setdefault(names[:length], {})[piece] = None
        return found

    @cached_property
    def _through(self) -> dict[Path, dict[Span, list[Definition]]]:
        return {}


class ModuleView(NamedTuple):
    """A file read as a module."""

    roots: tuple[Root, ...]
    declared: tuple[DeclaredOption, ...]
    imports: tuple[Node, ...]
    """The path expressions of static `imports` elements of the file's own module."""
    is_module: bool
    """Whether the file's expression can be a module at all (a set, or a function that returns one). A flake.nix, or another file
    that holds modules inside, is none itself; its roots each say their set."""
