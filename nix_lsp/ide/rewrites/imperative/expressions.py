"""Habits in Nix itself: rows about expressions. The tree is gone through once, and only where a file has one of the rows' words."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from nix_lsp.analysis.scope import Descent, resolve_name
from nix_lsp.ide.choice import choice
from nix_lsp.ide.model import Diagnostic, FileEdit, Fix, Tier
from nix_lsp.ide.rewrites.imperative.habit import Habit
from nix_lsp.ide.rewrites.imperative.places import TEST_FOLDERS
from nix_lsp.syntax.ast import application, attrs, select_path, text, unparenthesized

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from tree_sitter import Node

    from nix_lsp.analysis.project import Project
    from nix_lsp.ide.model import Severity, TextEdit
    from nix_lsp.syntax.document import Document
    from nix_lsp.syntax.span import Span

_HOST = re.compile(r"(?:^|\.)(?:nixos|darwin|home)Configurations\.")
_IMPURE = re.compile(rb"--impure\b")
_TEXT = frozenset({"comment", "string_fragment", "escape_sequence"})


@dataclass(frozen=True)
class Surroundings:
    """A file in its project, with what several rows ask of it."""

    project: Project
    document: Document

    @property
    def folder(self) -> str:
        """The folder that the file is in."""
        return posixpath.dirname(self.document.path)

    @cached_property
    def is_pure(self) -> bool:
        """Whether the file is surely evaluated as a part of a flake: without NIX_PATH, environment, and what has no hash."""
        if posixpath.basename(self.document.path) == "flake.nix":
            return True
        lanes = self.project.lanes(self.document)
        return bool(lanes) and all(lane.is_sure and _HOST.search(lane.host or "") for lane in lanes)

    @cached_property
    def is_told_impure(self) -> bool:
        """Whether the project's files speak of `--impure`: its author may know."""
        return self.project.matches(_IMPURE)


@dataclass(frozen=True)
class Hit:
    """A word of a row, where it stands in the tree."""

    around: Surroundings
    chain: Sequence[Node]
    """The nodes round the word, the innermost last: all that bind names, and the few that are innermost."""
    descent: Descent

    @property
    def document(self) -> Document:
        """The file."""
        return self.around.document

    @property
    def node(self) -> Node:
        """The innermost node."""
        return self.chain[-1]

    def resolves_to_nothing(self, variable: Node) -> bool:
        """Tell whether a variable is a global name: no scope of the file and no `with` has it."""
        return resolve_name(self.document, variable, self.descent) is None

    def builtin(self) -> Node | None:
        """Return the expression that takes the builtin which the word names: `builtins.x` or, for global ones, `x`.

        None for anything else, and behind `or`.
        """
        name = self.node
        if name.type != "identifier" or len(self.chain) < 2:
            return None
        parent = self.chain[-2]
        if parent.type == "variable_expression":
            return parent if self.resolves_to_nothing(parent) else None
        above = self.chain[-3] if parent.type == "attrpath" and len(self.chain) > 2 else None
        base = above.child_by_field_name("expression") if above and above.type == "select_expression" else None
        if above is None or base is None or above.child_by_field_name("default") is not None:
            return None
        if text(base) != "builtins" or len(attrs(parent)) != 1:
            return None
        return above if self.resolves_to_nothing(base) else None

    def call(self, function: Node) -> tuple[Node, list[Node]] | None:
        """Return the application that a function is the head of, whole, and its arguments; None where it is given nothing."""
        found: Node | None = None
        for node in reversed(self.chain):
            if node.type == "apply_expression" and unparenthesized(application(node)[0]) == function:
                found = node
        return (found, application(found)[1]) if found else None

    @cached_property
    def is_default(self) -> bool:
        """Whether it stands in the default of a function's argument: a caller may give another."""
        return any(node.type == "formal" for node in self.chain)

    def fix(self, title: str, edits: Iterable[TextEdit], tier: Tier) -> Fix:
        """Return a fix of this file."""
        shown = f"{title} (review)" if tier is Tier.REVIEW else title
        edit = FileEdit(self.document.path, tuple(sorted(edits)))
        return Fix(shown, (edit,), tier, preferred=tier is Tier.MECHANICAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpressionRewrite(Habit):
    """A row about expressions: `before` and `after` are whole files."""

    words: tuple[str, ...]
    """A file that has none of them costs one search for each."""
    match: Callable[[Hit], Iterable[Diagnostic]]
    """Looks at one place that has a word; its diagnostics come from `at`."""
    is_asked_for: bool = False
    """It is a matter of taste: only settings that name it switch it on."""
    file: str = "flake.nix"
    """The name of the file that `before` is."""

    def at(
        self, span: Span, message: str, fixes: Iterable[Fix] = (), *, severity: Severity | None = None
    ) -> Diagnostic:
        """Return a finding of this row."""
        return Diagnostic(self.id, span, severity or self.severity, message, fixes=tuple(fixes))


def find_expressions(project: Project, document: Document) -> Iterator[Diagnostic]:
    """Yield the habits in a file's expressions, each with the edit that mends it where there is one. Comments and strings have none."""
    from nix_lsp.ide.rewrites.imperative.rows.nix import EXPRESSIONS

    source = document.source
    found = [(row, [word.encode() for word in row.words if word.encode() in source]) for row in EXPRESSIONS]
    if not any(words for _, words in found) or TEST_FOLDERS.search(document.path):
        return
    chosen = choice(project, document)
    by_word: dict[bytes, list[ExpressionRewrite]] = {}
    for row, words in found:
        if not row.is_asked_for or chosen.names(row.id):
            for word in words:
                by_word.setdefault(word, []).append(row)
    if not by_word:
        return
    around, descent = Surroundings(project, document), Descent(document.root)
    pattern = re.compile(b"|".join(re.escape(word) for word in sorted(by_word, key=len, reverse=True)))
    for place in pattern.finditer(source):
        chain = descent.to(place.start())
        if chain[-1].type not in _TEXT:
            for row in by_word[place[0]]:
                yield from row.match(Hit(around, tuple(chain), descent))


def path_of(function: Node) -> tuple[str | None, ...]:
    """Return the names of a function that is taken from somewhere: `("pkgs", "fetchurl")`; empty for any other."""
    return select_path(function) or ()
