"""The real Nix: where it keeps a source, and what it evaluates within which bounds."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from option_index.evaluate import EvaluationError, Limits, evaluated
from option_index.readers.options_json import read_options
from option_index.store_path import source_in_store

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.nix.conftest import NixInstantiate

TREE = os.environ.get("NIXPKGS")


def eval_config(folder: Path, body: str) -> Path:
    """Write a nixpkgs that is nothing but an `eval-config.nix`."""
    file = folder / "nixos" / "lib" / "eval-config.nix"
    file.parent.mkdir(parents=True)
    file.write_text(f"{{ system, modules }}: {{ config.system.build.manual.optionsNix = {body}; }}")
    return folder


@pytest.fixture
def nix(program: Callable[[str], Path]) -> str:
    return str(program("nix-instantiate"))


def test_a_source_is_where_nix_puts_it(nix_instantiate: NixInstantiate, tmp_path: Path):
    source = tmp_path / "source"
    source.mkdir()
    (source / "default.nix").write_text("{ }")
    expression = f"""
      let path = builtins.path {{ path = {source}; name = "source"; }};
      in {{ inherit path; hash = (builtins.fetchTree {{ type = "path"; path = toString {source}; }}).narHash; }}
    """
    said = nix_instantiate(["--eval", "--strict", "--json", "--expr", expression])
    assert said.returncode == 0, said.stderr
    answer = json.loads(said.stdout)
    assert str(source_in_store(answer["hash"])) == answer["path"]


def test_options_are_evaluated(nix: str, tmp_path: Path):
    tree = eval_config(tmp_path / "a tree", '{ "a.b" = { loc = [ "a" "b" ]; type = "string"; declarations = [ ]; }; }')
    with evaluated(tree, program=nix) as file:
        assert [(option.path, option.type) for option in read_options(file)] == [(("a", "b"), "string")]
    assert not file.exists()


@pytest.mark.parametrize(
    ("body", "limits", "said"),
    [
        ('throw "no such thing"', Limits(), "no such thing"),
        ("let f = x: f (x + 1); in f 0", Limits(seconds=2), "overflow|not done after 2 seconds|more time|code"),
        ("builtins.foldl' (a: b: a + b) 0 (builtins.genList (x: x) 1000000000)", Limits(memory=2**30), "more memory"),
        ("builtins.readFile /etc/hostname", Limits(), "restricted|forbidden"),
        ("builtins.fetchurl http://127.0.0.1/x", Limits(), "restricted|forbidden"),
    ],
)
def test_what_goes_wrong_is_told(nix: str, tmp_path: Path, body: str, limits: Limits, said: str):
    with (
        pytest.raises(EvaluationError, match=said),
        evaluated(eval_config(tmp_path / "t", body), limits=limits, program=nix),
    ):
        pass


@pytest.mark.skipif(TREE is None, reason="NIXPKGS names no source tree of nixpkgs; docs/indexes.md has the last result")
def test_all_of_nixos_is_evaluated(nix: str):
    with evaluated(Path(str(TREE)), program=nix) as file:
        options = {option.path: option for option in read_options(file)}
    assert len(options) > 20000
    assert options["services", "nginx", "enable"].type == "boolean"
