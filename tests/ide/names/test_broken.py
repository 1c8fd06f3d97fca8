"""Half a text, or one with holes in it, costs an answer at most."""

from __future__ import annotations

import random

import pytest

from nix_lsp.ide.names.calls import routine_at
from nix_lsp.ide.names.definition import declaration, definition
from nix_lsp.ide.names.options import definitions, submodules
from nix_lsp.ide.names.references import highlights, references
from nix_lsp.ide.names.rename import prepare, rename
from nix_lsp.ide.names.symbols import project_symbols
from tests.fixture import project

TEXT = """{ config, lib, pkgs, ... }@args:
let
  inherit (lib) mkIf mkOption types;
  cfg = config.services.mine;
  tools = rec { one = x: { y ? 2, ... }: x + y; two = one 1 { y = cfg.port; inherit (cfg) z; }; "three" = two; };
  make = name: { inherit name; value = "${name}${toString tools.two}"; };
in
with lib;
{
  imports = [ ./a.nix <nixpkgs/x> (import ./b { inherit lib; }) ];
  options.services.mine.port = mkOption { type = types.submodule ({ name, ... }: { options.z = mkOption { }; }); };
  config = mkIf cfg.port { services.mine.port = tools ? one || (make "a").value or args == [ ''x ${pkgs.hello} ''$ '' ]; };
}
"""


@pytest.mark.parametrize("seed", range(12))
def test_nothing_raises(seed: int) -> None:
    chosen = random.Random(seed)
    text = TEXT
    for _ in range(seed):
        start = chosen.randrange(len(text))
        text = (
            text[:start]
            + chosen.choice(["", "", "{", "}", '"', "''", "${", ";", "=", ".", "(", "let ", "é"])
            + text[start + chosen.randrange(6) :]
        )
    workspace, document, _ = project(f"#- /flake.nix\n{{ outputs = _: {{ }}; }}\n#- /a.nix\n{text}")
    document = workspace.document("/a.nix") or document

    for _ in range(60):
        offset = chosen.randrange(len(document.source) + 1)
        definition(workspace, document, offset)
        declaration(workspace, document, offset)
        definitions(workspace, document, offset)
        submodules(workspace, document, offset)
        references(workspace, document, offset, declarations=True)
        highlights(document, offset)
        prepare(workspace, document, offset)
        rename(workspace, document, offset, "fresh")
        routine_at(workspace, document, offset)
    project_symbols(workspace, "port")
