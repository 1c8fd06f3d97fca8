"""What is answered while a large project is not known yet, and how it becomes known in steps."""

from __future__ import annotations

import pytest

from nix_lsp.analysis.files import MemoryFiles
from nix_lsp.analysis.pin import Lane
from nix_lsp.analysis.project import Settings
from nix_lsp.analysis.workspace import Workspace
from nix_lsp.syntax.document import Document
from option_index.query import LibrarySet, OptionSet, PackageSet
from option_index.timeline import Point

FILES = {
    "/p/flake.nix": """{ outputs = { nixpkgs, ... }: {
      nixosConfigurations.a = nixpkgs.lib.nixosSystem { modules = [ ./a.nix ]; };
    }; }""",
    "/p/a.nix": "{ imports = [ ./own.nix ]; }",
    "/p/own.nix": '{ lib, ... }: { options.own.enable = lib.mkEnableOption "it"; }',
    "/p/b.nix": '{ networking.hostName = "b"; }',
}


class NoIndex:
    """A catalogue that knows nothing."""

    def options(self, module_set: str, point: Point) -> OptionSet | None:
        return None

    def has_hosts(self, module_set: str) -> bool:
        return False

    def host_options(self, module_set: str, fingerprint: str, point: Point) -> OptionSet | None:
        return None

    def packages(self, point: Point) -> PackageSet | None:
        return None

    def library(self, point: Point) -> LibrarySet | None:
        return None

    def declarations(self) -> None:
        return None


@pytest.fixture
def workspace() -> Workspace:
    return Workspace("/p", MemoryFiles(FILES), NoIndex())


def finish(workspace: Workspace) -> int:
    """Do all the steps of a survey; returns how many there were."""
    count = 0
    while (survey := workspace.survey()) is not None:
        while survey.advance():
            count += 1
        assert survey.is_done
    return count


def hosts(workspace: Workspace, path: str) -> list[str | None]:
    document = workspace.document(path)
    assert document
    return [lane.host for lane in workspace.lanes(document)]


def declared(workspace: Workspace) -> list[str]:
    found = workspace.declared(Lane("nixos", {}))
    return [".".join(segment.name or "?" for segment in option.path) for option in found]


def edit(workspace: Workspace, path: str, text: str) -> Workspace:
    return workspace.with_document(Document(path, text.encode(), 1))


def test_before_the_survey_only_what_a_file_says_itself_is_answered(workspace: Workspace):
    early = workspace.at_once()

    assert early.is_partial
    assert hosts(early, "/p/a.nix") == []
    assert declared(early) == []


def test_after_the_survey_the_same_is_answered_as_without_one(workspace: Workspace):
    assert finish(workspace) > len(FILES)

    whole = workspace.at_once()
    assert whole is workspace
    assert hosts(whole, "/p/own.nix") == ["nixosConfigurations.a"]
    assert declared(whole) == declared(Workspace("/p", MemoryFiles(FILES), NoIndex())) == ["own.enable"]


def test_edits_during_a_survey_count_and_do_not_begin_it_anew(workspace: Workspace):
    survey = workspace.survey()
    assert survey
    while survey.advance():
        pass
    edited = edit(workspace, "/p/b.nix", '{ lib, ... }: { options.late.enable = lib.mkEnableOption "it"; }')

    assert edited.survey() is None
    assert sorted(declared(edited)) == ["late.enable", "own.enable"]


def test_an_import_that_changes_during_a_survey_is_found_by_the_next_one(workspace: Workspace):
    survey = workspace.survey()
    assert survey
    survey.advance()
    edited = edit(workspace, "/p/a.nix", "{ imports = [ ./b.nix ]; }")
    assert edited.survey() is survey

    finish(edited)

    assert hosts(edited, "/p/b.nix") == ["nixosConfigurations.a"]
    assert hosts(edited, "/p/own.nix") == []


def test_while_an_import_is_edited_the_former_hosts_are_answered_at_once(workspace: Workspace):
    finish(workspace)

    edited = edit(workspace, "/p/a.nix", "{ imports = [ ./ow ]; }")

    early = edited.at_once()
    assert early.is_partial
    assert hosts(early, "/p/own.nix") == ["nixosConfigurations.a"]
    assert declared(early) == ["own.enable"]


def test_an_edit_that_declares_and_imports_nothing_else_leaves_nothing_to_survey(workspace: Workspace):
    finish(workspace)
    before = workspace.declared(Lane("nixos", {}))

    edited = edit(workspace, "/p/b.nix", '{ networking.hostName = "c"; }')

    assert edited.survey() is None
    assert edited.declared(Lane("nixos", {})) is before


def test_an_edited_declaration_is_seen_at_once(workspace: Workspace):
    finish(workspace)
    assert declared(workspace) == ["own.enable"]

    edited = edit(workspace, "/p/own.nix", '{ lib, ... }: { options.own.on = lib.mkEnableOption "it"; }')
    assert declared(edited.at_once()) == ["own.on"]

    emptied = edit(edited, "/p/own.nix", "{ }")
    assert declared(emptied.at_once()) == []


def test_another_pin_is_another_survey_and_the_answers_meanwhile_have_the_pin(workspace: Workspace):
    finish(workspace)

    pinned = workspace.with_settings(Settings(pin="25.11"))

    early = pinned.at_once()
    document = early.document("/p/a.nix")
    assert document
    assert [str(lane.pins["nixpkgs"].point) for lane in early.lanes(document)] == ["25.11"]
