"""The file graph: which file is part of which host, as a module of which set, at which pins."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.analysis.flake import Host, input_of, read_entry, read_flake
from nix_lsp.analysis.foreign import Brought
from nix_lsp.analysis.frameworks import Found, found_hosts
from nix_lsp.analysis.imports import DISABLING, Edges, FileEdges, Handed, InputModule, file_edges, value_edges
from nix_lsp.analysis.lanes import HOME_MANAGER, NIX_DARWIN, by_name, may_build
from nix_lsp.analysis.partial.evaluate import Evaluator, Shared
from nix_lsp.analysis.partial.value import UNKNOWN, Listing, NixPath, Symbol, Thunk, given
from nix_lsp.analysis.pin import Lane
from nix_lsp.analysis.pins.reference import NIXPKGS

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence

    from nix_lsp.analysis.files import Files
    from nix_lsp.analysis.inputs.library import Library
    from nix_lsp.analysis.inputs.reader import Reading
    from nix_lsp.analysis.pin import Pin
    from nix_lsp.analysis.pins.table import FolderPins
    from nix_lsp.syntax.document import Document

FILE_LIMIT = 20_000
"""Files that one host may consist of."""
ENTRY_FILES = ("default.nix", "hive.nix")
"""Files at the root of a project that build hosts where there is no flake."""
STARTING_FILES = ("configuration.nix", "darwin-configuration.nix", "home.nix")
"""Files that are a whole configuration by their name, whether or not they are seen to be imported; in the order in which they import each other."""

PinsKey = tuple[tuple[str, object], ...]
"""What tells evaluations with the same pins from others."""


class Origin(NamedTuple):
    """A flake.nix or entry file with what is needed to follow its hosts' modules."""

    file: str
    outputs: Thunk | None
    shared: Shared
    hosts: tuple[Host, ...]
    exported: tuple[Host, ...]


class Member(NamedTuple):
    """A file as part of one host."""

    origin: int
    host: int
    file: str
    set: str


class Graph(NamedTuple):
    """All hosts of a workspace and the files that they consist of, as the files were when it was built."""

    lanes: Mapping[str, tuple[Lane, ...]]
    """By file: one lane per module set and combination of pins; `host` is the first of those that agree."""
    hosts: tuple[Lane, ...]
    """One lane per host."""
    brought: Mapping[PinsKey, Brought]
    code: Mapping[str, Document]
    """Files whose code says what hosts there are; a change in one makes another graph."""
    flake_files: frozenset[str]
    """flake.nix and flake-parts modules."""
    edges: Mapping[str, tuple[Document, FileEdges]]
    """What each reached file brings in, with the text that said so."""
    per_host: Mapping[Member, Edges]
    """The same where it differs from host to host."""
    origins: tuple[Origin, ...]
    missing: frozenset[str]
    """Paths that were looked for and do not exist; a file that appears there makes another graph."""
    inputs: tuple[Reading, ...] = ()
    """The modules of inputs that hosts take, as far as they could be read."""
    taken: Mapping[str, frozenset[InputModule]] = {}
    """By host: all modules of inputs that it takes."""
    disabled: frozenset[str] = frozenset()
    """What files that no host is seen to import leave out of their module set."""
    handed: Mapping[tuple[int, int], Mapping[str, Mapping[str, Thunk]]] = {}
    """What modules get as further arguments: by number of origin and host, and by module set."""
    reached: Mapping[str, Sequence[tuple[int, int]]] = {}
    """By file: the hosts that consist of it, and the exported modules, by number of origin and host."""


UNSEEN = Graph({}, (), {}, {}, frozenset(), {}, {}, (), frozenset())
"""The graph of files that nobody has looked at."""


def pins_key(lane: Lane) -> PinsKey:
    """Return what two lanes of the same evaluation inputs have in common."""
    return tuple(
        sorted((name, pin.point) for name, pin in lane.pins.items() if name in {NIXPKGS, HOME_MANAGER, NIX_DARWIN})
    )


def build(
    files: Files,
    root: str,
    paths: Sequence[str],
    folder_pins: Callable[[str], FolderPins],
    main: Callable[[str], Mapping[str, Pin]],
    former: Graph | None = None,
    library: Callable[[], Library] | None = None,
    reached: dict[str, list[Lane]] | None = None,
) -> Generator[None, None, Graph]:
    """Read the flakes and entry files among `paths` and follow their hosts' modules: in small steps, the last of which returns the graph.

    `folder_pins` and `main` give what counts as locked in a folder, and its pins by source; `former` is an earlier graph of the same files;
    `library` gives what reads the modules of inputs; `reached` is filled with the lanes of files as they are found.
    """
    builder = _Builder(files, root, folder_pins, main, library)
    builder.former = former.edges if former else {}
    builder.lanes = {} if reached is None else reached
    flakes = [path for path in paths if posixpath.basename(path) == "flake.nix" and may_build(path, root)]
    for path in flakes:
        yield from builder.flake(path)
    for name in ENTRY_FILES:
        if files.kind(posixpath.join(root, name)) == "file":
            yield from builder.entry(posixpath.join(root, name))
    for found in found_hosts(files, root, paths):
        yield from builder.found(found)
    for name in STARTING_FILES:
        for path in paths:
            if posixpath.basename(path) == name and may_build(path, root):
                yield from builder.start(path)
    for path in paths:
        if path.endswith(".nix"):
            builder.leave_out(path)
            yield
    return builder.graph()


def importers(graph: Graph) -> Mapping[str, Sequence[str]]:
    """Return, by file, the modules that bring it in."""
    found: dict[str, list[str]] = {}
    for path, (_, known) in graph.edges.items():
        for edge in known.edges.files:
            found.setdefault(edge.file, []).append(path)
    return found


def still_holds(graph: Graph, files: Files, changed: Iterable[str]) -> bool:
    """Tell whether a graph is still true after the texts at some paths have changed: nobody imports more, less, or something else."""
    for path in changed:
        if path in graph.code or path in graph.missing:
            return False
        known = graph.edges.get(path)
        document = files.document(path)
        if known is None:
            if document and DISABLING in document.source:
                return False
            continue
        if document is None:
            return False
        if document is known[0] or document.source == known[0].source:
            continue
        fresh = file_edges(_afresh(files, graph.origins[0]), document, {})
        if (fresh.edges, fresh.per_host) != (known[1].edges, known[1].per_host):
            return False
        for member, edges in graph.per_host.items():
            if member.file == path:
                source = graph.origins[member.origin]
                special = graph.handed.get(member[:2], {}).get(member.set, {})
                if file_edges(_afresh(files, source), document, special).edges != edges:
                    return False
    return True


def evaluator_of(files: Files, origin: Origin) -> Evaluator:
    """Return what evaluates the code of an origin, as the files are now."""
    return Evaluator(files, posixpath.dirname(origin.file), origin.outputs, origin.shared)


def _afresh(files: Files, origin: Origin) -> Evaluator:
    """Return an evaluator that does not believe what it was before an edit."""
    return Evaluator(files, posixpath.dirname(origin.file), origin.outputs)


def _hand_on(arguments: dict[str, dict[str, Thunk]], handed: Handed, module_set: str) -> None:
    """Add what a module of a set hands to others; those of another set get what the host's own are handed, too."""
    for name, more in handed.items():
        here = arguments.setdefault(name or module_set, {**next(iter(arguments.values()))})
        here.update(more)


class _Builder:
    def __init__(
        self,
        files: Files,
        root: str,
        folder_pins: Callable[[str], FolderPins],
        main: Callable[[str], Mapping[str, Pin]],
        library: Callable[[], Library] | None,
    ) -> None:
        self.library = library
        self.disabled: set[str] = set()
        self.inputs: dict[int, Reading] = {}
        self.taken: dict[str, frozenset[InputModule]] = {}
        self.files = files
        self.root = root
        self.folder_pins = folder_pins
        self.main = main
        self.former: Mapping[str, tuple[Document, FileEdges]] = {}
        self.lanes: dict[str, list[Lane]] = {}
        self.reached: dict[str, list[tuple[int, int]]] = {}
        self.hosts: list[Lane] = []
        self.brought: dict[PinsKey, Brought] = {}
        self.code: dict[str, Document] = {}
        self.flake_files: set[str] = set()
        self.edges: dict[str, tuple[Document, FileEdges]] = {}
        self.per_host: dict[Member, FileEdges] = {}
        self.handed: dict[tuple[int, int], dict[str, dict[str, Thunk]]] = {}
        self.origins: list[Origin] = []
        self.missing: set[str] = set()
        self.whole: set[str] = set()
        """Files that were evaluated only to see that they are modules."""
        self.pool = Shared()
        """What following the imports of single files may cost."""

    def flake(self, path: str) -> Iterator[None]:
        flake, evaluator = read_flake(self.files, path)
        self.flake_files |= {path, *flake.parts}
        yield
        yield from self.take(
            Origin(path, given(flake.outputs), evaluator.shared, flake.hosts, flake.exported), evaluator
        )

    def entry(self, path: str) -> Iterator[None]:
        """Take in the hosts that a file builds without a flake."""
        hosts, evaluator = read_entry(self.files, path)
        yield
        if hosts:
            yield from self.take(Origin(path, None, evaluator.shared, hosts, ()), evaluator)

    def found(self, found: Found) -> Iterator[None]:
        """Take in a host that a framework finds by the place of its file, if flake.nix does not build it itself."""
        if self.files.real(posixpath.join(self.root, found.name)) in self.lanes:
            return
        yield from self.alone(self.root, Host(found.name, found.set, found.modules, {}, UNKNOWN, UNKNOWN))

    def start(self, path: str) -> Iterator[None]:
        """Take a file that nobody is seen to import, but whose name says that it is a whole configuration, for a host."""
        evidence = by_name(path, self.root)
        if self.files.real(path) in self.lanes or path in self.flake_files or evidence is None:
            return
        name = path.removeprefix(self.root).lstrip("/")
        host = Host(name, evidence.set, given(Listing((given(NixPath(path)),))), {}, UNKNOWN, UNKNOWN)
        yield from self.alone(posixpath.dirname(path), host)

    def alone(self, folder: str, host: Host) -> Iterator[None]:
        """Take in a host that no code in the project is seen to build."""
        index = len(self.origins)
        self.origins.append(Origin(posixpath.join(folder, ""), None, Shared(), (host,), ()))
        yield from self.follow(index, 0, host, exported=False)

    def leave_out(self, path: str) -> None:
        """Note what a file leaves out of its module set, if no host is seen to import it."""
        document = self.files.document(path)
        if document is None or DISABLING not in document.source or path in self.edges or path in self.flake_files:
            return
        self.pool.ration()
        evaluator = Evaluator(self.files, posixpath.join(posixpath.dirname(path), ""), None, self.pool)
        self.edges[path] = (document, file_edges(evaluator, document, {}))
        self.disabled |= self.edges[path][1].edges.disabled

    def graph(self) -> Graph:
        return Graph(
            {path: tuple(lanes) for path, lanes in self.lanes.items()},
            tuple(self.hosts),
            self.brought,
            self.code,
            frozenset(self.flake_files),
            self.edges,
            {member: found.edges for member, found in self.per_host.items()},
            tuple(self.origins),
            frozenset(self.missing),
            tuple(self.inputs.values()),
            self.taken,
            frozenset(self.disabled),
            self.handed,
            self.reached,
        )

    def take(self, origin: Origin, evaluator: Evaluator) -> Iterator[None]:
        index = len(self.origins)
        self.origins.append(origin)
        for number, host in enumerate(origin.hosts):
            yield from self.follow(index, number, host, exported=False)
        for number, host in enumerate(origin.exported, len(origin.hosts)):
            yield from self.follow(index, number, host, exported=True)
        for path in evaluator.read - self.whole:
            if document := self.files.document(path):
                self.code[path] = document
        self.missing |= evaluator.missing

    def follow(self, origin: int, number: int, host: Host, *, exported: bool) -> Generator[None]:
        """Visit all files of a host, and note their lanes. Exported modules count only where no host has the file."""
        source = self.origins[origin]
        source.shared.ration()
        start, whole, handed = value_edges(evaluator_of(self.files, source), host.modules, source.file, host.special)
        self.whole |= whole
        yield
        reached: dict[tuple[str, str], None] = {}
        modules = {InputModule(path, own or host.set) for path, own in start.inputs}
        opaque, disabled = start.opaque, start.disabled
        arguments = self.handed[origin, number] = {host.set: dict(host.special)}
        _hand_on(arguments, handed, host.set)
        stack = [(edge.file, edge.set or host.set) for edge in reversed(start.files)]
        others: list[tuple[str, str]] = []
        """Of other sets: what they are handed is known when the host's own modules have been seen."""
        while (stack or others) and len(reached) < FILE_LIMIT:
            here = stack.pop() if stack else others.pop()
            if here in reached or here[0] in self.flake_files:
                continue
            reached[here] = None
            edges, handed = self.edges_of(Member(origin, number, here[0], here[1]), arguments, source)
            _hand_on(arguments, handed, here[1])
            modules |= {InputModule(path, own or here[1]) for path, own in edges.inputs}
            opaque, disabled = opaque or edges.opaque, disabled | edges.disabled
            following = [(edge.file, edge.set or here[1]) for edge in reversed(edges.files)]
            stack += [each for each in following if each[1] == host.set]
            others += [each for each in following if each[1] != host.set]
            yield
        member = (origin, number)
        for path in dict.fromkeys(path for path, _ in reached):
            self.reached.setdefault(path, []).append(member)
        self.taken[host.name] = frozenset(modules)
        inputs = {module.path for module in modules}
        pins = self.pins(source.file, host, inputs)
        lane = Lane(host.set, pins, host.name, f"{host.name} imports it", is_sure=not exported)
        key = pins_key(lane)
        if not exported and not any(
            other.host == lane.host and other.set == lane.set and pins_key(other) == key for other in self.hosts
        ):
            self.hosts.append(lane)
        readings = yield from self.readings(source.file, modules)
        brought = self.brought_by(source.file, inputs, readings, pins, opaque=opaque)
        disabled = disabled.union(*(reading.disabled for reading in brought.readings))
        brought = brought._replace(disabled=disabled)
        self.brought[key] = self.brought.get(key, Brought()) | brought
        for path, module_set in reached:
            lanes = self.lanes.setdefault(path, [])
            if exported and lanes:
                continue
            if not any(other.set == module_set and pins_key(other) == key for other in lanes):
                lanes.append(lane if module_set == lane.set else lane.within(module_set))

    def edges_of(self, member: Member, arguments: dict[str, dict[str, Thunk]], origin: Origin) -> tuple[Edges, Handed]:
        """Return what a file of a host brings in, and what it hands to modules; `arguments` is what those of each set are handed so far."""
        document = self.files.document(member.file)
        if document is None:
            return Edges((), frozenset(), opaque=True), {}
        known = self.edges.get(member.file)
        if known is None:
            known = self.edges[member.file] = self.former_edges(member.file, document) or (
                document,
                file_edges(self.evaluator(origin), document, {}),
            )
            self.missing |= known[1].missing
            for path in known[1].read - {member.file}:
                if read := self.files.document(path):
                    self.code.setdefault(path, read)
        if not known[1].per_host:
            return known[1].edges, known[1].handed
        if member not in self.per_host:
            special = arguments.setdefault(member.set, {**next(iter(arguments.values()))})
            self.per_host[member] = file_edges(self.evaluator(origin), document, special)
        return self.per_host[member].edges, self.per_host[member].handed

    def evaluator(self, origin: Origin) -> Evaluator:
        self.pool.ration()
        return Evaluator(self.files, posixpath.dirname(origin.file), origin.outputs, self.pool)

    def former_edges(self, path: str, document: Document) -> tuple[Document, FileEdges] | None:
        """Return what an earlier graph says of a file, where that is still so."""
        known = self.former.get(path)
        return known if known and known[0] is document and known[1].alone and not known[1].per_host else None

    def pins(self, file: str, host: Host, inputs: set[tuple[str, ...]]) -> Mapping[str, Pin]:
        """Return the pins of a host: those of the inputs that build it, else the folder's main ones."""
        folder = posixpath.dirname(file)
        locked = self.folder_pins(folder)
        pins = dict(self.main(folder))
        names = [name for path in sorted(inputs) if (name := input_of(Symbol(path)))]
        used = [pin for name in names if (pin := locked.named(*name))]
        for pin in reversed(used):
            if pin.source in {HOME_MANAGER, NIX_DARWIN}:
                pins[pin.source] = pin
        builder, package_set = input_of(host.builder), input_of(host.pkgs)
        built = locked.named(*builder) if builder else None
        if built and builder:
            pins[built.source if built.source in {HOME_MANAGER, NIX_DARWIN} else NIXPKGS] = built
            if built.source in {HOME_MANAGER, NIX_DARWIN} and (below := locked.nixpkgs_of(builder[1])):
                pins[NIXPKGS] = below
        if package_set and (given_pin := locked.named(*package_set)) and given_pin.source == NIXPKGS:
            pins[NIXPKGS] = given_pin
        return pins

    def readings(
        self, file: str, modules: Iterable[InputModule]
    ) -> Generator[None, None, Mapping[tuple[str, ...], Sequence[Reading]]]:
        """Read the modules of inputs, and return what each path to some of them gives; paths to what has an index of its own are left out."""
        folder = posixpath.dirname(file)
        found: dict[tuple[str, ...], list[Reading]] = {}
        if not modules or self.library is None:
            return found
        library = self.library()
        for module in sorted(modules, key=lambda module: (module.path, module.set or "")):
            reading = yield from library.read(
                self.files, folder, self.folder_pins(folder), module.path, module.set or ""
            )
            if reading is None:
                continue
            found.setdefault(module.path, []).append(reading)
            self.inputs[id(reading)] = reading
            self.code |= reading.read
            if reading.source.folder is None and reading.source.expected:
                expected = posixpath.join(reading.source.expected, "flake.nix")
                self.files.document(expected)
                self.missing.add(expected)
        return found

    def brought_by(
        self,
        file: str,
        inputs: set[tuple[str, ...]],
        readings: Mapping[tuple[str, ...], Sequence[Reading]],
        used: Mapping[str, Pin],
        *,
        opaque: bool,
    ) -> Brought:
        """Return what a host brings in: of an input whose modules are known in full, these; of others, the name.

        A module of another nixpkgs than that of the host (`used`) declares what that one has.
        """
        locked = self.folder_pins(posixpath.dirname(file))
        known = {path for path, read in readings.items() if not any(reading.gaps for reading in read)}
        names = [name for path in inputs - known if (name := input_of(Symbol(path)))]
        pins = [(name, locked.named(head, name)) for head, name in names]
        in_full = {name[1] for path in known if (name := input_of(Symbol(path)))}
        opaque = opaque or any(name == "self" for name, _ in pins)
        opaque = opaque or any(pin and pin.source in used and pin.point != used[pin.source].point for _, pin in pins)
        others = [(name, pin) for name, pin in pins if name != "self"]
        return Brought(
            frozenset((pin.repo or pin.source) if pin else name for name, pin in others),
            opaque,
            frozenset(name for pins in locked.order for name in pins.by_name) - in_full,
            tuple(reading for read in readings.values() for reading in read),
        )
