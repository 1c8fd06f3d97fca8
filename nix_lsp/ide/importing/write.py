"""Writing what was read of a foreign file into a module: options, merged with what stands there, and comments for the rest."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.ide import edits
from nix_lsp.ide.importing.foreign import SECRET, Left, Noted, Script, Wanted
from nix_lsp.ide.indentation import indentation_at, newline
from nix_lsp.ide.rewrites.imperative.defining import define
from nix_lsp.ide.rewrites.imperative.findings import SECRET_KEPT, find_imperative
from nix_lsp.ide.rewrites.imperative.fit import fits, holds_secret
from nix_lsp.ide.rewrites.imperative.removing import without
from nix_lsp.ide.rewrites.imperative.rows.privileges import NEEDLESS_SUDO
from nix_lsp.ide.rewrites.imperative.secret import looks_secret
from nix_lsp.ide.rewrites.imperative.steps import Conflict
from nix_lsp.ide.rewrites.imperative.value import Attrs, List, Setting, string
from nix_lsp.ide.set_names import literal_set
from nix_lsp.syntax.ast import ATTRSETS
from nix_lsp.syntax.document import Change, Document
from nix_lsp.syntax.layout import attrpath_text, indent_unit
from nix_lsp.syntax.span import Span
from nix_lsp.syntax.strings import read_string

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from tree_sitter import Node

    from nix_lsp.analysis.project import Project
    from nix_lsp.ide.importing.foreign import Foreign, Kind, Piece
    from nix_lsp.ide.model import Fix
    from nix_lsp.ide.rewrites.imperative.value import Value

_CONTROL = re.compile(r"[\0-\x08\x0b-\x1f\x7f]")
_TURNS = 500
"""So many commands of a script are taken out one after another."""
_SCRIPTS = {
    "nixos": ("system", "activationScripts", "imported", "text"),
    "nix-darwin": ("system", "activationScripts", "imported", "text"),
    "home-manager": ("home", "activation", "imported"),
}
"""Where shell stands while the catalogue of habits looks at it."""


class Imported(NamedTuple):
    """A module with what could be imported."""

    document: Document
    declared: int
    """How many parts of the file are options now."""
    left: tuple[Left, ...]
    """Those that are not."""


def new_module(path: str, module_set: str) -> Document:
    """Return a module with nothing in it; its first line is a command that says of which set it is."""
    return Document(path, f"# nix-lsp: set {module_set}\n{{ ... }}:\n\n{{\n}}\n".encode())


def write(project: Project, document: Document, file: Foreign, kind: Kind) -> Imported:
    """Write what options can say of a file into a module, and the rest as comments at its end.

    Raises:
        ValueError: the module is of no set that has options for such a file, or nothing can be written into it; the text says why.
    """
    sets = {lane.set for lane in project.lanes(document)}
    module_set = sets.pop() if len(sets) == 1 else None
    if module_set is None or module_set not in kind.sets:
        raise ValueError(f"{document.path} is no module of {' or '.join(kind.sets)}")
    if _owner(project, document) is None:
        raise ValueError(f"{document.path} is not a plain module that something could be added to")
    writer = _Writer(project, document, module_set)
    for piece in kind.read(file, module_set):
        writer.add(piece)
    writer.define()
    left, noted = tuple(dict.fromkeys(writer.left)), tuple(dict.fromkeys(writer.noted))
    comments = (*_comments(f"Left of {file.name}", left), *_comments(f"To look at, of {file.name}", noted))
    return Imported(_with_comments(project, writer.document, comments), writer.count, left)


class _Writer:
    def __init__(self, project: Project, document: Document, module_set: str) -> None:
        self.project = project
        self.document = document
        self.left: list[Left] = []
        self.noted: list[Noted] = []
        self.count = 0
        self._set = module_set
        self._options = [project.options(lane) for lane in project.lanes(document)]
        self._chosen: list[tuple[str, tuple[Setting, ...]]] = []

    def add(self, piece: Piece) -> None:
        """Take a part of the file up; options are defined later, all at once."""
        match piece:
            case Left():
                self.left.append(piece)
            case Noted():
                self.noted.append(piece)
            case Script():
                self._add_script(piece)
            case Wanted():
                choice = next((choice for choice in piece.choices if self._fits(choice)), None)
                if choice is None:
                    self.left.append(Left(piece.text, "no option of this release says that"))
                elif any(map(holds_secret, choice)):
                    self.left.append(Left(attrpath_text(choice[-1].path), SECRET))
                else:
                    self._chosen.append((piece.text, choice))

    def define(self) -> None:
        """Define the options that were chosen; of those that cannot be defined say why."""
        if not self._chosen:
            return
        try:
            together = nested([setting for _, choice in self._chosen for setting in choice])
            self.document, _ = define(self.document, self._start, together)
            self.count += len(self._chosen)
        except Conflict:
            for text, choice in self._chosen:
                try:
                    self.document, _ = define(self.document, self._start, choice)
                    self.count += 1
                except Conflict as conflict:
                    self.left.append(Left(text, str(conflict)))

    def _fits(self, choice: Sequence[Setting]) -> bool:
        return all(options is not None and all(fits(options, each) for each in choice) for options in self._options)

    @property
    def _start(self) -> int:
        owner = _owner(self.project, self.document)
        if owner is None:
            raise Conflict("the file's layout is not understood well enough")
        return owner.start_byte

    def _add_script(self, script: Script) -> None:
        """Let the catalogue look at a script where it would stand in a module, take what it offers, and keep the rest."""
        path = _SCRIPTS[self._set]
        try:
            before, _ = define(self.document, self._start, [Setting(path, string(script.text))])
        except Conflict as conflict:
            self.left.append(Left(script.text, str(conflict)))
            return
        self.document = before
        offered = self._offered()
        for _ in range(_TURNS):
            if not offered:
                break
            changes = [
                Change(edit.span, edit.text.encode())
                for file in offered[0].edits
                for edit in sorted(file.edits, reverse=True)
            ]
            self.document = self.document.edited(changes, None)
            before, offered = len(offered), self._offered()
            self.count += max(before - len(offered), 1)
        self._take_rest(path)

    def _offered(self) -> list[Fix]:
        """Return what is offered for the script: all of it at once, where that can be had."""
        binding = self._script()
        if binding is None:
            return []
        return [
            found.fixes[-1]
            for found in find_imperative(self.project, self.document)
            if found.fixes
            and found.rule != NEEDLESS_SUDO.id
            and binding.start_byte <= found.span.start <= binding.end_byte
        ]

    def _script(self) -> Node | None:
        owner = _owner(self.project, self.document)
        return edits.find(self.document, owner, _SCRIPTS[self._set]) if owner else None

    def _take_rest(self, path: tuple[str, ...]) -> None:
        """Take what is left of the script out of the module again."""
        binding = self._script()
        value = binding.child_by_field_name("expression") if binding else None
        content = read_string(value) if value else None
        if content is None:
            return
        secret = [found.span for found in find_imperative(self.project, self.document) if SECRET_KEPT in found.message]
        at = 0
        lines: list[str] = []
        for line in content.text.splitlines(keepends=True):
            end = at + len(line.encode())
            where = content.source_span(Span(at, end))
            if looks_secret(line, line) or any(span.start < where.end and where.start < span.end for span in secret):
                self.left.append(Left((line.split() or [""])[0], SECRET))
            else:
                lines.append(line)
            at = end
        if rest := "".join(lines).strip("\n"):
            self.left.append(Left(rest))
        self.document = without(self.document, self._start, path)


def _owner(project: Project, document: Document) -> Node | None:
    """Return the set that a module's options stand in: `config`, where it has one."""
    root = next((root for root in project.module(document).roots if root.set is None), None)
    body = root.body if root else None
    if body is None or body.type not in ATTRSETS:
        return None
    config = edits.find(document, body, ("config",))
    return literal_set(config) if config else body


def nested(settings: Sequence[Setting]) -> list[Setting]:
    """Join settings as a person would write them: what begins alike in one set, the items of a list in one list.

    Raises:
        Conflict: two of them do not go together.
    """
    values: dict[tuple[str, ...], Value] = {}
    for each in settings:
        known = values.get(each.path)
        if isinstance(known, List) and isinstance(each.value, List):
            values[each.path] = List(tuple(dict.fromkeys((*known.items, *each.value.items))))
        elif known is None or known == each.value:
            values[each.path] = each.value
        else:
            raise Conflict(f"`{attrpath_text(each.path)}` has another value already")
    return [Setting((name,), value) for name, value in _tree(list(values.items()))]


def _tree(values: Sequence[tuple[tuple[str, ...], Value]]) -> list[tuple[str, Value]]:
    groups: dict[str, list[tuple[tuple[str, ...], Value]]] = {}
    for path, value in values:
        groups.setdefault(path[0], []).append((path[1:], value))
    found: list[tuple[str, Value]] = []
    for name, inner in groups.items():
        if all(path for path, _ in inner):
            found.append((name, Attrs(tuple(_tree(inner)))))
        elif len(inner) == 1:
            found.append((name, inner[0][1]))
        else:
            raise Conflict(f"`{attrpath_text((name,))}` is defined in two ways")
    return found


def _comments(title: str, pieces: Sequence[Left | Noted]) -> Iterator[tuple[str, ...]]:
    """Yield the lines of comments about parts of a file: one for all that has the same reason."""
    by_reason: dict[str, list[str]] = {}
    for piece in pieces:
        by_reason.setdefault(piece.reason, []).extend(piece.text.splitlines())
    for reason, texts in by_reason.items():
        head = f"# {title}{f' ({reason})' if reason else ''}:"
        yield head, *(f"#   {_CONTROL.sub('?', text)}".rstrip() for text in texts)


def _with_comments(project: Project, document: Document, comments: Iterable[Sequence[str]]) -> Document:
    """Put comments at the end of the module's set, but for those that it has already."""
    owner = _owner(project, document)
    if owner is None:
        return document
    eol, close = newline(document), owner.end_byte - 1
    outer = indentation_at(document, owner.start_byte)
    inner = outer + indent_unit(document)
    texts = ["".join(f"{inner}{line}{eol}" for line in lines) for lines in comments]
    new = [text for text in texts if text.encode() not in document.source]
    if not new:
        return document
    before = document.source[:close].rstrip(b" \t")
    opening = "" if before.endswith(b"\n") else eol
    gap = "" if before.rstrip().endswith(b"{") else eol
    text = opening + gap + eol.join(new) + outer
    return document.edited([Change(Span(len(before), close), text.encode())], document.version)
