"""What the names of a file mean in `lib`, `builtins` and `pkgs`, which paths are those of options, and what has become of both."""

from __future__ import annotations

from bisect import bisect_right
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple
from weakref import ref

from nix_lsp.analysis.scope import Name, With
from nix_lsp.analysis.standard import standard_path
from nix_lsp.ide.language import builtins
from nix_lsp.ide.tokens.legend import TokenModifier, TokenType

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tree_sitter import Node

    from nix_lsp.analysis.project import Project
    from nix_lsp.syntax.document import Document
    from nix_lsp.syntax.span import Span

Path = tuple[str, ...]
_HEADS = frozenset({"lib", "builtins", "pkgs"})
_UNBOUND = frozenset({"lib", "pkgs", "builtins"})


class Meanings:
    """Answers about one file; what is asked twice is found once."""

    def __init__(self, project: Project, document: Document, *, is_hasty: bool = False) -> None:
        """`is_hasty`: what the release and the module set say of names is told only if it is known already."""
        self._project = project
        self._document = document
        self._is_hasty = is_hasty
        self._names: dict[Span, Path | None] = {}
        self._environments: dict[int, Path | None] = {}
        self._known: dict[Path, TokenType | None] = {}

    # What expressions stand for

    def of_expression(self, node: Node) -> Path | None:
        """Return the path from `lib`, `builtins` or `pkgs` that an expression stands for; None for anything else."""
        path = standard_path(self._document, node)
        return path if path and path[0] in _HEADS else None

    def of_name(self, variable: Node, name: Name | None) -> Path | None:
        """Return the same for a variable that is bound by `name`, or by nothing."""
        if name is None:
            wanted = (variable.text or b"").decode("utf-8", "replace")
            return (wanted,) if wanted in _UNBOUND else None
        if name.span not in self._names:
            self._names[name.span] = self.of_expression(variable)
        return self._names[name.span]

    def of_inherited(self, name: Name) -> Path | None:
        """Return the same for a name that is inherited."""
        if name.value is None:
            return None
        if name.span not in self._names:
            head = self.of_expression(name.value)
            self._names[name.span] = (*head, name.name) if head else None
        return self._names[name.span]

    def of_with(self, place: With, wanted: str) -> Path | None:
        """Return the same for a name that the environments of `with` have to give: known where there is one."""
        if len(place.environments) != 1:
            return None
        environment = place.environments[0]
        if environment.id not in self._environments:
            self._environments[environment.id] = self.of_expression(environment)
        head = self._environments[environment.id]
        return (*head, wanted) if head else None

    def known(self, path: Path) -> TokenType | None:
        """Return what `lib` or `builtins` has at a path; None for what they do not have, and for packages."""
        if path not in self._known:
            self._known[path] = self._looked_up(path)
        return self._known[path]

    def _looked_up(self, path: Path) -> TokenType | None:
        head, *names = path
        if head == "builtins" and len(names) == 1 and (builtin := builtins().get(names[0])):
            return TokenType.FUNCTION if builtin.args else TokenType.PROPERTY
        if head != "lib" or not names:
            return None
        lanes = self._project.lanes(self._document)
        library = self._project.library(lanes[0] if lanes else None)
        found = library.name(names) if library else None
        if found is None:
            return None
        return {"function": TokenType.FUNCTION, "type": TokenType.TYPE}.get(found.kind, TokenType.PROPERTY)

    # Options

    def role(self, offset: int) -> TokenModifier:
        """Tell whether the segment at an offset belongs to the path of an option, and whether that is defined or declared here."""
        return self._judged.roles.get(offset, TokenModifier.NONE)

    def is_deprecated(self, node: Node) -> bool:
        """Tell whether a diagnostic says so of the name, or of the path that it is part of."""
        starts, ends = self._judged.starts, self._judged.ends
        before = bisect_right(starts, node.start_byte)
        return before > 0 and node.end_byte <= ends[before - 1]

    @cached_property
    def _judged(self) -> _Judged:
        kept = self._document.lineage.of(_Kept)
        if kept.document is self._document and (self._is_hasty or kept.project() is self._project):
            return kept.judged
        if self._is_hasty:
            return _NOTHING
        kept.judged = _judge(self._project, self._document)
        kept.document, kept.project = self._document, ref(self._project)
        return kept.judged


class _Judged(NamedTuple):
    """What the module set and the pinned release say of a file."""

    roles: Mapping[int, TokenModifier]
    """By where a segment begins."""
    starts: list[int]
    """Where deprecated names begin."""
    ends: list[int]
    """Where they end."""


_NOTHING = _Judged({}, [], [])


class _Kept:
    """What was said last, for the version that was asked about: a client asks about the screen, and then about all of the file."""

    def __init__(self) -> None:
        self.document: Document | None = None
        self.project: Callable[[], Project | None] = lambda: None
        self.judged = _NOTHING


def _judge(project: Project, document: Document) -> _Judged:
    from nix_lsp.ide.diagnostics import tagged
    from nix_lsp.ide.model import Tag

    found = sorted(tagged(project, document, Tag.DEPRECATED))
    # Old forms of the language are deprecated as well: of them it is not the names.
    spans = [span for span in found if len(document.source[span.start : span.end].split()) == 1]
    return _Judged(_roles(project, document), [span.start for span in spans], [span.end for span in spans])


def _roles(project: Project, document: Document) -> Mapping[int, TokenModifier]:
    if not project.lanes(document):
        # What is defined in a file of no module set may be anything.
        return {}
    module = project.module(document)
    roles: dict[int, TokenModifier] = {}
    for root in module.roots:
        for definition in root.definitions:
            for segment in definition.path[definition.own :]:
                roles[segment.span.start] = TokenModifier.DEFINITION
    for option in module.declared:
        for segment in option.path:
            roles[segment.span.start] = TokenModifier.DECLARATION
    return roles
