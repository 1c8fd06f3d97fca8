"""Call hierarchy: who calls a function, and whom it calls."""

from __future__ import annotations

import pytest

from nix_lsp.ide.names.calls import incoming, outgoing, routine_at
from tests.fixture import project

FILES = """
    #- /lib.nix
    let
      low = x: x;
      mid = x: y: low (low x) y;
    in
    { inherit low mid; high = { a }: mid (low a) 1; }
    #- /a.nix
    let l = import ./lib.nix; own = z: l.mid z (l.high { a = z; }); in { x = l.mid 1 2; inherit own; }
    #- /b.nix
    (import ./lib.nix).mid 3 4
"""


def shown(fixture: str, what: str) -> dict[str, int]:
    """Return the names of what calls the function at the cursor, or is called by it, with how often."""
    workspace, document, offset = project(fixture)
    item = routine_at(workspace, document, offset)
    assert item is not None
    found = {"incoming": incoming, "outgoing": outgoing}[what](workspace, item)
    return {f"{each.item.path} {each.item.name}": len(each.places) for each in found}


@pytest.mark.parametrize("place", ["      mi$0d = x", "mid$0 (low a)", "l.mid$0 1 2"])
def test_a_function_is_found_where_it_is_bound_and_where_it_is_called(place: str) -> None:
    workspace, document, offset = project(FILES.replace(place.replace("$0", ""), place))

    item = routine_at(workspace, document, offset)

    assert item is not None
    assert (item.name, item.path) == ("mid", "/lib.nix")


def test_incoming_calls() -> None:
    assert shown(FILES.replace("mid = x", "mi$0d = x"), "incoming") == {
        "/lib.nix high": 1,
        "/a.nix own": 1,
        "/a.nix x": 1,
        "/b.nix b.nix": 1,
    }


def test_calls_of_the_same_function_go_together() -> None:
    assert shown(FILES.replace("low = x", "lo$0w = x"), "incoming") == {"/lib.nix mid": 2, "/lib.nix high": 1}


def test_outgoing_calls() -> None:
    assert shown(FILES.replace("own = z", "ow$0n = z"), "outgoing") == {"/lib.nix mid": 1, "/lib.nix high": 1}
    assert shown(FILES.replace("mid = x", "mi$0d = x"), "outgoing") == {"/lib.nix low": 2}


def test_a_function_that_calls_itself() -> None:
    assert shown("let f$0 = n: f (n - 1); in f 3", "incoming") == {
        "/configuration.nix f": 1,
        "/configuration.nix configuration.nix": 1,
    }


@pytest.mark.parametrize("text", ["let a$0 = 1; in a", "{ a$0 }: a", "map$0 1", "x: $0", "pkgs.$0x 1"])
def test_what_is_no_function_has_none(text: str) -> None:
    assert routine_at(*project(text)) is None
