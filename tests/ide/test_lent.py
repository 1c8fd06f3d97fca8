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
