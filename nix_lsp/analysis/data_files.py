"""Files that others import for their value: the module of an option's type, a set of data, a function.

Where they lie and what they look like does not make such files modules of a host.
"""

from __future__ import annotations

import posixpath
import re
from functools import lru_cache
from typing import TYPE_CHECKING

from nix_lsp.analysis.module_forms import imported_path
from nix_lsp.analysis.nested_modules import HEADS, is_module_place
from nix_lsp.syntax.ast import application, attrs, descent, span, text
from nix_lsp.syntax.searches import hits

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tree_sitter import Node

    from nix_lsp.analysis.files import Files
    from nix_lsp.syntax.ast import Attr
    from nix_lsp.syntax.document import Document

_PATH = re.compile(rb'(?<![\w./~-])(\.\.?(?:/[\w.+-]+)+)(?:\s*\+\s*"(/[^"$\n]*)")?')
_OWN_MODULES = frozenset({"submodule", "submoduleWith", "submoduleOf", "evalModules", "deferredModuleWith"})
"""Functions of `lib` whose modules are of a set of their own."""
WORDS = (b"import", b"submodule", b"evalModules")
_LISTS = frozenset({"imports", "require"})
_STEPS = 200
"""Expressions round an import that are looked at."""

Mention = tuple[str, int]
"""A path that a file names, and the byte offset where."""


class DataFiles:
    """Which files name which: kept by document, so that all snapshots of a workspace share it."""

    def __init__(self, words: tuple[bytes, ...] = WORDS) -> None:
        """`words`: what a file says that names others; the paths of one without are not looked at."""
        self._words = words
        self._mentions: dict[str, tuple[Document, tuple[Mention, ...]]] = {}
        self._targets: dict[str, tuple[Document, frozenset[str]]] = {}
        self._whole: tuple[object, Sequence[tuple[str, frozenset[str]]]] | None = None

    def scan(self, document: Document) -> tuple[Mention, ...]:
        """Return the paths that a file names, by its text alone."""
        known = self._mentions.get(document.path)
        if known is None or known[0] is not document:
            known = self._mentions[document.path] = (document, tuple(_mentions(document, self._words)))
        return known[1]

    def _named(self, document: Document) -> frozenset[str]:
        """Return the paths that a file names."""
        known = self._targets.get(document.path)
        if known is None or known[0] is not document:
            written = {path for path, _ in _mentions(document, self._words)}
            known = self._targets[document.path] = (document, frozenset(written))
        return known[1]

    def holds(self, path: str, files: Files, paths: Iterable[str], moment: object) -> bool:
        """Tell whether one of the Nix files at `paths` imports the file at `path` other than as a module; `moment` as of `places`."""
        return any(_takes_value(document, offset) for document, offset in self.places(path, files, paths, moment))

    def places(self, path: str, files: Files, paths: Iterable[str], moment: object) -> Sequence[tuple[Document, int]]:
        """Return where other Nix files at `paths` name the file at `path`.

        What the files name is gathered once for each `moment`: an object that stays the same as long as nobody imports something else.
        """
        if self._whole is None or self._whole[0] is not moment:
            documents = (files.document(each) for each in paths if each.endswith(".nix"))
            self._whole = (moment, [(each.path, found) for each in documents if each and (found := self._named(each))])
        named = [path, posixpath.dirname(path)] if posixpath.basename(path) == "default.nix" else [path]
        names = [each for each, targets in self._whole[1] if any(name in targets for name in named)]
        # Since that moment the texts may have changed, though not what is imported as a module.
        return [
            (document, offset)
            for each in names
            if each != path and (document := files.document(each))
            for target, offset in self.scan(document)
            if target in named
        ]


def _mentions(document: Document, words: tuple[bytes, ...]) -> Iterable[Mention]:
    if not any(word in document.source for word in words):
        return
    folder = posixpath.dirname(document.path)
    for start, _, (path, more) in hits(document, _PATH):
        yield _joined(folder, (path or b"") + (more or b"")), start


@lru_cache(maxsize=8_192)
def _joined(folder: str, written: bytes) -> str:
    return posixpath.normpath(posixpath.join(folder, written.decode("utf-8", "replace")))


def _takes_value(document: Document, offset: int) -> bool:
    """Tell whether the path at an offset is that of a file which is taken for its value, or for a module of no host."""
    chain = descent(document.root, offset)
    path = next((node for node in reversed(chain) if node.type == "path_expression"), None)
    if path is None:
        return False
    outwards = [node for node in reversed(chain) if span(node).start <= offset][:_STEPS]
    if any(_is_own_module(node, path) for node in outwards):
        return True
    imported = next((node for node in outwards if _imports(node, path)), None)
    return imported is not None and not _is_module_place(outwards[outwards.index(imported) + 1 :])


def _is_own_module(node: Node, path: Node) -> bool:
    """Tell whether a node applies `submodule` or its like to what the path is in."""
    if node.type != "apply_expression":
        return False
    function, arguments = application(node)
    name = text(function).rpartition(".")[2]
    return name in _OWN_MODULES and any(each.start_byte <= path.start_byte < each.end_byte for each in arguments)


def _imports(node: Node, path: Node) -> bool:
    """Tell whether a node is `import ./x.nix`, or `import (./. + "/x.nix")`, of a path."""
    if node.type != "apply_expression":
        return False
    if (found := imported_path(node)) is not None:
        return found.id == path.id
    function, arguments = application(node)
    return text(function) == "import" and bool(arguments) and arguments[0].start_byte <= path.start_byte


def _is_module_place(outwards: Sequence[Node]) -> bool:
    """Tell whether what stands inside these nodes, the innermost first, may be a module of a host."""
    names: list[Attr] = []
    for node in outwards:
        if node.type == "binding":
            path = node.child_by_field_name("attrpath")
            names = [*(attrs(path) if path else ()), *names]
            if any(name.name and (name.name in _LISTS or "odules" in name.name) for name in names):
                return True
    places = [number for number, name in enumerate(names) if name.name in HEADS]
    return any(is_module_place(tuple(names[number:])) for number in places)
