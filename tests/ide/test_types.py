"""Values that an option cannot take, and options that only their own module defines: by the real index."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from nix_lsp.ide.diagnostics import diagnostics
from nix_lsp.ide.model import Severity, Tier
from option_index.cache import Cache
from option_index.catalog import Catalog
from option_index.records import Option
from option_index.store_file import Origin
from tests.fixture import project

from .test_fixes import check_fix

if TYPE_CHECKING:
    from pathlib import Path

RULES = {"option-type", "option-read-only"}


def found(text: str, pin: str = "25.11") -> list[tuple[str, str]]:
    """Return the rule of each finding, without `option-`, and the text it underlines."""
    workspace, document, _ = project(text, pin=pin)
    return [
        (each.rule.removeprefix("option-"), document.text(each.span))
        for each in diagnostics(workspace, document)
        if each.rule in RULES
    ]


def message(text: str, pin: str = "25.11") -> str:
    workspace, document, _ = project(text, pin=pin)
    (only,) = (each for each in diagnostics(workspace, document) if each.rule in RULES)
    return only.message


@pytest.mark.parametrize(
    ("text", "underlined"),
    [
        ('{ services.openssh.enable = "yes"; }', '"yes"'),
        ("{ services.openssh.enable = 1; }", "1"),
        ("{ services.openssh.enable = { }; }", "{ }"),
        ("{ services.openssh.enable = x: x; }", "x: x"),
        ("{ services.openssh = { enable = null; }; }", "null"),
        ('{ services.openssh.settings.PermitRootLogin = "nope"; }', '"nope"'),
        ("{ networking.firewall.allowedTCPPorts = [ 80 70000 ]; }", "70000"),
        (
            '{ lib, config, ... }: { networking.firewall.allowedTCPPorts = [ 80 ] ++ lib.optional config.x "81"; }',
            '"81"',
        ),
        ('{ networking.hostName = "-host"; }', '"-host"'),
        ("{ networking.hostName = ./name; }", "./name"),
        ('{ users.users.a.home = "home"; }', '"home"'),
        ('{ users.users.a = { extraGroups = "wheel"; }; }', '"wheel"'),
        ('{ lib, ... }: { services.nginx.enable = lib.mkForce (lib.mkIf true "on"); }', '"on"'),
        ("{ config, ... }: { services.openssh.ports = if config.x then [ 22 ] else 22; }", "22"),
        ('{ lib, ... }: { services.nginx.enable = lib.mkMerge [ true "no" ]; }', '"no"'),
        ('{ services.nginx.virtualHosts.a.listen = [ { port = "80"; } ]; }', '"80"'),
        ("{ services.tlp.settings.A = { }; }", "{ }"),
        ("{ services.tlp.settings.A.b = 1; }", "A"),
        ('let port = "80"; in { services.openssh.ports = [ port ]; }', '"80"'),
        ("{ pkgs, ... }: { time.timeZone = pkgs.hello; }", "pkgs.hello"),
        ('{ environment.systemPackages = [ "hello" ]; }', '"hello"'),
        ('{ nix.settings.max-jobs = "many"; }', '"many"'),
    ],
)
def test_what_surely_does_not_fit_is_underlined(text: str, underlined: str):
    assert found(text) == [("type", underlined)]


@pytest.mark.parametrize(
    "text",
    [
        "{ services.openssh.enable = true; }",
        "{ services.openssh.enable = x; }",
        "{ config, ... }: { services.openssh.enable = config.a == 1; }",
        '{ services.openssh.settings.PermitRootLogin = "no"; }',
        '{ services.openssh.settings.PermitRootLogin = "${x}"; }',
        '{ users.users.a.home = "/home/${x}"; }',
        '{ nix.settings.max-jobs = "auto"; }',
        "{ pkgs, ... }: { environment.systemPackages = [ pkgs.hello ] ++ x; }",
        '{ services.postgresql.settings.unheard-of = "x"; }',
        "{ lib, pkgs, ... }: { services.nginx.enable = lib.mkMerge (map f xs); }",
        "{ true, ... }: { services.openssh.enable = true; }",
        '{ lib, ... }: lib.optionalAttrs x { services.openssh.enable = "yes"; }',
        '{ pkgs, ... }: { services.openssh.enable = if pkgs.stdenv.isLinux then true else "no"; }',
        '{ lib, pkgs, ... }: { services.openssh.enable = lib.mkIf pkgs.stdenv.isDarwin "no"; }',
        '{ disabledModules = [ "networking/ssh/sshd.nix" ]; services.openssh.enable = "yes"; }',
        "{ services.unheard-of.enable = 1; }",
        '{ services.openssh.enable = "',
    ],
)
def test_what_fits_or_may_fit_is_left_alone(text: str):
    assert found(text) == []


def test_the_message_says_what_the_option_takes_and_what_was_found():
    assert message('{ services.openssh.enable = "yes"; }') == (
        '`services.openssh.enable` takes a boolean, not the string "yes"; this project pins NixOS 25.11 (the setting `pin`). '
        "Did you mean `true`?"
    )


def test_long_enumerations_are_shortened():
    assert "… (14 in all), not the string" in message('{ services.vault.storageBackend = "x"; }')


def test_a_secret_is_not_repeated():
    assert "hunter2" not in message('{ users.users.a.hashedPassword = [ ]; users.users.a.passwordFile = "hunter2"; }')


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('{ services.openssh.enable = "$0yes"; }', "{ services.openssh.enable = true; }"),
        ('{ services.openssh.ports = [ "$022" ]; }', "{ services.openssh.ports = [ 22 ]; }"),
        ("{ networking.hostName = $012; }", '{ networking.hostName = "12"; }'),
        (
            "{ services.openssh.settings.PermitRootLogin = tr$0ue; }",
            '{ services.openssh.settings.PermitRootLogin = "yes"; }',
        ),
        (
            '{ services.openssh.settings.PermitRootLogin = "forced-command-$0only"; }',
            '{ services.openssh.settings.PermitRootLogin = "forced-commands-only"; }',
        ),
        ('{ users.users.a.extraGroups = "wh$0eel"; }', '{ users.users.a.extraGroups = [ "wheel" ]; }'),
        ("{ services.picom.activeOpacity = true; services.picom.inactiveOpacity = 1$0.5; }", None),
    ],
)
def test_the_value_is_written_as_the_type_wants_it(before: str, after: str | None):
    if after is None:
        with pytest.raises(StopIteration):
            check_fix(pin="25.11", before=before, after="")
    else:
        check_fix(pin="25.11", before=before, after=after)


def test_only_another_notation_is_mechanical():
    workspace, document, _ = project(
        '{ services.openssh = { enable = "true"; settings.PermitRootLogin = "noo"; }; }', pin="25.11"
    )
    fixes = [fix for each in diagnostics(workspace, document) for fix in each.fixes]
    assert [(fix.title, fix.tier) for fix in fixes] == [
        ("Change to `true`", Tier.MECHANICAL),
        ('Change to `"no"`', Tier.REVIEW),
    ]


def test_a_later_revision_may_take_more():
    workspace, document, _ = project('{ services.openssh = { enable = "true"; ports = [ (x: x) ]; }; }', pin="unstable")
    assert [(each.severity, document.text(each.span)) for each in diagnostics(workspace, document)] == [
        (Severity.INFORMATION, '"true"')
    ]


@pytest.mark.parametrize(
    ("type_", "value", "expected"),
    [
        ("lib.types.bool", '"yes"', ['"yes"']),
        ("lib.types.bool", "true", []),
        ("lib.types.port", "70000", ["70000"]),
        ("lib.types.attrsOf lib.types.str", "{ a = 1; }", ["1"]),
        ("ownType", '"yes"', []),
    ],
)
def test_options_of_the_project_are_judged_too(type_: str, value: str, expected: list[str]):
    text = f"{{ lib, ... }}: {{ options.mine.it = lib.mkOption {{ type = {type_}; }}; config.mine.it = {value}; }}"
    assert found(text) == [("type", each) for each in expected]


@pytest.mark.parametrize(
    ("given", "expected"),
    [("lib.mkAliasDefinitions options.mine.it", []), ("options.mine.other.value", [("type", "x: x")])],
)
def test_the_type_of_an_option_whose_definitions_another_one_takes_is_not_asked(
    given: str, expected: list[tuple[str, str]]
):
    text = (
        "{ lib, options, ... }: { options.mine.it = lib.mkOption { type = lib.types.attrs; };"
        f" config.users.users.x = {given}; config.mine.it = x: x; }}"
    )
    assert found(text) == expected


def test_a_type_that_the_project_gives_an_option_counts():
    text = "{ lib, ... }: { options.services.openssh.enable = lib.mkOption { type = ownType; }; config.services.openssh.enable = 1; }"
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{ services.openssh.enable = { a.b = 1; c = 2; }; }", ["option-type"]),
        ("{ users.users = [ { a = 1; } ]; }", ["option-type"]),
        ("{ services.openssh.enable = { a = 1; }; # nix-lsp: ignore option-type\n}", ["option-unknown"]),
        ("{ services.openssh.enable.a = 1; }", ["option-unknown"]),
    ],
)
def test_a_set_in_the_place_of_something_else_is_reported_once(text: str, expected: list[str]):
    workspace, document, _ = project(text, pin="25.11")
    assert [each.rule for each in diagnostics(workspace, document)] == expected


def test_a_read_only_option_is_defined_by_its_module_alone():
    assert found('{ system.nixos.release = "25.11"; }') == [("read-only", "system.nixos.release")]
    check_fix(
        pin="25.11",
        before='{\n  system.nixos.rel$0ease = "25.11";\n  services.openssh.enable = true;\n}\n',
        after="{\n  services.openssh.enable = true;\n}\n",
    )


def test_the_module_that_declares_a_read_only_option_may_define_it():
    declares = "options.system.nixos.release = lib.mkOption { readOnly = true; };"
    assert found(f'{{ lib, ... }}: {{ {declares} config.system.nixos.release = "25.11"; }}') == []


@pytest.mark.parametrize(
    ("pin", "text", "was"),
    [
        ("25.11", '{ services.kubernetes.kubelet.featureGates = [ "A" ]; }', "“list of string”"),
        ("25.11", '{ networking.wireless.networks.home.psk = "short"; }', "“null or string”"),
    ],
)
def test_what_fitted_the_type_of_an_earlier_release_is_told_when_it_changed(pin: str, text: str, was: str):
    workspace, document, _ = project(text, pin=pin)
    (finding,) = diagnostics(workspace, document)

    assert (finding.rule, finding.severity) == ("option-changed", Severity.ERROR)
    assert f"the option's type was {was} until NixOS" in finding.message


@pytest.mark.parametrize(
    ("type_", "rule"), [("attribute set of boolean", "option-changed"), ("attribute set of anything", "option-type")]
)
def test_an_exact_index_tells_the_change_where_it_has_the_type_that_the_facts_know(
    tmp_path: Path, type_: str, rule: str
):
    revision = "0123456789abcdef0123456789abcdef01234567"
    lock = (
        '{"version": 7, "root": "root", "nodes": {"root": {"inputs": {"nixpkgs": "n"}}, "n": {"locked": '
        f'{{"type": "github", "owner": "NixOS", "repo": "nixpkgs", "rev": "{revision}", "lastModified": 1764547200}}, '
        '"original": {"type": "github", "owner": "NixOS", "repo": "nixpkgs", "ref": "nixos-25.11"}}}}'
    )
    option = Option(("services", "kubernetes", "kubelet", "featureGates"), type_)
    Cache(tmp_path).build_options(Origin("nixos", revision, "a test"), "25.11", [option])
    text = '{ services.kubernetes.kubelet.featureGates = [ "A" ]; }'
    fixture = f"#- /flake.lock\n{lock}\n#- /configuration.nix\n{text}\n"
    workspace, document, _ = project(fixture, catalog=Catalog(tmp_path))
    assert [each.rule for each in diagnostics(workspace, document)] == [rule]


def test_what_never_fitted_is_no_change():
    workspace, document, _ = project("{ services.kubernetes.kubelet.featureGates = 1; }", pin="25.11")
    assert [each.rule for each in diagnostics(workspace, document)] == ["option-type"]
