"""`imp-wallpaper`, `imp-audio-sink`, `imp-bluetooth-power` and `imp-rfkill`."""

from __future__ import annotations

import pytest

from nix_lsp.ide.model import Tier

from .bench import check_no_edit, check_rewrite, check_silent, findings

HOME = "home-manager"
POWER = "imp-bluetooth-power"


@pytest.mark.parametrize(
    ("module", "option"),
    [
        ('xsession.initExtra = "feh --bg-fill ${./w.png}";', "services.random-background"),
        (
            'xsession.windowManager.i3.config.startup = [ { command = "feh --no-fehbg --bg-scale ~/w"; } ];',
            "services.random-background",
        ),
        ('wayland.windowManager.hyprland.settings.exec-once = [ "swaybg -i ${./w.png}" "x" ];', "services.hyprpaper"),
    ],
)
def test_a_wallpaper_is_explained(module: str, option: str):
    (found,) = findings(f"{{ {module} }}", HOME)
    assert (found.rule, found.fixes) == ("imp-wallpaper", ())
    assert option in found.message


@pytest.mark.parametrize(
    "line", ["feh ${./w.png}", "swww init", "swww-daemon", "if x; then swaybg -i y; fi", "echo feh --bg-fill x"]
)
def test_other_pictures_are_not_worth_a_word(line: str):
    check_silent(f'{{ xsession.initExtra = "{line}"; }}', HOME)


@pytest.mark.parametrize(
    "module",
    [
        'systemd.user.services.sink.script = "pactl set-default-sink alsa_output.x";',
        'services.xserver.displayManager.sessionCommands = "${pkgs.wireplumber}/bin/wpctl set-default 46";',
        'systemd.user.services.a.serviceConfig.ExecStart = "${pkgs.pulseaudio}/bin/pactl set-default-source x";',
    ],
)
def test_a_default_device_is_explained(module: str):
    (found,) = findings(f"{{ {module} }}")
    assert (found.rule, found.fixes) == ("imp-audio-sink", ())


@pytest.mark.parametrize(
    "module",
    [
        'systemd.user.services.a.script = "pactl set-sink-volume 0 50%";',
        'systemd.user.services.a.script = "pactl set-default-sink $x";',
        'systemd.user.services.a.script = "for i in 1; do pactl set-default-sink a; done";',
        'environment.shellAliases.a = "pactl set-default-sink a";',
        'systemd.user.services.toggle-sink.script = "pactl set-default-sink a";',
    ],
)
def test_other_audio_is_not_worth_a_word(module: str):
    check_silent(f"{{ {module} }}")


def test_bluetooth_is_switched_on():
    check_rewrite(
        POWER,
        before='{ pkgs, ... }:\n{\n  system.activationScripts.b = "${pkgs.bluez}/bin/bluetoothctl power on";\n}\n',
        after="{ pkgs, ... }:\n{\n  hardware.bluetooth = {\n    enable = true;\n    powerOnBoot = true;\n  };\n}\n",
    )


def test_a_longer_script_keeps_its_rest_and_what_stands_is_joined():
    check_rewrite(
        POWER,
        before="{\n  hardware.bluetooth.enable = true;\n  boot.postBootCommands = ''\n    bluetoothctl power on || true\n    x\n  '';\n}\n",
        after="{\n  hardware.bluetooth.enable = true;\n  hardware.bluetooth.powerOnBoot = true;\n  boot.postBootCommands = ''\n    x\n  '';\n}\n",
    )


def test_what_runs_when_the_machine_wakes_is_for_review():
    (found,) = findings('{ powerManagement.powerUpCommands = "bluetoothctl power on"; }')
    assert [fix.tier for fix in found.fixes] == [Tier.REVIEW]


def test_an_adapter_that_is_off_is_a_conflict():
    check_no_edit(
        '{ hardware.bluetooth.powerOnBoot = false; system.activationScripts.b = "bluetoothctl power on"; }',
        "another value",
    )


@pytest.mark.parametrize(
    "module",
    [
        'system.activationScripts.b = "bluetoothctl power off";',
        'system.activationScripts.b = "bluetoothctl connect 00:11";',
        'powerManagement.resumeCommands = "bluetoothctl power on";',
        'systemd.services.b.script = "bluetoothctl power on";',
        'systemd.services.resume-b = { wantedBy = [ "multi-user.target" ]; script = "bluetoothctl power on"; };',
    ],
)
def test_other_moments_stay(module: str):
    check_silent(f"{{ {module} }}")


@pytest.mark.parametrize(
    ("line", "option"),
    [
        ("rfkill block wifi", "boot.blacklistedKernelModules"),
        ("rfkill block bluetooth", "hardware.bluetooth.powerOnBoot"),
        ("${pkgs.util-linux}/bin/rfkill unblock all", "boot.kernelParams"),
    ],
)
def test_radios_are_explained(line: str, option: str):
    (found,) = findings(f'{{ systemd.services.r.serviceConfig.ExecStart = "{line}"; }}')
    assert (found.rule, found.fixes) == ("imp-rfkill", ())
    assert option in found.message


@pytest.mark.parametrize(
    "line",
    [
        "rfkill list",
        "rfkill toggle wifi",
        "rfkill block 0; rfkill unblock 0",
        "rfkill block $x",
        "if x; then rfkill block wifi; fi",
    ],
)
def test_other_radios_are_not_worth_a_word(line: str):
    check_silent(f'{{ system.activationScripts.r = "{line}"; }}')
