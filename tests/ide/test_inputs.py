"""What inputs declare, as features show it."""

from __future__ import annotations

import pytest

from nix_lsp.ide.completion import complete
from nix_lsp.ide.diagnostics import diagnostics
from nix_lsp.ide.hover import hover
from tests.flake_inputs import EXPORTS, store_path, with_inputs

MODULE = """\
{ lib, ... }:
{
  imports = [ (lib.mkRenamedOptionModule [ "mine" "old" ] [ "mine" "port" ]) ];
  options.mine = {
    enable = lib.mkEnableOption "mine";
    port = lib.mkOption {
      type = lib.types.port;
      default = 80;
      description = "Where it listens.";
    };
    users = lib.mkOption {
      type = lib.types.attrsOf (lib.types.submodule { options.name = lib.mkOption { type = lib.types.str; }; });
    };
    settings = lib.mkOption { type = (lib.formats.json { }).type; };
    polarity = lib.mkOption { type = with lib.types; enum [ "dark" "light" ]; };
    version = lib.mkOption { type = lib.types.int; default = 1; readOnly = true; };
  };
}
"""
INPUT = {"flake.nix": EXPORTS, "module.nix": MODULE}


def findings(configuration: str, modules: str | None = None, **inputs: dict[str, str] | None) -> list[str]:
    fixture = with_inputs({"mine": INPUT, **inputs}, configuration, modules=modules)
    return [f"{found.rule}: {found.message}" for found in diagnostics(fixture.workspace, fixture.document)]


def test_hover_says_where_an_option_is_declared_and_what_pins_it():
    fixture = with_inputs({"mine": INPUT}, "{ mine.po$0rt = 1; }")
    found = hover(fixture.workspace, fixture.document, fixture.offset)
    assert found
    assert found.markdown == (
        "**`mine.port`**\n\n- Type: `16 bit unsigned integer; between 0 and 65535 (both inclusive)`\n- Default: `80`\n\n"
        f"Where it listens.\n\nDeclared in [module.nix](file://{store_path('mine')}/module.nix#L6)\n\n"
        "mine, pinned by flake.lock, input mine"
    )


def test_hover_on_a_namespace_of_an_input():
    fixture = with_inputs({"mine": INPUT}, "{ mi$0ne.port = 1; }")
    found = hover(fixture.workspace, fixture.document, fixture.offset)
    assert found
    assert "6 names below" in found.markdown
    assert found.markdown.endswith("mine, pinned by flake.lock, input mine")


@pytest.mark.parametrize(
    ("configuration", "expected"),
    [
        ("{ mine.$0 }", {"enable", "port", "users", "settings", "polarity", "version"}),
        ("{ mine.users.me.$0 }", {"name"}),
        ("{ mi$0 }", {"mine"}),
    ],
)
def test_completion_offers_what_inputs_declare(configuration: str, expected: set[str]):
    fixture = with_inputs({"mine": INPUT}, configuration)
    found = complete(fixture.workspace, fixture.document, fixture.offset)
    assert found
    assert expected <= {item.label for item in found.items}


@pytest.mark.parametrize(
    ("configuration", "expected"),
    [
        ("{ mine.prt = 1; }", ["option-unknown: mine has no option `mine.prt`; this project pins mine (flake.lock, input mine). Did you mean `mine.port`?"]),
        ('{ mine.users.me.nam = "x"; }', ["option-unknown: mine has no option `mine.users.me.nam`; this project pins mine (flake.lock, input mine). Did you mean `mine.users.me.name`?"]),
        ("{ mine.old = 1; }", ["option-renamed: `mine.old` was renamed to `mine.port`; this project pins mine (flake.lock, input mine)."]),
        ("{ mine.port = 80000; }", ["option-type: `mine.port` takes a 16 bit unsigned integer; between 0 and 65535 (both inclusive), not 80000; this project pins mine (flake.lock, input mine)."]),
        ("{ mine.users.me.name = [ ]; }", ["option-type: `mine.users.me.name` takes a string, not an empty list; this project pins mine (flake.lock, input mine)."]),
        ('{ mine.polarity = "drak"; }', ['option-type: `mine.polarity` takes one of "dark", "light", not the string "drak"; this project pins mine (flake.lock, input mine). Did you mean `"dark"`?']),
        ("{ mine.version = 2; }", ["option-read-only: `mine.version` is read-only: the module that declares it defines it, and takes no other definition; this project pins mine (flake.lock, input mine)."]),
        ("{ mine.enable = true; mine.settings.a.b = 1; mine.users.x = { }; }", []),
    ],
)  # fmt: skip
def test_an_input_that_is_known_in_full_is_judged_like_the_module_set(configuration: str, expected: list[str]):
    assert findings(configuration) == expected


@pytest.mark.parametrize(
    ("configuration", "inputs", "modules"),
    [
        ("{ mine.prt = 1; }", {"other": None}, None),
        ("{ mine.prt = 1; }", {}, ""),
        ("{ mine.prt = 1; }", {}, "inputs.mine.nixosModules.default (import ./gone.nix)"),
        ("{ other.x = 1; }", {"other": None}, None),
        ("{ other.x.z = 1; }", {"other": {"flake.nix": EXPORTS, "module.nix": "{ lib, ... }: { imports = lib.f; options.other.x.y = lib.mkOption { type = lib.types.submodule { }; }; }"}}, None),
    ],
    ids=["an input not here", "not imported", "an opaque module", "a namespace of an input not here", "an input known in part"],
)  # fmt: skip
def test_nothing_is_said_where_something_unseen_may_declare_it(
    configuration: str, inputs: dict[str, dict[str, str] | None], modules: str | None
):
    assert findings(configuration, modules, **inputs) == []


@pytest.mark.parametrize(
    "declaration",
    [
        "lib.mkOption (lib.recursiveUpdate { type = lib.types.int; } args)",
        "lib.mkOption ({ type = lib.types.int; } // args)",
        "lib.mkOption { type = lib.types.int; } // args",
        "lib.mkOption { type = lib.types.int; } // { type = lib.types.str; }",
        "if args.a then lib.mkOption { type = lib.types.int; } else lib.mkOption { type = lib.types.str; }",
        "lib.mkOption { type = if args.a then lib.types.int else lib.types.str; }",
        "lib.mkOption { type = lib.types.enum ([ 1 ] ++ args.a); }",
    ],
)  # fmt: skip
def test_a_type_that_may_be_another_refuses_nothing(declaration: str):
    module = f"{{ lib, args, ... }}: {{ options.theirs = {declaration}; }}"
    assert findings("{ theirs = true; }", theirs={"flake.nix": EXPORTS, "module.nix": module}) == []


def test_of_two_declarations_with_different_types_neither_counts():
    module = """{ lib, ... }: { imports = [ { options.theirs = lib.mkOption { type = lib.types.int; }; } ];
      options.theirs = lib.mkOption { type = lib.types.port; }; }"""
    assert findings("{ theirs = true; }", theirs={"flake.nix": EXPORTS, "module.nix": module}) == []


def test_what_an_input_leaves_out_of_the_module_set_is_not_claimed_about():
    claimed = "{ services.openssh.unheard-of = 1; services.nginx.enable = 1; }"
    module = """{ modulesPath, ... }: { disabledModules = [ "${modulesPath}/services/networking/ssh/sshd.nix" ]; }"""
    whole = findings(claimed, theirs={"flake.nix": EXPORTS, "module.nix": "{ }"})
    assert [each.partition(":")[0] for each in whole] == ["option-unknown", "option-type"]
    left_out = findings(claimed, theirs={"flake.nix": EXPORTS, "module.nix": module})
    assert [each.partition(":")[0] for each in left_out] == ["option-type"]
    nested = f"{{ imports = [ ({module}) ]; }}"
    assert len(findings(claimed, theirs={"flake.nix": EXPORTS, "module.nix": nested})) == 1


def test_what_a_submodule_of_an_input_leaves_out_is_its_own():
    module = """{ lib, ... }: { options.theirs = lib.mkOption { type = lib.types.submodule {
      disabledModules = [ "services/networking/ssh/sshd.nix" ]; }; }; }"""
    claimed = "{ services.openssh.unheard-of = 1; }"
    assert len(findings(claimed, theirs={"flake.nix": EXPORTS, "module.nix": module})) == 1
