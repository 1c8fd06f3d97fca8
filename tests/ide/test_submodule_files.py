"""Submodules that are files of their own: their options are known below the option whose type they are, and nowhere else."""

from __future__ import annotations

import pytest

from nix_lsp.ide.completion import complete
from nix_lsp.ide.diagnostics import diagnostics
from nix_lsp.ide.hover import hover
from nix_lsp.syntax.document import Document
from tests.fixture import Fixture, project

KNOWN = [
    "types.submodule ./jobs/job.nix",
    "types.submodule (import ./jobs/job.nix)",
    "types.submodule (import ./jobs/job.nix { inherit lib; })",
    "types.submodule { imports = [ ./jobs/job.nix ]; }",
    "types.submoduleWith { modules = [ ./jobs/job.nix ]; }",
]
JOB = "{ lib, ... }: { options = { script = lib.mkOption { type = lib.types.lines; }; every = lib.mkOption { type = lib.types.int; }; }; }"


def opened(type_: str, uses: str, job: str = JOB) -> Fixture:
    files = f"#- /nixos/jobs/job.nix\n{job}\n#- /nixos/mine.nix\n{{ lib, ... }}: with lib; {{ options.mine.jobs = mkOption {{ type = types.attrsOf ({type_}); }}; }}\n"
    return project(f"{files}#- /nixos/configuration.nix\n{uses}\n", pin="25.11")


def said(fixture: Fixture) -> list[str]:
    return [
        f"{found.rule} {fixture.document.text(found.span)}"
        for found in diagnostics(fixture.workspace, fixture.document)
    ]


@pytest.mark.parametrize("type_", KNOWN)
def test_its_options_are_known_below_the_option_that_it_is_the_type_of(type_: str):
    uses = "{ imports = [ ./mine.nix ]; mine.jobs.a.ev$0ery = 1; }"
    shown = hover(*opened(type_, uses))
    assert shown
    assert shown.markdown.startswith("**`mine.jobs.a.every`**")
    proposed = complete(*opened(type_, "{ imports = [ ./mine.nix ]; mine.jobs.a.$0 }"))
    assert proposed
    assert {"script", "every"} <= {item.label for item in proposed.items}
    assert said(opened(type_, '{ imports = [ ./mine.nix ]; mine.jobs.a.every = "x"; mine.jobs.b.script = "y"; }')) == [
        'option-type "x"'
    ]


@pytest.mark.parametrize("type_", KNOWN)
def test_they_are_no_options_of_the_host(type_: str):
    assert hover(*opened(type_, "{ imports = [ ./mine.nix ]; ev$0ery = 1; }")) is None
    proposed = complete(*opened(type_, "{ imports = [ ./mine.nix ]; ev$0 }"))
    assert proposed is None or "every" not in {item.label for item in proposed.items}


@pytest.mark.parametrize("type_", KNOWN)
def test_the_file_is_neither_judged_nor_completed_as_a_module_of_its_folder(type_: str):
    job = "{ lib, config, ... }: { options.every = lib.mkOption { }; config.unheard-of.x = 1; config.$0 }"
    fixture = opened(type_, "{ imports = [ ./mine.nix ]; }", job)
    assert fixture.document.path == "/nixos/jobs/job.nix"
    assert said(fixture) == [found for found in said(fixture) if "option" not in found]
    proposed = complete(fixture.workspace, fixture.document, fixture.offset)
    assert proposed is None or not {"services", "networking"} & {item.label for item in proposed.items}


def test_an_edit_of_the_file_counts():
    workspace, document, _ = opened(KNOWN[0], "{ imports = [ ./mine.nix ]; mine.jobs.a.every = 1; }")
    assert not diagnostics(workspace, document)
    edited = workspace.with_document(Document("/nixos/jobs/job.nix", JOB.replace("types.int", "types.str").encode()))
    assert [found.rule for found in diagnostics(edited, document)] == ["option-type"]


def test_files_that_are_submodules_of_one_another_end():
    job = "{ lib, ... }: { options.again = lib.mkOption { type = lib.types.submodule ./job.nix; }; }"
    shown = hover(*opened(KNOWN[0], "{ imports = [ ./mine.nix ]; mine.jobs.a.again.again.ag$0ain = { }; }", job))
    assert shown
    assert shown.markdown.startswith("**`mine.jobs.a.again.again.again`**")
