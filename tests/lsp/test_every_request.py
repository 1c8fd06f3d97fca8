"""Every request, asked with every editor's own capabilities at places of every kind: answers are what the protocol says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from nix_lsp.lsp.handlers import REQUESTS

from .connection import RefusedError, at

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from .connection import Connection, Json

TEXT = """\
{ config, lib, pkgs, ... }:
let
  own = import ./own.nix { inherit lib; };
  cfg = config.services.openssh;
in
{
  imports = [ ./other.nix ];
  options.my.enable = lib.mkEnableOption "it";
  config = lib.mkIf cfg.enable {
    hardware.opengl.enable = true;
    environment.systemPackages = with pkgs; [ git ];
    system.activationScripts.a = "useradd -m bob";
    my.enable = own.twice true; # https://example.org
  };
}
"""
SOUND, BROKEN = TEXT, TEXT.replace("];\n  options", "\n  options").replace("cfg.enable", "cfg.")
PLACES = [at(line, 18 if line % 2 else len(text) - len(text.lstrip())) for line, text in enumerate(TEXT.split("\n"))]
ASKED = sorted(method for method in REQUESTS if method.startswith("textDocument/"))
REFUSALS = {-32803, -32602}
"""What is refused says why: a name that cannot be renamed, a place where nothing is called."""


@pytest.mark.parametrize("editor", ["vscode", "nvim", "helix", "emacs"])
@pytest.mark.parametrize("text", [SOUND, BROKEN], ids=["sound", "broken"])
async def test_answers_are_the_protocols(
    editor: str, text: str, connection: Connection, project: Path, captured: Callable[[str], dict[str, Any]]
) -> None:
    (project / "other.nix").write_text("{ }\n")
    (project / "own.nix").write_text("{ lib }: { twice = x: lib.id x; }\n")
    payload = captured(editor)
    await connection.initialize(payload["capabilities"], clientInfo=payload.get("clientInfo"))
    uri = (project / "configuration.nix").as_uri()
    connection.open(uri, text)
    told = 0

    for number, place in enumerate(PLACES):
        for method in ASKED:
            told += bool(await _answer(connection, method, _params(uri, place, number)))

    assert told > len(PLACES), "nearly nothing was answered"


async def _answer(connection: Connection, method: str, params: Json) -> Any:
    """Return an answer, None for a refusal that gives its reason."""
    try:
        return await connection.request(method, params)
    except RefusedError as refused:
        if refused.code in REFUSALS and refused.message:
            return None
        raise


def _params(uri: str, place: Json, number: int) -> Json:
    return {
        "textDocument": {"uri": uri},
        "position": place,
        "positions": [place],
        "range": {"start": place, "end": at(place["line"] + number % 2, place["character"])},
        "context": {"includeDeclaration": True, "diagnostics": [], "triggerKind": 1, "isRetrigger": False},
        "newName": "renamed",
        "ch": "}",
        "options": {"tabSize": 2, "insertSpaces": True},
        "previousResultId": "none",
    }
