"""What `nix-lsp doctor` found, as text for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from nix_lsp.cli.columns import columns
from nix_lsp.cli.frames import console

if TYPE_CHECKING:
    from typing import TextIO

    from rich.console import Console

    from nix_lsp.cli.doctor import InputReport, LaneReport, PinReport, Report, Tools, Trouble

_FILES = 30
"""So many files are named one by one; of more, those of each lane are counted."""
_SHORT = 9
_FLAKE = "flake"
"""What `Project.lanes` calls flake.nix and the modules of flake-parts."""
_CONSENTS = {True: "allowed", False: "refused", None: "not answered yet: off"}
_KINDS = {
    "exact": "the very revision",
    "described": "embedded facts, with descriptions of a nearby revision",
    "facts": "embedded facts",
    "nothing": "no index: nothing is claimed",
}


def print_report(report: Report, stream: TextIO) -> None:
    """Print a report: the project, its pins, what answers for which files, the machine, and what to do."""
    out = console(stream)
    out.print(Text.assemble(("Project ", "bold"), report.root))
    _section(out, "Pins")
    out.print(_pins(report.pins) if report.pins else "  none found")
    _section(out, "Module sets, and what answers for them")
    for number, lane in enumerate(report.lanes):
        out.print(_lane(lane, sum(number in file.lanes for file in report.files), len(report.files)))
    if report.inputs:
        _section(out, "Modules of inputs")
        out.print(_inputs(report.inputs))
    _print_files(out, report)
    _section(out, "This machine")
    out.print(_tools(report.tools))
    if report.improvements:
        _section(out, "More exact answers, if you like")
        for line in report.improvements:
            out.print(Text(f"  {line}"))
        said = ", ".join(f"{what}: {_CONSENTS[report.consents[what]]}" for what in report.consents)
        out.print(Text(f"  Editors do the same where you agree ({said}): `nix-lsp index consent`, or settings.", "dim"))
    _section(out, "Verdict")
    for trouble in report.troubles:
        out.print(_trouble(trouble))
    if not report.troubles:
        out.print(Text("  All is well.", "bold green"))


def _section(out: Console, title: str) -> None:
    out.print()
    out.print(Text(title, "bold underline"))


def _pins(pins: tuple[PinReport, ...]) -> Text:
    rows = [
        (
            Text(pin.source, "bold"),
            pin.branch or "–",
            (pin.revision or "–")[:_SHORT],
            pin.date or "–",
            pin.release or "–",
            pin.evidence,
            Text("in the Nix store" if pin.in_store else "", "green"),
        )
        for pin in pins
    ]
    return columns(rows, ("source", "branch", "revision", "date", "release", "says", ""))


def _lane(lane: LaneReport, count: int, total: int) -> Text:
    text = Text.assemble("  ", (lane.set, "bold"))
    if lane.host:
        text.append(f" of {lane.host}")
    text.append(f"  ({count} of {total} file{'s' if total > 1 else ''})\n", "dim")
    if lane.set == _FLAKE:
        return text.append("    inputs and outputs: it has no options", "dim")
    style = {"exact": "green", "nothing": "yellow"}.get(lane.kind, "")
    text.append("    answered by ", "dim").append(lane.answer or "–", style).append(f": {_KINDS[lane.kind]}\n", "dim")
    text.append(f"    pinned by   {lane.pin or 'nothing: taken to be as old as nixpkgs'}\n", "dim")
    text.append(f"    because     {lane.evidence}", "dim")
    return text.append("\n    but         ", "dim").append(lane.gap, "yellow") if lane.gap else text


def _inputs(inputs: tuple[InputReport, ...]) -> Text:
    rows = [
        (
            Text(each.name, "bold"),
            each.output,
            f"{each.options:,}" if each.folder else "–",
            Text(f"silent in part: {each.silent}" if each.folder else f"silent: {each.silent}", "dim")
            if each.silent
            else Text("known in full", "green"),
        )
        for each in inputs
    ]
    return columns(rows, ("input", "module", "options", ""))


def _print_files(out: Console, report: Report) -> None:
    silent = [file.file for file in report.files if not file.lanes]
    if len(report.files) <= _FILES:
        _section(out, "Files")
        rows: list[tuple[str, str | Text]] = []
        for file in report.files:
            sets = ", ".join(dict.fromkeys(report.lanes[number].set for number in file.lanes))
            rows.append((file.file, sets or Text("no module, or unsure: no option is judged", "dim")))
        out.print(columns(rows))
    elif silent:
        out.print(
            Text(
                f"  {len(silent)} of {len(report.files)} files are no modules, or unsure: no option is judged there (--format json names all)",
                "dim",
            )
        )


def _tools(tools: Tools) -> Text:
    state = ("writable", "") if tools.cache_writable else ("cannot be written", "bold red")
    many = f"{tools.indexes} exact index{'' if tools.indexes == 1 else 'es'}, {tools.bytes / 2**20:.1f} MB"
    cache = Text.assemble(f"{tools.cache}, ", state, f", {many}")
    return columns([("Nix", tools.nix or "not on PATH (not needed: the embedded facts answer)"), ("cache", cache)])


def _trouble(trouble: Trouble) -> Text:
    text = Text("  ")
    if trouble.file:
        text.append(f"{trouble.file}:{trouble.line}: ", "bold")
    text.append(trouble.message, "bold yellow")
    return text.append(f"\n    {trouble.advice}")
