"""What becomes of modules means the same to nixpkgs' module system, also where the title asks for a review."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.ide.refactorings.place import changed

if TYPE_CHECKING:
    from .conftest import NixInstantiate

TREE = Path(os.environ.get("NIXPKGS") or "/nonexistent")

pytestmark = pytest.mark.skipif(not (TREE / "lib").is_dir(), reason="$NIXPKGS names no nixpkgs tree")

MODULE = """\
{ config, lib, ... }:
{
  imports = [ ./other.nix ];

  # the name
  networking.hostName%(host)s = "a" + lib.concatStrings [ "b" ];
  services.web = {
    enable%(enable)s = true;
    port = %(port)s;
    names = i%(if)sf config.networking.hostName == "ab" then { x = 1; } else { };
  };
}
"""
OTHER = "{ ... }:\n{\n  services.web.more = [ 1 ];\n  on = true;\n}\n"
CASES = {
    "move-to-new-module": ("host", "$0"),
    "move-to-module": ("host", "$0"),
    "extract-to-option": ("port", "«80 + 1»"),
    "wrap-definition": ("host", "$0"),
    "if-to-mkif": ("if", "$0"),
}
PLAIN = {"host": "", "enable": "", "port": "80 + 1", "if": ""}
HOST = "{ outputs = { nixpkgs, ... }: { nixosConfigurations.a = nixpkgs.lib.nixosSystem { modules = [ ./configuration.nix ]; }; }; }\n"


def values(nix_instantiate: NixInstantiate, folder: Path, files: dict[str, str]) -> dict[str, object]:
    """Evaluate a project's configuration.nix, whatever options it defines."""
    for path, text in {"/other.nix": OTHER, **files}.items():
        (folder / path.removeprefix("/")).write_text(text)
    expression = f"""
      let lib = import {TREE}/lib;
      in removeAttrs (lib.evalModules {{
        modules = [ {folder}/configuration.nix {{ freeformType = lib.types.attrsOf lib.types.anything; }} ];
      }}).config [ "_module" "my" ]
    """
    ran = nix_instantiate(["--eval", "--strict", "--json", "--readonly-mode", "-"], expression, 60)
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


@pytest.mark.parametrize("wanted", CASES)
def test_the_configuration_stays_the_same(wanted: str, nix_instantiate: NixInstantiate, tmp_path: Path) -> None:
    slot, mark = CASES[wanted]
    before = values(nix_instantiate, tmp_path, {"/configuration.nix": MODULE % PLAIN})
    text = MODULE % {**PLAIN, slot: mark}

    files = changed(f"#- /flake.nix\n{HOST}#- /other.nix\n{OTHER}#- /configuration.nix\n{text}", wanted)

    assert files["/configuration.nix"] != MODULE % PLAIN
    after = values(nix_instantiate, tmp_path, files)
    assert after == before
