"""Findings as text for a terminal: the message, the place, the line it is about, the fixes."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from nix_lsp.ide.model import Severity

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import TextIO

    from nix_lsp.cli.finding import Finding

_STYLES = {
    Severity.ERROR: "bold red",
    Severity.WARNING: "bold yellow",
    Severity.INFORMATION: "bold blue",
    Severity.HINT: "bold cyan",
}
_TAB = "    "
_SHOWN = 160
"""So many characters of a line are shown before, in and behind the place."""


def console(stream: TextIO, color: str = "auto") -> Console:
    """Return a console that wraps nothing: a path or message stays one line to click on and to grep.

    `color` is `always`, `never` or `auto`.
    """
    system = "standard" if is_colored(stream, color, os.environ) else None
    return Console(file=stream, highlight=False, soft_wrap=True, force_terminal=system is not None, color_system=system)


def is_colored(stream: TextIO, color: str, environment: Mapping[str, str]) -> bool:
    """Tell whether text is to be in color: as ordered, else as NO_COLOR (no-color.org) and FORCE_COLOR say, else on a terminal that can."""
    if color != "auto":
        return color == "always"
    if environment.get("NO_COLOR"):
        return False
    if forced := environment.get("FORCE_COLOR"):
        return forced != "0"
    return stream.isatty() and environment.get("TERM") != "dumb"


def print_findings(findings: Sequence[Finding], stream: TextIO, color: str = "auto") -> None:
    """Print each finding as a code frame, then one line that counts them; `color` as for `console`."""
    out = console(stream, color)
    for finding in findings:
        out.print(frame(finding))
    out.print(_summary(findings))


def frame(finding: Finding) -> Text:
    """Return one finding with its source line and what can be done about it."""
    diagnostic = finding.diagnostic
    style = _STYLES[diagnostic.severity]
    start, end = finding.places
    document = finding.document
    first = document.line_starts[start.line - 1]
    last = document.line_starts[start.line] if start.line < len(document.line_starts) else len(document.source)
    line = document.source[first:last].decode("utf-8", "replace").rstrip("\r\n")
    number = str(start.line)
    gutter = " " * len(number)
    stop = end.column if end.line == start.line else len(line) + 1
    before = _cut(line[: start.column - 1].expandtabs(len(_TAB)), from_end=True)
    marked = _cut(line[start.column - 1 : stop - 1].replace("\t", _TAB))
    behind = _cut(line[stop - 1 :].replace("\t", _TAB))
    text = Text()
    text.append(f"{diagnostic.severity.name.lower()}[{diagnostic.rule}]", style)
    text.append(f": {diagnostic.message}\n", "bold")
    text.append(f"{gutter}--> ", "blue").append(f"{finding.path}:{start.line}:{start.column}\n")
    text.append(f"{gutter} |\n{number} | ", "blue").append(before + marked)
    text.append(behind + "\n")
    text.append(f"{gutter} | ", "blue").append(" " * len(before) + "^" * max(1, len(marked)) + "\n", style)
    for fix in diagnostic.fixes:
        text.append(f"{gutter} = ", "blue").append(f"fix: {fix.title}\n")
    return text


def _cut(text: str, *, from_end: bool = False) -> str:
    """Shorten what nobody reads on one line: generated code, minified data."""
    if len(text) <= _SHOWN:
        return text
    return "…" + text[-_SHOWN:] if from_end else text[:_SHOWN] + "…"


def _summary(findings: Sequence[Finding]) -> Text:
    if not findings:
        return Text("No findings.", "bold green")
    counts = [
        f"{count} {severity.name.lower()}{'s' if count > 1 and severity is not Severity.INFORMATION else ''}"
        for severity in Severity
        if (count := sum(finding.diagnostic.severity is severity for finding in findings))
    ]
    fixable = sum(bool(finding.diagnostic.fixes) for finding in findings)
    files = len({finding.document.path for finding in findings})
    return Text(f"{', '.join(counts)} in {files} file{'s' if files > 1 else ''}; {fixable} with a fix.", "bold")
