"""Rows about Nix itself: `imp-spath-nixpkgs`, `imp-impure-builtins`, `imp-fetchtarball-nohash` and their like."""

from __future__ import annotations

import pytest

from nix_lsp.analysis.project import Settings
from nix_lsp.ide.diagnostics import diagnostics
from nix_lsp.ide.edits import apply
from nix_lsp.ide.model import Diagnostic, Severity, Tier
from nix_lsp.syntax.document import Document
from tests.fixture import Fixture, project

SRI = "imp-sha256-sri"
FLAKE = """
#- /flake.nix
{
  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-25.11";
  inputs.home-manager.url = "github:nix-community/home-manager/release-25.11";
  outputs = { nixpkgs, home-manager, ... }@inputs: {
    nixosConfigurations.box = nixpkgs.lib.nixosSystem { specialArgs = { inherit inputs; }; modules = [ ./box.nix ]; };
    homeConfigurations.me = home-manager.lib.homeManagerConfiguration { modules = [ ./me.nix ]; };
  };
}
"""


def found_in(fixture: Fixture) -> list[Diagnostic]:
    return [each for each in diagnostics(fixture.workspace, fixture.document) if each.rule.startswith("imp-")]


def found(text: str, path: str = "/default.nix", *, asked: str = "") -> list[Diagnostic]:
    settings = Settings(selected_rules=frozenset({asked})) if asked else None
    return found_in(project(text, path=path, settings=settings))


def of_module(text: str, file: str = "/box.nix") -> Fixture:
    """A module that a host of a flake is built from."""
    return project(f"{FLAKE}#- {file}\n{text}")


def fixed(fixture: Fixture) -> str:
    """Apply the first fix of the first finding; what it makes parses, and is found no more."""
    diagnostic = found_in(fixture)[0]
    result = apply(fixture.document.source, diagnostic.fixes[0].edits[0].edits)
    assert not Document("", result).root.has_error
    return result.decode()


def test_a_search_path_in_a_flake():
    (one,) = found_in(of_module("{ imports = [ <nixpkgs/nixos/modules/profiles/minimal.nix> ]; }\n"))
    assert one.rule == "imp-spath-nixpkgs"
    assert one.severity is Severity.WARNING
    assert [fix.tier for fix in one.fixes] == [Tier.MECHANICAL]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "{ lib, ... }:\n{\n  imports = [ <nixpkgs/nixos/modules/profiles/minimal.nix> ];\n}\n",
            '{ lib, modulesPath, ... }:\n{\n  imports = [ (modulesPath + "/profiles/minimal.nix") ];\n}\n',
        ),
        (
            "{ inputs, ... }:\n{\n  imports = [ <home-manager/nixos> ];\n}\n",
            "{ inputs, ... }:\n{\n  imports = [ inputs.home-manager.nixosModules.home-manager ];\n}\n",
        ),
        (
            "{ inputs, pkgs, ... }:\nlet\n  free = import <nixpkgs> { config.allowUnfree = true; };\nin\n{ a = free; }\n",
            "{ inputs, pkgs, ... }:\nlet\n  free = import inputs.nixpkgs { inherit (pkgs.stdenv.hostPlatform) system; config.allowUnfree = true; };\nin\n{ a = free; }\n",
        ),
    ],
)
def test_what_the_flake_pins_is_taken_instead(before: str, after: str):
    assert fixed(of_module(before)) == after


@pytest.mark.parametrize(
    "text",
    [
        "{ pkgs ? import <nixpkgs> { }, ... }: { environment.systemPackages = [ pkgs.hello ]; }",
        '{ environment.etc.x.text = "<nixpkgs>"; }',
        "# <nixpkgs>\n{ }",
        "{ pkgs, ... }: { environment.systemPackages = [ (pkgs.path or <none>) ]; }",
    ],
)
def test_other_search_paths_stay(text: str):
    assert not found_in(of_module(text))


@pytest.mark.parametrize("path", ["/configuration.nix", "/shell.nix", "/pkgs/x/default.nix"])
def test_a_project_on_channels_is_left_alone(path: str):
    assert not found("{ imports = [ <nixpkgs/nixos/modules/profiles/minimal.nix> ]; a = import <nixpkgs> { }; }", path)


def test_an_author_who_speaks_of_impure_is_only_told():
    fixture = project(
        f'{FLAKE}#- /me.nix\n{{ programs.bash.shellAliases.x = "nixos-rebuild --impure"; }}\n#- /box.nix\n{{ a = <nixpkgs>$0; }}'
    )
    assert [each.severity for each in found_in(fixture)] == [Severity.HINT]


NPINS = """
#- /npins/default.nix
{ }
#- /npins/sources.json
{ "version": 5, "pins": { "nixpkgs": { "type": "Channel", "name": "nixos-25.11", "url": "https://releases.nixos.org/nixos/25.11/nixos-25.11.1234.0123456789ab/nixexprs.tar.xz", "hash": "x" } } }
"""


def test_a_shell_takes_the_pin_of_npins():
    fixture = project(f"{NPINS}#- /shell.nix\n{{ pkgs ? import <nixpkgs> {{ }} }}: pkgs.mkShell {{ }}\n")
    assert fixed(fixture) == "{ pkgs ? import (import ./npins).nixpkgs { } }: pkgs.mkShell { }\n"
    assert found_in(fixture)[0].severity is Severity.HINT


def test_other_files_beside_npins_are_left_alone():
    assert not found_in(project(f"{NPINS}#- /pkgs/shell.nix\n{{ pkgs ? import <nixpkgs> {{ }} }}: pkgs\n"))
    assert not found_in(project(f"{NPINS}#- /shell.nix\n{{ lib ? import <nixpkgs/lib> }}: lib\n"))


@pytest.mark.parametrize(
    ("expression", "severity"),
    [
        ("builtins.currentSystem", Severity.WARNING),
        ("toString builtins.currentTime", Severity.WARNING),
        ('builtins.storePath "/nix/store/x"', Severity.WARNING),
        ('builtins.getEnv "DISPLAY"', Severity.HINT),
    ],
)
def test_builtins_that_ask_the_machine(expression: str, severity: Severity):
    (one,) = found_in(of_module(f"{{ networking.hostName = {expression}; }}"))
    assert (one.rule, one.severity, one.fixes) == ("imp-impure-builtins", severity, ())


@pytest.mark.parametrize(
    "text",
    [
        '{ x = builtins.currentSystem or "x86_64-linux"; }',
        "{ x = builtins ? currentSystem; }",
        "{ x = if builtins ? currentSystem then builtins.currentSystem else null; }",
        "{ system ? builtins.currentSystem, ... }: { x = system; }",
        '{ x = if builtins.getEnv "CI" == "" then 1 else 2; }',
        '{ x = builtins.getEnv "CI" != ""; }',
        "let builtins = { currentSystem = 1; }; in { x = builtins.currentSystem; }",
        "{ currentSystem = 1; }",
        "{ x = builtins.getEnv; }",
    ],
)
def test_builtins_with_another_answer_stay(text: str):
    assert not found_in(of_module(text))


def test_builtins_outside_flakes_stay():
    assert not found("{ x = builtins.currentSystem; }", "/shell.nix")
    assert not found('{ x = builtins.getEnv "HOME"; }', "/configuration.nix")


def test_the_home_folder_is_an_option():
    fixture = of_module('{ lib, ... }:\n{\n  home.sessionVariables.A = "${builtins.getEnv "HOME"}/a";\n}\n', "/me.nix")
    assert (
        fixed(fixture) == '{ lib, config, ... }:\n{\n  home.sessionVariables.A = "${config.home.homeDirectory}/a";\n}\n'
    )


def test_the_home_folder_does_not_define_itself():
    fixture = of_module('{\n  home.homeDirectory = builtins.getEnv "HOME";\n}\n', "/me.nix")
    assert [each.fixes for each in found_in(fixture)] == [()]


URL = "https://github.com/o/r/archive/master.tar.gz"
REVISION = "0123456789abcdef0123456789abcdef01234567"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            f'import (fetchTarball "{URL}") {{ }}\n',
            f'import (fetchTarball {{\n  url = "{URL}";\n  sha256 = "";\n}}) {{ }}\n',
        ),
        (
            f'let\n  x = builtins.fetchTarball {{\n    url = "{URL}"; # newest\n  }};\nin\nx\n',
            f'let\n  x = builtins.fetchTarball {{\n    url = "{URL}"; # newest\n    sha256 = "";\n  }};\nin\nx\n',
        ),
        (f"builtins.fetchTarball {URL}\n", f'builtins.fetchTarball {{\n  url = "{URL}";\n  sha256 = "";\n}}\n'),
    ],
)
def test_a_tarball_gets_a_place_for_its_hash(before: str, after: str):
    fixture = project(before, path="/default.nix")
    assert fixed(fixture) == after
    assert not found(after)
    (one,) = found_in(fixture)
    assert (one.severity, one.fixes[0].tier, one.fixes[0].preferred) == (Severity.HINT, Tier.REVIEW, False)
    assert "changes under you" in one.message


def test_a_tarball_in_a_flake_is_worse():
    (one,) = found_in(of_module(f'{{ imports = [ (fetchTarball "https://a.b/{REVISION}.tar.gz") ]; }}'))
    assert one.severity is Severity.WARNING


@pytest.mark.parametrize(
    "text",
    [
        f'fetchTarball {{ url = "{URL}"; sha256 = "x"; }}',
        f'fetchTarball {{ url = "{URL}"; inherit sha256; }}',
        f'fetchTarball "https://github.com/o/r/archive/{REVISION}.tar.gz"',
        f'let fetchTarball = x: x; in fetchTarball "{URL}"',
        f'{{ fetchTarball }}: fetchTarball "{URL}"',
        "fetchTarball url",
        'fetchTarball "https://a.b/${rev}.tar.gz"',
        "fetchTarball (args // { })",
        "fetchTarball { inherit (x) url sha256; }",
        "{ inherit (builtins) fetchTarball; }",
        f'# fetchTarball "{URL}"\n1',
        f'fetchTarball "file://{URL}"',
    ],
)
def test_other_tarballs_stay(text: str):
    assert not found(text)


@pytest.mark.parametrize(
    "text",
    [
        'builtins.fetchGit "https://github.com/o/r"',
        'fetchGit { url = "https://github.com/o/r"; ref = "main"; }',
        'fetchGit { url = "git@github.com:o/r"; }',
        'builtins.getFlake "github:o/r"',
        'builtins.fetchTree { type = "git"; url = "https://github.com/o/r"; }',
    ],
)
def test_a_repository_without_a_revision(text: str):
    assert [(each.rule, each.fixes) for each in found(text)] == [("imp-fetchgit-norev", ())]


@pytest.mark.parametrize(
    "text",
    [
        f'fetchGit {{ url = "https://github.com/o/r"; rev = "{REVISION}"; }}',
        'fetchGit { url = "https://github.com/o/r"; inherit rev; }',
        "fetchGit ./.",
        "fetchGit { url = ./.; }",
        'fetchGit "/srv/repo"',
        f'builtins.getFlake "github:o/r/{REVISION}"',
        "builtins.getFlake (toString ./.)",
        'builtins.fetchTree { type = "tarball"; url = "https://a.b/c"; }',
        "builtins.fetchTree node.locked",
        "builtins.fetchGit args",
    ],
)
def test_other_repositories_stay(text: str):
    assert not found(text)


@pytest.mark.parametrize("branch", ["main", "master", "HEAD", "refs/heads/next"])
def test_a_branch_with_a_hash(branch: str):
    text = f'{{ pkgs }}: pkgs.fetchFromGitHub {{ owner = "o"; repo = "r"; rev = "{branch}"; hash = "sha256-x"; }}'
    assert [each.rule for each in found(text)] == ["imp-fetchurl-branch"]


@pytest.mark.parametrize(
    "text",
    [
        '{ pkgs }: pkgs.fetchFromGitHub { owner = "o"; repo = "r"; rev = "v1"; hash = "sha256-x"; }',
        '{ pkgs }: pkgs.fetchFromGitHub { owner = "main"; repo = "master"; rev = "v1"; hash = "sha256-x"; }',
        '{ pkgs }: pkgs.fetchFromGitHub { owner = "o"; repo = "r"; rev = "main"; }',
        '{ pkgs }: pkgs.other { rev = "main"; hash = "sha256-x"; }',
        '{ rev = "main"; hash = "x"; branch = "master"; }',
        'builtins.fetchGit { url = ./.; ref = "main"; hash = "x"; }',
    ],
)
def test_other_references_stay(text: str):
    assert not found(text)


BASE32 = "0000000000000000000000000000000000000000000000000000"
ZERO = "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="


@pytest.mark.parametrize(
    ("digest", "sri"),
    [
        (BASE32, ZERO),
        ("0" * 64, ZERO),
        # Computed with `nix hash convert`.
        ("1b8m03r63zqhnjf7l5wnldhh7c134ap5vpj0850ymkq1iyzicy5s", "sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0="),
        (
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
            "sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=",
        ),
    ],
)
def test_a_hash_is_written_as_sri_where_that_is_asked_for(digest: str, sri: str):
    text = '{{ pkgs }}: pkgs.fetchurl {{\n  url = "https://a.b";\n  {}; # of a\n}}'
    (one,) = found(text.format(f'sha256 = "{digest}"'), asked=SRI)
    source = text.format(f'sha256 = "{digest}"').encode()
    assert apply(source, one.fixes[0].edits[0].edits).decode() == text.format(f'hash = "{sri}"')
    assert not found(text.format(f'sha256 = "{digest}"'))


@pytest.mark.parametrize(
    "text",
    [
        f'fetchTarball {{ url = "https://a.b"; sha256 = "{BASE32}"; }}',
        f'builtins.fetchurl {{ url = "https://a.b"; sha256 = "{BASE32}"; }}',
        f'{{ pkgs }}: pkgs.fetchurl {{ url = "https://a.b"; sha256 = "{ZERO}"; }}',
        '{ pkgs }: pkgs.fetchurl { url = "https://a.b"; sha256 = "z000000000000000000000000000000000000000000000000000"; }',
        f'{{ pkgs }}: pkgs.fetchurl {{ url = "https://a.b"; sha256 = "{BASE32}"; hash = "x"; }}',
        f'{{ sha256 = "{BASE32}"; }}',
    ],
)
def test_other_hashes_stay(text: str):
    assert not found(text, asked=SRI)


def test_a_comment_switches_a_row_off():
    assert not found(f'# nix-lsp: ignore imp-fetchtarball-nohash\nimport (fetchTarball "{URL}")')


@pytest.mark.parametrize(
    "text", ["fetchTarball", "builtins.getEnv", "{ a = <nixpkgs", 'fetchGit "', "<nixpkgs>", "sha256"]
)
def test_half_of_it_is_no_harm(text: str):
    found_in(of_module(text))
    found(text, asked=SRI)
