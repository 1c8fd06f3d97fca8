"""`imp-rebuild-cron`, `imp-nix-profile-install`, `imp-systemctl-disable`, `imp-sleep-loop-nohup`."""

from __future__ import annotations

import pytest

from nix_lsp.ide.model import Tier

from .bench import check_no_edit, check_rewrite, check_silent, findings

REBUILD, INSTALL, DISABLE = "imp-rebuild-cron", "imp-nix-profile-install", "imp-systemctl-disable"


def cron(*lines: str) -> str:
    """Return a module with some cron jobs."""
    return "{\n  services.cron.systemCronJobs = [\n" + "".join(f'    "{line}"\n' for line in lines) + "  ];\n}\n"


def script(*lines: str, beside: str = "") -> str:
    """Return a module with an activation script of some lines."""
    body = "".join(f"    {line}\n" for line in lines)
    return f"{{\n{beside}  system.activationScripts.a = ''\n{body}  '';\n}}\n"


@pytest.mark.parametrize(
    ("job", "settings"),
    [
        ("nixos-rebuild switch --upgrade", ['dates = "daily"']),
        (
            "nix-channel --update && nixos-rebuild boot; /run/current-system/sw/bin/shutdown -r now",
            ['dates = "daily"', 'operation = "boot"', "allowReboot = true"],
        ),
        ("nixos-rebuild switch --flake /etc/nixos#box", ['dates = "daily"', 'flake = "/etc/nixos#box"']),
    ],
)
def test_a_job_becomes_the_upgrade(job: str, settings: list[str]):
    lines = "".join(f"    {each};\n" for each in ("enable = true", *settings))
    after = f"  system.autoUpgrade = {{\n{lines}  }};\n"
    check_rewrite(REBUILD, cron(f"@daily root {job}"), f"{{\n{after}}}\n", preferred=False)
    rest = cron("MAILTO=x").replace("\n}\n", f"\n{after}}}\n")
    check_rewrite(REBUILD, cron("MAILTO=x", f"@daily root {job}"), rest, preferred=False)


def test_a_service_with_a_timer_becomes_the_upgrade_and_joins_what_is_there():
    check_rewrite(
        REBUILD,
        before="""\
{
  system.autoUpgrade.flake = "github:a/b";
  systemd.services.up = {
    startAt = "weekly";
    script = "nixos-rebuild switch --flake github:a/b";
  };
}
""",
        after="""\
{
  system.autoUpgrade.flake = "github:a/b";
  system.autoUpgrade.enable = true;
  system.autoUpgrade.dates = "weekly";
}
""",
        preferred=False,
    )


@pytest.mark.parametrize(
    "module",
    [
        cron("@daily root cd /etc/nixos && git pull && nixos-rebuild switch"),
        cron("@daily root nixos-rebuild build"),
        cron("@daily root nixos-rebuild switch --flake ."),
        cron("@daily root nixos-rebuild switch --target-host x"),
        cron("@daily bob nixos-rebuild switch"),
        cron("0 0 1 * 1 root nixos-rebuild switch"),
        '{ nix.enable = false; services.cron.systemCronJobs = [ "@daily root nixos-rebuild switch" ]; }',
        '{ systemd.services.up.script = "nixos-rebuild switch"; }',
        '{ environment.shellAliases.up = "sudo nixos-rebuild switch"; }',
    ],
)
def test_other_jobs_are_left(module: str):
    assert [each for each in findings(module) if each.rule == REBUILD] == []


@pytest.mark.parametrize(
    ("module", "option", "pin"),
    [
        ("home.activation.a", "home.packages", "home-manager"),
        ("system.activationScripts.a", "environment.systemPackages", "nixos"),
        ("system.activationScripts.a.text", "environment.systemPackages", "nix-darwin"),
    ],
)
def test_packages_of_a_profile_are_listed(module: str, option: str, pin: str):
    head = "{ pkgs, ... }:\n"

    def text(*bindings: str) -> str:
        return head + "{\n" + "".join(f"  {each}\n" for each in bindings) + "}\n"

    command = "nix --extra-experimental-features 'nix-command flakes' profile install nixpkgs#htop"
    check_rewrite(INSTALL, text(f'{module} = "{command}";'), text(f"{option} = [ pkgs.htop ];"), pin)
    check_rewrite(
        INSTALL,
        text(f"{option} = [ pkgs.vim ];", f'{module} = "x; nix profile add nixpkgs#git nixpkgs#htop; y";'),
        text(f"{option} = [ pkgs.vim pkgs.git pkgs.htop ];", f'{module} = "x; y";'),
        pin,
    )


def test_a_flake_s_package_is_explained():
    check_no_edit(script("nix profile install github:a/b"), "Make the flake an input")


@pytest.mark.parametrize(
    "command",
    [
        "nix profile install nixpkgs#no-such-package",
        "nix profile install --profile /p nixpkgs#htop",
        "nix profile remove htop",
        "nix profile install $flake",
        "nix shell nixpkgs#htop",
        "sudo -u bob nix profile install nixpkgs#htop",
    ],
)
def test_other_profiles_are_left(command: str):
    check_silent(script(command))


@pytest.mark.parametrize(
    ("verb", "setting"),
    [
        ("disable", "wantedBy = lib.mkForce [ ]"),
        ("mask", "enable = false"),
        ("disable --now", "wantedBy = lib.mkForce [ ]"),
    ],
)
def test_a_unit_that_must_not_start_is_declared_so(verb: str, setting: str):
    head, after = "{ lib, ... }:\n", f"  systemd.services.cups.{setting};\n"
    command = f"systemctl {verb} cups.service"
    check_rewrite(DISABLE, head + script(f"{command} || true"), f"{head}{{\n{after}}}\n", preferred=False)
    rest = script("x", "y").replace("\n}\n", f"\n{after}}}\n")
    check_rewrite(DISABLE, head + script("x", command, "y"), head + rest, preferred=False)


def test_a_unit_of_the_file_takes_it_in():
    unit = '  systemd.user.services.a = {\n    script = "b";\n'
    check_rewrite(
        DISABLE,
        before=f'{{\n{unit}  }};\n  system.userActivationScripts.x = "systemctl --user mask a";\n}}\n',
        after=f"{{\n{unit}    enable = false;\n  }};\n}}\n",
        preferred=False,
    )


def test_a_unit_that_nothing_here_declares_is_explained():
    check_no_edit(script("systemctl disable other"), "lib.mkForce")
    check_no_edit(
        '{ home.activation.a = "systemctl --user disable sunshine.service || true"; }', "lib.mkForce", "home-manager"
    )


@pytest.mark.parametrize(
    "command",
    [
        "systemctl disable $unit",
        "systemctl disable a b",
        "systemctl unmask cups",
        "systemctl stop cups",
        "x || systemctl disable cups",
    ],
)
def test_other_units_are_left(command: str):
    check_silent(script(command))


@pytest.mark.parametrize(
    ("module", "pin"),
    [
        ('{ programs.bash.initExtra = "nohup a b >/dev/null 2>&1 &"; }', "home-manager"),
        ('{ xsession.initExtra = "x\\nnohup a &\\ny"; }', "home-manager"),
        (
            '{ systemd.user.services.a.Service.ExecStart = "${pkgs.writeShellScript "a" "while true; do x; sleep 1h; done"}"; }',
            "home-manager",
        ),
        ('{ systemd.services.a.script = "while :; do\\n  x\\n  sleep 60\\ndone"; }', "nixos"),
    ],
)
def test_what_a_shell_keeps_alive_is_explained(module: str, pin: str):
    found = findings(module, pin)
    assert [(each.rule, each.fixes) for each in found] == [("imp-sleep-loop-nohup", ())]


@pytest.mark.parametrize(
    "module",
    [
        '{ systemd.services.a.script = "while true; do x; sleep 5; done"; }',
        '{ systemd.services.a.script = "x; while true; do x; sleep 1h; done"; }',
        '{ systemd.services.a.script = "while x; do sleep 1h; done"; }',
        '{ systemd.services.a.script = "sleep 1h; x"; }',
        '{ programs.bash.interactiveShellInit = "alias x=nohup"; }',
        '{ environment.shellAliases.a = "nohup b &"; }',
    ],
)
def test_other_loops_are_left(module: str):
    assert [each for each in findings(module) if each.rule == "imp-sleep-loop-nohup"] == []


def test_no_upgrade_is_mechanical():
    found = findings(cron("@daily root nixos-rebuild switch"))
    assert [fix.tier for each in found for fix in each.fixes] == [Tier.REVIEW]
