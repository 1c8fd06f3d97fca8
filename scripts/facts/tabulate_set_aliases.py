"""Write `set_aliases.tsv`: names in package sets that nixpkgs renames, removes or warns of. `scripts/facts/tabulate_set_aliases.py LABEL=TREE …`.

Read from the alias files of the sets (nixpkgs, pkgs/top-level/python-aliases.nix and its like), by the form of their lines.
"""

from __future__ import annotations

import json
import re
import sys
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

ROOT = Path(__file__).parent.parent.parent
sys.path.insert(0, str(ROOT))

from scripts.facts import packages  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from collections.abc import Set as AbstractSet

_FILES = {
    "python3Packages": "pkgs/top-level/python-aliases.nix",
    "nodePackages": "pkgs/development/node-packages/aliases.nix",
    "vimPlugins": "pkgs/applications/editors/vim/plugins/aliases.nix",
    "kakounePlugins": "pkgs/applications/editors/kakoune/plugins/aliases.nix",
}
_RENAMED = {"vimPlugins": "pkgs/applications/editors/vim/plugins/deprecated.json"}
"""What a set warns of, as old name, new name and date."""
_PUBLISHED = re.compile(r"python3\d+Packages")
"""Sets that are published by the version that is the standard one."""
_ALIAS = re.compile(
    r'^ +"?([A-Za-z_][\w\'-]*)"?\s*=\s*(throw|lib\.warn\w*)\s*"([^"]*)"\s*([\w.-]*)\s*;[ \t]*#([^\n]*)$', re.MULTILINE
)
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_NEW_NAME = re.compile(
    r"(?:renamed to|renamed to/replaced by|replaced by|use)\s+[`'\"]?(?:python3?Packages\.|vimPlugins\.)?([A-Za-z_][\w-]*)[`'\"]?[.,]?(?:$| instead)"
)
_CONVERTED = "onverted to throw"


class Row(NamedTuple):
    """What one tree says of one name."""

    set: str
    name: str
    kind: str
    target: str
    """A name in the same set; of what is removed those that the message proposes, parted by spaces."""
    day: str


def main(arguments: list[str]) -> None:
    """Read the trees and write the table beside this file."""
    found: defaultdict[Row, list[str]] = defaultdict(list)
    for label, tree in (argument.split("=") for argument in arguments):
        there = members(label)
        for row in rows(Path(tree), there):
            found[row].append(label)
    lines = sorted("\t".join((*row[:4], row.day, ",".join(labels))) for row, labels in found.items())
    Path(__file__).with_name("set_aliases.tsv").write_text("".join(f"{line}\n" for line in lines))


def members(label: str) -> Mapping[str, AbstractSet[str]]:
    """Return the published names of each set."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for attr in packages.read(ROOT.parent / "shared", label):
        set_, _, name = attr.rpartition(".")
        found["python3Packages" if _PUBLISHED.fullmatch(set_) else set_].add(name)
    return found


def rows(tree: Path, there: Mapping[str, AbstractSet[str]]) -> Iterator[Row]:
    """Yield what a nixpkgs says of names that its sets do not have as packages."""
    for set_, file in _FILES.items():
        text = Path(tree, file).read_text() if Path(tree, file).exists() else ""
        for match in _ALIAS.finditer(text):
            name, how, message, bound, comment = match.groups()
            day = _DAY.search(comment)
            if name in there[set_] or day is None:
                continue
            new = bound if how != "throw" else next(iter(_NEW_NAME.findall(message)), "")
            # A line that was dated before it came to stop the evaluation is no proof.
            written = day[0] if _CONVERTED in comment or "removed" in message else ""
            if new.rpartition(".")[2] in there[set_]:
                yield Row(set_, name, "renamed" if how == "throw" else "deprecated", new.rpartition(".")[2], written)
            elif how == "throw":
                yield Row(set_, name, "removed", " ".join(packages.proposed(name, message, there[set_])), written)
    for set_, file in _RENAMED.items():
        moved = json.loads(Path(tree, file).read_text())
        for name, row in moved.items():
            if name not in there[set_] and row["new"] in there[set_]:
                yield Row(set_, name, "deprecated", row["new"], row["date"])


if __name__ == "__main__":
    main(sys.argv[1:])
