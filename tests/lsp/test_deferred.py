"""lsprotocol's classes, built when they are first used, are the classes that lsprotocol builds at once."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

CLIENTS = Path(__file__).parents[3] / "shared" / "clients"

# Structures what it is given on standard input, with classes deferred or not, and prints what comes of it.
ROUND_TRIP = """
import json, sys
from nix_lsp.lsp.deferred import import_lsprotocol
import_lsprotocol()
from lsprotocol import types
from lsprotocol.converters import get_converter
converter = get_converter()
answers = []
for method, message in json.load(sys.stdin):
    structured = converter.structure(message, types.METHOD_TO_TYPES[method][0])
    answers.append([repr(structured), converter.unstructure(structured), structured == structured])
print(json.dumps([type(types.Position.__dict__.get("__attrs_attrs__")).__name__, answers]))
"""
NOT_BUILT = """
from nix_lsp.lsp.deferred import import_lsprotocol
import_lsprotocol()
from lsprotocol import types
print("__attrs_attrs__" in types.SelectionRange.__dict__ and type(types.SelectionRange.__dict__["__attrs_attrs__"]).__name__)
a = types.Position(line=1, character=2)
print(a == types.Position(1, 2), repr(a), a < types.Position(2, 0))
try:
    types.Position(line="x", character=-1)
except (TypeError, ValueError) as error:
    print(type(error).__name__)
"""


def run(code: str, stdin: str = "", *, eager: bool) -> str:
    ran = subprocess.run(
        [sys.executable, "-c", code],
        input=stdin,
        env={"NIX_LSP_EAGER": "1" if eager else "0"},
        capture_output=True,
        text=True,
        check=True,
    )
    return ran.stdout


def messages() -> list[tuple[str, object]]:
    place = {"textDocument": {"uri": "file:///a.nix"}, "position": {"line": 1, "character": 2}}
    edit = {"range": {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 1}}, "text": "x"}
    identified = {"textDocument": {"uri": "file:///a.nix", "version": 2}}
    return [
        ("textDocument/hover", {"id": 1, "jsonrpc": "2.0", "method": "textDocument/hover", "params": place}),
        (
            "textDocument/didChange",
            {
                "jsonrpc": "2.0",
                "method": "textDocument/didChange",
                "params": {**identified, "contentChanges": [edit, {"text": "whole"}]},
            },
        ),
        *(
            ("initialize", {"id": 0, "jsonrpc": "2.0", "method": "initialize", "params": json.loads(file.read_text())})
            for file in sorted(CLIENTS.glob("*.json"))
        ),
    ]


def test_structuring_and_unstructuring_are_the_same() -> None:
    sent = json.dumps(messages())

    eager, deferred = (json.loads(run(ROUND_TRIP, sent, eager=eager)) for eager in (True, False))

    assert deferred[1] == eager[1]


def test_a_class_is_built_when_it_is_used_and_checks_its_values() -> None:
    eager, deferred = (run(NOT_BUILT, eager=eager).splitlines() for eager in (True, False))

    assert deferred[0] == "_Fields"
    assert deferred[0] != eager[0]
    assert deferred[1:] == eager[1:]


@pytest.mark.parametrize("eager", [True, False])
def test_attrs_itself_is_left_as_it_was(eager: bool) -> None:
    code = (
        "import attrs; before = attrs.define; from nix_lsp.lsp.deferred import import_lsprotocol; import_lsprotocol()"
    )

    assert run(f"{code}\nprint(attrs.define is before)", eager=eager) == "True\n"
