"""`nix-lsp doctor`: what is known of a project, which index answers for what and why, and what to do about what is wrong."""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from shutil import which
from typing import TYPE_CHECKING

from option_index.cache import Cache, cache_folder
from option_index.consent import QUESTIONS, Answers, Consent, state_folder
from option_index.sources import NIX, stored_source, ways

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from nix_lsp.analysis.pin import Lane, Pin
    from nix_lsp.analysis.workspace import Workspace

WELL, TROUBLED, FAILED = 0, 1, 2
_GAPS = 2
"""So many reasons are told why options are not known."""


@dataclass(frozen=True, slots=True)
class PinReport:
    """One locked source."""

    source: str
    evidence: str
    branch: str | None
    revision: str | None
    date: str | None
    release: str | None
    in_store: str | None
    """Where the source is in the Nix store of this machine."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that is wrong, and what to do."""

    message: str
    advice: str
    file: str | None = None
    line: int | None = None
    """Counted from 1."""


@dataclass(frozen=True, slots=True)
class LaneReport:
    """One module set at the pins of one evaluation."""

    set: str
    host: str | None
    evidence: str
    pin: str | None
    """What says which revision of the module set it is."""
    answer: str | None
    """The index that answers; None: nothing is known, and nothing is claimed."""
    kind: str
    """`exact`, `described` (facts, with the prose of a nearby revision), `facts`, `nothing`."""
    gap: str | None
    """Why less is claimed than for other pins; None where nothing keeps it from claiming."""


@dataclass(frozen=True, slots=True)
class InputReport:
    """A module that hosts take from an input."""

    name: str
    """`sops-nix`, `stylix/base16`"""
    output: str
    """`nixosModules.sops`"""
    folder: str | None
    """Where the input's source is on this machine."""
    options: int
    silent: str | None
    """Why nothing is called unknown where it may declare options; None: all of them are known."""


@dataclass(frozen=True, slots=True)
class FileReport:
    """One file and the lanes that it belongs to, as positions in `Report.lanes`."""

    file: str
    lanes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Tools:
    """What the machine offers."""

    nix: str | None
    cache: str
    cache_writable: bool
    indexes: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Report:
    """All that `doctor` has to say."""

    root: str
    pins: tuple[PinReport, ...]
    hosts: tuple[str, ...]
    lanes: tuple[LaneReport, ...]
    inputs: tuple[InputReport, ...]
    files: tuple[FileReport, ...]
    tools: Tools
    troubles: tuple[Trouble, ...]
    improvements: tuple[str, ...]
    """What would make answers more exact; nothing is wrong without it."""
    consents: Mapping[str, bool | None]
    """What the user answered to editors' questions (`option_index.consent`); an editor's settings go before it."""


def run(argv: list[str]) -> int:
    """Run the command; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="nix-lsp doctor",
        description="Say which pins, module sets and indexes count for a project or a file, and why.",
        epilog="Exit code: 0 all is well, 1 something is wrong, 2 could not run.",
    )
    parser.add_argument(
        "path", nargs="?", default=".", metavar="PATH", help="a project's folder, or a file (default: here)"
    )
    parser.add_argument("--format", choices=("text", "json"), default="text")
    parser.add_argument(
        "--pin", metavar="RELEASE", help="what would hold for this release, `unstable`, date or revision"
    )
    arguments = parser.parse_args(argv)
    try:
        report = examine(arguments.path, arguments.pin)
    except (OSError, ValueError) as error:
        print(f"nix-lsp doctor: {error}", file=sys.stderr)
        return FAILED
    if arguments.format == "json":
        json.dump(asdict(report), sys.stdout, indent=2, ensure_ascii=False)
        print()
    else:
        from nix_lsp.cli.doctor_text import print_report

        print_report(report, sys.stdout)
    return TROUBLED if report.troubles else WELL


def examine(path: str, pin: str | None = None) -> Report:
    """Look at the project that a file or folder belongs to.

    Raises:
        FileNotFoundError: there is no such path.
        ValueError: `pin` names no revision.
    """
    from nix_lsp.analysis.files import walk
    from nix_lsp.cli.session import open_workspace, root_of
    from option_index.catalog import Catalog

    if not os.path.lexists(path):
        raise FileNotFoundError(f"{path}: no such file or folder")
    real = os.path.realpath(path)
    cache = Cache(cache_folder())
    catalog = Catalog(cache.folder)
    root = root_of(real)
    workspace = open_workspace(root, pin, catalog)
    paths = [real] if Path(real).is_file() else [file for file in walk(workspace.files, real) if file.endswith(".nix")]
    lanes: dict[tuple[object, ...], tuple[int, Lane]] = {}
    files: list[FileReport] = []
    for file in paths:
        document = workspace.document(file)
        found = workspace.lanes(document) if document else ()
        numbers = [lanes.setdefault(_key(lane), (len(lanes), lane))[0] for lane in found]
        files.append(FileReport(os.path.relpath(file, root), tuple(numbers)))
    distinct = [lane for _, lane in lanes.values()]
    pins = _pins(workspace, distinct)
    return Report(
        root=root,
        pins=tuple(map(_pin, pins)),
        hosts=tuple(sorted({lane.host for lane in workspace.hosts() if lane.host})),
        lanes=tuple(_lane(workspace, lane) for lane in distinct),
        inputs=tuple(
            _inputs(workspace, {lane.host for lane in distinct if lane.host} if Path(real).is_file() else None)
        ),
        files=tuple(files),
        tools=_tools(cache),
        troubles=tuple(_troubles(workspace, pins, cache)),
        improvements=(*_improvements(pins, cache), *_renewals(workspace, cache)),
        consents={question: Answers(state_folder()).allowed(question) for question in QUESTIONS},
    )


def _key(lane: Lane) -> tuple[object, ...]:
    return (lane.set, lane.host, *sorted((name, pin.point) for name, pin in lane.pins.items()))


def _pins(workspace: Workspace, lanes: Iterable[Lane]) -> list[Pin]:
    """Return every pin that counts somewhere, the main ones first."""
    found = dict.fromkeys(workspace.main_pins().values())
    for lane in lanes:
        found |= dict.fromkeys(lane.pins.values())
    return list(found)


def _pin(pin: Pin) -> PinReport:
    point = pin.point
    source = stored_source(point)
    date = point.date.isoformat() if point.date else None
    stored = str(source) if source else None
    return PinReport(pin.source, pin.evidence, pin.branch, point.revision, date, point.release, stored)


def _lane(workspace: Workspace, lane: Lane) -> LaneReport:
    from nix_lsp.analysis.lanes import SOURCES
    from option_index.described import DescribedOptions
    from option_index.layered import LayeredOptions
    from option_index.replaced import ReplacedOptions
    from option_index.store import StoredOptions

    options = workspace.options(lane)
    while isinstance(options, LayeredOptions | ReplacedOptions):
        options = options.base
    pin = lane.pins.get(SOURCES.get(lane.set, ""))
    match options:
        case None:
            kind = "nothing"
        case StoredOptions():
            kind = "exact"
        case DescribedOptions():
            kind = "described"
        case _:
            kind = "facts"
    return LaneReport(
        lane.set,
        lane.host,
        lane.evidence,
        pin.evidence if pin else None,
        options.label if options else None,
        kind,
        options.gap if options else None,
    )


def _inputs(workspace: Workspace, hosts: set[str] | None) -> Iterable[InputReport]:
    """Yield the modules that hosts take from inputs, and what is known of them; None: all hosts."""
    graph = workspace.graph()
    taken = {module.path for host in graph.taken if hosts is None or host in hosts for module in graph.taken[host]}
    seen: set[tuple[object, ...]] = set()
    for reading in sorted(graph.inputs, key=lambda reading: (reading.source.names, reading.output)):
        key = (reading.source.names, reading.output)
        wanted = any(path[-len(reading.output) :] == reading.output for path in taken) if reading.output else True
        if key in seen or not wanted:
            continue
        seen.add(key)
        yield InputReport(
            "/".join(reading.source.names),
            ".".join(reading.output) or "the source itself",
            reading.source.folder,
            sum(len(declared.options) for declared in reading.sets.values()),
            "; ".join(reading.gaps[:_GAPS]) or None,
        )


def _tools(cache: Cache) -> Tools:
    entries = cache.entries()
    size = sum(entry.size for entry in entries)
    return Tools(which(NIX), str(cache.folder), _is_writable(cache.folder), len(entries), size)


def _is_writable(folder: Path) -> bool:
    """Tell whether files can be made in a folder, or in the nearest one above it that exists. Permissions do not tell: quotas, mounts."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    try:
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def _troubles(workspace: Workspace, pins: Sequence[Pin], cache: Cache) -> Iterable[Trouble]:
    for problem in workspace.problems():
        file = os.path.relpath(problem.file, workspace.root)
        yield Trouble(
            problem.message,
            "Write the lock anew (`nix flake lock`, `npins update`, …); until then this pin counts as unknown.",
            file,
            problem.line + 1,
        )
    if not any(pin.source == "nixpkgs" for pin in pins):
        yield Trouble(
            "Nothing says which nixpkgs this project uses.",
            "Lock it (`nix flake lock`, `npins init`, …), or set `pin` to a release. Until then only what no release contradicts is reported.",
        )
    if not _is_writable(cache.folder):
        yield Trouble(
            f"{cache.folder} cannot be written: exact indexes have no place.",
            "Make room there, or set XDG_CACHE_HOME to a folder that can be written. The embedded facts answer meanwhile.",
        )
    for checked in cache.verify():
        if checked.problem:
            yield Trouble(
                f"A cached index is damaged: {checked.problem}",
                "It was set aside; the next fetch or build makes it anew.",
            )


def _renewals(workspace: Workspace, cache: Cache) -> Iterable[str]:
    from nix_lsp.cli.index_host import outdated

    for host in outdated(workspace, cache):
        command = f"`nix-lsp index build --flake {workspace.root}#{host}`"
        yield f"The index of {host} is of another lock or of other modules and does not count; {command} renews it."


def _improvements(pins: Sequence[Pin], cache: Cache) -> Iterable[str]:
    commands: dict[str, None] = {}
    for pin in pins:
        if pin.source == "nixpkgs":
            for way in ways(cache, pin.point, Consent(evaluate=True, fetch=True)):
                commands[f"`nix-lsp index {' '.join(way.arguments)}` will {way.summary}."] = None
    return commands
