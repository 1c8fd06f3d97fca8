"""Where a name is bound: in the file, and in the files that it leads to."""

from __future__ import annotations

import pytest

from nix_lsp.analysis.pins.channels import Environment
from nix_lsp.ide.names.definition import declaration, definition
from tests.fixture import project
from tests.flake_inputs import store_path, with_inputs

from .marks import marked, places


@pytest.mark.parametrize(
    "fixture",
    [
        "let «a» = 1; in $0a",
        "let «a» = 1; in a$0",
        "let «a» = 1; in let b = 2; in { c = a$0; }",
        "let a = 1; in let «a» = 2; in a$0",
        "rec { «a» = 1; b = a$0; }",
        "{ «a» ? 1, b }: a$0",
        "{ a ? b$0, «b» }: a",
        "«args»@{ a, ... }: args$0.a",
        "{ a, ... }@«args»: args$0",
        "«x»: y: x$0",
        "let «s».a = 1; «s».b = 2; in s$0",
        'let «"a"» = 1; in a$0',
        'let «a» = 1; in { inherit "a$0"; }',
        'let «a» = 1; in "${a$0}"',
        "let «a» = 1; in { ${a$0} = 2; }",
        "let «or» = 1; in { inherit or$0; }",
    ],
)
def test_a_variable_leads_to_what_binds_it(fixture: str) -> None:
    (workspace, document, offset), expected = marked(fixture)

    assert places(definition(workspace, document, offset)) == expected


@pytest.mark.parametrize(
    "fixture",
    [
        "let x = { «a» = 1; }; in x.a$0",
        "let x = { «a».b = 1; }; in x.a$0.b",
        "let x = { a.«b» = 1; }; in x.a.b$0",
        "let x.a.«b» = 1; in x.a.b$0",
        "let x = { a = { «b» = 1; }; }; in x.a.b$0 or 2",
        "let x = rec { «a» = 1; }; in x ? a$0",
        "let x = { «a» = 1; }; in { inherit (x) a$0; }",
        "let x = { «a» = 1; }; inherit (x) a; in a$0",
        "let a = { «b» = 1; }; x = { inherit a; }; in x.a.b$0",
        "let x = { «a» = 1; }; in with x; a$0",
        "let x = { a = 1; } // { «a» = 2; }; in x.a$0",
        "let x = if c then { «a» = 1; } else { «a» = 2; }; in x.a$0",
        "let f = x: { «a» = x; }; in (f 1).a$0",
        "let f = { s }: s.a$0; in f { s = { «a» = 1; }; }",
        "let f = s: s.a$0; in f { «a» = 1; }",
        "let x = let y = { «a» = 1; }; in y; in x.a$0",
        "{ outputs = { self }: { lib.«f» = 1; packages.x = self.lib.f$0; }; }",
    ],
)
def test_an_attribute_leads_to_the_set_that_has_it(fixture: str) -> None:
    (workspace, document, offset), expected = marked(fixture.replace("{ outputs", "#- /flake.nix\n{ outputs"))

    assert places(definition(workspace, document, offset)) == expected


ACROSS = [
    """
    #- /a.nix
    let lib' = import ./lib { }; in lib'.f$0
    #- /lib/default.nix
    { }: { «f» = 1; }
    """,
    """
    #- /a.nix
    let inherit (import ./b.nix) x; in x$0
    #- /b.nix
    let y = 1; in { «x» = y; }
    """,
    """
    #- /a.nix
    { callPackage }: (callPackage ./p.nix { }).version$0
    #- /p.nix
    { stdenv }: { «version» = "1"; }
    """,
    """
    #- /a.nix
    { x = import ./b.nix { given = { «a» = 1; }; }; }
    #- /b.nix
    { given }: given.a$0
    """,
    """
    #- /flake.nix
    { outputs = inputs: { lib = import ./lib.nix; }; }
    #- /lib.nix
    { «f» = 1; }
    #- /m.nix
    { inputs, ... }: { x = inputs.self.lib.f$0; }
    """,
    """
    #- /flake.nix
    { outputs = { self, nixpkgs }: { packages = each (system: { «tool» = 1; }); x = self.packages.${s}.tool$0; }; }
    """,
    """
    #- /a.nix
    { imports = [ ./b$0 ]; }
    #- /b/default.nix
    «»{ }
    """,
    """
    #- /a.nix
    import ./$0b.nix
    #- /b.nix
    «»{ }
    """,
]


@pytest.mark.parametrize("fixture", ACROSS)
def test_it_leads_into_other_files(fixture: str) -> None:
    (workspace, document, offset), expected = marked(fixture)

    assert places(definition(workspace, document, offset)) == expected


@pytest.mark.parametrize(
    "fixture",
    [
        "let f = { «a», b ? 1 }: a; in f { a$0 = 1; }",
        "#- /a.nix\nimport ./b.nix { a$0 = 1; }\n#- /b.nix\n{ «a» }: a",
        "#- /a.nix\n{ callPackage }: callPackage ./b.nix { a$0 = 1; }\n#- /b.nix\n{ lib, «a» }: a",
    ],
)
def test_what_a_function_is_given_leads_to_its_argument(fixture: str) -> None:
    (workspace, document, offset), expected = marked(fixture)

    assert places(definition(workspace, document, offset)) == expected


def test_where_nobody_knows_what_a_with_has_the_withs_are_the_answer() -> None:
    (workspace, document, offset), expected = marked("«with» lib; «with» pkgs; foo$0")

    assert places(definition(workspace, document, offset)) == expected


@pytest.mark.parametrize(
    "fixture", ["ma$0p", "x: x.y$0", "{ }$0", "# $0", '"a$0"', "$0", "let in }}$0 {", "./missing$0.nix"]
)
def test_what_is_bound_nowhere_leads_nowhere(fixture: str) -> None:
    workspace, document, offset = marked(fixture).fixture

    assert definition(workspace, document, offset) == []


def test_the_declaration_is_the_nearest() -> None:
    (workspace, document, offset), expected = marked("let x = { a = 1; }; inherit (x) «a»; in a$0")

    assert places(declaration(workspace, document, offset)) == expected


def test_cycles_end() -> None:
    for text in (
        "let a = a; in a.b$0",
        "let inherit (a) a; in a$0",
        "let a = b.c; b = a.c; in a.c$0",
        "rec { a = { inherit a; }.a$0; }",
    ):
        workspace, document, offset = marked(text).fixture

        definition(workspace, document, offset)


def test_files_that_import_each_other_end() -> None:
    workspace, document, offset = marked("#- /a.nix\nimport ./b.nix\n#- /b.nix\n(import ./a.nix).x$0").fixture

    assert definition(workspace, document, offset) == []


def test_depth_costs_nothing() -> None:
    text = "let a = 1; in " + "(" * 100_000 + "a$0" + ")" * 100_000
    workspace, document, offset = marked(text).fixture

    assert places(definition(workspace, document, offset)) == {("/configuration.nix", 4, 5)}


FLAKE = """
    #- /flake.nix
    { inputs = { «given».url = "github:a/b"; }; outputs = { self, given }: { lib = given; m = ./m.nix; }; }
    #- /m.nix
    { inputs, ... }: { imports = [ inputs.given.m ]; }
"""


@pytest.mark.parametrize(
    "place", ["self, given$0 }", "lib = given$0;", "inputs.given$0.m", "{ «given$0».url", "self, give$0n }"]
)
def test_an_input_leads_to_its_declaration(place: str) -> None:
    (workspace, document, offset), expected = marked(FLAKE.replace(place.replace("$0", ""), place))

    assert places(definition(workspace, document, offset)) == expected
    assert places(declaration(workspace, document, offset)) == expected


def test_an_input_leads_to_its_own_flake_where_that_is_on_disk() -> None:
    workspace, document, offset = with_inputs(
        {"mine": {"flake.nix": "{ outputs = _: { }; }"}}, "{ inputs, ... }: { imports = [ inputs.mi$0ne.x ]; }"
    )

    assert places(definition(workspace, document, offset)) == {(f"{store_path('mine')}/flake.nix", 0, 0)}


def test_a_search_path_leads_where_nix_path_says() -> None:
    fixture = project(
        "#- /project/a.nix\nimport <given/li$0b>\n#- /elsewhere/lib/default.nix\n{ }",
        root="/project",
        environment=Environment({"NIX_PATH": "given=/elsewhere"}),
    )

    assert places(definition(*fixture)) == {("/elsewhere/lib/default.nix", 0, 0)}
