"""What is reported, where, and what is not: with an index of a few options."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from nix_lsp.analysis.pin import Pin
from nix_lsp.analysis.project import Settings
from nix_lsp.ide.diagnostics import diagnostics
from nix_lsp.ide.model import Severity, Tag
from nix_lsp.syntax.document import Document
from option_index.timeline import Point

from .small_index import NIXPKGS, OneFile, SmallIndex

if TYPE_CHECKING:
    from nix_lsp.ide.model import Diagnostic

INDEX = SmallIndex(
    known=(
        "services.openssh.enable",
        "services.openssh.settings.X11Forwarding",
        "services.new.enable",
        "hardware.graphics.enable",
        "users.users.*.shell",
    ),
    moves={
        "hardware.opengl.enable": "hardware.graphics.enable",
        "services.old": "services.new",
        "sound.enable": None,
    },
    later={"services.future": "26.05", "services.future.enable": "26.05"},
    suggestions={
        "services.openssh.enabel": "services.openssh.enable",
        "services.opensh": "services.openssh",
        "service.openssh.enable": "services.openssh.enable",
    },
    reason="ALSA needs no switch.",
)


def found(text: str, project: OneFile | None = None) -> list[tuple[str, str]]:
    """Return the rule of each finding and the text it underlines."""
    document = Document("/t.nix", text.encode())
    return [(each.rule, document.text(each.span)) for each in diagnostics(project or one(INDEX), document)]


def message(text: str, project: OneFile | None = None) -> str:
    return only(text, project).message


def only(text: str, project: OneFile | None = None) -> Diagnostic:
    (diagnostic,) = diagnostics(project or one(INDEX), Document("/t.nix", text.encode()))
    return diagnostic


def one(index: SmallIndex) -> OneFile:
    return OneFile({"laptop": index})


@pytest.mark.parametrize(
    ("text", "rule", "underlined"),
    [
        ("{ services.openssh.enabel = true; }", "option-unknown", "enabel"),
        ("{ services = { openssh = { enabel = true; }; }; }", "option-unknown", "enabel"),
        ("{ services.opensh.settings.X = 1; }", "option-unknown", "opensh"),
        ("{ services.opensh = { enable = true; settings = { }; }; }", "option-unknown", "opensh"),
        ("{ config = { lib, ... }: { }; }", None, None),
        ("{ hardware.opengl.enable = true; }", "option-renamed", "hardware.opengl.enable"),
        ("{ hardware = { opengl = { enable = true; }; }; }", "option-renamed", "enable"),
        ("{ services.old = { enable = true; port = 1; }; }", "option-renamed", "services.old"),
        ("{ services = { old.enable = true; }; }", "option-renamed", "old"),
        ("{ sound.enable = true; }", "option-removed", "sound.enable"),
        ("{ services.future.enable = true; }", "option-not-yet", "future"),
        ("{ services.future = { enable = true; }; }", "option-not-yet", "future"),
    ],
)
def test_the_segments_concerned_are_underlined_once(text: str, rule: str | None, underlined: str | None):
    assert found(text) == ([(rule, underlined)] if rule else [])


@pytest.mark.parametrize(
    "text",
    [
        "{ services.openssh.enable = true; }",
        "{ services.openssh = { enable = true; }; }",
        "{ services.openssh.settings.X11Forwarding.more = true; }",
        "{ users.users.${name}.shell = 1; }",
        "{ services.${x}.enable = 1; }",
        "{ imports = [ ]; _module.args = { }; disabledModules = [ ]; meta.x = 1; key = 1; }",
        '{ stdenv, fetchurl }: stdenv.mkDerivation { pname = "x"; enabel = 1; }',
        "final: prev: { services = 1; }",
        "[ 1 2 ]",
        "",
    ],
)
def test_what_is_right_or_no_option_is_left_alone(text: str):
    assert found(text) == []


def test_what_another_source_may_declare_is_not_unknown():
    project = one(INDEX)
    project.foreign_names = frozenset({"sops", "services.flatpak"})
    assert found("{ sops.secrets.x = { }; services.flatpak.enable = true; }", project) == []
    assert found("{ sop.secrets.x = { }; services.openssh.enable = true; }", project) == [("option-unknown", "sop")]


def test_a_set_that_holds_what_is_there_is_not_gone():
    project = one(SmallIndex(known=("a.b.c",), moves={"a.b": None}))
    assert found("{ a.b = { c = 1; }; }", project) == []
    assert found("{ a.b = true; }", project) == [("option-removed", "a.b")]


def test_a_file_of_another_module_set_is_left_alone():
    assert found("{ plugins.x.enable = true; keymaps = [ ]; services.openssh.enable = true; }") == []
    assert found("{ service.openssh.enable = true; }") == [("option-unknown", "service")]


@pytest.mark.parametrize(
    "text",
    [
        "{ lib, ... }: lib.optionalAttrs linux { sound.enable = true; services.x = 1; }",
        "{ services = if c then { x = 1; } else { y = 1; }; }",
        '{ sound = lib.mkIf (lib.versionOlder lib.version "24.11") { enable = true; }; }',
        "{ config = lib.mkMerge [ (lib.mkIf pkgs.stdenv.isLinux { hardware.opengl.enable = true; }) ]; }",
        '{ sound.enable = lib.mkIf (lib.versionOlder lib.version "24.11") true; }',
        "{ lib, ... }: let s = { enable = true; }; in { sound = lib.optionalAttrs linux s; }",
    ],
)
def test_a_condition_may_keep_a_definition_out_of_this_lane(text: str):
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("{ sound = lib.mkIf cfg.enable { enable = true; }; }", "option-removed"),
        ("{ sound.enable = lib.mkIf cfg.enable true; }", "option-removed"),
        (
            "{ config = lib.mkIf pkgs.stdenv.isLinux { services.openssh.x = 1; services.openssh.enable = true; }; }",
            "option-unknown",
        ),
    ],
)
def test_another_condition_hides_nothing(text: str, rule: str):
    assert [each for each, _ in found(text)] == [rule]


def test_what_the_workspace_declares_is_not_unknown():
    project = one(INDEX)
    module = Document("/m.nix", b'{ options.my.thing = lib.mkOption { }; options.our.names = lib.mkEnableOption ""; }')
    project.declared_options = project.module(module).declared
    assert found("{ my.thing.deep = 1; our.names = true; }", project) == []
    assert found("{ my.thin = 1; }", project) == [("option-unknown", "thin")]


def test_a_claim_holds_in_every_lane_or_is_not_made():
    old = {"nixpkgs": Pin("nixpkgs", Point("24.05"), "nixos-24.05", "flake.lock, input old")}
    project = OneFile({"laptop": INDEX, "server": SmallIndex(known=("sound.enable",))})
    project.pins = {"laptop": NIXPKGS, "server": old}
    assert found("{ sound.enable = true; }", project) == []
    project.indexes = {"laptop": INDEX, "server": SmallIndex(moves={"sound.enable": None}, known=("services.x",))}
    assert (
        message("{ sound.enable = true; }", project)
        == "`sound.enable` was removed in NixOS 24.11; this project pins nixos-25.11 for laptop, nixos-24.05 for server. ALSA needs no switch."
    )


def test_nothing_is_said_where_a_lane_has_no_index_or_there_is_no_lane():
    project = OneFile({"laptop": INDEX})
    project.pins = {"laptop": NIXPKGS, "server": NIXPKGS}
    assert found("{ sound.enable = true; }", project) == []
    project.pins = {}
    assert found("{ sound.enable = true; }", project) == []


def test_home_manager_inside_nixos_is_judged_by_its_own_options():
    home = SmallIndex(known=("sound.enable", "home.packages"), set="home-manager")
    project = OneFile({"laptop": SmallIndex(known=("services.x",), moves=INDEX.moves), "home-manager": home})
    project.foreign_names = frozenset({"home-manager"})
    text = "{ home-manager.users.alice = { sound.enable = true; home.package = 1; }; sound.enable = true; }"
    assert found(text, project) == [("option-unknown", "package"), ("option-removed", "sound.enable")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "{ hardware.opengl.enable = true; }",
            (
                "`hardware.opengl.enable` was renamed to `hardware.graphics.enable` in NixOS 24.11; "
                "this project pins nixos-25.11 (flake.lock, input nixpkgs)."
            ),
        ),
        (
            "{ services.old.enable = true; }",
            "`services.old` was renamed to `services.new` in NixOS 24.11; this project pins nixos-25.11 (flake.lock, input nixpkgs).",
        ),
        (
            "{ services.openssh.enabel = true; }",
            (
                "NixOS has no option `services.openssh.enabel`; this project pins nixos-25.11 (flake.lock, input nixpkgs). "
                "Did you mean `services.openssh.enable`?"
            ),
        ),
        (
            "{ services.future.enable = true; }",
            "`services.future` comes in NixOS 26.05; this project pins nixos-25.11 (flake.lock, input nixpkgs).",
        ),
    ],
)
def test_messages_name_the_path_the_release_and_the_pin(text: str, expected: str):
    assert message(text) == expected


def test_severities_and_tags():
    assert only("{ hardware.opengl.enable = true; }").severity is Severity.WARNING
    assert only("{ hardware.opengl.enable = true; }").tags == (Tag.DEPRECATED,)
    assert only("{ services.openssh.enabel = true; }").severity is Severity.ERROR


@pytest.mark.parametrize(
    "text",
    [
        "{ sound.enable = true; } # nix-lsp: ignore option-removed",
        "{\n  # nix-lsp: ignore option-removed\n  sound.enable = true;\n}",
        "{\n  sound.enable = true; # nix-lsp: ignore option-removed, until the move-out\n}",
        "# nix-lsp: ignore-file option-removed\n\n{ sound.enable = true; }",
    ],
)
def test_a_comment_silences_a_rule(text: str):
    assert found(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "{ sound.enable = true; } # nix-lsp: ignore option-unknown",
        "{\n  x = 1; # nix-lsp: ignore option-removed\n  sound.enable = true;\n}",
        '{ sound.enable = "# nix-lsp: ignore option-removed"; }',
        "# nix-lsp: ignore-file because option-removed is wrong\n{ sound.enable = true; }",
    ],
)
def test_a_comment_elsewhere_silences_nothing(text: str):
    assert ("option-removed", "sound.enable") in found(text)


def test_settings_silence_a_rule():
    project = one(INDEX)
    project.settings = Settings(ignored_rules=frozenset({"option-removed"}))
    assert found("{ sound.enable = true; services.x = 1; }", project) == [("option-unknown", "x")]


def test_a_rule_that_fails_costs_only_itself(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture):
    from nix_lsp.ide.rules import moved_options

    monkeypatch.delattr(moved_options, "_why")
    assert found("{ sound.enable = true; services.x = 1; }") == [("option-unknown", "x")]
    assert [record.__dict__["rule"] for record in caplog.records] == ["option-removed"]


@pytest.mark.parametrize(
    "text", ["{ a" + ".b" * 50_000 + " = 1; }", "{ a = " * 100_000, "{ services = " + "{ a = " * 30_000]
)
def test_hostile_files_are_survived(text: str):
    diagnostics(one(INDEX), Document("/t.nix", text.encode()))


@pytest.mark.parametrize(
    "text",
    [
        '{\n  services.openssh.\n  networking.hostName = "x";\n}',
        '{\r\n  services.openssh.\r\n\r\n  networking.hostName = "x";\r\n}',
        "{\n  services.openssh = {\n    settings.\n    enable = true;\n  };\n}",
    ],
)
def test_a_half_typed_path_is_marked_at_its_dot_not_at_the_next_binding(text: str):
    diagnostic = only(text)
    assert diagnostic.span == (text.index(".\r" if "\r" in text else ".\n"), diagnostic.span.start + 1)
    assert diagnostic.message.startswith("A name is missing after this `.`")
    assert not diagnostic.fixes


@pytest.mark.parametrize(
    ("text", "findings"),
    [
        ('{ services = lib.genAttrs [ "opensh" ] (name: { enable = true; }); }', [("option-unknown", '"opensh"')]),
        ("{ services.openssh = lib.mapAttrs (n: v: v) { enabel = true; }; }", [("option-unknown", "enabel")]),
        ("let f = on: { enabel = on; }; in { services.openssh = f true; }", [("option-unknown", "enabel")]),
        ("let ssh = { enabel = true; }; in { services.openssh = ssh; }", [("option-unknown", "enabel")]),
        (
            "let s = { openssh = { enabel = true; }; }; in { services = { inherit (s) openssh; }; }",
            [("option-unknown", "enabel")],
        ),
    ],
)
def test_definitions_that_a_name_or_a_function_gives_are_judged_where_they_stand(
    text: str, findings: list[tuple[str, str]]
):
    assert found(text) == findings


def test_a_definition_that_serves_two_places_is_reported_once():
    text = "let s = { enabel = true; }; in { services.openssh = s; services.new = s; }"
    assert found(text) == [("option-unknown", "enabel")]


def workspace_of(text: str) -> OneFile:
    """A project one of whose modules is `text`."""
    project = one(INDEX)
    project.declared_options = project.module(Document("/m.nix", text.encode())).declared
    return project


def test_a_typo_inside_a_submodule_that_the_workspace_declares():
    project = workspace_of(
        "{ options.my.app = lib.mkOption { type = lib.types.attrsOf (lib.types.submodule { options.port = lib.mkOption { }; }); }; }"
    )
    assert found("{ my.app.x = { port = 1; prot = 2; }; }", project) == [("option-unknown", "prot")]
    assert found("{ my.app = lib.genAttrs names (name: { prot = 2; }); }", project) == [("option-unknown", "prot")]


def test_renames_and_removals_that_the_workspace_declares():
    project = workspace_of(
        '{ imports = [ (lib.mkRenamedOptionModule [ "my" "old" ] [ "my" "new" ]) (lib.mkRemovedOptionModule [ "my" "gone" ] "No.") ]; }'
    )
    text = "{ my.old.x = 1; my.gone = 2; }"
    assert found(text, project) == [("option-renamed", "my.old"), ("option-removed", "my.gone")]
    messages = [each.message for each in diagnostics(project, Document("/t.nix", text.encode()))]
    assert messages == [
        "`my.old` was renamed to `my.new`: `m.nix` of this project says so.",
        "`my.gone` was removed: `m.nix` of this project says so. No.",
    ]
