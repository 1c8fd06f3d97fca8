"""Build `option_index/data/facts.sqlite` from the published data: `scripts/build_facts.py [data folder] [output file]`.

Facts only: names, types, defaults, declaring files, versions, moves. Same input, same bytes.
"""

from __future__ import annotations

import sys
import zlib
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from scripts.facts import attributes, history, library, moves, packages, sources, tree, unpublished
from scripts.facts.builtins import read_builtins
from scripts.facts.notes import Notes
from scripts.facts.table import CAME, LEFT, MOVES
from scripts.facts.write import Writer

_ROOT = Path(__file__).parent.parent


def main(arguments: list[str]) -> None:
    """Build the file and print its size."""
    folder = Path(arguments[0]) if arguments else _ROOT.parent / "shared"
    output = Path(arguments[1]) if len(arguments) > 1 else _ROOT / "option_index" / "data" / "facts.sqlite"
    output.parent.mkdir(parents=True, exist_ok=True)
    build(folder, output)
    data = output.read_bytes()
    print(f"{output}: {len(data):,} bytes, {len(zlib.compress(data, 9)):,} deflated")


def build(folder: Path, output: Path) -> None:
    """Write the facts of a data folder (laid out as `../shared`) into a new file."""
    writer = Writer(output)
    start = 1
    for id_, (name, title) in enumerate(sources.SETS.items(), 1):
        snapshots = sources.sources(name)
        root = module_set(folder, snapshots)
        order = tree.number(root, start)
        notes = Notes(sources.read_json(folder, "drift/release-notes-nixos.json")) if name == "nixos" else None
        tree.date_changes(order, snapshots, tree.Dates(notes, CAME.get(name, {}), LEFT.get(name, {})))
        writer.module_set(id_, title, snapshots, order)
        start += len(order)
    lists = [packages.read(folder, label) for label in packages.SNAPSHOTS]
    days = {source.label: source.day.isoformat() for source in sources.sources("nixos")}
    writer.packages([(label, days[label]) for label in packages.SNAPSHOTS], lists)
    writer.attributes(attributes.sets(packages.SNAPSHOTS), attributes.attributes(packages.SNAPSHOTS))
    writer.package_moves(packages.aliases(folder, packages.SNAPSHOTS, lists))
    writer.package_moves(packages.set_aliases(packages.SNAPSHOTS))
    writer.library(library.read())
    writer.builtins(read_builtins(sources.read_json(folder, "language/nix-2.34.8.json")))
    writer.close()


def module_set(folder: Path, snapshots: list[sources.Source]) -> tree.Node:
    """Return the unnumbered tree of a module set: its options, their moves, and the options that no list publishes."""
    lists = [sources.read_options(folder, source) for source in snapshots]
    options = history.histories(lists)
    roots = {path[0] for path in options}
    name = snapshots[0].set
    table = unpublished.read(name)
    trees = [
        moves.Tree(
            scanned=tuple(moves.declared(sources.read_json(folder, source.drift), roots, listed, sources.MODULES[name]))
            if source.drift
            else None,
            evaluated=tuple(moves.Declared(*move, since=None, file=None) for move in table.moves[source.label])
            if source.label in table.moves
            else None,
            options=listed,
        )
        for source, listed in zip(snapshots, lists, strict=True)
    ]
    labels = [source.label for source in snapshots]
    drift = moves.with_table(moves.histories(trees), MOVES[name], labels)
    return tree.build(options, moves.vanished(drift, options, table.options, trees), table.options)


if __name__ == "__main__":
    main(sys.argv[1:])
