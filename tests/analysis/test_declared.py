"""The index of declared options: which paths lead to one, and how far."""

import pytest

from nix_lsp.analysis.declared import DeclaredOptions
from nix_lsp.analysis.module import read_module
from nix_lsp.syntax.document import Document

MODULE = b"""{ lib, ... }: {
  options.mine.backup = {
    enable = lib.mkEnableOption "backups";
    jobs.${name}.path = lib.mkOption { };
    hosts = lib.mkOption { type = lib.types.attrsOf (lib.types.submodule { options.port = lib.mkOption { }; }); };
  };
}"""

DECLARED = DeclaredOptions(read_module(Document("/a.nix", MODULE)).declared)


@pytest.mark.parametrize(
    ("path", "covered", "shared"),
    [
        ("mine.backup.enable", True, 3),
        ("mine.backup.enable.below", True, 3),
        ("mine.backup", True, 2),
        ("mine.backup.enabel", False, 2),
        ("mine.backup.jobs.daily.path", True, 5),
        ("mine.backup.jobs.daily.pth", False, 4),
        ("mine.backup.hosts.web.port", True, 5),
        ("mine.?.enable", True, 3),
        ("mine.?.enabel", False, 2),
        ("services.backup", False, 0),
    ],
)
def test_a_path_leads_to_a_declared_option_or_shares_its_first_segments(path: str, covered: bool, shared: int):
    names = [None if name == "?" else name for name in path.split(".")]

    assert (DECLARED.covers(names), DECLARED.shared(names)) == (covered, shared)


def test_options_below_a_computed_name_may_stand_anywhere_below_its_first_segment():
    assert DECLARED.may_be_computed("mine")
    assert not DECLARED.may_be_computed("services")
    assert not DeclaredOptions().may_be_computed("mine")


def declared(text: str) -> DeclaredOptions:
    return DeclaredOptions(read_module(Document("/a.nix", text.encode())).declared)


INSTANCES = """{ lib, ... }: {
  options.app = {
    enable = lib.mkEnableOption "app";
    instances = lib.mkOption {
      type = with lib.types; attrsOf (submodule ({ name, ... }: {
        options.port = lib.mkOption { type = port; };
        options.tls.enable = lib.mkEnableOption "TLS" // { default = true; };
      }));
    };
  };
}"""


@pytest.mark.parametrize(
    ("path", "refused"),
    [
        (("app", "instances", "x"), None),
        (("app", "instances", "x", "port"), None),
        (("app", "instances", "x", "prot"), 3),
        (("app", "instances", None, "prot"), 3),
        (("app", "instances", "x", "tls", "enable"), None),
        (("app", "instances", "x", "tls", "enabel"), 4),
        (("app", "instances", "x", "imports"), None),
        (("app", "instances", "x", None), None),
        (("app", "enabel"), None),
        (("other", "prot"), None),
    ],
)
def test_a_submodule_that_is_written_out_takes_what_it_declares(path: tuple[str | None, ...], refused: int | None):
    assert declared(INSTANCES).refuses(path) == refused
    assert declared(INSTANCES).covers(path) == (refused is None and path[0] == "app" and path[-1] != "enabel")


@pytest.mark.parametrize(
    "module",
    [
        "{ freeformType = lib.types.attrs; options.port = lib.mkOption { }; }",
        "{ imports = [ ./x.nix ]; options.port = lib.mkOption { }; }",
        "{ options = { port = lib.mkOption { }; } // common; }",
        "{ options = { inherit (common) x; port = lib.mkOption { }; }; }",
        "{ options.${name} = lib.mkOption { }; }",
        "{ options.port = mkPort; }",
        "import ./x.nix",
        "[ { options.port = lib.mkOption { }; } ]",
        "{ config.port = 1; }",
    ],
)
def test_a_submodule_of_which_not_all_is_seen_refuses_nothing(module: str):
    text = "{ options.a = lib.mkOption { type = lib.types.attrsOf (lib.types.submodule (" + module + ")); }; }"
    assert declared(text).refuses(("a", "x", "prot")) is None
    assert declared(text).covers(("a", "x", "prot"))


def test_a_second_declaration_with_another_type_opens_a_submodule():
    text = INSTANCES.replace("options.app =", "options.app.instances = lib.mkOption { };\n  options.app =", 1)
    assert declared(text).refuses(("app", "instances", "x", "prot")) is None


def test_moves_that_modules_of_the_workspace_declare():
    options = declared("""{ lib, ... }: { imports = [
      (lib.mkRenamedOptionModule [ "my" "old" ] [ "my" "new" ])
      (lib.mkRemovedOptionModule [ "my" "gone" ] "Use a hammer.")
      (lib.mkRenamedOptionModule [ "my" name ] [ "other" name ])
    ]; }""")
    moves = [options.move(("my", name, "below")) for name in ("old", "gone", "some")]
    assert [(move.kind.value, move.source, move.target, move.reason) if move else None for move in moves] == [
        ("renamed", ("my", "old"), ("my", "new"), None),
        ("removed", ("my", "gone"), None, "Use a hammer."),
        None,
    ]
    assert options.covers(("my", "old"))
    assert options.covers(("my", "some", "below"))
