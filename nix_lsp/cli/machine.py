"""Findings for programs: JSON, and SARIF 2.1.0 (OASIS, "Static Analysis Results Interchange Format")."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nix_lsp
from nix_lsp.cli.baseline import fingerprints
from nix_lsp.cli.finding import places
from nix_lsp.ide.model import Severity

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TextIO

    from nix_lsp.cli.finding import Finding
    from nix_lsp.ide.model import FileEdit, Fix
    from nix_lsp.syntax.document import Document
    from nix_lsp.syntax.span import Span

_LEVELS = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.INFORMATION: "note",
    Severity.HINT: "note",
}


def print_json(findings: Sequence[Finding], stream: TextIO) -> None:
    """Print one JSON array; lines and columns count from 1, columns in code points, offsets in bytes."""
    records = [
        {**_record(finding), "fingerprint": each}
        for finding, each in zip(findings, fingerprints(findings), strict=True)
    ]
    json.dump(records, stream, indent=2, ensure_ascii=False)
    stream.write("\n")


def print_sarif(findings: Sequence[Finding], stream: TextIO) -> None:
    """Print one SARIF run with the rules that the findings name and the fixes that can be applied as they are."""
    json.dump(sarif(findings), stream, indent=2, ensure_ascii=False)
    stream.write("\n")


def _record(finding: Finding) -> dict[str, Any]:
    diagnostic = finding.diagnostic
    start, end = finding.places
    return {
        "file": finding.path,
        "rule": diagnostic.rule,
        "severity": diagnostic.severity.name.lower(),
        "message": diagnostic.message,
        "start": {"line": start.line, "column": start.column, "offset": diagnostic.span.start},
        "end": {"line": end.line, "column": end.column, "offset": diagnostic.span.end},
        "fixes": [_fix_record(fix) for fix in diagnostic.fixes],
    }


def _fix_record(fix: Fix) -> dict[str, Any]:
    return {
        "title": fix.title,
        "tier": fix.tier.value,
        "edits": [
            {"file": os.path.relpath(file.path), "start": edit.span.start, "end": edit.span.end, "text": edit.text}
            for file in fix.edits
            for edit in file.edits
        ],
    }


def sarif(findings: Sequence[Finding]) -> dict[str, Any]:
    """Return the SARIF log as a JSON-able value."""
    from nix_lsp.ide.rules import documentation_url, rule_summaries, rules

    own = {
        rule.id: {
            "defaultConfiguration": {"level": _LEVELS[rule.severity]},
            "properties": {"tags": list(rule.lanes or ("nix",))},
        }
        for rule in rules()
    }
    summaries = rule_summaries()
    ids = sorted({finding.diagnostic.rule for finding in findings})
    return {
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "nix-lsp",
                        "version": nix_lsp.__version__,
                        "informationUri": "https://github.com/nix-lsp/nix-lsp",
                        "rules": [
                            {
                                "id": rule,
                                "shortDescription": {"text": summaries[rule]},
                                "helpUri": documentation_url(rule),
                                **own.get(rule, {}),
                            }
                            for rule in ids
                        ],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "results": [
                    {**_result(finding, ids), "partialFingerprints": {"nixLsp/v1": each}}
                    for finding, each in zip(findings, fingerprints(findings), strict=True)
                ],
            }
        ],
    }


def _result(finding: Finding, ids: list[str]) -> dict[str, Any]:
    diagnostic = finding.diagnostic
    result: dict[str, Any] = {
        "ruleId": diagnostic.rule,
        "ruleIndex": ids.index(diagnostic.rule),
        "level": _LEVELS[diagnostic.severity],
        "message": {"text": diagnostic.message},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": _uri(finding.document.path)},
                    "region": _region(finding.document, diagnostic.span),
                }
            }
        ],
    }
    if diagnostic.related:
        result["relatedLocations"] = [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": _uri(each.path)},
                    "region": {"byteOffset": each.span.start, "byteLength": each.span.end - each.span.start},
                },
                "message": {"text": each.message},
            }
            for each in diagnostic.related
        ]
    # SARIF regions of another file would need that file's text: such a fix is left to the editor.
    fixes = [fix for fix in diagnostic.fixes if all(file.path == finding.document.path for file in fix.edits)]
    if fixes:
        result["fixes"] = [
            {
                "description": {"text": fix.title},
                "artifactChanges": [_change(finding.document, file) for file in fix.edits],
            }
            for fix in fixes
        ]
    return result


def _change(document: Document, file: FileEdit) -> dict[str, Any]:
    return {
        "artifactLocation": {"uri": _uri(file.path)},
        "replacements": [
            {"deletedRegion": _region(document, edit.span), "insertedContent": {"text": edit.text}}
            for edit in file.edits
        ],
    }


def _region(document: Document, span: Span) -> dict[str, int]:
    start, end = places(document, span)
    return {
        "startLine": start.line,
        "startColumn": start.column,
        "endLine": end.line,
        "endColumn": end.column,
        "byteOffset": span.start,
        "byteLength": span.end - span.start,
    }


def _uri(path: str) -> str:
    """Return a relative URI below the working directory, an absolute one elsewhere."""
    relative = os.path.relpath(path)
    if relative.startswith(".."):
        return Path(path).absolute().as_uri()
    return Path("/", relative).as_uri().removeprefix("file:///")
