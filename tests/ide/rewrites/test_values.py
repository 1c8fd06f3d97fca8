"""Scripts wherever an option's value holds them: under conditions, as a part of a sum, in programs that are written out."""

from __future__ import annotations

import pytest

from nix_lsp.ide.model import Tier

from .bench import check_no_edit, check_rewrite, check_silent, findings

ZONE = "timedatectl set-timezone UTC"


@pytest.mark.parametrize("condition", ["lib.mkIf c", "lib.optionalString c"])
def test_what_runs_under_a_condition_counts_under_it(condition: str):
    check_rewrite(
        "imp-timezone",
        before=f'{{ lib, c, ... }}:\n{{\n  system.activationScripts.a = {condition} "{ZONE}";\n}}\n',
        after='{ lib, c, ... }:\n{\n  time.timeZone = lib.mkIf c "UTC";\n}\n',
    )


def test_sets_and_lists_count_under_the_condition_too():
    check_rewrite(
        "imp-useradd",
        before='{ lib, c, ... }:\n{\n  system.activationScripts.a = lib.mkIf (c == 1) "useradd -r app; x";\n}\n',
        after="""\
{ lib, c, ... }:
{
  system.activationScripts.a = lib.mkIf (c == 1) "x";
  users.users.app = lib.mkIf (c == 1) {
    isSystemUser = true;
    group = "app";
  };
  users.groups.app = lib.mkIf (c == 1) { };
}
""",
    )


def test_a_list_that_stands_is_not_appended_to_under_a_condition():
    check_no_edit(
        "{ networking.firewall.allowedTCPPorts = [ 1 ]; networking.firewall.extraCommands = "
        'lib.mkIf c "iptables -A INPUT -p tcp --dport 80 -j ACCEPT"; }',
        "a condition decides",
    )


def test_a_part_of_a_sum_loses_its_command():
    check_rewrite(
        "imp-timezone",
        before=f"{{\n  system.activationScripts.a = ''\n    {ZONE}\n    x\n  '' + b;\n}}\n",
        after="{\n  system.activationScripts.a = ''\n    x\n  '' + b;\n  time.timeZone = \"UTC\";\n}\n",
    )


def test_a_part_of_a_sum_goes_with_its_sign():
    check_rewrite(
        "imp-timezone",
        before=f'{{\n  system.activationScripts.a = "x\\n" + lib.optionalString c "{ZONE}";\n}}\n',
        after='{\n  system.activationScripts.a = "x\\n";\n  time.timeZone = lib.mkIf c "UTC";\n}\n',
    )


@pytest.mark.parametrize("value", [f'"x; " + "{ZONE}"', f'"{ZONE}" + " --adjust"', f'x + "\\n{ZONE}" + y'])
def test_a_line_that_another_part_may_share_is_left(value: str):
    check_silent(f"{{ system.activationScripts.a = {value}; }}")


def test_names_of_a_let_round_the_script_stay_there():
    text = '{ system.activationScripts.a = let n = 1; in "sysctl vm.swappiness=${toString n}"; }'
    check_no_edit(text, "only the script can see")
    check_rewrite(
        "imp-timezone",
        before=f'{{\n  system.activationScripts.a = let n = 1; in "{ZONE}";\n}}\n',
        after='{\n  time.timeZone = "UTC";\n}\n',
    )


@pytest.mark.parametrize(
    "program",
    [
        f'pkgs.writeShellScript "a" "{ZONE}"',
        f"\"${{pkgs.writeShellScript \"a\" ''{ZONE}''}}\"",
        f'"${{pkgs.writeShellScriptBin "a" "{ZONE}"}}/bin/a --now"',
        f'pkgs.writeScript "a" "#!${{pkgs.runtimeShell}}\\n{ZONE}"',
        f'"${{pkgs.writeShellApplication {{ name = "a"; text = "{ZONE}"; }}}}/bin/a"',
    ],
)
def test_a_program_that_a_service_runs_is_a_script(program: str):
    check_rewrite(
        "imp-timezone",
        before=(
            '{ pkgs, ... }:\n{\n  a = 1;\n  systemd.services.zone = {\n    wantedBy = [ "multi-user.target" ];\n'
            f"    serviceConfig.ExecStart = {program};\n  }};\n}}\n"
        ),
        after='{ pkgs, ... }:\n{\n  a = 1;\n  time.timeZone = "UTC";\n}\n',
    )


def test_a_program_that_a_let_binds_for_it_goes_with_its_let():
    check_rewrite(
        "imp-timezone",
        before=(
            f"{{ pkgs, ... }}:\nlet\n  zone = pkgs.writeShellScript \"zone\" ''\n    {ZONE}\n  '';\nin\n"
            "{\n  a = 1;\n  systemd.services.zone.serviceConfig.ExecStart = zone;\n}\n"
        ),
        after='{ pkgs, ... }:\n{\n  a = 1;\n  time.timeZone = "UTC";\n}\n',
    )


def test_what_else_a_let_bound_program_does_stays():
    check_rewrite(
        "imp-useradd",
        before=(
            "{ pkgs, ... }:\nlet\n  b = 2;\n  setup = pkgs.writeShellScript \"x\" ''\n    useradd -r app\n    y\n  '';\nin\n"
            '{\n  systemd.services.zone.serviceConfig.ExecStart = "${setup}";\n}\n'
        ),
        after=(
            "{ pkgs, ... }:\nlet\n  b = 2;\n  setup = pkgs.writeShellScript \"x\" ''\n    y\n  '';\nin\n"
            '{\n  systemd.services.zone.serviceConfig.ExecStart = "${setup}";\n'
            '  users.users.app = {\n    isSystemUser = true;\n    group = "app";\n  };\n  users.groups.app = { };\n}\n'
        ),
    )


@pytest.mark.parametrize(
    "program",
    [
        "lib.getExe (pkgs.writeShellScriptBin \"setup\" ''\n      useradd -r app\n      y\n    '')",
        "lib.getExe' (pkgs.writeShellScriptBin \"setup\" ''\n      useradd -r app\n      y\n    '') \"setup\"",
        "\"${lib.getExe (pkgs.writeShellScriptBin \"setup\" ''\n      useradd -r app\n      y\n    '')}\"",
    ],
)
def test_a_program_is_seen_through_what_finds_it_in_its_package(program: str):
    check_rewrite(
        "imp-useradd",
        before=f"{{ lib, pkgs, ... }}:\n{{\n  systemd.services.setup.serviceConfig.ExecStart = {program};\n}}\n",
        after=(
            "{ lib, pkgs, ... }:\n{\n  systemd.services.setup.serviceConfig.ExecStart = "
            + program.replace("      useradd -r app\n", "")
            + ';\n  users.users.app = {\n    isSystemUser = true;\n    group = "app";\n  };\n  users.groups.app = { };\n}\n'
        ),
    )


@pytest.mark.parametrize(
    "module",
    [
        f'let s = pkgs.writeText "a" "{ZONE}"; in {{ systemd.services.a.serviceConfig.ExecStart = s; }}',
        f'let s = x: pkgs.writeShellScript x "{ZONE}"; in {{ systemd.services.a.serviceConfig.ExecStart = s 1; }}',
        f'{{ systemd.services.a.serviceConfig.ExecStart = pkgs.writeScript "a" "#!${{pkgs.python3}}/bin/python\\n{ZONE}"; }}',
        f'{{ environment.systemPackages = [ (pkgs.writeShellScriptBin "a" "{ZONE}") ]; }}',
        f'{{ systemd.services.a.serviceConfig.ExecStart = "${{x}} ${{pkgs.writeShellScript "a" "{ZONE}"}}"; }}',
    ],
)
def test_programs_of_others_are_left(module: str):
    check_silent(module)


def test_an_argument_of_the_program_is_never_moved():
    check_silent(
        '{ systemd.services.a.serviceConfig.ExecStart = "${pkgs.writeShellScript "a" "timedatectl set-timezone $1"} UTC"; }'
    )


def test_a_conditional_fix_is_as_certain_as_another():
    (found,) = findings(f'{{ system.activationScripts.a = lib.mkIf c "{ZONE}"; }}')
    assert [fix.tier for fix in found.fixes] == [Tier.MECHANICAL]
