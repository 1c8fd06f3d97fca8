"""Write `attributes.tsv`: what nixpkgs has in `pkgs` beside its published packages. `scripts/facts/tabulate_attributes.py LABEL=TREE …`.

Each tree is evaluated by the local Nix (`attributes.nix`). A name that stops the evaluation is left out, and it is evaluated again.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent.parent
sys.path.insert(0, str(ROOT))

from scripts.facts import packages  # noqa: E402

_INSTANTIATE = ("nix-instantiate", "--eval", "--strict", "--json", "--readonly-mode", "--expr")
_SECONDS = 300
_PARTIAL = re.compile(
    r"haskell|^gnome\d*Extensions$|^rPackages$|^pypy|^nixosTests$|^perlPackages$|^home-assistant-component-tests$"
)
"""Sets that are made of files too large for the trees at hand, that no project names, or that are the same as one with a version."""
_VARYING = re.compile(
    r"^linux|^darwin$|^driversi686|bsd$|[cC]uda|^rocm|[wW]ine|^llvm|^minimal-bootstrap|^xen|^_|^pkgs|^stdenv|Versions$|^nix"
)
"""Sets whose names depend on the platform, the version or the configuration as well."""
_SETTINGS = frozenset({"config", "buildPlatform", "hostPlatform", "targetPlatform", "platforms", "threads"})
_MOST = 2500
"""A set with more names that no list publishes is left out."""


class Tree(NamedTuple):
    """What one nixpkgs has."""

    kinds: dict[str, str]
    """By name in `pkgs` itself, of those that are not published."""
    sets: dict[str, frozenset[str]]
    """All names of each set."""
    published: dict[str, frozenset[str]]
    """Published names by set; `""` is `pkgs` itself."""


def main(arguments: list[str]) -> None:
    """Evaluate the trees and write the table beside this file."""
    trees = {label: evaluate(Path(tree), label) for label, tree in (argument.split("=") for argument in arguments)}
    lines = sorted(rows(trees))
    Path(__file__).with_name("attributes.tsv").write_text("".join("\t".join(line) + "\n" for line in lines))


def evaluate(tree: Path, label: str) -> Tree:
    """Return what a nixpkgs has, beside what its list publishes."""
    published: defaultdict[str, set[str]] = defaultdict(set)
    for attr in packages.read(ROOT.parent / "shared", label):
        set_, _, name = attr.rpartition(".")
        published[set_].add(name)
    found = _evaluated(tree, sorted(published[""]))
    return Tree(
        found["kinds"],
        {name: frozenset(members) for name, members in found["sets"].items()},
        {path: frozenset(names) for path, names in published.items()},
    )


def _evaluated(tree: Path, published: list[str]) -> dict[str, dict[str, str]]:
    without: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        lists = [Path(folder, name) for name in ("published.json", "without.json")]
        lists[0].write_text(json.dumps(published))
        while True:
            lists[1].write_text(json.dumps(without))
            expression = (
                f"import {Path(__file__).with_name('attributes.nix')} "
                f"{{ tree = {tree}; published = {lists[0]}; without = {lists[1]}; }}"
            )
            done = subprocess.run(
                (*_INSTANTIATE, expression), capture_output=True, text=True, timeout=_SECONDS, check=False
            )
            if done.returncode == 0:
                return json.loads(done.stdout)
            marked = re.findall(r"^trace: @@(.*)$", done.stderr, re.MULTILINE)
            if not marked or marked[-1] in without:
                raise RuntimeError(done.stderr[-2000:])
            without.append(marked[-1])


def rows(trees: dict[str, Tree]) -> set[tuple[str, str, str, str]]:
    """Return lines of the table: the set, the kind, the snapshots that have the names, the names.

    Kinds of lines beside those of attributes: `whole` for a set all of whose names are known; `like` for one that has the names of another.
    """
    found: set[tuple[str, str, str, str]] = set()
    named: defaultdict[tuple[str, str, str], set[str]] = defaultdict(set)
    kinds = {name: kind for tree in trees.values() for name, kind in tree.kinds.items()}
    for name, kind in kinds.items():
        where = ",".join(label for label, tree in trees.items() if name in tree.kinds)
        named["", "package" if kind == "unknown" else kind, where].add(name)
    found.add(("", "whole", ",".join(trees), ""))
    canonical: dict[tuple[frozenset[str], ...], str] = {}
    names = {
        name for tree in trees.values() for name in tree.sets if not _PARTIAL.search(name) and name not in _SETTINGS
    }
    ranked = sorted(names, key=lambda name: (-sum(len(tree.published.get(name, ())) for tree in trees.values()), name))
    for name in ranked:
        there = [label for label, tree in trees.items() if name in tree.sets]
        members = tuple(trees[label].sets[name] if label in there else frozenset[str]() for label in trees)
        if not any(members):
            continue
        if (other := canonical.setdefault(members, name)) != name:
            found.add((name, "like", ",".join(there), other))
            continue
        unlisted = [(label, trees[label].sets[name] - trees[label].published.get(name, frozenset())) for label in there]
        if sum(len(rest) for _, rest in unlisted) > _MOST * len(trees):
            del canonical[members]
            continue
        if not _VARYING.search(name):
            found.add((name, "whole", ",".join(there), ""))
        for member in frozenset[str]().union(*(rest for _, rest in unlisted)):
            where = ",".join(label for label, rest in unlisted if member in rest)
            named[name, "member", where].add(member)
    return found | {(*key, " ".join(sorted(group))) for key, group in named.items()}


if __name__ == "__main__":
    main(sys.argv[1:])
