"""What the index knows, for any pin: the door through which everything above asks."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from option_index.facts_file import FactsFile
from option_index.records import Builtin

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from option_index.cache import Cache
    from option_index.interval import Snapshot
    from option_index.kept_declarations import KeptDeclarations
    from option_index.query import LibrarySet, OptionSet, PackageSet
    from option_index.timeline import Point

_KEPT = 16
"""So many pins of all sets together are kept at hand; a project has a few."""


class Catalog:
    """Options, packages and builtins for every module set and pin. Opens its files on the first question; use it from one thread at a time."""

    def __init__(self, cache_folder: Path | Callable[[], Path] | None = None) -> None:
        """`cache_folder` is, or finds, where exact indexes of single revisions are kept; None: only the embedded facts answer."""
        self._cache_folder = cache_folder
        self._cache: Cache | None = None
        self._facts = FactsFile()
        self._options: dict[tuple[str, Point], OptionSet] = {}
        self._hosts: dict[str, dict[str, Path]] = {}
        """The indexes of single hosts by module set and fingerprint, as they were when first asked for."""
        self._packages: dict[Point, PackageSet] = {}
        self._libraries: dict[Point, LibrarySet] = {}
        self._builtins: Mapping[str, Builtin] | None = None

    def options(self, module_set: str, point: Point) -> OptionSet | None:
        """Return the options of `nixos`, `home-manager` or `nix-darwin` at a pin, or None for a set that the index has nothing of."""
        key = (module_set, point)
        if key not in self._options:
            found = self._open_options(module_set, point)
            if found is None:
                return None
            if len(self._options) >= _KEPT:
                del self._options[next(iter(self._options))]
            self._options[key] = found
        return self._options[key]

    def _open_options(self, module_set: str, point: Point) -> OptionSet | None:
        """Open the exact index where there is one; else the facts answer, described by the nearest exact index."""
        from option_index.facts import FactOptions

        cache = self._open_cache()
        if cache and (path := cache.find(module_set, point)) and (file := cache.open(path)):
            from option_index.store import StoredOptions

            return StoredOptions(file, self._facts, point)
        known = self._facts.module_set(module_set)
        facts = FactOptions(self._facts, known, point) if known else None
        if cache and facts and (path := cache.nearest(module_set, point)) and (file := cache.open(path)):
            from option_index.described import DescribedOptions
            from option_index.store import ExactOptions

            return DescribedOptions(facts, ExactOptions(file, point), file.origin)
        return facts

    def has_hosts(self, module_set: str) -> bool:
        """Tell whether the options of any host are at hand."""
        cache = self._open_cache()
        if cache and module_set not in self._hosts:
            self._hosts[module_set] = {entry.revision: entry.path for entry in cache.hosts(module_set)}
        return bool(self._hosts.get(module_set))

    def host_options(self, module_set: str, fingerprint: str, point: Point) -> OptionSet | None:
        """Return the options that the evaluation of one host had (`nix-lsp index build --flake`); None where there is no such index.

        `fingerprint` stands for the host and all that its options follow from; `point` is the pin of its module set.
        """
        key = (f"{module_set} {fingerprint}", point)
        if key not in self._options:
            found = self._open_host(module_set, fingerprint, point)
            if found is None:
                return None
            self._options[key] = found
        return self._options[key]

    def _open_host(self, module_set: str, fingerprint: str, point: Point) -> OptionSet | None:
        cache = self._open_cache()
        path = self._hosts[module_set].get(fingerprint) if self.has_hosts(module_set) else None
        file = cache.open(path) if cache and path else None
        if file is None:
            return None
        from option_index.host_options import HostOptions

        return HostOptions(file, self._facts, point)

    def declarations(self) -> KeptDeclarations | None:
        """What inputs of projects were found to declare; None without a cache folder."""
        cache = self._open_cache()
        if cache is None:
            return None
        from option_index.kept_declarations import KeptDeclarations

        return KeptDeclarations(cache.folder)

    def packages(self, point: Point) -> PackageSet:
        """Return the packages of nixpkgs at a pin."""
        if point not in self._packages:
            if len(self._packages) >= _KEPT:
                del self._packages[next(iter(self._packages))]
            self._packages[point] = self._open_packages(point)
        return self._packages[point]

    def _open_packages(self, point: Point) -> PackageSet:
        from option_index.fact_packages import FactPackages

        facts = FactPackages(self._facts, point)
        cache = self._open_cache()
        if cache and (path := cache.find("packages", point)) and (file := cache.open(path)):
            from option_index.store import StoredPackages

            return StoredPackages(file, facts, point)
        if cache and (path := cache.nearest("packages", point)) and (file := cache.open(path)):
            from option_index.described import DescribedPackages
            from option_index.store import StoredPackages

            return DescribedPackages(facts, StoredPackages(file, facts, point))
        return facts

    def library(self, point: Point) -> LibrarySet:
        """Return nixpkgs' `lib` at a pin."""
        if point not in self._libraries:
            from option_index.fact_library import FactLibrary

            if len(self._libraries) >= _KEPT:
                del self._libraries[next(iter(self._libraries))]
            self._libraries[point] = FactLibrary(self._facts, point)
        return self._libraries[point]

    def _open_cache(self) -> Cache | None:
        if self._cache is None and self._cache_folder is not None:
            from option_index.cache import Cache

            folder = self._cache_folder
            self._cache = Cache(folder() if callable(folder) else folder)
        return self._cache

    def refresh(self) -> None:
        """Look for exact indexes again, at the next question; what was handed out goes on answering as before."""
        self._options.clear()
        self._hosts.clear()
        self._packages.clear()

    def builtins(self) -> Mapping[str, Builtin]:
        """Return Nix's builtin functions and constants by name."""
        if self._builtins is None:
            rows = self._facts.db.execute(
                "SELECT name, args, type, summary, global_scope, since FROM builtin ORDER BY name"
            )
            self._builtins = MappingProxyType(
                {
                    name: Builtin(name, tuple(args.split()), type_, summary, bool(everywhere), since)
                    for name, args, type_, summary, everywhere, since in rows
                }
            )
        return self._builtins

    def snapshots(self, module_set: str) -> Sequence[Snapshot]:
        """Return the revisions of a module set that the embedded facts have in full, oldest first."""
        known = self._facts.module_set(module_set)
        return known.snapshots if known else ()

    def count(self, module_set: str) -> int:
        """Return how many options the embedded facts have of a module set, those of all revisions together."""
        known = self._facts.module_set(module_set)
        if known is None:
            return 0
        inside = "SELECT count(*) FROM node WHERE id > ? AND id <= ? AND own_first IS NOT NULL"
        return self._facts.db.execute(inside, (known.root.id, known.root.tail)).fetchone()[0]

    def close(self) -> None:
        """Close the files; what was handed out must not be asked any more."""
        self._options.clear()
        self._hosts.clear()
        self._packages.clear()
        self._libraries.clear()
        self._facts.close()
