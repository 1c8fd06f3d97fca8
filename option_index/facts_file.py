"""The embedded facts as a file: opened when first asked, read in place, never written. `scripts/build_facts.py` makes it."""

from __future__ import annotations

import os
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from option_index.interval import Snapshot

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Mapping, Sequence

    from option_index.names import Names

FACTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "data", "facts.sqlite")  # noqa: PTH100, PTH118, PTH120 -- start-up: no pathlib

PLACEHOLDERS = 1
"""Flag of a node: a child is a placeholder."""
HIDDEN = 2
"""Flag of a node: an option that exists and that no list publishes."""
MOVED = 4
"""Flag of a node: the source of a move."""

_VARIABLES = 500
"""So many values are asked for at once: SQLite before 3.32 takes 999."""
_KEPT = 4096
"""So many nodes above others are kept at hand."""


class Node(NamedTuple):
    """One path of a module set. Snapshots are positions; None where there are none."""

    id: int
    parent: int
    name: str
    tail: int
    """The greatest id at or below."""
    depth: int
    """Segments of the path."""
    flags: int
    first: int | None
    """The first snapshot with an option here or below."""
    last: int | None
    own_first: int | None
    """The first snapshot with an option exactly here."""
    own_last: int | None
    came: str | None
    """The release in which it came, where more than the snapshots tells it."""
    went: str | None


class Fact(NamedTuple):
    """What an option is from snapshot `since` on; texts by number."""

    since: int
    type: int
    default: int | None
    files: int | None
    read_only: int


class MoveRow(NamedTuple):
    """What a move says from snapshot `first` on."""

    first: int
    possible: int
    """The first snapshot in which the move may be in force."""
    kind: str
    target: str | None
    """The segments of the target, joined by newlines."""
    since: str | None
    """The release that it came in, where that is known."""
    file: str | None
    reason: str | None


class ModuleSet(NamedTuple):
    """One module set of the facts."""

    name: str
    title: str
    root: Node
    snapshots: tuple[Snapshot, ...]


class FactsFile:
    """The facts, opened on the first question. Use it from one thread at a time."""

    def __init__(self, path: str = FACTS) -> None:
        self._path = path
        self._opened: sqlite3.Connection | None = None
        self._sets: dict[str, ModuleSet] = {}
        self._nodes: dict[int, Node] = {}
        self._steps: dict[tuple[int, str], Sequence[Node]] = {}
        self._texts: dict[int, str] = {}
        self._names: Names | None = None

    @property
    def db(self) -> sqlite3.Connection:
        """The read-only connection; raises `sqlite3.OperationalError` where the file is missing."""
        if self._opened is None:
            import sqlite3

            # What else a path may hold means nothing in SQLite's URIs (https://www.sqlite.org/uri.html). pathlib would do, 4 ms later.
            path = os.path.abspath(self._path).replace("%", "%25").replace("?", "%3f").replace("#", "%23")  # noqa: PTH100
            uri = f"file://{'/' if os.sep != '/' else ''}{path.replace(os.sep, '/')}?mode=ro&immutable=1"
            self._opened = sqlite3.connect(uri, uri=True, check_same_thread=False)
        return self._opened

    def close(self) -> None:
        """Close the file; the next question opens it again."""
        if self._opened is not None:
            self._opened.close()
            self._opened = None

    def module_set(self, name: str) -> ModuleSet | None:
        """Return a module set with its snapshots, oldest first, or None for a set that the facts know nothing of."""
        if name in self._sets:
            return self._sets[name]
        row = self.db.execute("SELECT id, title, root FROM module_set WHERE name = ?", (name,)).fetchone()
        if row is None:
            return None
        id_, title, root = row
        rows = self.db.execute(
            "SELECT label, day, release FROM snapshot WHERE set_id = ? ORDER BY position", (id_,)
        ).fetchall()
        snapshots = tuple(Snapshot(label, date.fromisoformat(day), release) for label, day, release in rows)
        found = self._sets[name] = ModuleSet(name, title, self.nodes("id = ?", root)[0], snapshots)
        return found

    def nodes(self, condition: str, *values: object) -> list[Node]:
        """Return the nodes that a SQL condition (with ORDER BY and LIMIT where wanted) selects."""
        return [Node(*row) for row in self.db.execute(f"SELECT * FROM node WHERE {condition}", values)]  # noqa: S608 conditions are ours

    def step(self, above: Node, name: str) -> Sequence[Node]:
        """Return what stands directly below a node for a name: the child of this name, then placeholders."""
        key = (above.id, name)
        found = self._steps.get(key)
        if found is None:
            nodes = self.nodes("parent = ? AND name = ?", above.id, name)
            if above.flags & PLACEHOLDERS:
                any_name = self.nodes("parent = ? AND (name = '*' OR name >= '<' AND name < '=')", above.id)
                nodes += (child for child in any_name if child.name != name)
            if len(self._steps) > _KEPT:
                self._steps.clear()
            found = self._steps[key] = tuple(nodes)
        return found

    def node(self, id_: int) -> Node:
        """Return a node by its id."""
        found = self._nodes.get(id_)
        if found is None:
            found = self.nodes("id = ?", id_)[0]
            if len(self._nodes) > _KEPT:
                self._nodes.clear()
            self._nodes[id_] = found
        return found

    def nodes_of(self, ids: Sequence[int]) -> list[Node]:
        """Return several nodes by their ids, in the order of the ids."""
        found: dict[int, Node] = {}
        for start in range(0, len(ids), _VARIABLES):
            some = ids[start : start + _VARIABLES]
            for node in self.nodes(f"id IN ({','.join('?' * len(some))})", *some):
                found[node.id] = node
        return [found[id_] for id_ in ids]

    def bring(self, ids: Iterable[int]) -> None:
        """Read nodes and all above them, to have them at hand for `node`: a question a level, not one a node."""
        if len(self._nodes) > _KEPT:
            self._nodes.clear()
        missing = {id_ for id_ in ids if id_ not in self._nodes}
        while missing:
            nodes = self.nodes_of(list(missing))
            self._nodes.update((node.id, node) for node in nodes)
            missing = {node.parent for node in nodes if node.depth and node.parent not in self._nodes}

    @property
    def names(self) -> Names:
        """The names of all nodes as one text."""
        if self._names is None:
            from option_index.names import Names

            self._names = Names(self)
        return self._names

    def facts(self, node: int) -> Sequence[Fact]:
        """Return what an option is, from which snapshot on, oldest first."""
        rows = self.db.execute(
            "SELECT since, type, default_, files, read_only FROM fact WHERE node = ? ORDER BY since", (node,)
        )
        return [Fact(*row) for row in rows]

    def facts_of(self, nodes: Sequence[int]) -> Mapping[int, Sequence[Fact]]:
        """Return what several options are, by id; for each oldest first."""
        found: dict[int, list[Fact]] = {}
        for start in range(0, len(nodes), _VARIABLES):
            some = nodes[start : start + _VARIABLES]
            rows = self.db.execute(
                "SELECT node, since, type, default_, files, read_only FROM fact"  # noqa: S608 only the number of marks varies
                f" WHERE node IN ({','.join('?' * len(some))}) ORDER BY node, since",
                some,
            )
            for node, *fact in rows:
                found.setdefault(node, []).append(Fact(*fact))
        return found

    def facts_below(self, node: int) -> Sequence[tuple[int, Fact]]:
        """Return the facts of all options directly below a node, with the option's id; those of one option oldest first."""
        rows = self.db.execute(
            "SELECT node, since, type, default_, files, read_only FROM fact"
            " WHERE node IN (SELECT id FROM node WHERE parent = ? AND own_first IS NOT NULL) ORDER BY node, since",
            (node,),
        )
        return [(row[0], Fact(*row[1:])) for row in rows]

    def moves(self, node: int) -> Sequence[MoveRow]:
        """Return what the move of a node says, from which snapshot on, oldest first."""
        rows = self.db.execute(
            "SELECT first, possible, kind, target, since, file, reason FROM move WHERE node = ? ORDER BY first", (node,)
        )
        return [MoveRow(*row) for row in rows]

    def text(self, number: int) -> str:
        """Return an interned text."""
        found = self._texts.get(number)
        if found is None:
            found = self.db.execute("SELECT text FROM text WHERE id = ?", (number,)).fetchone()[0]
            self._texts[number] = found
        return found
