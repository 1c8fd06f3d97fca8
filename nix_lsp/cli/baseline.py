"""Findings that a team has decided to live with for now: a file of fingerprints, and what is new beside it.

A finding is known again by its rule, its file and the text of its line, and by how many such there are: lines may move, and what
stands around them may change.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, cast

from nix_lsp.cli.whole_file import replace_file

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from nix_lsp.cli.finding import Finding

VERSION = 1
_HASH = 16
"""So many hexadecimal digits of a line's SHA-256 are written."""


class Compared(NamedTuple):
    """What a baseline does not have, and how much of it is not found any more."""

    new: list[Finding]
    gone: int


def fingerprint(finding: Finding) -> str:
    """Return the hash of the line that a finding starts on, without the blanks around it."""
    document = finding.document
    line = document.line_of(finding.diagnostic.span.start)
    starts = document.line_starts
    end = starts[line + 1] if line + 1 < len(starts) else len(document.source)
    return hashlib.sha256(document.source[starts[line] : end].strip()).hexdigest()[:_HASH]


def fingerprints(findings: Sequence[Finding]) -> Iterator[str]:
    """Yield for each finding what knows it again when lines move, with its rule and file: the hash of its line, and its number among those alike.

    A baseline has the same hashes, and how many there are of each.
    """
    seen: Counter[tuple[str, str, str]] = Counter()
    for finding in findings:
        alike = (finding.document.path, finding.diagnostic.rule, fingerprint(finding))
        seen[alike] += 1
        yield f"{alike[2]}:{seen[alike]}"


def write_baseline(file: str, findings: Sequence[Finding]) -> None:
    """Write a baseline, whole or not at all: JSON, one entry a line, in an order that depends on the findings alone; paths are relative to the file.

    Raises:
        OSError: it cannot be written.
    """
    rows = sorted(Counter(_key(finding, file) for finding in findings).items())
    entries = [
        json.dumps({"file": path, "rule": rule, "line": line, "count": count}, ensure_ascii=False)
        for (path, rule, line), count in rows
    ]
    body = "".join(f"\n    {entry}," for entry in entries).removesuffix(",")
    text = f'{{\n  "version": {VERSION},\n  "findings": [{body}{chr(10) + "  " if entries else ""}]\n}}\n'
    replace_file(file, text.encode())


def compare(file: str, findings: Sequence[Finding]) -> Compared:
    """Take out the findings that a baseline has, the first ones of those that are alike.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is no baseline.
    """
    left = _read(file)
    new: list[Finding] = []
    for finding in findings:
        key = _key(finding, file)
        if left[key]:
            left[key] -= 1
        else:
            new.append(finding)
    return Compared(new, left.total())


def _key(finding: Finding, file: str) -> tuple[str, str, str]:
    relative = os.path.relpath(finding.document.path, Path(file).resolve().parent)
    return Path(relative).as_posix(), finding.diagnostic.rule, fingerprint(finding)


def _read(file: str) -> Counter[tuple[str, str, str]]:
    problem = f"{file}: no baseline of nix-lsp: write it anew with --write-baseline"
    try:
        value: object = json.loads(Path(file).read_text("utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise ValueError(f"{problem} ({error})") from error
    held: Counter[tuple[str, str, str]] = Counter()
    entries = cast("dict[str, object]", value).get("findings") if isinstance(value, dict) else None
    if not isinstance(entries, list) or cast("dict[str, object]", value).get("version") != VERSION:
        raise ValueError(problem)
    for entry in cast("list[object]", entries):
        match entry:
            case {"file": str(path), "rule": str(rule), "line": str(line), "count": int(count)} if count > 0:
                held[path, rule, line] += count
            case _:
                raise ValueError(f"{problem} (no entry: {json.dumps(entry)[:80]})")
    return held
