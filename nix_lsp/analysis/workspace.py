"""A workspace: the snapshot that features ask (`nix_lsp.analysis.project.Project`), over files, pins, the file graph and the index.

A snapshot is never changed: an edit, a setting or a look at the disk gives another one, which takes over all that is still true. What
is known of one document is kept with that very object, and the file graph until somebody imports something else, so that a keystroke
costs work in proportion to the file it falls in.
"""

from __future__ import annotations

import posixpath
from copy import copy
from typing import TYPE_CHECKING, Protocol

from nix_lsp.analysis.files import OpenFiles
from nix_lsp.analysis.foreign import Brought, is_foreign
from nix_lsp.analysis.graph import UNSEEN, build, pins_key, still_holds
from nix_lsp.analysis.lanes import (
    SOURCES,
    commanded,
)
from nix_lsp.analysis.own_options import OwnOptions
from nix_lsp.analysis.pin import Lane
from nix_lsp.analysis.pins.channels import Environment
from nix_lsp.analysis.pins.choice import point_of
from nix_lsp.analysis.pins.reference import NIXPKGS
from nix_lsp.analysis.pins.table import LOCK_NAMES
from nix_lsp.analysis.placed_project import PlacedProject
from nix_lsp.analysis.project import Settings
from nix_lsp.analysis.project_files import project_files
from nix_lsp.analysis.project_settings import FILE as SETTINGS_FILE
from nix_lsp.analysis.survey import Survey
from option_index.timeline import Point

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Mapping, Sequence

    from nix_lsp.analysis.data_files import DataFiles
    from nix_lsp.analysis.declared import DeclaredOptions
    from nix_lsp.analysis.definition import DeclaredOption
    from nix_lsp.analysis.files import Files
    from nix_lsp.analysis.graph import Graph, PinsKey
    from nix_lsp.analysis.inputs.library import Library
    from nix_lsp.analysis.overlays import Additions, Overlays
    from nix_lsp.analysis.own_names import OwnNames
    from nix_lsp.syntax.ast import Attr
    from nix_lsp.syntax.document import Document
    from option_index.kept_declarations import KeptDeclarations
    from option_index.query import LibrarySet, OptionSet, PackageSet

_NAMING = (b"./",)
"""What a file says that names others."""
_MANY = 50
"""Changed files from which on the project is looked at as if it were new: another branch is checked out."""


_SUBMODULES = 8
"""Submodules in submodules that are files."""


class IndexCatalog(Protocol):
    """Where indexes come from (`option_index.catalog.Catalog`)."""

    def options(self, module_set: str, point: Point) -> OptionSet | None: ...

    def has_hosts(self, module_set: str) -> bool: ...

    def host_options(self, module_set: str, fingerprint: str, point: Point) -> OptionSet | None: ...

    def packages(self, point: Point) -> PackageSet | None: ...

    def library(self, point: Point) -> LibrarySet | None: ...

    def declarations(self) -> KeptDeclarations | None: ...


class _Memory:
    """What is known of inputs and hosts. Every entry names the objects it was found for, so that all snapshots share one."""

    def __init__(self) -> None:
        self.library: Library | None = None
        self.overlays: Overlays | None = None
        self.own_names: OwnNames | None = None
        self.named: DataFiles | None = None
        self.fingerprints: dict[str, tuple[Graph, Document | None, str | None]] = {}


class Workspace(PlacedProject):
    """Everything that is known of the files below one root at one moment."""

    def __init__(
        self,
        root: str,
        files: Files,
        catalog: IndexCatalog,
        settings: Settings | None = None,
        environment: Environment | None = None,
    ) -> None:
        """Look at the files below `root` (an absolute folder). Nothing is read before it is asked for."""
        super().__init__(root, files, settings, environment)
        self._disk = files
        self._catalog = catalog
        self._open: Mapping[str, Document] = {}
        self._memory = _Memory()
        self._options: tuple[Graph | None, dict[tuple[str, str | None, PinsKey], OptionSet | None]] = (None, {})
        """What has been asked for of the graph's lanes."""
        self._graph: Graph | None = None
        self._former: Graph | None = None
        """The graph of an earlier snapshot; it may still hold."""
        self._changed: frozenset[str] = frozenset()
        """Paths whose text may differ from what `_former` has seen."""
        self._stale: Graph | None = None
        """The last graph there was, which does not hold any more."""
        self._own = OwnOptions()
        self._additions: dict[tuple[int, frozenset[str], bool], Additions] = {}
        """By the list of files, and by what modules are taken from elsewhere."""
        self._survey: Survey | None = None
        """Begun for this snapshot or an earlier one."""
        self._since: frozenset[str] = frozenset()
        """Paths whose text may differ from what `_survey` sees."""
        self.is_partial = False
        """Not all is known of the project yet, so that answers may come out differently later."""

    # Other snapshots

    def with_document(self, document: Document) -> Workspace:
        """Return the snapshot in which a document is open with this text."""
        return self._next({**self._open, document.path: document}, {document.path})

    def without_document(self, path: str) -> Workspace:
        """Return the snapshot in which a document is closed: what is on disk counts again."""
        return self._next({name: document for name, document in self._open.items() if name != path}, {path})

    def with_settings(self, settings: Settings) -> Workspace:
        """Return the snapshot with other settings."""
        return self._next(self._open, (), settings=settings)

    def refreshed(self) -> Workspace:
        """Return the snapshot after another look at the disk: `self` if nothing has changed there."""
        changed = self._disk.changed()
        if not changed:
            return self
        moved = len(changed) > _MANY or any(self._disk.kind(path) != "file" for path in changed)
        return self._next(self._open, changed, relist=moved)

    def survey(self) -> Survey | None:
        """Return what is to be done before answers about any file come at once; None for nothing.

        An edit does not begin it anew: what it finds counts for the snapshots that follow, too.
        """
        if self._survey is not None and self._survey.is_done:
            self._adopt(self._survey)
        if self._held_graph() is not None and self._own.files is not None:
            return None
        if self._survey is None:
            listing = project_files(self._files, self.root) if self._listed is None else self._listed
            self._survey, self._since = Survey(listing, self._building, self._reads_declarations), frozenset()
        return self._survey

    def at_once(self) -> Workspace:
        """Return the snapshot that answers from what is known already: `self` where that is all there is to know."""
        if (survey := self.survey()) is None:
            return self
        hasty = copy(self)
        hasty._graph = self._graph or survey.graph_over(self._stale or UNSEEN)  # noqa: SLF001 -- of this very class
        hasty._listed, hasty._own = self._listed or (), self._own.found(self._own.files or ())  # noqa: SLF001
        hasty.is_partial = True
        return hasty

    def is_placed(self, document: Document) -> bool:
        """Tell whether the module set of a file will not turn out to be another one when more of the project is known."""
        if not self.is_partial or commanded(document):
            return True
        graph, path = self.graph(), self._files.real(document.path)
        return path in graph.lanes or path in graph.flake_files

    def _next(
        self,
        documents: Mapping[str, Document],
        changed: Iterable[str],
        *,
        settings: Settings | None = None,
        relist: bool = False,
    ) -> Workspace:
        following = copy(self)
        following._take(documents, changed, settings, relist=relist)  # noqa: SLF001 -- of this very class
        return following

    def _take(
        self, documents: Mapping[str, Document], changed: Iterable[str], settings: Settings | None, *, relist: bool
    ) -> None:
        """Turn a fresh copy of a snapshot into the one that follows it."""
        self._open = documents
        self._files = OpenFiles(self._disk, documents)
        self._settings, self._combined = settings or self._settings, None
        touched = frozenset(changed)
        anew = relist or settings is not None or posixpath.join(self.root, SETTINGS_FILE) in touched
        self._changed = touched if self._graph else self._changed | touched
        self._since |= touched
        self._stale = self._graph or self._former or self._stale
        self._former = None if anew else self._graph or self._former
        self._graph = None
        if anew:
            self._survey = None
        if relist:
            self._listed = self._channels = None
            self._own = self._own.unknown()
            # What a file brings in may have been read from a folder's entries.
            self._stale = self._stale and self._stale._replace(edges={})
        self._own = self._own.after(touched, self._files, self._listing)

    # The Project protocol

    def published(self, module_set: str, point: Point) -> OptionSet | None:
        """Return the options of a module set by itself, at a point on its line of snapshots."""
        return self._catalog.options(module_set, point)

    def options(self, lane: Lane) -> OptionSet | None:
        """Return the options of the lane's module set at its pin; None where nothing is known of it."""
        if lane.set not in SOURCES:
            return None
        if self._options[0] is not self.graph():
            self._options = (self.graph(), {})
        key, known = (lane.set, lane.host, pins_key(lane)), self._options[1]
        if key not in known:
            point = point_of(lane.pins, SOURCES[lane.set])
            options = self._host_options(lane) or self._catalog.options(lane.set, point)
            known[key] = self._with_inputs(options, lane) if options else None
        return known[key]

    def _host_options(self, lane: Lane) -> OptionSet | None:
        """Return the options that an evaluation of the lane's host had, if they are at hand and still hold."""
        if lane.host is None or self.settings.pin or lane.set not in SOURCES:
            return None
        if not self._catalog.has_hosts(
            lane.set
        ):  # most people have none, and to tell what a host stands for takes time
            return None
        stands_for = self.fingerprint(lane.host)
        point = point_of(lane.pins, SOURCES[lane.set])
        return self._catalog.host_options(lane.set, stands_for, point) if stands_for else None

    def fingerprint(self, host: str) -> str | None:
        """Return what the index of a host's options is filed under; None where there is no such host."""
        from nix_lsp.analysis.inputs.fingerprint import fingerprint

        graph, lock = self.graph(), self._files.document(posixpath.join(self.root, "flake.lock"))
        known = self._memory.fingerprints.get(host)
        if known is None or known[0] is not graph or known[1] is not lock:
            known = self._memory.fingerprints[host] = (graph, lock, fingerprint(graph, lock, host))
        return known[2]

    def packages(self, lane: Lane | None) -> PackageSet | None:
        """Return nixpkgs' packages at the lane's pin (None: at the project's main pin)."""
        return self._catalog.packages(point_of(lane.pins if lane else self.main_pins(), NIXPKGS))

    def additions(self, lane: Lane | None) -> Additions:
        """Return what may be in `pkgs` beside what nixpkgs has: the project's overlays, and those of its inputs."""
        if self._memory.overlays is None:
            from nix_lsp.analysis.overlays import Overlays

            self._memory.overlays = Overlays()
        brought = self._brought(lane) if lane else Brought()
        paths = self._listing()
        key = (id(paths), brought.repositories, brought.opaque)
        if key not in self._additions:
            locked = self.locked(self.root)
            self._additions[key] = self._memory.overlays.additions(
                paths,
                self._files,
                lambda name: locked.named("inputs", name) or locked.named("sources", name),
                brought.repositories,
                opaque=brought.opaque,
            )
        return self._additions[key]

    def library(self, lane: Lane | None) -> LibrarySet | None:
        """Return nixpkgs' `lib` at the lane's pin (None: at the project's main pin)."""
        return self._catalog.library(point_of(lane.pins if lane else self.main_pins(), NIXPKGS))

    def declared(self, lane: Lane) -> DeclaredOptions:
        """Return the options that files of the workspace declare for this lane's evaluation.

        A file that no host is seen to import counts for every lane that it is not clearly foreign to.
        """
        graph = self.graph()
        if self._own.files is None:
            self._own = self._own.found(
                tuple(path for path in self._listing() if self._own.declares(self._files, path))
            )
        return self._own.of(lane.set, graph, self.root, self._declared_in, self._module_file)

    def foreign(self, lane: Lane, namespace: str) -> bool:
        """Tell whether a source outside the module set may declare options at or below a dotted path, so that nothing there is unknown."""
        path = namespace.split(".")
        if self.declared(lane).may_be_computed(path[0]):
            return True
        if self._host_options(lane):
            return False
        return is_foreign(path, self._brought(lane), self.options(lane))

    def named_at(self, path: str) -> Sequence[tuple[Document, int]]:
        """Return where Nix files of the project name the file at an absolute path, or the folder that it is the default.nix of."""
        if self._memory.named is None:
            from nix_lsp.analysis.data_files import DataFiles

            self._memory.named = DataFiles(_NAMING)
        return self._memory.named.places(path, self._files, self._listing(), self._files)

    def own_names(self, wanted: frozenset[str], *, quoted: bool = False) -> frozenset[str]:
        """Return those of some names that the project gives anything, or has in quotes where that is asked for too."""
        if self._memory.own_names is None:
            from nix_lsp.analysis.own_names import OwnNames

            self._memory.own_names = OwnNames()
        paths = (path for path in self._listing() if path.endswith(".nix"))
        documents = filter(None, map(self._files.document, paths))
        words = frozenset(name.encode() for name in wanted)
        return frozenset(word.decode() for word in self._memory.own_names.among(words, documents, quoted=quoted))

    # For the editor and `doctor`

    def hosts(self) -> Sequence[Lane]:
        """Return one lane per host that the workspace builds."""
        return self.graph().hosts

    def graph(self) -> Graph:
        """Return the file graph: built when it is first asked for, and again when somebody imports something else."""
        if (held := self._held_graph()) is None:
            steps = self._building(self._listing())
            while held is None:
                try:
                    next(steps)
                except StopIteration as done:
                    held = done.value
            self._graph = held
        return held

    # How it is found

    def _held_graph(self) -> Graph | None:
        """Return the graph if it is known, be it from an earlier snapshot."""
        if self._graph is None and (former := self._former) is not None:
            locks = any(posixpath.basename(path) in LOCK_NAMES for path in self._changed)
            if not locks and still_holds(former, self._files, self._changed):
                self._graph = former
            else:
                self._stale = former
            self._former = None
        return self._graph

    def _building(
        self, paths: Sequence[str], reached: dict[str, list[Lane]] | None = None
    ) -> Generator[None, None, Graph]:
        if (held := self._held_graph()) is not None:
            return held
        return (
            yield from build(
                self._files, self.root, paths, self.locked, self.main_pins, self._stale, self._library, reached
            )
        )

    def _adopt(self, survey: Survey) -> None:
        """Take over what a survey of this snapshot or an earlier one has found."""
        if self._graph is None:
            self._former, self._changed = survey.graph, self._since
        if self._own.files is None:
            self._listed = survey.listed
            self._own = self._own.found(survey.declaring).after(self._since, self._files, self._listing)
        self._survey = None

    def _reads_declarations(self, path: str) -> bool:
        """Tell whether a file declares options; one that does is read as a module, to be at hand."""
        if path.endswith(".nix") and (document := self._files.document(path)):
            self._places.data_files.scan(document)
        declares = self._own.declares(self._files, path)
        if declares:
            self._declared_in(path)
        return declares

    def _declared_in(self, path: str) -> Sequence[DeclaredOption]:
        """Return what a file declares, with what the files declare that are submodules in it."""
        found: list[DeclaredOption] = []
        pending: list[tuple[str, tuple[Attr, ...], int]] = [(path, (), 0)]
        while pending:
            here, prefix, depth = pending.pop()
            document = self._files.document(here)
            declared = self._declarations(document) if document and depth < _SUBMODULES else ()
            found += [each._replace(path=(*prefix, *each.path)) for each in declared] if prefix else declared
            pending += [
                (self._module_file(file), (*prefix, *place), depth + 1)
                for each in declared
                for place, file in each.modules
            ]
        return found

    def _module_file(self, path: str) -> str:
        """Return the file that a module's path names: a folder has its `default.nix`."""
        return self._files.real(posixpath.join(path, "default.nix") if self._files.kind(path) == "folder" else path)

    def _library(self) -> Library:
        """Return what reads the modules of inputs, one for all snapshots."""
        if self._memory.library is None:
            from nix_lsp.analysis.inputs.library import Library
            from option_index.store_path import STORE

            store = self._environment.variables.get("NIX_STORE_DIR") or STORE
            self._memory.library = Library(store, self._catalog.declarations())
        return self._memory.library

    def _with_inputs(self, known: OptionSet, lane: Lane) -> OptionSet:
        """Return the options of a module set with those that inputs declare for it."""
        brought = self._brought(lane)
        readings = [reading for reading in brought.readings if lane.set in reading.sets]
        disabled = brought.disabled if lane.host else brought.disabled | self.graph().disabled
        return self._library().options(known, readings, disabled) if readings or disabled else known

    def _brought(self, lane: Lane) -> Brought:
        """Return what an evaluation brings in from outside; where none is seen with these pins, what any brings in."""
        graph = self.graph()
        # A pin that is set is no host's, though it may be as old: the lane may be that of any host.
        is_set = bool(self.settings.pin)
        known = None if is_set else graph.brought.get(pins_key(lane))
        if known is None:
            known = Brought(opaque=bool(graph.flake_files) and not (is_set and graph.brought))
            for other in graph.brought.values():
                known |= other
        return known
