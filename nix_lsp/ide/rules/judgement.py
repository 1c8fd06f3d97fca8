"""What is true of each definition in a file, in every lane that evaluates it.

A file that two hosts import is judged by both: a claim is made only where all lanes agree on it (guide of lanes: docs/architecture.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.analysis.foreign import Brought, is_foreign
from nix_lsp.ide.markdown import SET_NAMES, pin_of
from nix_lsp.ide.rules.guard import is_guarded
from option_index.records import Standing

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from nix_lsp.analysis.declared import DeclaredOptions
    from nix_lsp.analysis.definition import Definition, Root
    from nix_lsp.analysis.pieces import Outline
    from nix_lsp.analysis.pin import Lane
    from nix_lsp.analysis.project import Project
    from nix_lsp.syntax.document import Document
    from option_index.query import OptionSet
    from option_index.records import Resolution, Source

_OUTSIDE = frozenset({"_class", "_file", "_module", "disabledModules", "freeformType", "imports", "key", "meta"})
"""Names that the module system itself gives a meaning (nixpkgs, lib/modules.nix) or that modules carry for others."""

_PRESENT = frozenset({Standing.OPTION, Standing.NAMESPACE, Standing.INSIDE})
_ABSENT = frozenset({Standing.UNKNOWN, Standing.UNLISTED})

_UNSEEN = Brought(opaque=True)
"""What a module is taken together with whose list of modules names others that are not seen."""


class Bench(NamedTuple):
    """Lanes that ask the same index."""

    lanes: tuple[Lane, ...]
    options: OptionSet


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one index says of a definition's path."""

    bench: Bench
    resolution: Resolution


@dataclass(frozen=True, slots=True)
class Judgement:
    """What all indexes agree on about a definition that is not simply an option in each of them."""

    root: Root
    definition: Definition
    standing: Standing
    verdicts: tuple[Verdict, ...]
    last: int
    """The last segment that the claim is about: the unknown one, or the end of the moved prefix."""

    def resembles(self) -> list[tuple[str, ...]]:
        """Return what the path may have been meant to be, in all lanes."""
        names = [name for name in self.definition.names if name is not None]
        if len(names) < len(self.definition.names):
            return []
        found = [verdict.bench.options.suggest(names) for verdict in self.verdicts]
        return [path for path in found[0] if all(path in other for other in found[1:])]

    def elsewhere(self, project: Project) -> str | None:
        """Return another module set that has the path at these pins: then it may be the file's lane that is mistaken."""
        for verdict in self.verdicts:
            for module_set in SET_NAMES:
                lane = verdict.bench.lanes[0].within(module_set)
                options = project.options(lane) if module_set != verdict.bench.options.set else None
                if options and options.resolve(self.definition.names).standing not in _ABSENT:
                    return module_set
        return None

    @property
    def is_sure(self) -> bool:
        """Whether the file surely belongs to each lane that judges it."""
        return all(lane.is_sure for verdict in self.verdicts for lane in verdict.bench.lanes)

    @property
    def resolution(self) -> Resolution:
        return self.verdicts[0].resolution

    @property
    def source(self) -> Source | None:
        """The input whose modules say so in all lanes; None: the module set itself does, in one of them at least."""
        sources = {verdict.resolution.source for verdict in self.verdicts}
        return sources.pop() if len(sources) == 1 else None

    def pinned(self) -> str:
        """Say which pins the claim is true for."""
        if source := self.source:
            return f"this project pins {source.name} ({source.evidence})"
        return f"this project pins {pinned([verdict.bench for verdict in self.verdicts])}"


def judge(project: Project, document: Document) -> Iterator[Judgement]:
    """Yield a judgement for each definition that is no option in any lane; once where a set and all in it share the reason."""
    for root in project.module(document).roots:
        benches = benches_of(project, document, root)
        if benches:
            yield from _Court(project, root, benches).judgements()


def benches_of(project: Project, document: Document, root: Root) -> tuple[Bench, ...]:
    """Return the lanes that judge a root, those with one index together; empty where any lane has no index."""
    found: dict[int, Bench] = {}
    for lane in project.lanes(document):
        own = lane.within(root.set) if root.set else lane
        options = project.options(own)
        if options is None:
            return ()
        known = found.get(id(options))
        found[id(options)] = Bench((*known.lanes, own) if known else (own,), options)
    return tuple(found.values())


class _Court:
    """The definitions of one root before the indexes of its lanes."""

    def __init__(self, project: Project, root: Root, benches: tuple[Bench, ...]) -> None:
        self._project = project
        self._root = root
        self._benches = benches
        self._resolved: dict[tuple[str | None, ...], tuple[Verdict, ...]] = {}
        self._declared: tuple[DeclaredOptions, ...] = ()
        self._elsewhere: dict[tuple[str, ...], bool] = {}

    def judgements(self) -> Iterator[Judgement]:
        absent: list[Judgement] = []
        others: list[Outline] = []
        given = tuple([bench.options for bench in self._benches])
        for piece in self._root.pieces:
            if piece.known.found("claims nothing", given):
                others += piece.outlines
            elif not any(self._claim(names) for names, _ in piece.outlines):
                others += piece.outlines
                piece.known.keep("claims nothing", given, True)
            else:
                for definition, outline in zip(piece.definitions, piece.outlines, strict=True):
                    if judgement := self._judge(definition, outline.names):
                        absent.append(judgement)
                    else:
                        others.append(outline)
        if not absent:
            return
        lengths = {judgement.last + 1 for judgement in absent}
        present = {names[:length] for names, _ in others for length in lengths if length <= len(names)}
        strange = sum(judgement.standing in _ABSENT and judgement.last == 0 for judgement in absent)
        understood = sum(not is_set and self._stands(names) for names, is_set in others) if strange else 0
        for judgement in absent:
            if judgement.definition.names[: judgement.last + 1] in present:
                # What stands in a set is there, or may be: then so is the set.
                continue
            at_top = judgement.standing in _ABSENT and judgement.last == 0
            if at_top and strange > understood and not judgement.resembles() and not self._is_astray(judgement):
                # A file of a module set that nobody knows, such as nixvim's, reads like this.
                continue
            if judgement.last < judgement.definition.own:
                continue
            if is_guarded(judgement.definition, self._root, judgement.standing):
                continue
            if judgement.standing in _ABSENT and not judgement.is_sure and judgement.elsewhere(self._project):
                continue
            yield judgement

    def _is_astray(self, judgement: Judgement) -> bool:
        """Tell whether a definition surely stands in the wrong module set of two that are known."""
        return judgement.is_sure and judgement.elsewhere(self._project) is not None

    def _stands(self, names: tuple[str | None, ...]) -> bool:
        return all(verdict.resolution.standing in _PRESENT for verdict in self._verdicts(names))

    def _claim(self, names: tuple[str | None, ...]) -> Standing | None:
        """Return what all indexes say of a path that is simply an option in none of them; None: there is nothing to say."""
        if not names or names[0] in _OUTSIDE or "_module" in names:
            return None
        standings = {verdict.resolution.standing for verdict in self._verdicts(names)}
        if standings >= _ABSENT and len(standings) == len(_ABSENT):
            # What one pin surely lacks and another may have is lacking as far as is known.
            standings = {Standing.UNLISTED}
        if len(standings) > 1:
            return None
        standing = standings.pop()
        return None if standing in _PRESENT or standing is Standing.UNSURE else standing

    def _judge(self, definition: Definition, names: tuple[str | None, ...]) -> Judgement | None:
        standing = self._claim(names)
        if standing is None:
            return None
        verdicts = self._verdicts(names)
        lasts = {self._last(names, verdict) for verdict in verdicts}
        if len(lasts) > 1:
            return None
        last = lasts.pop()
        if standing in _ABSENT:
            last = max(last, *(declared.shared(names) for declared in self._declared_options()))
        if last >= len(names) or names[last] is None or self._may_be_elsewhere(names, standing, last):
            return None
        return Judgement(self._root, definition, standing, verdicts, last)

    def _verdicts(self, names: tuple[str | None, ...]) -> tuple[Verdict, ...]:
        if names not in self._resolved:
            self._resolved[names] = tuple(Verdict(bench, bench.options.resolve(names)) for bench in self._benches)
        return self._resolved[names]

    def _last(self, names: tuple[str | None, ...], verdict: Verdict) -> int:
        resolution = verdict.resolution
        if resolution.move:
            return len(resolution.move.source) - 1
        if resolution.standing in _ABSENT:
            return resolution.matched
        for length in range(1, len(names)):
            if verdict.bench.options.resolve(names[:length]).standing not in _PRESENT:
                return length - 1
        return len(names) - 1

    def _declared_options(self) -> tuple[DeclaredOptions, ...]:
        if not self._declared:
            by_set = {lane.set: lane for bench in self._benches for lane in bench.lanes}
            self._declared = tuple(self._project.declared(lane) for lane in by_set.values())
        return self._declared

    def _may_be_elsewhere(self, names: tuple[str | None, ...], standing: Standing, last: int) -> bool:
        """Tell whether something that the module set does not have may declare the path."""
        if any(declared.covers(names) for declared in self._declared_options()):
            return True
        if standing not in _ABSENT and standing is not Standing.NOT_YET:
            return False
        known = tuple(str(name) for name in names[: last + 1])
        if known not in self._elsewhere:
            self._elsewhere[known] = self._may_be_foreign(known)
        return self._elsewhere[known]

    def _may_be_foreign(self, known: Sequence[str]) -> bool:
        if any(b"self." in (node.text or b"") for node in self._root.beside):
            # A module of this very flake, built by whatever its outputs are.
            return True
        if self._root.beside and any(is_foreign(known, _UNSEEN, bench.options) for bench in self._benches):
            return True
        namespaces = [".".join(known[:length]) for length in range(1, len(known) + 1)]
        return any(
            self._project.foreign(lane, namespace)
            for bench in self._benches
            for lane in bench.lanes
            for namespace in namespaces
        )


def pinned(benches: Sequence[Bench], option: Sequence[str | None] = ()) -> str:
    """Say which pins a claim is true for: `nixos-25.11 (flake.lock, input nixpkgs)`, with the hosts where pins differ.

    A claim about an option is true for the pin of the input that declares it in all lanes, where one does.
    """
    if option:
        sources = {bench.options.resolve(option).source for bench in benches}
        if len(sources) == 1 and (source := sources.pop()):
            return f"{source.name} ({source.evidence})"
    if len(benches) == 1:
        return _pin_text(benches[0], with_evidence=True)
    return ", ".join(_pin_text(bench, with_evidence=False) + _hosts(bench) for bench in benches)


def _hosts(bench: Bench) -> str:
    hosts = dict.fromkeys(lane.host for lane in bench.lanes if lane.host)
    return f" for {' and '.join(hosts)}" if hosts else ""


def _pin_text(bench: Bench, *, with_evidence: bool) -> str:
    pin = pin_of(bench.lanes[0])
    if pin is None:
        return bench.options.label
    name = pin.branch or f"{SET_NAMES.get(bench.options.set, pin.source)} {pin.point}"
    return f"{name} ({pin.evidence})" if with_evidence and pin.evidence else name
