"""Imported files that do not exist, in projects on disk and in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from nix_lsp.analysis.files import DiskFiles
from nix_lsp.analysis.workspace import Workspace
from nix_lsp.ide.diagnostics import diagnostics
from nix_lsp.syntax.document import Document
from option_index.catalog import Catalog
from tests.fixture import project

if TYPE_CHECKING:
    from pathlib import Path


def missing(text: str, others: str = "") -> list[str]:
    """Return the messages about imports in /p/configuration.nix, beside which /p/there.nix and /p/folder/x.nix stand."""
    files = f"#- /p/there.nix\n{{ }}\n#- /p/folder/x.nix\n{{ }}\n{others}#- /p/configuration.nix\n{text}\n"
    fixture = project(files, root="/p")
    return [
        found.message for found in diagnostics(fixture.workspace, fixture.document) if found.rule == "import-missing"
    ]


def test_a_module_or_a_value_that_is_not_there():
    there_is_none = "There is no file `./gone.nix`. Nix stops where it is imported."
    assert missing("{ imports = [ ./gone.nix ./there.nix ]; }") == [there_is_none]
    assert missing("{ networking.hostName = import ./gone.nix; }") == [there_is_none]
    assert missing("{ home-manager.users.me = import ./gone.nix; }") == [there_is_none]


def test_a_path_that_nix_cannot_read_is_a_syntax_error_alone():
    assert missing("{ a = import ./gone//there; b = import ./gone/; }") == []


def test_a_folder_without_default_nix():
    assert missing("{ imports = [ ./folder ]; }") == [
        "The folder `./folder` has no default.nix. Nix stops where it is imported."
    ]


@pytest.mark.parametrize(
    "text",
    [
        "{ imports = [ ./there.nix ]; }",
        "{ imports = [ ./hardware-configuration.nix ]; }",
        "{ imports = [ /etc/nixos/x.nix <nixpkgs/x.nix> ~/x.nix ../outside.nix ]; }",
        "{ imports = lib.optional (builtins.pathExists ./gone.nix) ./gone.nix; }",
        "{ imports = if builtins.pathExists ./gone.nix then [ ./gone.nix ] else [ ]; }",
        "{ imports = builtins.filter builtins.pathExists [ ./gone.nix ]; }",
        '{ imports = [ ./${name}.nix (./folder + "/gone.nix") ]; }',
        "{ environment.etc.x.source = ./gone.nix; }",
        '# import ./gone.nix\n{ x = "import ./gone.nix"; }',
    ],
)
def test_what_may_be_there_or_is_not_needed_is_passed_over(text: str):
    assert missing(text) == []


def test_what_is_not_kept_with_the_project_is_passed_over():
    ignored = "#- /p/.gitignore\n/secret/\nlocal*.nix\n"
    assert missing("{ imports = [ ./secret/x.nix ./local-1.nix ]; }", ignored) == []
    assert missing("{ imports = [ ./private/x.nix ]; }", '#- /p/.gitmodules\n[submodule "p"]\n\tpath = private\n') == []


def test_gitignore_is_read_as_git_reads_it():
    ignored = "#- /p/.gitignore\n/*\n!/kept.nix\n!/folder\nbuild/\n"
    assert missing("{ imports = [ ./any.nix ./build ./folder/build ]; }", ignored) == []
    assert len(missing("{ imports = [ ./kept.nix ./folder/gone.nix ]; }", ignored)) == 2
    assert len(missing("{ imports = [ ./folder/any.nix ]; }", "#- /p/.gitignore\n/any.nix\nfolder/*.txt\n")) == 1


def test_a_document_that_is_not_saved_yet_exists():
    fixture = project("#- /p/a.nix\n{ imports = [ ./new ]; }\n", root="/p")
    assert diagnostics(fixture.workspace, fixture.document)
    assert not diagnostics(fixture.workspace.with_document(Document("/p/new/default.nix", b"{ }")), fixture.document)


def test_links_that_lead_elsewhere_or_in_circles_and_empty_folders_are_passed_over(tmp_path: Path):
    root = tmp_path / "project"
    root.mkdir()
    (root / "submodule").mkdir()
    (root / "circle").symlink_to(root / "circle")
    (root / "elsewhere").symlink_to(tmp_path)
    (root / "a.nix").write_text(
        "{ imports = [ ./submodule ./submodule/x.nix ./elsewhere/x.nix ./circle ./gone.nix ]; }"
    )
    workspace = Workspace(str(root), DiskFiles(str(root)), Catalog())
    document = workspace.document(str(root / "a.nix"))
    assert document
    found = [document.text(each.span) for each in diagnostics(workspace, document)]
    assert found == ["./circle", "./gone.nix"]
