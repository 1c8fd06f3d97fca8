"""Files whose values other files take for definitions: judged where they are taken, and reported where they are written."""

from __future__ import annotations

import pytest

from nix_lsp.ide.completion import complete
from nix_lsp.ide.diagnostics import diagnostics
from nix_lsp.ide.hover import hover
from nix_lsp.syntax.document import Document
from tests.fixture import project


def found(fixture: str, pin: str | None = "25.11") -> list[str]:
    """Return what is said of the file with the cursor, or of the last: rule and reported text."""
    workspace, document, _ = project(fixture, pin=pin)
    return [f"{each.rule} {document.text(each.span)}" for each in diagnostics(workspace, document)]


RENAMED = "option-renamed hardware.opengl.enable"
BODY = "hardware.opengl.enable = true;"


@pytest.mark.parametrize(
    ("config", "mk"),
    [
        ("{ config = import ./mk.nix; }", f"{{ {BODY} }}"),
        ("{ config = import ./mk.nix { x = 1; }; }", f"{{ x }}: {{ {BODY} }}"),
        ("let mk = import ./mk.nix; in { config = mk 1 2; }", f"a: b: let c = a; in {{ {BODY} }}"),
        ("{ lib, ... }: { config = lib.mkMerge [ { } (lib.mkForce (import ./mk.nix)) ]; }", f"rec {{ {BODY} }}"),
        ("let l = import ./mk.nix; in { config = l.a.make { }; }", f"{{ a.make = {{ x ? 1 }}: {{ {BODY} }}; }}"),
        ("{ config = (import ./mk.nix { }).make 1; }", f"{{ }}: let f = x: {{ {BODY} }}; in {{ make = f; }}"),
        ("{ config = { a.b = 1; } // import ./mk.nix; }", f"{{ lib, ... }}: {{ {BODY} }}".partition(": ")[2]),
    ],
)
def test_what_is_taken_for_definitions_is_judged_where_it_is_written(config: str, mk: str):
    assert found(f"#- /configuration.nix\n{config}\n#- /mk.nix\n{mk}\n") == [RENAMED]


def test_it_is_judged_below_the_option_that_it_defines():
    host = "{ forceSSLL = true; forceSSL = 1; }"
    config = "{ services.nginx.virtualHosts.a = import ./host.nix; }"
    assert found(f"#- /configuration.nix\n{config}\n#- /host.nix\n{host}\n") == [
        "option-unknown forceSSLL",
        "option-type 1",
    ]


@pytest.mark.parametrize(
    "config",
    [
        "{ environment.etc.a.text = builtins.toJSON (import ./mk.nix); }",
        "let m = import ./mk.nix; in { networking.hostName = m.name; }",
        "{ config = map (import ./mk.nix) [ ]; }",
        "{ config = x: import ./mk.nix; }",
    ],
)
def test_what_is_taken_for_something_else_is_not_judged(config: str):
    assert found(f"#- /configuration.nix\n{config}\n#- /mk.nix\n{{ {BODY} name = 1; }}\n") == []


def test_each_place_that_takes_it_counts():
    takes = "#- /configuration.nix\n{ imports = [ ./b.nix ]; config = import ./mk.nix; }\n#- /b.nix\n{ hardware = import ./mk.nix; }\n"
    body = f"{BODY} services.openssh.enable = true; graphics.enable = true;"
    assert found(f"{takes}#- /mk.nix\n{{ {body} }}\n") == [
        "option-unknown hardware",
        RENAMED,
        "option-unknown services",
        "option-unknown graphics",
    ]


def test_an_edit_of_the_file_that_takes_is_seen():
    workspace, document, _ = project(
        f"#- /configuration.nix\n{{ config = import ./mk.nix; }}\n#- /mk.nix\n{{ {BODY} }}\n", pin="25.11"
    )
    assert diagnostics(workspace, document)
    edited = workspace.with_document(Document("/configuration.nix", b"{ environment.etc.a.source = import ./mk.nix; }"))
    assert not [each for each in diagnostics(edited, document) if each.rule == "option-renamed"]


def test_a_circle_of_files_that_take_from_one_another_ends():
    assert found("#- /a.nix\n{ config = import ./b.nix; }\n#- /b.nix\n{ config = import ./a.nix; }\n") == []


def test_hover_and_completion_know_where_it_belongs():
    files = "#- /configuration.nix\n{ services.openssh = import ./ssh.nix { }; }\n#- /ssh.nix\n"
    workspace, document, offset = project(files + "{ }: { settings.Permit$0RootLogin = true; }", pin="25.11")
    said = hover(workspace, document, offset)
    assert said
    assert said.markdown.startswith("**`services.openssh.settings.PermitRootLogin`**")
    workspace, document, offset = project(files + "{ }: { startWhenN$0 }", pin="25.11")
    proposed = complete(workspace, document, offset)
    assert proposed
    assert proposed.items[0].label == "startWhenNeeded"


FLAKE = """
#- /flake.nix
{ inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-25.11";
  inputs.home-manager.url = "github:nix-community/home-manager/release-25.11";
  outputs = { self, nixpkgs, home-manager, ... }@inputs: let lib' = import ./lib { inherit (nixpkgs) lib; }; in {
    lib = import ./lib { inherit (nixpkgs) lib; };
    nixosConfigurations.a = nixpkgs.lib.nixosSystem {
      specialArgs = { inherit lib' inputs self; lib = nixpkgs.lib.extend (final: prev: { my = lib'; }); };
      modules = [ ./configuration.nix home-manager.nixosModules.home-manager ];
    };
  };
}
"""


@pytest.mark.parametrize(
    "module",
    [
        "{ lib', ... }: { config = lib'.mkThing { x = 1; }; }",
        "{ lib', lib, ... }: { config = lib.mkForce (lib'.mkThing { }); }",
        "{ lib', ... }: let inherit (lib') mkThing; in { config = mkThing { }; }",
        "{ lib', ... }: with lib'; { config = mkThing { }; }",
        "{ self, ... }: { config = self.lib.mkThing { }; }",
        "{ inputs, ... }: { config = inputs.self.lib.mkThing { }; }",
        "{ lib, ... }: { config = lib.my.mkThing { }; }",
        "{ lib, ... }: { config = lib.my.thing; }",
    ],
)
def test_what_a_module_is_handed_as_an_argument_is_read_like_its_own(module: str):
    files = f"{FLAKE}#- /configuration.nix\n{module}\n#- /lib/default.nix\n"
    assert found(f"{files}{{ lib }}: rec {{ mkThing = args: {{ {BODY} }}; thing = mkThing 1; }}", None) == [RENAMED]


@pytest.mark.parametrize(
    "module",
    [
        "{ lib', ... }: { environment.etc.a.text = toString (lib'.mkThing { }); }",
        "{ lib', ... }: let f = lib': lib'.mkThing { }; in { config = f 1; }",
        "{ lib', ... }: { config = lib'.other { }; }",
        "{ lib', ... }: { config = lib'.mkThing; }",
        "lib': { config = lib'.mkThing { }; }",
    ],
)
def test_what_is_handed_for_something_else_is_not_judged(module: str):
    files = f"{FLAKE}#- /configuration.nix\n{module}\n#- /lib/default.nix\n"
    assert found(f"{files}{{ lib }}: {{ mkThing = args: {{ {BODY} }}; }}", None) == []


@pytest.mark.parametrize(
    "module", ["{ hardware = (lib'.mkThing { }).hardware; }", "{ inherit (lib'.mkThing { }) hardware; }"]
)
def test_a_part_of_what_is_handed_is_judged_where_it_is_written(module: str):
    files = f"{FLAKE}#- /configuration.nix\n{{ lib', ... }}: {module}\n#- /lib/default.nix\n"
    assert found(f"{files}{{ lib }}: {{ mkThing = args: {{ {BODY} other = 1; }}; }}", None) == [
        "option-renamed opengl.enable"
    ]


def test_what_a_module_says_that_others_are_handed_counts():
    files = (
        f"{FLAKE}#- /configuration.nix\n{{ imports = [ ./b.nix ]; _module.args.mk = import ./mk.nix; }}\n#- /b.nix\n"
    )
    assert found(f"{files}{{ mk, ... }}: {{ hardware = mk 1; }}\n#- /mk.nix\na: {{ opengl.enable = true; }}", None) == [
        "option-renamed opengl.enable"
    ]


def test_homes_of_a_host_are_handed_what_it_says_for_them():
    files = (
        f"{FLAKE}#- /configuration.nix\n{{ home-manager.extraSpecialArgs.mk = import ./mk.nix; "
        "home-manager.users.u = ./home.nix; }\n#- /home.nix\n{ mk, ... }: { programs = mk.programs 1; }\n#- /mk.nix\n"
    )
    assert found(f"{files}{{ programs = n: {{ exa.enable = true; exaa.enable = true; }}; }}", None) == [
        "option-renamed exa.enable",
        "option-unknown exaa",
    ]


def test_functions_that_are_handed_are_judged_after_an_edit_too():
    files = f"{FLAKE}#- /configuration.nix\n{{ lib', ... }}: {{ config = lib'.mkThing {{ }}; }}\n#- /lib/default.nix\n"
    workspace, document, _ = project(f"{files}{{ lib }}: {{ mkThing = args: {{ }}; }}")
    assert not diagnostics(workspace, document)
    edited = Document(document.path, f"# new\n{{ lib }}: {{ a = 1; mkThing = args: {{ {BODY} }}; }}".encode())
    assert [each.rule for each in diagnostics(workspace.with_document(edited), edited)] == ["option-renamed"]


@pytest.mark.parametrize(
    ("config", "mk"),
    [
        ("{ inherit (import ./mk.nix) hardware; }", f"{{ {BODY} }}"),
        (
            "{ inherit (import ./mk.nix { inherit lib; }) hardware networking; }",
            f"{{ lib }}: {{ {BODY} networking = {{ }}; }}",
        ),
        ("{ config = { inherit (import ./mk.nix 1) hardware; }; }", f"a: let b = a; in {{ {BODY} }}"),
        ("let inherit (import ./mk.nix) a b; in { config = a; }", f"{{ a = {{ {BODY} }}; b = 1; }}"),
        ("let inherit (import ./mk.nix { x = 1; }) a; in { config = a 1; }", f"{{ x }}: {{ a = n: {{ {BODY} }}; }}"),
        ("let m = import ./mk.nix; inherit (m) a; in { config = a; }", f"{{ a = {{ {BODY} }}; }}"),
        ("let m = import ./mk.nix; in { inherit (m.a) hardware; }", f"{{ a = {{ {BODY} }}; }}"),
        ("let hardware = import ./mk.nix; in { inherit hardware; }", "{ opengl.enable = true; }"),
        ("with import ./mk.nix; { config = a; }", f"{{ a = {{ {BODY} }}; }}"),
    ],
)
def test_what_is_inherited_from_another_file_is_judged_there(config: str, mk: str):
    said = found(f"#- /configuration.nix\n{config}\n#- /mk.nix\n{mk}\n")
    assert said in ([RENAMED], ["option-renamed opengl.enable"])
