"""Looking for parts of names in the text of all names."""

from __future__ import annotations

import pytest

from option_index.facts_file import FactsFile
from option_index.names import Names

FILE = FactsFile()
NIXOS = FILE.module_set("nixos")


@pytest.mark.parametrize("part", ["openssh", "Ssh", "wireless", "<name>", "*"])
def test_what_is_found_is_what_a_scan_of_the_table_finds(part: str):
    assert NIXOS is not None
    low, high = NIXOS.root.id, NIXOS.root.tail
    found = list(Names(FILE).find(part, low, high))
    scanned = FILE.nodes("id > ? AND id <= ? AND instr(lower(name), ?)", low, high, part.lower())
    assert found
    assert len(set(found)) == len(found)
    assert set(found) == {node.id for node in scanned}


def test_starts_come_first_then_shallow_places():
    assert NIXOS is not None
    nodes = FILE.nodes_of(list(Names(FILE).find("net", NIXOS.root.id, NIXOS.root.tail)))
    rank = [(not node.name.lower().startswith("net"), node.depth) for node in nodes]
    assert rank == sorted(rank)
    assert nodes[0].depth == 1


def test_only_what_lies_below_a_place_is_found():
    services = FILE.nodes("parent = 1 AND name = 'services'")[0]
    found = list(Names(FILE).find("enable", services.id, services.tail))
    assert len(found) > 1_000
    assert all(services.id < id_ <= services.tail for id_ in found)
    assert list(Names(FILE).find("enable", services.tail, services.tail)) == []
