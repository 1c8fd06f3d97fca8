"""Every option that the real Nix knows to be renamed, and every one that the sources remove, is reported as that."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from nix_lsp.analysis.files import MemoryFiles
from nix_lsp.analysis.project import Settings
from nix_lsp.analysis.workspace import Workspace
from nix_lsp.ide.diagnostics import diagnostics
from nix_lsp.syntax.layout import attrpath_text
from option_index.catalog import Catalog
from option_index.timeline import parse_point

if TYPE_CHECKING:
    from tests.nix.conftest import NixInstantiate

DRIFT = Path(__file__).parents[3] / "shared" / "drift"
ALIASES = """
let
  eval = import {tree}/nixos/lib/eval-config.nix {{ system = "x86_64-linux"; modules = [ ]; }};
  inherit (eval.pkgs) lib;
  text = option: let d = option.description or ""; in if builtins.isString d then d else d.text or "";
  known = builtins.filter (option: option.visible == false && lib.hasPrefix "Alias of" (text option))
    (lib.optionAttrSetToDocList eval.options);
in map (option: {{ from = option.loc; to = text option; }}) known
"""
_TOLD = re.compile(r"`([^`]+)`")
_LITERAL = 0.99
"""The part that is found at least."""


class Renamed(NamedTuple):
    old: tuple[str, ...]
    new: str


@pytest.fixture
def tree() -> Path:
    """A nixpkgs tree with all its NixOS modules, named by `$NIXPKGS`."""
    path = Path(os.environ.get("NIXPKGS") or "/nonexistent")
    if not (path / "nixos/modules/module-list.nix").is_file():
        pytest.skip("$NIXPKGS names no nixpkgs tree")
    return path


def label(tree: Path) -> str:
    return f"{(tree / 'lib/.version').read_text().strip()}pre"


def concrete(path: list[str]) -> tuple[str, ...]:
    """Give placeholders a name."""
    return tuple("x" if segment == "*" or segment.startswith("<") else segment for segment in path)


class Reporter:
    """Reads modules of one definition at a label."""

    def __init__(self, label: str) -> None:
        self._catalog = Catalog()
        self._settings = Settings(pin=label)

    def report(self, path: tuple[str, ...]) -> list[tuple[str, str]]:
        """Return the rules and messages for a module that defines a path."""
        text = f"{{ {attrpath_text(path)} = null; }}"
        files = MemoryFiles({"/configuration.nix": text})
        workspace = Workspace("/", files, self._catalog, self._settings)
        document = workspace.document("/configuration.nix")
        assert document
        return [(each.rule, each.message) for each in diagnostics(workspace, document)]


def test_renamed_options_are_reported_with_their_new_name(nix_instantiate: NixInstantiate, tree: Path):
    said = nix_instantiate(
        ["--eval", "--strict", "--json", "--readonly-mode", "-E", ALIASES.format(tree=tree)], seconds=400
    )
    assert said.returncode == 0, said.stderr
    known = [Renamed(concrete(each["from"]), _TOLD.findall(each["to"])[0]) for each in json.loads(said.stdout)]
    assert len(known) > 300
    following = {attrpath_text(each.old): each.new for each in known}
    reporter = Reporter(label(tree))
    missing: list[str] = []
    for each in known:
        target = re.sub(r"<[^>]*>|\*", "x", each.new)
        targets = {target}
        while target in following and len(targets) < 9:
            target = following[target]
            targets.add(target)
        told = reporter.report(each.old)
        renamed = [message for rule, message in told if rule in {"option-renamed", "option-changed"}]
        # A path inside a submodule is told from the root; what a name leads to may itself be removed.
        found = any(f"`{new}`" in message or f".{new}`" in message for message in renamed for new in targets)
        removed = {"option-removed"} <= {rule for rule, _ in told}
        ended = removed and any("option-removed" in dict(reporter.report(tuple(new.split(".")))) for new in targets)
        if not found and not ended:
            missing.append(f"{attrpath_text(each.old)} -> {each.new}: {told}")
    print(f"{label(tree)}: {len(known) - len(missing)} of {len(known)}", *missing, sep="\n")
    assert len(known) - len(missing) >= _LITERAL * len(known), missing


def test_removed_options_are_reported(tree: Path):
    file = DRIFT / f"nixos-{label(tree)}.json"
    if not file.is_file():
        pytest.skip(f"{file.name} stands beside the repository, and is not here")
    rows = [
        row["from"] for row in json.loads(file.read_text()) if row["kind"] == "mkRemovedOptionModule" and row["from"]
    ]
    options = Catalog().options("nixos", parse_point(label(tree)))
    assert options
    # A row whose first name is none of the set's stands in a submodule, or in a module that is in no list.
    roots = {child.name for child in options.children(())}
    literal = [tuple(row) for row in rows if row[0] in roots and not any("<" in name or name == "*" for name in row)]
    reporter = Reporter(label(tree))
    missing = [
        attrpath_text(path)
        for path in literal
        if not any(rule == "option-removed" for rule, _ in reporter.report(path))
    ]
    print(f"{label(tree)}: {len(literal) - len(missing)} of {len(literal)} literal rows", *missing, sep="\n")
    assert len(literal) - len(missing) >= _LITERAL * len(literal), missing
