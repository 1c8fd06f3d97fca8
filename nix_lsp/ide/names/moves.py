"""What moved files change in others: the paths that lead to them, and those by which they lead elsewhere."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from nix_lsp.analysis.reach import CALLERS
from nix_lsp.ide.model import FileEdit, TextEdit
from nix_lsp.syntax.ast import application, select_path
from nix_lsp.syntax.span import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tree_sitter import Node

    from nix_lsp.analysis.project import Project
    from nix_lsp.syntax.document import Document

_PATH = re.compile(rb"(?<![\w./~$}-])\.{1,2}/[\w./+-]*|(?<=\$\{self\})/[\w./+-]+|(?<=\$\{inputs\.self\})/[\w./+-]+")
_DEFAULT = "default.nix"
_IMPORTERS = CALLERS | {"import"}


class _Moves:
    """Where files and folders go."""

    def __init__(self, moves: Mapping[str, str]) -> None:
        self._moves = dict(sorted(moves.items(), key=lambda move: -len(move[0])))

    def of(self, path: str) -> str:
        """Return where a path will be: its own way, or that of the nearest folder that moves."""
        for old, new in self._moves.items():
            if path == old:
                return new
            if path.startswith(f"{old}/"):
                return new + path[len(old) :]
        return path

    def moves_below(self, folder: str) -> bool:
        """Tell whether anything in a folder moves by itself."""
        return any(old.startswith(f"{folder}/") for old in self._moves)


def moved(project: Project, moves: Mapping[str, str]) -> tuple[FileEdit, ...]:
    """Return the edits by which all paths of the project lead to the same files, after files and folders have moved.

    `moves` are absolute paths, from old to new. The edits are to the files at their old places.
    """
    known = _Moves(moves)
    found: list[FileEdit] = []
    for document in project.nix_files():
        new_place = known.of(document.path)
        if edits := tuple(_edits(project, document, new_place, known)):
            found.append(FileEdit(document.path, edits))
    return tuple(found)


def _edits(project: Project, document: Document, new_place: str, known: _Moves) -> Iterator[TextEdit]:
    folder, new_folder = posixpath.dirname(document.path), posixpath.dirname(new_place)
    stays = folder == new_folder
    for found in _PATH.finditer(document.source):
        written, place = found[0].decode(), Span(found.start(), found.end())
        from_root = written.startswith("/")
        target = posixpath.normpath(
            project.root.rstrip("/") + written if from_root else posixpath.join(folder, written)
        )
        if (stays or from_root) and target == known.of(target) and not known.moves_below(target):
            continue
        node = document.root.descendant_for_byte_range(place.start, place.end)
        if node is None:
            continue
        if from_root:
            new = known.of(target)
            root = project.root.rstrip("/")
            if node.type == "string_fragment" and new != target and new.startswith(f"{root}/"):
                yield TextEdit(place, new[len(root) :])
            continue
        path = _path_of(node)
        if path is None or path.start_byte != place.start:
            continue
        if path.end_byte != place.end:
            # `./a/${x}.nix`: what stands before the last slash is a folder.
            written = written[: written.rfind("/") + 1]
            place = Span(place.start, place.start + len(written))
            target = posixpath.normpath(posixpath.join(folder, written))
        if not (project.is_folder(target) or project.files.kind(target) == "file"):
            continue
        new = _new_target(project, target, known, is_import=_is_import(path))
        if posixpath.relpath(new, new_folder) != posixpath.relpath(target, folder):
            yield TextEdit(place, _relative(new, new_folder, written))


def _new_target(project: Project, target: str, known: _Moves, *, is_import: bool) -> str:
    """Return where what a path names will be; where a folder is imported, its default.nix decides."""
    new = known.of(target)
    inner = posixpath.join(target, _DEFAULT)
    if not is_import or not project.is_folder(target):
        return new
    file = known.of(inner)
    if file == posixpath.join(new, _DEFAULT) or project.files.kind(inner) != "file":
        return new
    return posixpath.dirname(file) if posixpath.basename(file) == _DEFAULT else file


def _path_of(node: Node) -> Node | None:
    while node.type != "path_expression":
        if node.type != "path_fragment" or node.parent is None:
            return None
        node = node.parent
    return node


def _is_import(path: Node) -> bool:
    above = path.parent
    if above is None or above.type != "apply_expression":
        return above is not None and above.type == "list_expression"
    named = select_path(application(above)[0])
    return bool(named) and named[-1] in _IMPORTERS if named else False


def _relative(target: str, folder: str, written: str) -> str:
    """Return a path as it is written in a file of a folder; with a slash at the end, or `/.`, where the old one has that."""
    path = posixpath.relpath(target, folder)
    if not path.startswith(".."):
        path = f"./{path}" if path != "." else "./."
    if written.endswith("/"):
        return f"{path.removesuffix('/.')}/"
    if written.endswith("/.") and not path.endswith("/."):
        path = f"{path}/."
    return path if "/" in path else f"{path}/."
