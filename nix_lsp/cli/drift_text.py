"""What an upgrade changes, as text for a terminal, as Markdown for a pull request, and as a JSON-able record."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from rich.text import Text

from nix_lsp.cli.columns import columns
from nix_lsp.cli.finding import places
from nix_lsp.cli.frames import console
from nix_lsp.ide.drift import When
from nix_lsp.ide.model import Tier
from nix_lsp.syntax.layout import attrpath_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import TextIO

    from nix_lsp.ide.drift import Change, Drift
    from nix_lsp.syntax.document import Document
    from nix_lsp.syntax.span import Span

_NAMED = 12
"""So many of the definitions that cannot be judged are named."""
_DEFAULT = 60
"""Characters of a default that are shown."""


def print_text(reports: Sequence[Drift], stream: TextIO) -> None:
    """Print what changes, file by file, then what is new, then a line that counts."""
    out = console(stream)
    for report in reports:
        out.print(Text(f"To {report.target}, judged by {_judged_by(report)}", "bold"))
        for document, changes in _by_file(report.changes):
            out.print(Text(f"\n{_path(document)}", "bold").append(_hosts(changes), "dim"))
            out.print(columns([_row(change) for change in changes]))
        if report.new:
            out.print(Text("\nNew beside what you use", "bold"))
            out.print(columns([(attrpath_text(new.path), new.type, new.since or "") for new in report.new]))
            if report.more_new:
                out.print(f"  and {report.more_new} more")
        if report.defaults:
            out.print(Text("\nDefaults that differ, of options you leave to them", "bold"))
            rows = [
                (
                    attrpath_text(each.path),
                    f"{_short(each.before)} → {_short(each.after)}",
                    _at(each.document, each.span),
                )
                for each in report.defaults
            ]
            out.print(columns(rows))
        if report.unjudged:
            out.print(Text("\nNot judged: what became of these by then is not known", "bold"))
            rows = [(attrpath_text(each.path), _at(each.document, each.span)) for each in report.unjudged[:_NAMED]]
            out.print(columns(rows))
            if len(report.unjudged) > _NAMED:
                out.print(f"  and {len(report.unjudged) - _NAMED} more")
        out.print(Text(("\n" if report.changes or report.new or report.defaults else "") + _summary(report), "bold"))


def print_markdown(reports: Sequence[Drift], stream: TextIO) -> None:
    """Print a report to paste into a pull request."""
    for report in reports:
        lines = [f"## Upgrade to {report.target}", "", _summary(report), "", f"Judged by {_judged_by(report)}."]
        for title, breaks in (("Breaks", True), ("Warns", False)):
            changes = [change for change in report.changes if change.breaks is breaks]
            if changes:
                lines += ["", f"### {title}", "", "| where | what | fix |", "|---|---|---|"]
                lines += [
                    f"| `{_at_of(each)}`{_hosts([each])} | {_cell(each.diagnostic.message)} | {_cell(_fix(each))} |"
                    for each in changes
                ]
        if report.new:
            lines += ["", "### New beside what is used", "", "| option | type | since |", "|---|---|---|"]
            lines += [f"| `{attrpath_text(new.path)}` | {_cell(new.type)} | {new.since or ''} |" for new in report.new]
            lines += [f"\nAnd {report.more_new} more."] if report.more_new else []
        if report.defaults:
            lines += ["", "### Defaults that differ", "", "| option | before | after |", "|---|---|---|"]
            lines += [
                f"| `{attrpath_text(each.path)}` | `{_cell(_short(each.before))}` | `{_cell(_short(each.after))}` |"
                for each in report.defaults
            ]
        if report.unjudged:
            names = ", ".join(f"`{attrpath_text(each.path)}`" for each in report.unjudged[:_NAMED])
            more = f" and {len(report.unjudged) - _NAMED} more" if len(report.unjudged) > _NAMED else ""
            lines += ["", f"Not judged, as nobody knows what became of them by then: {names}{more}."]
        stream.write("\n".join(lines) + "\n")


def record(report: Drift) -> dict[str, Any]:
    """Return a report as JSON has it; lines and columns count from 1, columns in code points, offsets in bytes."""
    return {
        "target": report.target,
        "judgedBy": list(report.labels),
        "findings": [_record(change) for change in report.changes],
        "settled": [_record(change) for change in report.settled],
        "standing": report.standing,
        "new": [
            {"set": new.set, "option": attrpath_text(new.path), "type": new.type, "since": new.since}
            for new in report.new
        ],
        "moreNew": report.more_new,
        "defaults": [
            {
                "set": each.set,
                "option": attrpath_text(each.path),
                "before": each.before,
                "after": each.after,
                **_where(each.document, each.span),
            }
            for each in report.defaults
        ],
        "unjudged": [
            {"option": attrpath_text(each.path), **_where(each.document, each.span)} for each in report.unjudged
        ],
    }


def _record(change: Change) -> dict[str, Any]:
    diagnostic = change.diagnostic
    return {
        **_where(change.document, diagnostic.span),
        "rule": diagnostic.rule,
        "effect": "breaks" if change.breaks else "warns",
        "message": diagnostic.message,
        "hosts": list(change.hosts),
        "fix": {
            "title": change.fix.title,
            "tier": change.fix.tier.value,
            "when": change.when.value if change.when else None,
            "edits": [
                {"file": os.path.relpath(file.path), "start": edit.span.start, "end": edit.span.end, "text": edit.text}
                for file in change.fix.edits
                for edit in file.edits
            ],
        }
        if change.fix
        else None,
    }


def _where(document: Document, span: Span) -> dict[str, Any]:
    start, end = places(document, span)
    return {
        "file": _path(document),
        "start": {"line": start.line, "column": start.column, "offset": span.start},
        "end": {"line": end.line, "column": end.column, "offset": span.end},
    }


def _judged_by(report: Drift) -> str:
    return ", ".join(report.labels) if report.labels else "nothing: no file belongs to a known module set"


def _by_file(changes: Iterable[Change]) -> Iterable[tuple[Document, list[Change]]]:
    files: dict[str, tuple[Document, list[Change]]] = {}
    for change in changes:
        files.setdefault(change.document.path, (change.document, []))[1].append(change)
    return files.values()


def _row(change: Change) -> tuple[Text, str, str, str]:
    effect = Text("breaks", "bold red") if change.breaks else Text("warns", "bold yellow")
    start, _ = places(change.document, change.diagnostic.span)
    fix = _fix(change)
    return (
        effect,
        f"{start.line}:{start.column}",
        change.diagnostic.rule,
        change.diagnostic.message + (f"  [{fix}]" if fix else ""),
    )


def _fix(change: Change) -> str:
    if change.fix is None:
        return ""
    if change.fix.tier is Tier.REVIEW:
        return f"to review: {change.fix.title}"
    return f"{change.fix.title}: {'now' if change.when is When.NOW else 'after the upgrade'}"


def _hosts(changes: Sequence[Change]) -> str:
    hosts = dict.fromkeys(host.split(".", 1)[-1] for change in changes for host in change.hosts)
    return f" ({', '.join(hosts)})" if hosts else ""


def _path(document: Document) -> str:
    relative = os.path.relpath(document.path)
    return document.path if relative.startswith("..") else relative


def _at(document: Document, span: Span) -> str:
    start, _ = places(document, span)
    return f"{_path(document)}:{start.line}"


def _at_of(change: Change) -> str:
    return _at(change.document, change.diagnostic.span)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _DEFAULT else line[:_DEFAULT] + "…"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _summary(report: Drift) -> str:
    breaking = sum(change.breaks for change in report.changes)
    warning = len(report.changes) - breaking
    if not report.changes:
        text = "Nothing that is known breaks or warns"
    else:
        files = len({change.document.path for change in report.changes})
        sure = [change.when for change in report.changes if change.fix and change.fix.tier is Tier.MECHANICAL]
        review = sum(change.fix is not None for change in report.changes) - len(sure)
        text = (
            f"{breaking} {'breaks' if breaking == 1 else 'break'}, {warning} {'warns' if warning == 1 else 'warn'} "
            f"in {files} file{'s' if files > 1 else ''}; fixes: {sure.count(When.NOW)} now, "
            f"{sure.count(When.AFTER)} after the upgrade, {review} to review"
        )
    notes = [text]
    if report.settled:
        notes.append(f"{len(report.settled)} of today's findings end with it")
    if report.standing:
        notes.append(f"{report.standing} stand today already (`nix-lsp check`)")
    return "; ".join(notes) + "."
