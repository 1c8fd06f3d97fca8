"""What an edit in one file changes in others, and what it leaves alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import nix_lsp.analysis.module
from nix_lsp.ide.diagnostics import diagnostics
from nix_lsp.syntax.document import Document
from tests.fixture import project

if TYPE_CHECKING:
    import pytest

    from nix_lsp.analysis.workspace import Workspace

FILES = """
#- /configuration.nix
{ imports = [ ./options.nix ./uses.nix ./other.nix ]; }
#- /options.nix
{ lib, ... }: { options.my.thing = lib.mkEnableOption "a thing"; }
#- /other.nix
{ services.openssh.enable = true; }
#- /uses.nix
{ my.thing = true; }
"""


def found(workspace: Workspace, path: str) -> list[str]:
    document = workspace.document(path)
    assert document
    return [each.rule for each in diagnostics(workspace, document)]


def test_a_change_in_one_module_judges_the_others_anew_and_reads_that_module_only(monkeypatch: pytest.MonkeyPatch):
    before = project(FILES, pin="25.11").workspace
    assert [found(before, path) for path in ("/uses.nix", "/other.nix", "/options.nix")] == [[], [], []]

    read: list[str] = []

    def counted(name: str) -> None:
        really = getattr(nix_lsp.analysis.module, name)

        def counting(document: Document, *rest: object) -> object:
            read.append(document.path)
            return really(document, *rest)

        monkeypatch.setattr(nix_lsp.analysis.module, name, counting)

    counted("read_module")
    counted("read_declarations")
    text = b'{ lib, ... }: { options.my.thin = lib.mkEnableOption "a thing"; }'
    after = before.with_document(Document("/options.nix", text))

    assert found(after, "/uses.nix") == ["option-unknown"]
    assert found(after, "/other.nix") == []
    assert set(read) == {"/options.nix"}
