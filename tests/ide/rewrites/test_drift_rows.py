"""Moves that are more than a name: the converted file, what is left alone, and that every row speaks of a move that happened."""

from __future__ import annotations

import re

import pytest

from nix_lsp.ide.actions import fix_all
from nix_lsp.ide.diagnostics import diagnostics
from nix_lsp.ide.edits import apply
from nix_lsp.ide.model import Tier
from nix_lsp.ide.rewrites.drift.table import rows
from nix_lsp.ide.rewrites.drift.words import instead, told_of
from option_index.catalog import Catalog
from option_index.records import Standing
from option_index.timeline import parse_point
from tests.fixture import project
from tests.ide.edit import parses

NEWEST = {"nixos": "26.11pre", "home-manager": "2026-09-01", "nix-darwin": "26.05"}
MOVED = {Standing.RENAMED, Standing.CHANGED, Standing.REMOVED}
THERE = {Standing.OPTION, Standing.INSIDE, Standing.NAMESPACE}
NAMED = re.compile(r"`([a-z][\w-]*(?:\.[\w-]+)+)`")
NIXOS, HOME, DARWIN = "/configuration.nix", "/home.nix", "/darwin-configuration.nix"


def fixed(text: str, pin: str, path: str) -> str:
    """Take all preferred fixes of moved options, one after another, those to review too."""
    for _ in range(20):
        workspace, document, _ = project(text, pin=pin, path=path)
        fixes = [
            fix
            for each in diagnostics(workspace, document)
            for fix in each.fixes
            if fix.preferred and not fix.title.startswith("Delete this")
        ]
        if not fixes:
            return text
        text = apply(document.source, fixes[0].edits[0].edits).decode()
        assert parses(text.encode()), text
    raise AssertionError(text)


def all_fixed(text: str, pin: str, path: str) -> str:
    workspace, document, _ = project(text, pin=pin, path=path)
    fix = fix_all(workspace, document)
    return apply(document.source, fix.edits[0].edits).decode() if fix else text


@pytest.mark.parametrize(
    ("path", "pin", "before", "after"),
    [
        (NIXOS, "26.05", '{ systemd.sleep.extraConfig = "AllowSuspend=no"; }', '{ systemd.sleep.settings.Sleep.AllowSuspend = "no"; }'),
        (
            NIXOS,
            "25.11",
            "{\n  # mine\n  systemd.extraConfig = ''\n    # long\n    DefaultTimeoutStopSec=10s\n    DefaultTasksMax=4\n  '';\n  a = 1;\n}\n",
            '{\n  # mine\n  systemd.settings.Manager = {\n    # long\n    DefaultTimeoutStopSec = "10s";\n    DefaultTasksMax = 4;\n  };\n  a = 1;\n}\n',
        ),
        (
            NIXOS,
            "25.11",
            "{\n  services.logind = {\n    settings.Login.HandleLidSwitch = \"ignore\";\n    extraConfig = ''\n      IdleAction=lock\n    '';\n  };\n}\n",
            '{\n  services.logind = {\n    settings.Login.HandleLidSwitch = "ignore";\n    settings.Login.IdleAction = "lock";\n  };\n}\n',
        ),
        (
            NIXOS,
            "25.11",
            '{\n  services.logind.settings.Login = {\n    HandleLidSwitch = "ignore";\n  };\n  services.logind.extraConfig = "IdleAction=lock";\n}\n',
            '{\n  services.logind.settings.Login = {\n    HandleLidSwitch = "ignore";\n    IdleAction = "lock";\n  };\n}\n',
        ),
        (
            NIXOS,
            "25.11",
            "{ lib, ... }:\n{\n  systemd.extraConfig = lib.mkIf true ''\n    A=1\n    B=${toString 2}s\n  '';\n}\n",
            '{ lib, ... }:\n{\n  systemd.settings.Manager = lib.mkIf true {\n    A = 1;\n    B = "${toString 2}s";\n  };\n}\n',
        ),
        (
            NIXOS,
            "25.11",
            '{\n  systemd.extraConfig = "A=x\\nA=y";\n}\n',
            '{\n  systemd.settings.Manager.A = [ "x" "y" ];\n}\n',
        ),
        (NIXOS, "25.11", '{ services.ddclient.domain = "a.org"; }', '{ services.ddclient.domains = [ "a.org" ]; }'),
        (NIXOS, "25.11", '{ services.redshift.latitude = "46.5"; }', "{ location.latitude = 46.5; }"),
        (
            NIXOS,
            "25.11",
            '{ services.kresd.interfaces = [ "::1" "127.0.0.1" ]; }',
            '{ services.kresd.listenPlain = [ "[::1]:53" "127.0.0.1:53" ]; }',
        ),
        (
            NIXOS,
            "25.11",
            "{ networking.interfaces.eth0.preferTempAddress = false; }",
            '{ networking.interfaces.eth0.tempAddress = "enabled"; }',
        ),
        (NIXOS, "25.11", "{ security.acme.validMin = 2592000; }", "{ security.acme.defaults.validMinDays = 30; }"),
        (
            NIXOS,
            "25.11",
            '{ security.acme = { acceptTerms = true; email = "a@b.c"; }; }',
            '{ security.acme = { acceptTerms = true; defaults.email = "a@b.c"; }; }',
        ),
        (
            NIXOS,
            "25.11",
            "{ pkgs, ... }: { services.printing.gutenprint = true; }",
            "{ pkgs, ... }: { services.printing.drivers = [ pkgs.gutenprint ]; }",
        ),
        (
            NIXOS,
            "25.11",
            "{\n  hardware.opengl = {\n    # fast\n    enable = true;\n    driSupport = true; # gone\n  };\n}\n",
            "{\n  # fast\n  hardware.graphics.enable = true;\n}\n",
        ),
        (
            NIXOS,
            "25.11",
            "{\n  services.samba.extraConfig = ''\n    guest account = nobody\n    [homes]\n    browseable = no\n    writable = yes\n  '';\n}\n",
            '{\n  services.samba.settings = {\n    global = {\n      "guest account" = "nobody";\n    };\n    homes = {\n      browseable = "no";\n      writable = "yes";\n    };\n  };\n}\n',
        ),
        (HOME, "25.11", '{ nix.gc.frequency = "weekly"; }', '{ nix.gc.dates = [ "weekly" ]; }'),
        (HOME, "25.11", "{ programs.mcfly.enableFuzzySearch = true; }", "{ programs.mcfly.fuzzySearchFactor = 2; }"),
        (HOME, "25.11", '{ config, ... }: { programs.go.goPath = "go"; }', '{ config, ... }: { programs.go.env.GOPATH = [ "${config.home.homeDirectory}/go" ]; }'),
        (HOME, "25.11", "{ qt.useGtkTheme = true; }", '{ qt.platformTheme = { name = "gtk2"; }; }'),
        (
            HOME,
            "25.11",
            "{ lib, ... }:\n{\n  programs.zsh.initExtraBeforeCompInit = ''\n    a\n  '';\n}\n",
            "{ lib, ... }:\n{\n  programs.zsh.initContent = lib.mkOrder 550 ''\n    a\n  '';\n}\n",
        ),
        (
            HOME,
            "25.11",
            "{ lib, ... }:\n{\n  programs.zsh = {\n    # early\n    initExtraFirst = ''\n      a\n    '';\n    initContent = ''\n      b\n    '';\n  };\n}\n",
            "{ lib, ... }:\n{\n  programs.zsh = {\n    initContent = lib.mkMerge [\n      # early\n      (lib.mkBefore ''\n        a\n      '')\n      ''\n        b\n      ''\n    ];\n  };\n}\n",
        ),
        (
            HOME,
            "26.05",
            '{ lib, ... }: { programs.ssh.matchBlocks."a.b" = lib.hm.dag.entryAfter [ "c" ] { port = 1; }; }',
            '{ lib, ... }: { programs.ssh.settings."a.b" = lib.hm.dag.entryAfter [ "c" ] { Port = 1; }; }',
        ),
        (HOME, "26.05", '{ programs.ssh.matchBlocks."*".controlPath = "~/%C"; }', '{ programs.ssh.settings."*".ControlPath = "~/%C"; }'),
        (HOME, "26.05", "{ programs.ssh.matchBlocks = { ${a}.port = 1; }; }", "{ programs.ssh.settings = { ${a}.Port = 1; }; }"),
        (
            HOME,
            "26.05",
            "{ lib, ... }: { programs.ssh.matchBlocks = lib.mapAttrs (name: port: { hostname = name; inherit_ = 1; }) hosts; }",
            "{ lib, ... }: { programs.ssh.matchBlocks = lib.mapAttrs (name: port: { hostname = name; inherit_ = 1; }) hosts; }",
        ),
        (
            HOME,
            "26.05",
            "{ lib, ... }: { programs.ssh.matchBlocks = lib.mapAttrs (name: port: { hostname = name; port = port; }) hosts; }",
            "{ lib, ... }: { programs.ssh.settings = lib.mapAttrs (name: port: { HostName = name; Port = port; }) hosts; }",
        ),
        (HOME, "26.05", "port: { programs.ssh.matchBlocks.a = { inherit port; }; }", "port: { programs.ssh.settings.a = { Port = port; }; }"),
        (
            HOME,
            "26.05",
            "{\n  programs.ssh.matchBlocks.a = {\n    inherit (me.ssh) user port;\n    inherit (me.b or c) hostname;\n    proxyJump = x;\n  };\n}\n",
            "{\n  programs.ssh.settings.a = {\n    User = me.ssh.user;\n    Port = me.ssh.port;\n    HostName = (me.b or c).hostname;\n    ProxyJump = x;\n  };\n}\n",
        ),
        (
            HOME,
            "26.05",
            '{ lib, ... }: { programs.ssh.matchBlocks = (lib.genAttrs [ "a" "b" ] (host: lib.hm.dag.entryAfter [ "c" ] { hostname = host; })); }',
            '{ lib, ... }: { programs.ssh.settings = (lib.genAttrs [ "a" "b" ] (host: lib.hm.dag.entryAfter [ "c" ] { HostName = host; })); }',
        ),
        (NIXOS, "26.05", "{ services.greetd = { enable = true; vt = 1; }; }", "{ services.greetd = { enable = true; }; }"),
        (NIXOS, "26.11pre", "{ services.displayManager.gdm = { enable = true; wayland = true; }; }", "{ services.displayManager.gdm = { enable = true; }; }"),
        (
            NIXOS,
            "26.05",
            '{ services.prometheus.exporters.unbound.controlInterface = "/run/unbound.ctl"; }',
            '{ services.prometheus.exporters.unbound.unbound.host = "unix:///run/unbound.ctl"; }',
        ),
        (
            NIXOS,
            "26.05",
            '{ services.prometheus.exporters.unbound.controlInterface = "127.0.0.1:8953"; }',
            '{ services.prometheus.exporters.unbound.unbound.host = "tcp://127.0.0.1:8953"; }',
        ),
        (
            NIXOS,
            "26.05",
            '{ pkgs, ... }: { services.ollama.acceleration = "rocm"; }',
            "{ pkgs, ... }: { services.ollama.package = pkgs.ollama-rocm; }",
        ),
        (DARWIN, "26.05", "{ system.defaults.alf.stealthenabled = 1; }", "{ networking.applicationFirewall.enableStealthMode = true; }"),
        (DARWIN, "26.05", "{ security.pam.enableSudoTouchIdAuth = x; }", "{ security.pam.services.sudo_local.touchIdAuth = x; }"),
        (DARWIN, "25.05", "{ services.nix-daemon.enable = true; nix.gc.automatic = true; }", "{ nix.gc.automatic = true; }"),
    ],
)  # fmt: skip
def test_a_value_becomes_what_says_the_same(path: str, pin: str, before: str, after: str):
    assert fixed(before, pin, path) == after
    assert fixed(after, pin, path) == after


@pytest.mark.parametrize(
    ("path", "pin", "text"),
    [
        (NIXOS, "25.11", '{ systemd.extraConfig = "[Other]\\nA=1"; }'),
        (NIXOS, "25.11", '{ systemd.extraConfig = "A=1\\\\\\nB=2"; }'),
        (NIXOS, "25.11", "{ systemd.extraConfig = builtins.readFile ./a; }"),
        (NIXOS, "25.11", '{ systemd.extraConfig = "${x}=1"; }'),
        (NIXOS, "25.11", '{ systemd.extraConfig = "A=1"; systemd.settings.Manager.A = 2; }'),
        (NIXOS, "25.11", '{ lib, ... }: { services.ddclient.domain = lib.mkMerge [ "a" ]; }'),
        (NIXOS, "25.11", '{ services.redshift.latitude = "north"; }'),
        (NIXOS, "25.11", "{ services.printing.gutenprint = true; }"),
        (NIXOS, "25.11", "{ hardware.opengl.driSupport = false; }"),
        (HOME, "25.11", "{ programs.zsh.initExtraFirst = x; }"),
        (HOME, "25.11", '{ programs.go.goPath = "go"; }'),
        (HOME, "25.11", '{ nix.gc.frequency = "a"; nix.gc.dates = "b"; }'),
        *(
            (HOME, "26.05", "{ lib, ... }: { programs.ssh." + text + "; }")
            for text in (
                "matchBlocks = lib.mkMerge [ { a.port = 1; } ]",
                "matchBlocks = common",
                "matchBlocks = { a.port = 1; }; programs.ssh.settings = { b.Port = 2; }",
                "matchBlocks.a = common // { port = 1; }",
                "matchBlocks.a = f { port = 1; }",
                "matchBlocks.a = { inherit header; }",
                "matchBlocks.a = { inherit checkHostIP; }",
                "matchBlocks.a = { inherit ${port}; }",
                "matchBlocks.a = { inherit (x) /* # */ port; }",
                "matchBlocks = { inherit a; }",
                "matchBlocks.a = rec { port = 1; }",
                'matchBlocks.a = { host = "x"; match = "y"; }',
                "matchBlocks.a = { host = x; }",
                'matchBlocks.a = { port = 2; extraOptions = { port = "1"; }; }',
                'matchBlocks.a = { extraOptions = { Match = "all"; }; }',
                "matchBlocks.a = { extraOptions = { A = x; }; }",
                'matchBlocks.a = { extraOptions = { /* a */ A = "x"; }; }',
                "matchBlocks.a = { forwardX11 = false; }",
                "matchBlocks.a = { checkHostIP = x; }",
                "matchBlocks.a = { user = null; }",
                'matchBlocks."*" = { controlPath = x; }',
                "matchBlocks.a = { localForwards = [ { bind.port = 1; host.port = 2; } ]; }",
                "matchBlocks.a = { localForwards = x; }",
                "matchBlocks.a = { ${key} = 1; }",
            )
        ),
        (NIXOS, "26.05", '{ lib, ... }: { services.resolved.extraConfig = lib.mkForce ""; }'),
        (NIXOS, "26.05", "{ services.greetd.vt = 7; }"),
        (NIXOS, "26.11pre", "{ services.displayManager.gdm.wayland = false; }"),
        (NIXOS, "26.05", '{ services.prometheus.exporters.unbound.controlInterface = "a b"; }'),
        (DARWIN, "26.05", "{ system.defaults.alf.globalstate = 2; }"),
    ],
)
def test_what_is_not_known_to_say_the_same_is_left_alone(path: str, pin: str, text: str):
    assert fixed(text, pin, path) == text


SSH_BEFORE = """{
  programs.ssh = {
    # hosts
    matchBlocks = {
      # mine
      a = {
        hostname = "x"; # why
        match = "host ${y}";
        extraOptions = {
          VisualHostKey = "yes";
          Foo = "a ${b}";
        };
      };
      b.setEnv.A = "c";
      b.extraOptions.LogLevel = "QUIET";
    };
  };
}
"""
SSH_AFTER = """{
  programs.ssh = {
    # hosts
    settings = {
      # mine
      a = {
        HostName = "x"; # why
        header = "Match host ${y}";
        VisualHostKey = "yes";
        Foo = "a ${b}";
      };
      b.SetEnv.A = "c";
      b.LogLevel = "QUIET";
    };
  };
}
"""


def test_the_blocks_of_ssh_keep_their_layout_and_comments():
    assert all_fixed(SSH_BEFORE, "26.05", HOME) == SSH_AFTER
    assert all_fixed(SSH_AFTER, "26.05", HOME) == SSH_AFTER


def test_what_a_person_should_see_first_is_not_applied_with_all():
    text = '{ services.samba.extraConfig = "a = b"; }'
    assert all_fixed(text, "25.11", NIXOS) == text
    assert fixed(text, "25.11", NIXOS) == '{ services.samba.settings.global.a = "b"; }'


def test_a_priority_makes_the_fix_one_to_review():
    text = '{ lib, ... }: { services.ddclient.domain = lib.mkForce "a"; }'
    assert all_fixed(text, "25.11", NIXOS) == text
    assert fixed(text, "25.11", NIXOS) == '{ lib, ... }: { services.ddclient.domains = lib.mkForce [ "a" ]; }'


def test_a_set_moves_as_a_whole_once_what_is_gone_has_left_it():
    text = "{\n  hardware.opengl = {\n    # fast\n    enable = true;\n    driSupport = true; # gone\n  };\n}\n"
    assert all_fixed(text, "25.11", NIXOS) == "{\n  hardware.graphics = {\n    # fast\n    enable = true;\n  };\n}\n"


def test_two_that_become_one_option_are_joined_not_doubled():
    text = "{ lib, ... }:\n{\n  programs.zsh.initExtraFirst = ''\n    a\n  '';\n  programs.zsh.initExtra = ''\n    b\n  '';\n}\n"
    done = all_fixed(text, "25.11", HOME)
    assert done.count("initContent") == 1
    assert "lib.mkBefore" in done
    assert all_fixed(done, "25.11", HOME) == done


def test_every_row_speaks_of_a_move_that_happened_to_a_place_that_exists():
    catalog = Catalog()
    for each in rows():
        options = catalog.options(each.set, parse_point(NEWEST[each.set]))
        assert options
        names = tuple("eth0" if segment == "*" else segment for segment in each.source)
        found = options.resolve(names)
        assert found.standing in MOVED, names
        told = found.move.target if found.move else None
        target = each.target_of(names, told)
        assert target is None or options.resolve(target).standing in THERE, target
        assert target or each.convert.__qualname__.startswith("gone"), names


def test_a_removed_option_says_what_stands_in_its_place():
    workspace, document, _ = project("{ boot.loader.raspberryPi.enable = true; }", pin="26.05")
    (found,) = diagnostics(workspace, document)
    assert "`boot.loader.generic-extlinux-compatible.enable`" in found.message


def test_a_replaced_option_without_a_fix_says_how_it_is_written_now():
    workspace, document, _ = project("{ programs.ssh.matchBlocks.a.port = null; }", pin="26.05", path=HOME)
    (found,) = diagnostics(workspace, document)
    assert found.message.startswith("`programs.ssh.matchBlocks` was replaced by `programs.ssh.settings` in")
    assert found.message.endswith("`identityFile` is `IdentityFile`.")


def test_all_that_is_said_of_a_removed_option_is_of_one_that_was_removed_and_of_options_that_exist():
    catalog = Catalog()
    for module_set, path in told_of():
        options = catalog.options(module_set, parse_point(NEWEST[module_set]))
        assert options
        found = options.resolve(path)
        assert found.standing is Standing.REMOVED, path
        assert found.move, path
        assert found.move.source == path
        for name in NAMED.findall(instead(module_set, path) or ""):
            assert options.resolve(tuple(name.split("."))).standing in THERE, name


def test_rows_are_told_apart():
    keys = [(each.set, each.source) for each in rows()]
    assert len(keys) == len(set(keys))
    assert {each.tier for each in rows()} == {Tier.MECHANICAL, Tier.REVIEW}
