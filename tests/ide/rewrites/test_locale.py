"""`imp-locale-keymap`, `imp-ntp`."""

from __future__ import annotations

import pytest

from .bench import check_no_edit, check_rewrite, check_silent

LOCALE, CLOCK = "imp-locale-keymap", "imp-ntp"


@pytest.mark.parametrize(
    ("command", "options"),
    [
        ("localectl set-keymap de-latin1", ['console.keyMap = "de-latin1";']),
        ("localectl set-locale en_GB.UTF-8", ['i18n.defaultLocale = "en_GB.UTF-8";']),
        (
            "localectl set-locale LANG=C.UTF-8 LC_TIME=de_DE.UTF-8",
            ['i18n.defaultLocale = "C.UTF-8";', 'i18n.extraLocaleSettings.LC_TIME = "de_DE.UTF-8";'],
        ),
        ("localectl set-x11-keymap us", ['services.xserver.xkb.layout = "us";']),
    ],
)
def test_language_and_keys_are_declared(command: str, options: list[str]):
    check_rewrite(
        LOCALE,
        before=f"{{\n  system.activationScripts.l = ''\n    x\n    {command}\n  '';\n}}\n",
        after="{\n  system.activationScripts.l = ''\n    x\n  '';\n"
        + "".join(f"  {each}\n" for each in options)
        + "}\n",
    )


def test_a_layout_with_model_and_variant_joins_what_the_file_says():
    check_rewrite(
        LOCALE,
        before='{\n  services.xserver.xkb = {\n    layout = "us";\n  };\n  system.activationScripts.l = "localectl set-x11-keymap us \'\' intl";\n}\n',
        after='{\n  services.xserver.xkb = {\n    layout = "us";\n    variant = "intl";\n  };\n}\n',
    )


def test_another_locale_is_a_conflict():
    check_no_edit(
        '{ i18n.defaultLocale = "C.UTF-8"; system.activationScripts.l = "localectl set-locale de_DE.UTF-8"; }',
        "another value",
    )


@pytest.mark.parametrize(
    "command",
    [
        "localectl",
        "localectl status",
        "localectl set-keymap $k",
        "localectl set-locale LC_ALL=C",
        "localectl set-locale X=y",
        "localectl set-x11-keymap a b c d e",
    ],
)
def test_other_uses_of_localectl_stay(command: str):
    check_silent(f'{{ system.activationScripts.l = "{command}"; }}')


@pytest.mark.parametrize(
    "command", ["ntpdate -u 0.nixos.pool.ntp.org", "timedatectl set-ntp true", "sudo ntpdate pool.ntp.org || true"]
)
def test_the_clock_is_set_by_the_service(command: str):
    check_rewrite(
        CLOCK,
        before=f"{{\n  system.activationScripts.c = ''\n    x\n    {command}\n  '';\n}}\n",
        after="{\n  system.activationScripts.c = ''\n    x\n  '';\n  services.timesyncd.enable = true;\n}\n",
    )


def test_a_server_of_ones_own_joins_the_list():
    check_rewrite(
        CLOCK,
        before='{\n  networking.timeServers = [ "b" ];\n  services.timesyncd.enable = true;\n  boot.postBootCommands = "ntpdate time.example.org";\n}\n',
        after='{\n  networking.timeServers = [ "b" "time.example.org" ];\n  services.timesyncd.enable = true;\n}\n',
    )


def test_a_service_that_is_off_is_a_conflict():
    check_no_edit(
        '{ services.timesyncd.enable = false; system.activationScripts.c = "ntpdate pool.ntp.org"; }', "another value"
    )


@pytest.mark.parametrize(
    "text",
    [
        '{ system.activationScripts.c = "ntpdate -q pool.ntp.org"; }',
        '{ system.activationScripts.c = "ntpdate $s"; }',
        '{ system.activationScripts.c = "timedatectl set-ntp false"; }',
        '{ services.chrony.enable = true; system.activationScripts.c = "ntpdate pool.ntp.org"; }',
    ],
)
def test_other_clocks_stay(text: str):
    check_silent(text)
