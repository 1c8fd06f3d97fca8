"""The modules of inputs that have been read, kept as long as what they were read from stays the same."""

from __future__ import annotations

import posixpath
from operator import is_
from typing import TYPE_CHECKING

from nix_lsp.analysis.inputs.reader import READING, Reading, read_module_of, set_of
from nix_lsp.analysis.inputs.sources import flake_source, pinned_source
from nix_lsp.analysis.lanes import HOME_MANAGER, NIX_DARWIN
from nix_lsp.analysis.pins.reference import NIXPKGS
from option_index.records import Source
from option_index.store_path import STORE

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from nix_lsp.analysis.files import Files
    from nix_lsp.analysis.inputs.reader import Locate
    from nix_lsp.analysis.inputs.sources import InputSource
    from nix_lsp.analysis.pins.table import FolderPins
    from nix_lsp.syntax.document import Document
    from option_index.kept_declarations import KeptDeclarations
    from option_index.layered import LayeredOptions
    from option_index.query import OptionSet
    from option_index.replaced import ReplacedOptions

    Key = tuple[str, tuple[str, ...], str]
    """The folder that locks the input, how the module is reached, and the module set that it is of."""

_KEPT = 500
"""Modules; a project takes a few dozen."""
_MUCH = 300
"""Options; fewer are read as fast as they are loaded."""
_LAYERED = 24
"""Module sets with what inputs declare for them; a project has a few."""


class Library:
    """What is known of the modules of inputs."""

    def __init__(self, store: str = STORE, kept: KeptDeclarations | None = None) -> None:
        """`store` is the folder of the Nix store; `kept` has what was read of it before."""
        self.store = store
        self._kept = kept
        self._readings: dict[Key, tuple[Document | None, Reading]] = {}
        self._layered: list[LayeredOptions] = []
        self._replaced: list[ReplacedOptions] = []

    def read(
        self, files: Files, folder: str, pins: FolderPins, path: tuple[str, ...], module_set: str
    ) -> Generator[None, None, Reading | None]:
        """Read the module that code of a folder reaches by a path, in small steps.

        Args:
            files: where to read.
            folder: the folder whose lock counts.
            pins: what it locks.
            path: `("inputs", "disko", "nixosModules", "disko")`, `("sources", "agenix", "/modules/age.nix")`.
            module_set: the set of the module that imports it.

        Returns:
            What the module declares; None for modules of a set that has an index of its own.
        """
        head, names, output = _taken_apart(path)
        module_set = set_of(output, module_set)
        pin = pins.named(head, "/".join(names))
        own = pin.source if pin else names[-1]
        if not names or own in {NIXPKGS, NIX_DARWIN} or own == module_set == HOME_MANAGER or names == ("self",):
            return None
        key = (folder, path, module_set)
        lock = files.document(posixpath.join(folder, "flake.lock"))
        known = self._readings.get(key)
        if known and known[0] is lock and known[1].source.folder and _is_same(files, known[1]):
            return known[1]

        def locate(inner: tuple[str, ...]) -> InputSource:
            return flake_source(files, folder, inner, self.store)

        source = locate(names) if head == "inputs" else pinned_source(files, pins, head, names[0], self.store)
        if source.folder is None:
            if known is None or known[1].source != source:
                known = self._readings[key] = (lock, Reading(source, output, {}, (source.missing,), {}))
            return known[1]
        reading = self._load(source, output, module_set, locate)
        if reading is None:
            reading = yield from read_module_of(files, source, output, module_set, locate)
            self._save(reading, module_set)
        if len(self._readings) >= _KEPT:
            del self._readings[next(iter(self._readings))]
        self._readings[key] = (lock, reading)
        return reading

    def _load(self, source: InputSource, output: tuple[str, ...], module_set: str, locate: Locate) -> Reading | None:
        """Return what was read of a source in the store before."""
        if self._kept is None or not self._is_stored(source.folder):
            return None
        shown = Source(source.repository, source.evidence)
        kept = self._kept.load(_key(source, output, module_set), shown)
        if kept is None or any(locate((*source.names, *names)).folder != place for names, place in kept.inner.items()):
            return None
        return Reading(source, output, kept.sets, kept.gaps, {}, kept.disabled, kept.inner)

    def _save(self, reading: Reading, module_set: str) -> None:
        """Keep what was read, if it is much and nothing of it can change."""
        from option_index.kept_declarations import Kept

        folders = [reading.source.folder, *reading.inner.values()]
        size = sum(len(declared.options) for declared in reading.sets.values())
        if (
            self._kept is None
            or size < _MUCH
            or not all(folder is None or self._is_stored(folder) for folder in folders)
        ):
            return
        kept = Kept(reading.sets, reading.gaps, reading.disabled, reading.inner)
        self._kept.save(_key(reading.source, reading.output, module_set), kept)

    def _is_stored(self, folder: str | None) -> bool:
        return folder is not None and folder.startswith(posixpath.join(self.store, ""))

    def options(
        self, known: OptionSet, readings: Sequence[Reading], disabled: frozenset[str] = frozenset()
    ) -> OptionSet:
        """Return the options of a module set with those that modules of inputs declare for it, and without certainty about modules that are left out.

        It is the same object for the same arguments.
        """
        whole = self._with_layers(known, readings) if readings else known
        return self._without(whole, disabled) if disabled else whole

    def _without(self, known: OptionSet, disabled: frozenset[str]) -> OptionSet:
        for replaced in self._replaced:
            if replaced.base is known and replaced.disabled == disabled:
                return replaced
        from option_index.replaced import ReplacedOptions

        self._replaced.append(ReplacedOptions(known, disabled))
        del self._replaced[:-_LAYERED]
        return self._replaced[-1]

    def _with_layers(self, known: OptionSet, readings: Sequence[Reading]) -> OptionSet:
        layers = [reading.sets[known.set] for reading in readings]
        for layered in self._layered:
            same = layered.base is known and len(layered.layers) == len(layers)
            if same and all(map(is_, layered.layers, layers)):
                return layered
        from option_index.layered import LayeredOptions

        self._layered.append(LayeredOptions(known, layers))
        del self._layered[:-_LAYERED]
        return self._layered[-1]


def _key(source: InputSource, output: tuple[str, ...], module_set: str) -> str:
    """Return what stands for a module, the way it is read, and who asks."""
    from hashlib import sha256

    parts = (str(READING), source.folder or "", source.entry, source.repository, module_set, *output)
    return sha256("\0".join(parts).encode()).hexdigest()


def _taken_apart(path: tuple[str, ...]) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    """Return how a module is reached, the names of the input (and of its input), and what is taken of it."""
    head, *rest = path
    names = rest[:1]
    rest = rest[1:]
    while len(rest) > 1 and rest[0] == "inputs":
        names.append(rest[1])
        rest = rest[2:]
    return head, tuple(names), tuple(rest)


def _is_same(files: Files, reading: Reading) -> bool:
    return all(files.document(path) is document for path, document in reading.read.items())
