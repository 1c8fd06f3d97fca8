"""Definitions of modules: wrapped, moved, made options; conditions, packages, inputs, files that are missing."""

from __future__ import annotations

import pytest

from nix_lsp.analysis.project import Settings
from nix_lsp.ide.actions import code_actions
from nix_lsp.ide.refactorings import refactorings
from nix_lsp.syntax.span import Span
from tests.fixture import project

from .place import after, changed, titles

HOST = "{ outputs = { nixpkgs, ... }: { nixosConfigurations.a = nixpkgs.lib.nixosSystem { modules = [ ./configuration.nix ]; }; }; }"

CHANGED = {
    "a list can also stand before the others": (
        "wrap-definition",
        "mkBefore",
        "{ lib, ... }: { environment.shells$0 = [ x ]; }",
        "{ lib, ... }: { environment.shells = lib.mkBefore [ x ]; }",
    ),
    "what is applied is parenthesised": (
        "wrap-definition",
        "mkForce",
        "{ lib, ... }: { networking.hostName$0 = f 1; }",
        "{ lib, ... }: { networking.hostName = lib.mkForce (f 1); }",
    ),
    "an inherited function has its own name": (
        "wrap-definition",
        "mkForce",
        "{ lib, ... }: let inherit (lib) mkForce; in { networking.hostName$0 = x; }",
        "{ lib, ... }: let inherit (lib) mkForce; in { networking.hostName = mkForce x; }",
    ),
    "an option of a submodule in a list": (
        "wrap-definition",
        "mkDefault",
        "{ lib, ... }: { services.nginx.virtualHosts.a.listen = [ { port$0 = x; } ]; }",
        "{ lib, ... }: { services.nginx.virtualHosts.a.listen = [ { port = lib.mkDefault x; } ]; }",
    ),
    "an if of two sets": (
        "if-to-mkif",
        "each branch",
        "{ lib, x, ... }: { config = i$0f x then { a = 1; } else { b = 2; }; }",
        "{ lib, x, ... }: { config = lib.mkMerge [ (lib.mkIf x { a = 1; }) (lib.mkIf (!x) { b = 2; }) ]; }",
    ),
    "an if on lines of its own": (
        "if-to-mkif",
        "",
        "{ lib, x, ... }:\n{\n  config =\n    i$0f x == 1 then\n      {\n        a = 1;\n      }\n    else\n      { };\n}",
        "{ lib, x, ... }:\n{\n  config = lib.mkIf (x == 1) {\n    a = 1;\n  };\n}",
    ),
    "an if of several lines": (
        "optional-to-if",
        "",
        "{ lib, x }:\n{\n  a = lib.option$0als x [\n    1\n  ];\n}",
        "{ lib, x }:\n{\n  a =\n    if x then\n      [\n        1\n      ]\n    else\n      [ ];\n}",
    ),
    "a function from a with": (
        "optional-to-if",
        "",
        "{ lib, x }: with lib; option$0als x [ 1 ]",
        "{ lib, x }: with lib; if x then [ 1 ] else [ ]",
    ),
    "an inherited function": (
        "unwrap-definition",
        "",
        "{ lib, ... }: let inherit (lib) mkForce; in { a.b$0 = mkForce x; }",
        "{ lib, ... }: let inherit (lib) mkForce; in { a.b = x; }",
    ),
    "groups of packages keep their headings": (
        "sort-packages",
        "",
        "{\n  packages = [\n    # editors\n    vim\n    emacs # e$0\n\n    # tools\n    zip\n    # a\n    a.b\n  ];\n}",
        "{\n  packages = [\n    # editors\n    emacs # e\n    vim\n\n    # tools\n    # a\n    a.b\n    zip\n  ];\n}",
    ),
    "packages on one line": (
        "sort-packages",
        "",
        "{ environment.systemPackages = with pkgs; [ vim $0git ]; }",
        "{ environment.systemPackages = with pkgs; [ git vim ]; }",
    ),
    "what fromJSON reads": (
        "from-json",
        "",
        """{ a = builtins.from$0JSON ''{ "b": { "c d": [1e30, 2], "if": "x\\ny" } }''; }""",
        '{ a = { b = { "c d" = [ 1.0e30 2 ]; "if" = "x\\ny"; }; }; }',
    ),
}
REFUSED = {
    "no lib, and no way to get it": ("wrap-definition", "{ pkgs }: { networking.hostName$0 = x; }"),
    "a definition that has a priority": ("wrap-definition", "{ lib, ... }: { networking.hostName$0 = lib.mkForce x; }"),
    "a set of options": ("wrap-definition", "{ lib, ... }: { networking$0 = { hostName = x; }; }"),
    "a part of a list's element": (
        "wrap-definition",
        '{ lib, ... }: { assertions = [ { assertion$0 = x; message = "a"; } ]; }',
    ),
    "no module": ("wrap-definition", "{ lib, stdenv, fetchurl }: stdenv.mkDerivation { pname$0 = x; }"),
    "a mkIf round many options": (
        "mkif-to-if",
        "{ lib, ... }: { services = lib.mk$0If x { openssh.enable = true; }; }",
    ),
    "the config of a module": (
        "mkif-to-if",
        "{ lib, ... }: { config = lib.mk$0If x { services.openssh.enable = true; }; }",
    ),
    "somebody else's optionals": ("optional-to-if", "{ x, mine }: mine.option$0als x [ 1 ]"),
    "optionals that are bound here": ("optional-to-if", "{ x, optionals }: option$0als x [ 1 ]"),
    "an if with something else": ("if-to-optional", "{ lib, x }: i$0f x then [ 1 ] else [ 2 ]"),
    "an if of two kinds": ("if-to-optional", "{ lib, x }: i$0f x then [ 1 ] else { }"),
    "no lib": ("if-to-optional", "{ x }: i$0f x then [ 1 ] else [ ]"),
    "packages in order": ("sort-packages", "{ packages = [ a $0b ]; }"),
    "a list of other things": ("sort-packages", "{ imports = [ b $0a ]; }"),
    "calls in a list of packages": ("sort-packages", "{ packages = [ (f b) $0a ]; }"),
    "Nix in brackets": ("json-to-nix", "{ a = «[ 1 2 ]»; }"),
    "a number that Nix cannot hold": ("json-to-nix", '{ a = «{"a": 123456789012345678901234567890}»; }'),
    "JSON in a string": ("json-to-nix", "{ a = ''«{\"a\": 1}»''; }"),
    "a name of a let": ("move-to-new-module", "{ ... }: let x = 1; in { a = 1; networking.hostName$0 = x; }"),
    "the only definition of a set without imports, which would be empty": (
        "move-to-new-module",
        "{ ... }: { networking.hostName$0 = 1; }",
    ),
    "a nested definition": ("move-to-new-module", "{ ... }: { a = 1; networking = { hostName$0 = x; }; }"),
    "imports": ("extract-to-option", "{ config, lib, ... }:\n{\n  imports = [ «./a.nix» ];\n  a = 1;\n}"),
    "a name": ("extract-to-option", "{ config, lib, ... }:\n{\n  a = «lib»;\n}"),
    "a closed module": ("extract-to-option", '{ pkgs }:\n{\n  networking.hostName = «"a"»;\n}'),
}


@pytest.mark.parametrize("case", CHANGED)
def test_the_text_becomes(case: str):
    wanted, title, before, expected = CHANGED[case]
    assert after(before, wanted, title) == expected


@pytest.mark.parametrize("case", REFUSED)
def test_nothing_is_offered(case: str):
    wanted, text = REFUSED[case]
    assert titles(text, wanted) == []


def test_a_definition_goes_where_its_siblings_are_with_its_paths_and_arguments():
    files = changed(
        f"""
        #- /flake.nix
        {HOST}
        #- /hosts/web.nix
        {{ ... }}:
        {{
          services.nginx = {{
            enable = true;
          }};
          time.timeZone = "UTC";
        }}
        #- /configuration.nix
        {{ pkgs, ... }}:
        {{
          imports = [ ./hosts/web.nix ];

          # served
          services.nginx.virtual$0Hosts.a = {{
            root = ./www; # here
            locations."/".extraConfig = pkgs.x;
          }};
        }}
        """,
        "move-to-module",
    )
    assert files["/configuration.nix"] == "{ pkgs, ... }:\n{\n  imports = [ ./hosts/web.nix ];\n}\n"
    assert files["/hosts/web.nix"] == (
        "{ pkgs, ... }:\n{\n  services.nginx = {\n    enable = true;\n    # served\n    virtualHosts.a = {\n"
        '      root = ../www; # here\n      locations."/".extraConfig = pkgs.x;\n    };\n  };\n  time.timeZone = "UTC";\n}\n'
    )


def test_other_modules_are_looked_into_only_when_somebody_opens_the_menu():
    fixture = f"""
        #- /flake.nix
        {HOST}
        #- /web.nix
        {{ }}
        #- /configuration.nix
        {{ imports = [ ./web.nix ]; networking.host$0Name = "a"; }}
    """
    workspace, document, offset = project(fixture)
    here = Span(offset, offset)
    asked = {row.id for row, _ in refactorings(workspace, document, here)}
    automatic = {row.id for row, _ in refactorings(workspace, document, here, is_automatic=True)}
    assert asked - automatic == {"move-to-module"}


def test_a_new_module_joins_the_imports_and_takes_the_comments():
    files = changed(
        "{ lib, ... }:\n{\n  imports = [\n    ./a.nix\n  ];\n\n  # b\n  users.users.b$0 = {\n    isNormalUser = lib.id true;\n  }; # B\n  c = 1;\n}\n",
        "move-to-new-module",
    )
    assert files == {
        "/b.nix": "{ lib, ... }:\n\n{\n  # b\n  users.users.b = {\n    isNormalUser = lib.id true;\n  }; # B\n}\n",
        "/configuration.nix": "{ lib, ... }:\n{\n  imports = [\n    ./a.nix\n    ./b.nix\n  ];\n\n  c = 1;\n}\n",
    }


def test_selected_definitions_go_together():
    files = changed(
        "{ pkgs, lib, ... }:\n{\n  a.x = 1;\n  «# b\n  services.b.enable = true;\n  c = pkgs.c;»\n  d = lib;\n}\n",
        "move-to-new-module",
    )
    assert files == {
        "/b.nix": "{ pkgs, ... }:\n\n{\n  # b\n  services.b.enable = true;\n  c = pkgs.c;\n}\n",
        "/configuration.nix": "{ pkgs, lib, ... }:\n{\n  imports = [ ./b.nix ];\n\n  a.x = 1;\n  d = lib;\n}\n",
    }


def test_an_option_goes_where_the_module_declares_others():
    before = (
        "{ config, lib, ... }:\n{\n  options.site = {\n    on = lib.mkOption { };\n  };\n\n"
        '  config = {\n    networking.hostName = «"a"»;\n  };\n}\n'
    )
    assert after(before, "extract-to-option") == (
        "{ config, lib, ... }:\n{\n  options.site = {\n    on = lib.mkOption { };\n    hostName = lib.mkOption {\n"
        '      type = lib.types.str;\n      default = "a";\n      description = "";\n    };\n  };\n\n'
        "  config = {\n    networking.hostName = config.site.hostName;\n  };\n}\n"
    )


def test_a_missing_file_is_made_by_how_it_is_imported():
    assert changed("{ pkgs }: pkgs.callPackage ./to$0ol { }", "create-import") == {
        "/tool/default.nix": '{ lib, stdenv }:\n\nstdenv.mkDerivation {\n  pname = "";\n  version = "";\n}\n'
    }
    assert titles("{ a = ./no$0t.nix; }", "create-import") == []
    assert titles("#- /there.nix\n{ }\n#- /configuration.nix\n{ imports = [ ./the$0re.nix ]; }", "create-import") == []


def test_making_a_file_solves_the_finding():
    workspace, document, offset = project("{ imports = [ ./lo$0cal.nix ]; }")
    actions = code_actions(workspace, document, Span(offset, offset), ["quickfix"])
    (action,) = [each for each in actions if each.fix.creates]
    assert action.diagnostic
    assert action.diagnostic.rule == "import-missing"


FLAKE = '{\n  inputs$0.nixpkgs.url = "github:NixOS/nixpkgs/nixos-unstable";\n  outputs = inputs: { };\n}\n'


def test_an_input_goes_beside_the_others():
    assert after(FLAKE, "add-flake-input", "disko", path="/flake.nix") == (
        '{\n  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-unstable";\n  inputs.disko = {\n'
        '    url = "github:nix-community/disko";\n    inputs.nixpkgs.follows = "nixpkgs";\n  };\n  outputs = inputs: { };\n}\n'
    )


def test_an_input_that_is_there_is_not_offered():
    flake = FLAKE.replace("nixos-unstable", "x").replace(
        "  outputs", '  inputs.hm.url = "github:nix-community/home-manager";\n  outputs'
    )
    offered = titles(flake, "add-flake-input", path="/flake.nix")
    assert "Add input `sops-nix`" in offered
    assert not any("home-manager" in title for title in offered)


def test_a_closed_outputs_function_takes_the_input():
    flake = "{\n  inputs$0 = { };\n  outputs = { self }: { };\n}\n"
    assert after(flake, "add-flake-input", "impermanence", path="/flake.nix") == (
        '{\n  inputs = {\n    impermanence.url = "github:nix-community/impermanence";\n  };\n'
        "  outputs = { self, impermanence }: { };\n}\n"
    )


@pytest.mark.parametrize("text", ["{ url = http$0://example.org; }", "{ pkgs, ... }: { x = li$0b.id 1; }"])
def test_what_a_rule_offers_is_not_offered_again(text: str):
    workspace, document, offset = project(text, settings=Settings())
    actions = code_actions(workspace, document, Span(offset, offset), ["quickfix"])
    assert actions
    assert all(action.diagnostic for action in actions)
    assert len({action.fix.edits for action in actions}) == len(actions)
