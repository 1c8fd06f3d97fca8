"""Which module sets evaluate which files of a project, and how the files read then."""

from __future__ import annotations

import posixpath
from abc import abstractmethod
from typing import TYPE_CHECKING

from nix_lsp.analysis.data_files import DataFiles
from nix_lsp.analysis.graph import evaluator_of, importers
from nix_lsp.analysis.lanes import (
    CLASSES,
    SOURCES,
    Evidence,
    class_of,
    commanded,
    may_be_module,
    told_by_file,
    vote,
)
from nix_lsp.analysis.pin import Lane, Pin
from nix_lsp.analysis.pinned_project import PinnedProject
from nix_lsp.analysis.pins.choice import point_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from nix_lsp.analysis.definition import DeclaredOption, ModuleView
    from nix_lsp.analysis.files import Files
    from nix_lsp.analysis.graph import Graph
    from nix_lsp.analysis.handed import Handing
    from nix_lsp.analysis.lent import Lending
    from nix_lsp.analysis.partial.evaluate import Evaluator
    from nix_lsp.analysis.partial.value import Thunk
    from nix_lsp.analysis.pins.channels import Environment
    from nix_lsp.analysis.project import Settings
    from nix_lsp.analysis.taken import Taken, Use
    from nix_lsp.syntax.document import Document
    from option_index.query import OptionSet
    from option_index.timeline import Point


_HOSTS = 4
"""So many hosts are asked what they hand to a module."""


class PlaceMemory:
    """What is known of single documents. Every entry names the objects it was found for, so that all snapshots share one."""

    def __init__(self) -> None:
        self.modules: dict[str, tuple[Document, ModuleView]] = {}
        self.declarations: dict[str, tuple[Document, tuple[DeclaredOption, ...]]] = {}
        """Of files that have not been read as modules."""
        self.lanes: dict[str, tuple[Document, Graph, tuple[Lane, ...]]] = {}
        self.lent: dict[str, tuple[Document, Lending, ModuleView]] = {}
        """Of files that other files take definitions from."""
        self.taken: dict[str, tuple[Document, tuple[Taken, ...]]] = {}
        self.handed: tuple[Graph, Mapping[str, Sequence[Handing]]] | None = None
        self.importers: tuple[Graph, Mapping[str, Sequence[str]]] | None = None
        self.data_files = DataFiles()


class PlacedProject(PinnedProject):
    """A project whose files have their places in the evaluations of its hosts."""

    def __init__(self, root: str, files: Files, settings: Settings | None, environment: Environment | None) -> None:
        super().__init__(root, files, settings, environment)
        self._places = PlaceMemory()

    @abstractmethod
    def graph(self) -> Graph:
        """Return the file graph."""

    @abstractmethod
    def published(self, module_set: str, point: Point) -> OptionSet | None:
        """Return the options of a module set by itself, at a point on its line of snapshots."""

    def lanes(self, document: Document) -> Sequence[Lane]:
        """Return every lane whose evaluation includes the file; empty where that is unsure or the file is no module.

        flake.nix and flake-parts modules are in the set `flake`, which has no options: what they hold of other sets stands in
        `ModuleView.roots` with the set's name.
        """
        graph = self.graph()
        known = self._places.lanes.get(document.path)
        if known is None or known[0] is not document or known[1] is not graph or self._lends_otherwise(document):
            known = self._places.lanes[document.path] = (document, graph, self._find_lanes(document, graph))
        return known[2]

    def module(self, document: Document) -> ModuleView:
        """Return the document read as a module; one that other files take definitions from has those, below the options that they define."""
        self.lanes(document)
        lent = self._places.lent.get(document.path)
        return lent[2] if lent and lent[0] is document else self._read(document)

    def importers(self, path: str) -> Sequence[str]:
        """Return the files that may bring in the file at an absolute path as a module."""
        graph = self.graph()
        if self._places.importers is None or self._places.importers[0] is not graph:
            self._places.importers = (graph, importers(graph))
        builders = (*graph.flake_files, *(origin.file for origin in graph.origins if not origin.file.endswith("/")))
        return tuple(dict.fromkeys((*self._places.importers[1].get(path, ()), *builders)))

    def arguments(self, document: Document) -> Mapping[str, Sequence[Thunk]]:
        """Return what hosts hand to a module beside what the module system gives to all: by name, what each of some hosts gives."""
        from nix_lsp.analysis.handed import places_of_hosts

        graph = self.graph()
        lanes = graph.lanes.get(self._files.real(document.path), ())[:_HOSTS]
        if not lanes:
            return {}
        hosts = places_of_hosts(graph)
        found: dict[str, list[Thunk]] = {}
        for lane in lanes:
            if (host := hosts.get(lane.host)) is None:
                continue
            graph.origins[host[0]].shared.ration()
            for name, value in graph.handed[host].get(lane.set, {}).items():
                found.setdefault(name, []).append(value)
        return found

    def evaluations(self, path: str) -> frozenset[tuple[int, int]]:
        """Return which hosts and exported modules the file at an absolute path is a part of, as numbers that can be compared."""
        return frozenset(self.graph().reached.get(self._files.real(path), ()))

    def outputs(self, flake: str) -> Thunk | None:
        """Return the outputs of the project's flake.nix at an absolute path, as far as partial evaluation tells; None where none is there."""
        origin = next((origin for origin in self.graph().origins if origin.file == flake), None)
        if origin is None or origin.outputs is None:
            return None
        origin.shared.ration()
        return origin.outputs

    def taken_from(self, document: Document) -> Sequence[Use]:
        """Return which values of a document other files take for definitions; nothing for a module."""
        self.lanes(document)
        lent = self._places.lent.get(document.path)
        return lent[1].uses if lent and lent[0] is document else ()

    def _read(self, document: Document) -> ModuleView:
        """Return the document read as a module by itself."""
        known = self._places.modules.get(document.path)
        if known is None or known[0] is not document:
            from nix_lsp.analysis.module import read_module

            declared = self._places.declarations.pop(document.path, None)
            module = read_module(document, declared[1] if declared and declared[0] is document else None)
            known = self._places.modules[document.path] = (document, module)
        return known[1]

    def _declarations(self, document: Document) -> tuple[DeclaredOption, ...]:
        """Return the options that a document declares as a module by itself: of most files of a project that is all that is asked."""
        module = self._places.modules.get(document.path)
        if module and module[0] is document:
            return module[1].declared
        known = self._places.declarations.get(document.path)
        if known is None or known[0] is not document:
            from nix_lsp.analysis.module import read_declarations

            known = self._places.declarations[document.path] = (document, read_declarations(document))
        return known[1]

    def _find_lanes(self, document: Document, graph: Graph, *, lends: bool = True) -> tuple[Lane, ...]:
        pins = self.main_pins(posixpath.dirname(document.path))
        if ordered := commanded(document):
            return (self._lane(ordered, pins),)
        path = self._files.real(document.path)
        if path in graph.flake_files or posixpath.basename(path) == "flake.nix":
            return (Lane("flake", pins, None, "it is part of the flake itself"),)
        if reached := graph.lanes.get(path):
            if not self.settings.pin:
                return reached
            return tuple({lane.set: lane._replace(pins=pins) for lane in reached}.values())
        said = class_of(document)
        if lends and said is None and (lanes := self._lend(document, path, graph)):
            return lanes
        module = self._read(document)
        if not module.is_module and any(root.set for root in module.roots):
            return (Lane("flake", pins, None, "of the systems that are written in it", is_sure=False),)
        if not module.is_module or not module.roots or (said and said not in CLASSES):
            return ()
        told = told_by_file(document, self.root)
        if not (told and told.is_sure) and self._places.data_files.holds(path, self._files, self._listing(), graph):
            return ()
        if told is None and may_be_module(path, self.root):
            told = vote(module, lambda name: self.published(name, point_of(pins, SOURCES[name])))
        return (self._lane(told, pins),) if told else ()

    def _lend(self, document: Document, path: str, graph: Graph) -> tuple[Lane, ...]:
        """Return the lanes of the modules that take definitions from a file, which is then read as what they take."""
        self._places.lent.pop(document.path, None)
        places = self._places.data_files.places(path, self._files, self._listing(), graph)
        handed = self._handed(graph).get(path, ())
        if not places and not handed:
            return ()
        from nix_lsp.analysis.lent import lending

        lent = lending(places, handed, self._taken_by, lambda taker: self._lanes_of_taker(taker, graph))
        if not lent.uses:
            return ()
        from nix_lsp.analysis.module import read_given

        view = self._read(document)._replace(roots=read_given(document, lent.uses))
        self._places.lent[document.path] = (document, lent, view)
        return lent.lanes

    def _handed(self, graph: Graph) -> Mapping[str, Sequence[Handing]]:
        """Return, by file, what modules take from it that got it as an argument; gathered once for each graph."""
        if not self._listing():  # the project is still being looked at
            return {}
        if self._places.handed is None or self._places.handed[0] is not graph:
            from nix_lsp.analysis.handed import handings

            def evaluator(origin: int) -> Evaluator:
                graph.origins[origin].shared.ration()
                return evaluator_of(self._files, graph.origins[origin])

            self._places.handed = (graph, handings(graph, self._files.document, evaluator, self._taken_by))
        return self._places.handed[1]

    def _lanes_of_taker(self, taker: Document, graph: Graph) -> tuple[Lane, ...]:
        """Return the lanes of a file that takes values from another; nothing where only guesses could tell."""
        path = self._files.real(taker.path)
        is_seen = path in graph.lanes or path in graph.flake_files
        return self._find_lanes(taker, graph, lends=False) if is_seen else ()

    def _taken_by(self, document: Document) -> Sequence[Taken]:
        known = self._places.taken.get(document.path)
        if known is None or known[0] is not document:
            from nix_lsp.analysis.module import read_taken

            known = self._places.taken[document.path] = (document, read_taken(document))
        return known[1]

    def _lends_otherwise(self, document: Document) -> bool:
        """Tell whether a file that takes definitions from this one has changed since that was seen."""
        lent = self._places.lent.get(document.path)
        return bool(lent) and any(self._files.document(taker.path) is not taker for taker in lent[1].takers)

    @staticmethod
    def _lane(evidence: Evidence, pins: Mapping[str, Pin]) -> Lane:
        return Lane(evidence.set, pins, None, evidence.reason, evidence.is_sure)
