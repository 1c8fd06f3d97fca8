"""Which files of a workspace declare options, and what they declare for each module set."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nix_lsp.analysis.declared import DeclaredOptions
from nix_lsp.analysis.lanes import by_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from nix_lsp.analysis.definition import DeclaredOption
    from nix_lsp.analysis.files import Files
    from nix_lsp.analysis.graph import Graph
    from nix_lsp.syntax.document import Document

_WORDS = (b"mkOption", b"mkEnableOption", b"mkPackageOption", b"options.", b"options =", b"OptionModule")


class OwnOptions:
    """What is known of a workspace's declarations at one moment. An edit gives another one, which looks at the edited files only."""

    def __init__(self, files: tuple[str, ...] | None = None) -> None:
        self.files = files
        """The files that declare options; None: nobody has looked."""
        self._by_set: dict[str, tuple[Graph, DeclaredOptions]] = {}
        self._memory: dict[str, tuple[Document, bool]] = {}
        """What was found in a document, for all that follow one another."""

    def found(self, files: tuple[str, ...]) -> OwnOptions:
        """Return what is known once the declaring files have been found out."""
        following = OwnOptions(files)
        following._memory = self._memory
        return following

    def unknown(self) -> OwnOptions:
        """Return what is known where there may be other files than before."""
        following = OwnOptions()
        following._memory = self._memory
        return following

    def after(self, changed: frozenset[str], files: Files, listing: Callable[[], Iterable[str]]) -> OwnOptions:
        """Return what is known after the texts at some paths have changed; `listing` gives all files in their order."""
        if self.files is None:
            return self.unknown()
        before = changed & frozenset(self.files)
        after = frozenset(path for path in changed if self.declares(files, path))
        if not before | after:
            return self
        if before == after:
            return self.found(self.files)
        declaring = frozenset(self.files) - before | after
        return self.found(tuple(path for path in listing() if path in declaring))

    def declares(self, files: Files, path: str) -> bool:
        """Tell whether a file declares options, by its text alone."""
        document = files.document(path) if path.endswith(".nix") else None
        if document is None:
            return False
        known = self._memory.get(path)
        if known is None or known[0] is not document:
            known = self._memory[path] = (document, any(word in document.source for word in _WORDS))
        return known[1]

    def of(
        self,
        module_set: str,
        graph: Graph,
        root: str,
        declared_in: Callable[[str], Iterable[DeclaredOption]],
        module_file: Callable[[str], str],
    ) -> DeclaredOptions:
        """Return what is declared for a module set; `declared_in` reads a file, `module_file` tells which one a path names.

        A file that no host is seen to import counts for every set that it is not clearly foreign to, unless it is a submodule in another.
        """
        known = self._by_set.get(module_set)
        if known is None or known[0] is not graph:
            options = {path: tuple(declared_in(path)) for path in self.files or ()}
            inner = {
                module_file(file) for several in options.values() for option in several for _, file in option.modules
            }
            counting = (
                path
                for path in options
                if (path not in inner or path in graph.lanes) and _counts_for(module_set, path, graph, root)
            )
            declared = DeclaredOptions(option for path in counting for option in options[path])
            known = self._by_set[module_set] = (graph, declared)
        return known[1]


def _counts_for(module_set: str, path: str, graph: Graph, root: str) -> bool:
    if reached := graph.lanes.get(path):
        return any(other.set == module_set for other in reached)
    told = by_name(path, root)
    return told is None or told.set == module_set
