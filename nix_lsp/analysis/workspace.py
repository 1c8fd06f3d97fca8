"""A workspace: the snapshot that features ask (`nix_lsp.analysis.project.Project`), over files, pins, the file graph and the index.

A snapshot is never changed: an edit, a setting or a look at the disk gives another one, which takes over all that is still true. What
is known of one document is kept with that very object, and the file graph until somebody imports something else, so that a keystroke
costs work in proportion to the file it falls in.
"""

from __future__ import annotations

import posixpath
import re
from copy import copy
from typing import TYPE_CHECKING, Any, Protocol

from nix_lsp.analysis.absent import is_missing
from nix_lsp.analysis.data_files import DataFiles
from nix_lsp.analysis.files import OpenFiles, find_root
from nix_lsp.analysis.foreign import Brought, is_foreign
from nix_lsp.analysis.graph import UNSEEN, build, importers, pins_key, still_holds
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
from nix_lsp.analysis.own_options import OwnOptions
from nix_lsp.analysis.pin import Lane, Pin
from nix_lsp.analysis.pins.channels import Environment
from nix_lsp.analysis.pins.channels import read as read_channels
from nix_lsp.analysis.pins.choice import locking_folder, pins_at, point_of
from nix_lsp.analysis.pins.record import PinProblem
from nix_lsp.analysis.pins.reference import NIXPKGS
from nix_lsp.analysis.pins.table import LOCK_NAMES, FolderPins, read_folder
from nix_lsp.analysis.project import Settings
from nix_lsp.analysis.project_files import project_files
from nix_lsp.analysis.project_settings import FILE as SETTINGS_FILE
from nix_lsp.analysis.project_settings import NOTHING, ProjectSettings, read_project_settings
from nix_lsp.analysis.project_text import ProjectText
from nix_lsp.analysis.settings import with_project
from nix_lsp.analysis.survey import Survey
from option_index.timeline import Point

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Mapping, Sequence
    from datetime import date
    from re import Pattern

    from nix_lsp.analysis.declared import DeclaredOptions
    from nix_lsp.analysis.definition import DeclaredOption, ModuleView
    from nix_lsp.analysis.files import Files
    from nix_lsp.analysis.graph import Graph, PinsKey
    from nix_lsp.analysis.inputs.library import Library
    from nix_lsp.analysis.lent import Lending
    from nix_lsp.analysis.overlays import Additions, Overlays
    from nix_lsp.analysis.taken import Taken, Use
    from nix_lsp.syntax.document import Document
    from option_index.query import LibrarySet, OptionSet, PackageSet

_MANY = 50
"""Changed files from which on the project is looked at as if it were new: another branch is checked out."""


class IndexCatalog(Protocol):
    """Where indexes come from (`option_index.catalog.Catalog`)."""

    def options(self, module_set: str, point: Point) -> OptionSet | None: ...

    def host_options(self, module_set: str, fingerprint: str, point: Point) -> OptionSet | None: ...

    def packages(self, point: Point) -> PackageSet | None: ...

    def library(self, point: Point) -> LibrarySet | None: ...


class _Memory:
    """What is known of single documents and folders. Every entry names the objects it was found for, so that all snapshots share one."""

    def __init__(self) -> None:
        self.modules: dict[str, tuple[Document, ModuleView]] = {}
        self.lanes: dict[str, tuple[Document, Graph, tuple[Lane, ...]]] = {}
        self.lent: dict[str, tuple[Document, Lending, ModuleView]] = {}
        """Of files that other files take definitions from."""
        self.taken: dict[str, tuple[Document, tuple[Taken, ...]]] = {}
        self.folders: dict[str, tuple[tuple[Document | None, ...], FolderPins]] = {}
        self.library: Library | None = None
        self.importers: tuple[Graph, Mapping[str, Sequence[str]]] | None = None
        self.data_files = DataFiles()
        self.text = ProjectText()
        self.overlays: Overlays | None = None
        self.fingerprints: dict[str, tuple[Graph, Document | None, str | None]] = {}
        self.settings: tuple[Document | None, ProjectSettings] = (None, NOTHING)
        """What `.nix-lsp.toml` says."""


class Workspace:
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
        self.root = files.real(root)
        self._disk = files
        self._catalog = catalog
        self._settings = settings or Settings()
        self._environment = environment or Environment()
        self._open: Mapping[str, Document] = {}
        self._files: Files = files
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
        self._listed: tuple[str, ...] | None = None
        self._survey: Survey | None = None
        """Begun for this snapshot or an earlier one."""
        self._since: frozenset[str] = frozenset()
        """Paths whose text may differ from what `_survey` sees."""
        self.is_partial = False
        """Not all is known of the project yet, so that answers may come out differently later."""
        self._channels: Mapping[str, Pin] | None = None
        self._combined: tuple[Mapping[str, Any], Settings] | None = None
        """What the project's file sets, and the settings with it."""

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

    @property
    def settings(self) -> Settings:
        """What the user has set, with what the project's own file says over it."""
        values = self._project_settings().values
        if self._combined is None or self._combined[0] is not values:
            self._combined = (values, with_project(self._settings, values) if values else self._settings)
        return self._combined[1]

    @property
    def today(self) -> date | None:
        return self._environment.today

    @property
    def files(self) -> Files:
        """The files with the open documents over them."""
        return self._files

    def document(self, path: str) -> Document | None:
        """Return the open or on-disk document at an absolute path; None if there is none or it is no text."""
        return self._files.document(path)

    def is_missing(self, path: str) -> bool:
        """Tell whether `import` of an absolute path surely fails since nothing is there."""
        return is_missing(self._files, self.root, path)

    def is_folder(self, path: str) -> bool:
        """Tell whether a folder stands at an absolute path."""
        return self._files.kind(path) == "folder"

    def module(self, document: Document) -> ModuleView:
        """Return the document read as a module; one that other files take definitions from has those, below the options that they define."""
        self.lanes(document)
        lent = self._memory.lent.get(document.path)
        return lent[2] if lent and lent[0] is document else self._read(document)

    def importers(self, path: str) -> Sequence[str]:
        """Return the files that may bring in the file at an absolute path as a module."""
        graph = self.graph()
        if self._memory.importers is None or self._memory.importers[0] is not graph:
            self._memory.importers = (graph, importers(graph))
        builders = (*graph.flake_files, *(origin.file for origin in graph.origins if not origin.file.endswith("/")))
        return tuple(dict.fromkeys((*self._memory.importers[1].get(path, ()), *builders)))

    def taken_from(self, document: Document) -> Sequence[Use]:
        """Return which values of a document other files take for definitions; nothing for a module."""
        self.lanes(document)
        lent = self._memory.lent.get(document.path)
        return lent[1].uses if lent and lent[0] is document else ()

    def _read(self, document: Document) -> ModuleView:
        """Return the document read as a module by itself."""
        known = self._memory.modules.get(document.path)
        if known is None or known[0] is not document:
            from nix_lsp.analysis.module import read_module

            known = self._memory.modules[document.path] = (document, read_module(document))
        return known[1]

    def lanes(self, document: Document) -> Sequence[Lane]:
        """Return every lane whose evaluation includes the file; empty where that is unsure or the file is no module.

        flake.nix and flake-parts modules are in the set `flake`, which has no options: what they hold of other sets stands in
        `ModuleView.roots` with the set's name.
        """
        graph = self.graph()
        known = self._memory.lanes.get(document.path)
        if known is None or known[0] is not document or known[1] is not graph or self._lends_otherwise(document):
            known = self._memory.lanes[document.path] = (document, graph, self._find_lanes(document, graph))
        return known[2]

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
        locked = self.locked(self.root)
        brought = self._brought(lane) if lane else Brought()
        return self._memory.overlays.additions(
            self._listing(),
            self._files,
            lambda name: locked.named("inputs", name) or locked.named("sources", name),
            brought.repositories,
            opaque=brought.opaque,
        )

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
        return self._own.of(lane.set, graph, self.root, self._declared_in)

    def foreign(self, lane: Lane, namespace: str) -> bool:
        """Tell whether a source outside the module set may declare options at or below a dotted path, so that nothing there is unknown."""
        path = namespace.split(".")
        if self.declared(lane).may_be_computed(path[0]):
            return True
        if self._host_options(lane):
            return False
        return is_foreign(path, self._brought(lane), self.options(lane))

    def locked(self, folder: str) -> FolderPins:
        """Return what the nearest folder upwards that locks sources locks."""
        return self.folder_pins(locking_folder(self._files, folder, self.root))

    def mentions(self, word: bytes) -> bool:
        """Tell whether any Nix file of the project has a word."""
        return self.matches(re.compile(re.escape(word)))

    def matches(self, pattern: Pattern[bytes]) -> bool:
        """Tell whether a pattern occurs in any Nix file of the project."""
        paths = (path for path in self._listing() if path.endswith(".nix"))
        return self._memory.text.has(pattern, filter(None, map(self._files.document, paths)))

    # For the editor and `doctor`

    def problems(self) -> Sequence[PinProblem]:
        """Return what is wrong with the files that lock sources, each with the place where it stands."""
        folders = {self.root, *(posixpath.dirname(path) for path in self._flakes())}
        return [problem for folder in sorted(folders) for problem in self.folder_pins(folder).problems]

    def settings_problems(self) -> Sequence[PinProblem]:
        """Return what is wrong with the project's own settings file."""
        return self._project_settings().problems

    def stray_settings(self) -> Sequence[PinProblem]:
        """Return the settings files below the root, which nothing reads: a project has one."""
        said = f"not read: a project has one {SETTINGS_FILE}, at its root; `overrides` there have `paths`"
        found = (path for path in self._listing() if posixpath.basename(path) == SETTINGS_FILE)
        return [
            PinProblem(path, 0, said)
            for path in found
            if find_root(self._files, path) == self.root != posixpath.dirname(path)
        ]

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

    def main_pins(self, folder: str | None = None) -> Mapping[str, Pin]:
        """Return the pin of each source that counts where no host says otherwise; `folder`: the workspace's root by default."""
        if (pin := self.settings.pin) and (ordered := pins_at(pin)):
            return ordered
        here = locking_folder(self._files, folder or self.root, self.root)
        return self.folder_pins(here).main() or self._channel_pins()

    def folder_pins(self, folder: str) -> FolderPins:
        """Return what a folder locks itself."""
        known = self._memory.folders.get(folder)
        if known is None or known[0] != self._texts(folder, known[1].files):
            pins = read_folder(self._files, folder)
            known = self._memory.folders[folder] = (self._texts(folder, pins.files), pins)
        return known[1]

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

    def _project_settings(self) -> ProjectSettings:
        document = self._files.document(posixpath.join(self.root, SETTINGS_FILE)) if self.root else None
        if self._memory.settings[0] is not document:
            self._memory.settings = (document, read_project_settings(document))
        return self._memory.settings[1]

    def _reads_declarations(self, path: str) -> bool:
        """Tell whether a file declares options; one that does is read as a module, to be at hand."""
        if path.endswith(".nix") and (document := self._files.document(path)):
            self._memory.data_files.scan(document)
        declares = self._own.declares(self._files, path)
        if declares:
            self._declared_in(path)
        return declares

    def _declared_in(self, path: str) -> Sequence[DeclaredOption]:
        document = self._files.document(path)
        return self._read(document).declared if document else ()

    def _library(self) -> Library:
        """Return what reads the modules of inputs, one for all snapshots."""
        if self._memory.library is None:
            from nix_lsp.analysis.inputs.library import Library
            from option_index.store_path import STORE

            self._memory.library = Library(self._environment.variables.get("NIX_STORE_DIR") or STORE)
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
        if not (told and told.is_sure) and self._memory.data_files.holds(path, self._files, self._listing(), graph):
            return ()
        if told is None and may_be_module(path, self.root):
            told = vote(module, lambda name: self._catalog.options(name, point_of(pins, SOURCES[name])))
        return (self._lane(told, pins),) if told else ()

    def _lend(self, document: Document, path: str, graph: Graph) -> tuple[Lane, ...]:
        """Return the lanes of the modules that take definitions from a file, which is then read as what they take."""
        self._memory.lent.pop(document.path, None)
        places = self._memory.data_files.places(path, self._files, self._listing(), graph)
        if not places:
            return ()
        from nix_lsp.analysis.lent import lending

        lent = lending(places, self._taken_by, lambda taker: self._lanes_of_taker(taker, graph))
        if not lent.uses:
            return ()
        from nix_lsp.analysis.module import read_given

        view = self._read(document)._replace(roots=read_given(document, lent.uses))
        self._memory.lent[document.path] = (document, lent, view)
        return lent.lanes

    def _lanes_of_taker(self, taker: Document, graph: Graph) -> tuple[Lane, ...]:
        """Return the lanes of a file that takes values from another; nothing where only guesses could tell."""
        path = self._files.real(taker.path)
        is_seen = path in graph.lanes or path in graph.flake_files
        return self._find_lanes(taker, graph, lends=False) if is_seen else ()

    def _taken_by(self, document: Document) -> Sequence[Taken]:
        known = self._memory.taken.get(document.path)
        if known is None or known[0] is not document:
            from nix_lsp.analysis.module import read_taken

            known = self._memory.taken[document.path] = (document, read_taken(document))
        return known[1]

    def _lends_otherwise(self, document: Document) -> bool:
        """Tell whether a file that takes definitions from this one has changed since that was seen."""
        lent = self._memory.lent.get(document.path)
        return bool(lent) and any(self._files.document(taker.path) is not taker for taker in lent[1].takers)

    @staticmethod
    def _lane(evidence: Evidence, pins: Mapping[str, Pin]) -> Lane:
        return Lane(evidence.set, pins, None, evidence.reason, evidence.is_sure)

    def _flakes(self) -> list[str]:
        return [path for path in self._listing() if posixpath.basename(path) == "flake.nix"]

    def _listing(self) -> tuple[str, ...]:
        if self._listed is None:
            self._listed = tuple(project_files(self._files, self.root))
        return self._listed

    def _texts(self, folder: str, names: Sequence[str]) -> tuple[Document | None, ...]:
        return tuple(self._files.document(posixpath.join(folder, name)) for name in names)

    def _channel_pins(self) -> Mapping[str, Pin]:
        if self._channels is None:
            self._channels = read_channels(self._files, self._environment).by_name
        return self._channels
