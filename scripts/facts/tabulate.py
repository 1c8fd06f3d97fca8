"""Tabulate what evaluated module sets have beside what they publish: `python -m scripts.facts.tabulate SET LABEL=FILE… [outside=FILE]`.

Each file is what `unpublished.nix` gives for one tree, as JSON; `outside` maps files of modules that are on no module list to what they add.
The table goes to `unpublished-SET.tsv` beside this module; `scripts.facts.unpublished` reads it.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection

    from scripts.facts.sources import Path

_SEGMENT = re.compile(r'"((?:[^"\\]|\\.)*)"|([^."]+)')


def main(module_set: str, *files: str) -> None:
    """Write the table of one module set."""
    trees = dict(argument.split("=", 1) for argument in files)
    rows: dict[tuple[str, str, str], list[str]] = {}
    for label, file in trees.items():
        read: Any = json.loads(FilePath(file).read_text())
        if label == "outside":
            for options in read.values():
                for option in (option for option in options if not option["to"] and not option["r"]):
                    rows.setdefault(("option", _joined(option["p"]), _line(option["t"])), []).append(label)
            continue
        known = {tuple(option["p"]) for option in read}
        places = {path[:end] for path in known for end in range(1, len(path) + 1)}
        for option in read:
            if row := _row(option, known, places):
                rows.setdefault(row, []).append(label)
    lines = [f"{kind}\t{','.join(labels)}\t{path}\t{text}\n" for (kind, path, text), labels in sorted(rows.items())]
    FilePath(__file__).with_name(f"unpublished-{module_set}.tsv").write_text("".join(lines))


def _row(option: dict[str, Any], known: Collection[Path], places: Collection[Path]) -> tuple[str, str, str] | None:
    if option["v"] is not False and not option["i"]:
        return None
    path = tuple(option["p"])
    if option["to"]:
        if option["v"] is not False:
            return None
        target = _placed(
            tuple(quoted or plain for quoted, plain in _SEGMENT.findall(option["to"])), path, known, places
        )
        return ("renamed", _joined(path), _joined(target)) if target else ("option", _joined(path), _line(option["t"]))
    return ("removed", _joined(path), "") if option["r"] else ("option", _joined(path), _line(option["t"]))


def _placed(target: Path, source: Path, known: Collection[Path], places: Collection[Path]) -> Path | None:
    """Return an alias's target from the root: one inside a submodule is declared from there."""
    for depth in (0, *range(len(source) - 1, 0, -1)):
        placed = (*source[:depth], *target)
        if placed == source:
            continue
        if placed in places or any(placed[:end] in known for end in range(depth + 1, len(placed))):
            return placed
    return None


def _line(sentence: str) -> str:
    return " ".join(sentence.split())


def _joined(path: Path) -> str:
    if any("/" in segment for segment in path):
        raise ValueError(f"a segment of {path} has a slash")
    return "/".join(path)


if __name__ == "__main__":
    main(*sys.argv[1:])
