"""`imp-run-current-system`, `imp-fhs-path`."""

from __future__ import annotations

import pytest

from .bench import check_rewrite, check_silent, findings

CURRENT = "imp-run-current-system"
USUAL = "imp-fhs-path"


@pytest.mark.parametrize(
    ("rule", "folder"), [(CURRENT, "/run/current-system/sw/bin"), (USUAL, "/usr/bin"), (USUAL, "/usr/local/bin")]
)
def test_a_program_is_named_by_its_package(rule: str, folder: str):
    check_rewrite(
        rule,
        before=f'{{ pkgs, ... }}:\n{{\n  systemd.services.x.serviceConfig.ExecStart = "{folder}/rsync -a /a /b";\n}}\n',
        after='{ pkgs, ... }:\n{\n  systemd.services.x.serviceConfig.ExecStart = "${pkgs.rsync}/bin/rsync -a /a /b";\n}\n',
    )


def test_one_path_of_a_longer_script_and_the_argument_that_it_takes():
    check_rewrite(
        USUAL,
        before="""\
{ lib, ... }:
{
  systemd.services.x.script = ''
    # first
    echo "''${a}"
    /usr/bin/sleep 5 && echo done
    if true; then /usr/bin/rsync x; fi
  '';
}
""",
        after="""\
{ lib, pkgs, ... }:
{
  systemd.services.x.script = ''
    # first
    echo "''${a}"
    ${pkgs.coreutils}/bin/sleep 5 && echo done
    if true; then /usr/bin/rsync x; fi
  '';
}
""",
    )


def test_an_element_of_a_list_of_command_lines():
    check_rewrite(
        CURRENT,
        before='{ pkgs, ... }: { systemd.services.x.serviceConfig.ExecStartPre = [ "/bin/a" "/run/current-system/sw/bin/systemctl stop y" ]; }',
        after='{ pkgs, ... }: { systemd.services.x.serviceConfig.ExecStartPre = [ "/bin/a" "${pkgs.systemd}/bin/systemctl stop y" ]; }',
    )


def test_a_path_that_is_not_there_weighs_more():
    (usual,) = findings('{ pkgs, ... }: { systemd.services.x.script = "/usr/bin/rsync"; }')
    (current,) = findings('{ pkgs, ... }: { systemd.services.x.script = "/run/current-system/sw/bin/rsync"; }')
    assert usual.severity < current.severity


@pytest.mark.parametrize(
    "script",
    [
        "/usr/bin/env rsync",
        "/bin/sh x",
        "/usr/bin/no-such-program",
        "/run/current-system/sw/bin/nixos-rebuild boot",
        "/run/current-system/sw/bin/nix-env -q",
        "/run/wrappers/bin/sudo x",
        "ssh host /usr/bin/rsync",
        "echo /usr/bin/rsync",
        "if x; then /usr/bin/rsync; fi",
        "[ -x /usr/bin/rsync ] && /usr/bin/rsync",
        "mkdir -p /usr/bin; /usr/bin/rsync",
        "ln -s ${pkgs.rsync}/bin/rsync /usr/bin/rsync; /usr/bin/rsync",
        "chroot /mnt\n/usr/bin/rsync",
        "${pkgs.rsync}/bin/rsync /usr/bin/rsync",
        "# /usr/bin/rsync",
    ],
)
def test_other_paths_stay(script: str):
    found = findings(f"{{ pkgs, ... }}: {{ systemd.services.x.script = ''\n{script}\n''; }}")
    assert not {CURRENT, USUAL} & {each.rule for each in found}


@pytest.mark.parametrize(
    ("text", "pin"),
    [
        ('{ services.envfs.enable = true; systemd.services.x.script = "/usr/bin/rsync"; }', "nixos"),
        ('{ systemd.services.x = { serviceConfig.RootDirectory = "/r"; script = "/usr/bin/rsync"; }; }', "nixos"),
        ('{ home.activation.x = "/usr/bin/rsync"; }', "home-manager"),
        ('{ launchd.daemons.x.script = "/usr/bin/rsync"; }', "nix-darwin"),
        ('{ security.sudo.extraRules = [ { command = "/run/current-system/sw/bin/systemctl"; } ]; }', "nixos"),
        ('{ environment.shellAliases.x = "/usr/bin/rsync"; }', "nixos"),
    ],
)
def test_other_places_stay(text: str, pin: str):
    check_silent(text, pin)
