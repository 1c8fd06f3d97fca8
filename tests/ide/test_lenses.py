"""What is counted above names."""

from __future__ import annotations

from nix_lsp.analysis.project import Settings
from nix_lsp.ide.lenses import code_lenses, counted, title
from tests.fixture import project

BOTH = Settings(pin="25.11", reference_lenses=True, definition_lenses=True)


def lenses(fixture: str, settings: Settings = BOTH) -> list[str]:
    """Return each lens as the name and what is said above it."""
    at = project(fixture, settings=settings)
    return [
        f"{at.document.text(lens.span)}: "
        + title(len(counted(at.workspace, at.document, lens.span.start, lens.kind)), lens.kind)
        for lens in code_lenses(at.workspace, at.document)
    ]


def test_names_of_a_let_and_functions_of_a_set_say_how_often_they_are_used():
    text = """
        let
          one = 1;
          none = 2; beside = 3;
        in
        rec {
          twice = x: x + one + one;
          value = twice beside;
        }
    """
    assert lenses(text) == ["one: 2 references", "none: 0 references", "twice: 1 reference"]


def test_uses_in_other_files_count():
    files = """
        #- /other.nix
        let l = import ./lib.nix; in [ (l.f 1) (l.f 2) ]
        #- /lib.nix
        {
          f = x: x;$0
        }
    """
    assert lenses(files) == ["f: 2 references"]


def test_declared_options_say_how_often_the_project_defines_them():
    files = """
        #- /flake.nix
        {
          outputs = { nixpkgs, ... }: {
            nixosConfigurations.a = nixpkgs.lib.nixosSystem { modules = [ ./configuration.nix ./module.nix ]; };
          };
        }
        #- /configuration.nix
        { my.thing.enable = true; }
        #- /module.nix
        { lib, ... }: {
          options.my.thing.enable = lib.mkEnableOption "it";
          options.my.thing.other = lib.mkEnableOption "it";$0
        }
    """
    assert lenses(files) == ["enable: 1 definition", "other: 0 definitions"]


def test_nothing_is_shown_unasked():
    assert lenses("let\n  a = 1;\nin a", Settings()) == []
