"""What is proposed at `$0`, in whole and in half-typed code, with the real index."""

from __future__ import annotations

import pytest

from nix_lsp.ide.completion import complete, resolve
from nix_lsp.ide.edits import apply
from nix_lsp.ide.model import Completion, CompletionItem, CompletionKind, TextEdit
from nix_lsp.syntax.span import Span
from option_index.catalog import Catalog
from tests.fixture import project, texts

CATALOG = Catalog()


def completed(fixture: str, pin: str = "25.11") -> Completion:
    workspace, document, offset = project(fixture, pin=pin, catalog=CATALOG)
    found = complete(workspace, document, offset)
    assert found is not None, f"nothing is proposed at {fixture!r}"
    return found


def labels(fixture: str, pin: str = "25.11") -> list[str]:
    return [item.label for item in ranked(completed(fixture, pin))]


def ranked(completion: Completion) -> list[CompletionItem]:
    return sorted(completion.items, key=lambda item: item.sort or item.label)


def nothing(fixture: str) -> bool:
    workspace, document, offset = project(fixture, pin="25.11", catalog=CATALOG)
    return complete(workspace, document, offset) is None


def accepted(fixture: str, label: str, *, replace: bool = True) -> str:
    """Return the text after an item is taken, `$1`-like places shown as they are."""
    found = completed(fixture)
    item = next(item for item in found.items if item.label == label)
    files, name, _ = texts(fixture)
    span: Span = found.replace if replace else found.insert
    return apply(files[name].encode(), [TextEdit(span, item.insert)]).decode()


@pytest.mark.parametrize(
    ("fixture", "label"),
    [
        ("{ services.openss$0 }", "openssh"),
        ("{ services.openss$0", "openssh"),
        ('{ services.$0\n  networking.hostName = "x"; }', "openssh"),
        ('{\n  services.$0\n  networking = { hostName = "x"; };\n}', "openssh"),
        ("{ services = { openss$0 }; }", "openssh"),
        ("{ services = { openssh = { en$0 }; }; }", "enable"),
        ("{\n  services.nginx = {\n    enable = true;\n    recommended$0\n", "recommendedTlsSettings"),
        ("{ services.openssh.enable = true;\n  networki$0", "networking"),
        ("{ config, lib, pkgs, ... }:\n{\n  imports = [ ];\n  boot.loader.$0\n}\n", "systemd-boot"),
        ("{ lib, ... }: { services.openssh = lib.mkIf true { po$0 }; }", "ports"),
        ("{ lib, ... }: lib.mkMerge [ { services.op$0 } ]", "openssh"),
        ("{ lib, ... }: { config = lib.mkIf true { services.op$0 }; }", "openssh"),
        ("{ users.users.alice.ex$0 }", "extraGroups"),
        ('{ users.users."a b".ex$0 }', "extraGroups"),
        ("{ users.users.${name}.ex$0 }", "extraGroups"),
        ("{ home-manager.users.alice = { programs.gi$0 }; }", "git"),
        ("{ home-manager.users.alice = { pkgs, ... }: { programs.git.$0 }; }", "settings"),
        ("{ containers.web.config = { services.ngi$0 }; }", "nginx"),
        ("{ config, ... }: { networking.hostName = config.networking.hostN$0; }", "hostName"),
        ("{ config, ... }: { networking.hostName = config.networking.$0 }", "hostName"),
        ("{ services.xserver.videoDrivers = [ ]; services.xserver.$0 }", "xkb"),
    ],
)
def test_option_names_are_proposed_while_code_is_half_typed(fixture: str, label: str):
    assert label in labels(fixture)


def test_what_starts_with_the_typed_text_comes_first():
    assert labels("{ services.openss$0 }")[0] == "openssh"
    assert labels("{ programs.zs$0 }")[:2] == ["zsh", "zsh.enable"] or labels("{ programs.zs$0 }")[0] == "zsh"


def test_all_children_are_there_and_the_list_says_so():
    found = completed("{ programs.$0 }")
    assert len(found.items) > 200
    assert not found.is_incomplete


def test_options_of_another_release_are_not_proposed():
    assert "graphics" in labels("{ hardware.$0 }", "25.11")
    assert "opengl" not in labels("{ hardware.$0 }", "25.11")


def test_typed_text_matches_across_segments():
    found = completed("{ services.ssh.en$0 }")
    item = next(item for item in found.items if item.label == "openssh.enable")
    assert found.replace == Span(11, 17)
    assert item.insert == "openssh.enable = ${1|true,false|};"


def test_typed_text_matches_inside_a_segment_further_down():
    assert "openssh.settings.PermitRootLogin" in labels("{ services.PermitRoot$0 }")


@pytest.mark.parametrize(
    ("fixture", "label", "result"),
    [
        ("{ services.openssh.en$0 }", "enable", "{ services.openssh.enable = ${1|true,false|}; }"),
        ("{ services.openssh.po$0 }", "ports", "{ services.openssh.ports = [ $1 ]; }"),
        ("{ networking.hostN$0 }", "hostName", '{ networking.hostName = "$1"; }'),
        ("{ services.openssh.e$0nable = false; }", "extraConfig", "{ services.openssh.extraConfig = false; }"),
        ("{ services.nginx.virtualHosts.$0 }", "<name>", "{ services.nginx.virtualHosts.${1:name} }"),
        ("{ config, ... }: { x = config.services.ng$0; }", "nginx", "{ config, ... }: { x = config.services.nginx; }"),
    ],
)
def test_what_is_inserted(fixture: str, label: str, result: str):
    assert accepted(fixture, label) == result


def test_in_the_middle_of_a_path_insert_and_replace_differ():
    fixture = "{ services.op$0enssh.enable = true; }"
    assert accepted(fixture, "opendkim") == "{ services.opendkim.enable = true; }"
    assert accepted(fixture, "opendkim", replace=False) == "{ services.opendkimenssh.enable = true; }"


@pytest.mark.parametrize(
    ("fixture", "expected"),
    [
        ("{ services.openssh.settings.PermitRootLogin = $0 }", '"prohibit-password"'),
        ('{ services.openssh.settings.PermitRootLogin = "$0"; }', "prohibit-password"),
        ('{ services.openssh.settings.PermitRootLogin = "pro$0\n}', "prohibit-password"),
        ("{ services.openssh.enable = $0\n  services.foo = 1; }", "true"),
        ("{ lib, ... }: { services.openssh.enable = lib.mkForce $0; }", "true"),
        ("{ services.openssh.settings.PermitRootLogin = $0; }", "null"),
    ],
)
def test_values_of_the_type_are_proposed(fixture: str, expected: str):
    assert expected in labels(fixture)


def test_inside_quotes_only_the_text_is_replaced():
    assert accepted('{ services.openssh.settings.PermitRootLogin = "y$0"; }', "no").endswith('= "no"; }')


@pytest.mark.parametrize(
    "fixture",
    [
        "{ pkgs, ... }: { environment.systemPackages = with pkgs; [ ripg$0 ]; }",
        "{ pkgs, ... }: { environment.systemPackages = with pkgs; [ ripg$0",
        "{ pkgs, ... }: { environment.systemPackages = [ pkgs.ripg$0 ]; }",
        "{ pkgs, ... }: { environment.systemPackages = [ pkgs.ripg$0",
        "let pkgs = import <nixpkgs> { }; in pkgs.mkShell { packages = [ pkgs.ripg$0 ]; }",
    ],
)
def test_packages_of_the_pin_are_proposed_with_their_version(fixture: str):
    item = next(item for item in completed(fixture, "26.11pre").items if item.label == "ripgrep")
    assert item.detail is not None
    assert item.detail[0].isdigit()


def test_too_many_packages_are_said_to_be_incomplete():
    assert completed("{ pkgs, ... }: { x = [ pkgs.$0 ]; }").is_incomplete


def test_builtins_are_proposed_behind_their_prefix_and_by_themselves():
    assert "readFile" in labels("{ x = builtins.rea$0; }")
    assert "map" in labels("{ x = ma$0; }")
    assert "readFile" not in labels("{ x = rea$0; }")


def test_names_in_scope_come_nearest_first():
    found = labels("let outer = 1; in { a }: let inner = 2; in $0")
    assert [name for name in found if name in {"outer", "a", "inner"}] == ["inner", "a", "outer"]


def test_module_arguments_are_proposed_once():
    found = labels("{ config, li$0 }: { services.openssh.enable = true; }")
    assert "lib" in found
    assert "config" not in found


def test_inherit_proposes_what_the_source_has():
    assert "map" in labels("{ inherit (builtins) $0; }")
    assert "here" in labels("let here = 1; in { inherit $0; }")


@pytest.mark.parametrize(
    "fixture", ["# services.$0", "{ /* services.$0 */ }", "{ x = 12$0; }", '{ x = "services.$0"; }']
)
def test_nothing_is_proposed_in_comments_numbers_and_free_text(fixture: str):
    assert nothing(fixture)


def test_the_workspace_s_own_options_come_first():
    fixture = """
        #- /module.nix
        { lib, ... }: { options.services.mine.enable = lib.mkEnableOption "mine"; }
        #- /configuration.nix
        { imports = [ ./module.nix ]; services.$0 }
    """
    assert labels(fixture)[0] == "mine"


def test_documentation_comes_with_resolve():
    workspace, document, offset = project("{ services.openssh.$0 }", pin="25.11", catalog=CATALOG)
    found = complete(workspace, document, offset)
    assert found is not None
    item = next(item for item in found.items if item.label == "ports")
    text = resolve(workspace, document, item.key)
    assert text is not None
    assert "16 bit unsigned integer" in text
    assert "25.11" in text


@pytest.mark.parametrize("key", [(), ("option",), ("option", "nixos", "gone", "a"), ("nonsense", "x")])
def test_a_stale_key_resolves_to_nothing(key: tuple[str, ...]):
    workspace, document, _ = project("{ }", pin="25.11", catalog=CATALOG)
    assert resolve(workspace, document, key) is None


@pytest.mark.parametrize(
    "text", ["{" * 3000 + "a$0", "[" * 3000 + "$0", "(" * 2000 + "x.$0", "\x00\x01$0\xff", "$0", "''${$0"]
)
def test_hostile_text_is_survived(text: str):
    workspace, document, offset = project(text, pin="25.11", catalog=CATALOG)
    complete(workspace, document, offset)


QUERIES = [
    ("{ services.openssh$0 }", "openssh"),
    ("{ services.ngin$0 }", "nginx"),
    ("{ services.postgres$0 }", "postgresql"),
    ("{ networking.fire$0 }", "firewall"),
    ("{ networking.firewall.allowed$0 }", "allowedTCPPorts"),
    ("{ boot.loader.sys$0 }", "systemd-boot"),
    ("{ environment.sys$0 }", "systemPackages"),
    ("{ users.users.alice.extra$0 }", "extraGroups"),
    ("{ programs.fi$0 }", "fish"),
    ("{ services.xserver.vid$0 }", "videoDrivers"),
    ("{ hardware.gra$0 }", "graphics"),
    ("{ time.t$0 }", "timeZone"),
    ("{ virtualisation.dock$0 }", "docker"),
    ("{ nix.set$0 }", "settings"),
    ("{ fonts.pack$0 }", "packages"),
]


def test_ranking_puts_the_wanted_option_near_the_top():
    """Mean reciprocal rank over what people look for most."""
    ranks = [1 / (labels(fixture).index(wanted) + 1) for fixture, wanted in QUERIES]
    assert sum(ranks) / len(ranks) >= 0.75


@pytest.mark.parametrize(
    ("fixture", "first"),
    [
        ("{ lib, ... }:\n{\n  imp$0\n}", "imports"),
        ('{ lib, ... }:\n{\n  disabl$0\n  networking.hostName = lib.mkDefault "x";\n}', "disabledModules"),
    ],
)
def test_the_names_of_a_module_itself_are_proposed_at_its_top(fixture: str, first: str):
    assert labels(fixture)[0] == first


def test_the_names_of_a_module_stand_behind_its_options_where_nothing_is_typed():
    found = labels("{ lib, ... }:\n{\n  $0\n}")
    assert found[-4:] == ["config", "disabledModules", "imports", "options"]


@pytest.mark.parametrize(
    "fixture",
    [
        "{ lib, ... }:\n{\n  config = { imp$0 };\n}",
        "{ services = { imp$0 }; }",
        "{ services.openssh.enable = true; a.imp$0 }",
        "#- /flake.nix\n{\n  imp$0\n  outputs = { self }: { };\n}",
    ],
)
def test_the_names_of_a_module_are_not_proposed_inside_of_it(fixture: str):
    workspace, document, offset = project(fixture, pin="25.11", catalog=CATALOG)
    found = complete(workspace, document, offset)
    assert found is None or "imports" not in {item.label for item in found.items}


@pytest.mark.parametrize(
    ("fixture", "label", "plain"),
    [
        ("{ users.users.$0 }", "<name>", ""),
        ("{ networking.firewall.allowed$0 }", "interfaces.<name>.allowedTCPPorts", "interfaces."),
        ("{ services.openss$0 }", "openssh.enable", "openssh.enable"),
    ],
)
def test_a_client_without_snippets_gets_no_placeholder_in_its_text(fixture: str, label: str, plain: str):
    assert {item.label: item.plain for item in completed(fixture).items}[label] == plain


def test_package_sets_are_proposed_with_what_is_in_them():
    found = completed("{ pkgs, ... }: { boot.kernelPackages = pkgs.linuxPackages_$0; }", pin="26.05")
    kinds = {item.label: item.kind for item in found.items}
    assert kinds["linuxPackages_latest"] is CompletionKind.NAMESPACE
    assert "nvidia_x11" in labels("{ pkgs, ... }: { x = pkgs.linuxPackages_latest.nvidia$0; }", pin="26.05")
    assert "apacheAnt" not in labels("{ pkgs, ... }: { x = pkgs.apache$0; }", pin="26.05")


def test_a_keyword_may_be_the_beginning_of_an_option():
    fixture = project("{ boot.in$0 }", pin="25.11")
    found = complete(*fixture)
    assert found
    assert "initrd" in {item.label for item in found.items}


@pytest.mark.parametrize(
    ("text", "keyword", "snippet"),
    [
        ("{ a = le$0; }", "let", "let\n  $1\nin\n$0"),
        ("{ a = i$0; }", "if", "if $1 then $2 else $0"),
        ("{ a = [ r$0 ]; }", "rec", "rec {\n  $0\n\\}"),
        ("let a = { in$0 }; in a", "inherit", "inherit $0;"),
    ],
)
def test_keywords_bring_what_belongs_to_them(text: str, keyword: str, snippet: str):
    [item] = [each for each in completed(text).items if each.label == keyword and each.kind is CompletionKind.KEYWORD]

    assert item.is_snippet
    assert item.insert == snippet
    assert item.plain == keyword


@pytest.mark.parametrize("text", ["{ a = [ l$0 ]; }", "{ a = [ i$0 ]; }"])
def test_what_wants_parentheses_in_a_list_is_not_proposed(text: str):
    assert not {"let", "if"} & set(labels(text))


def test_an_expression_does_not_begin_with_inherit():
    assert "inherit" not in labels("{ a = inh$0; }")


def test_in_ends_the_bindings_of_a_let_and_no_others():
    assert {"in", "inherit"} <= set(labels("let a = 1; i$0"))
    assert "in" in labels("{ b = let a = 1;\n  i$0\n}")
    assert "in" not in labels("let a = { i$0 }; in a")
    assert "in" not in labels("{ a = 1; i$0 }")
