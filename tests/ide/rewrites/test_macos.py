"""The settings of a Mac."""

from __future__ import annotations

import pytest

from nix_lsp.ide.model import Tier

from .bench import check_rewrite, check_silent, findings


def script(*lines: str, beside: str = "") -> str:
    """Return a nix-darwin module with an activation script of some lines."""
    body = "".join(f"    {line}\n" for line in lines)
    return f"{{\n{beside}  system.activationScripts.postActivation.text = ''\n{body}  '';\n}}\n"


@pytest.mark.parametrize(
    ("rule", "command", "after"),
    [
        ("imp-pmset", "pmset -a displaysleep 10", "power.sleep.display = 10;"),
        ("imp-pmset", "sudo /usr/bin/pmset -a sleep 0", 'power.sleep.computer = "never";'),
        ("imp-pmset", "pmset -a womp 1", "networking.wakeOnLan.enable = true;"),
        ("imp-scutil-systemsetup", "systemsetup -settimezone Europe/Berlin", 'time.timeZone = "Europe/Berlin";'),
        ("imp-scutil-systemsetup", "systemsetup -setremotelogin on", "services.openssh.enable = true;"),
        ("imp-nvram-chime", "nvram StartupMute=%01", "system.startup.chime = false;"),
        ("imp-nvram-chime", "nvram StartupMute=%00 || true", "system.startup.chime = true;"),
        (
            "imp-socketfilterfw",
            "/usr/libexec/ApplicationFirewall/socketfilterfw --setstealthmode on >/dev/null",
            "networking.applicationFirewall.enableStealthMode = true;",
        ),
    ],
)
def test_a_setting_is_declared(rule: str, command: str, after: str):
    check_rewrite(rule, script(command), f"{{\n  {after}\n}}\n", "nix-darwin")
    check_rewrite(
        rule, script("x", command, "y"), script("x", "y").replace("\n}\n", f"\n  {after}\n}}\n"), "nix-darwin"
    )


def test_a_setting_is_merged_into_its_set():
    check_rewrite(
        "imp-pmset",
        script("pmset -a displaysleep 10", beside='  power.sleep.computer = "never";\n'),
        '{\n  power.sleep.computer = "never";\n  power.sleep.display = 10;\n}\n',
        "nix-darwin",
    )


@pytest.mark.parametrize(
    "command",
    [
        "pmset -b displaysleep 10",
        "pmset -a powernap 0",
        "pmset -a displaysleep $MINUTES",
        "pmset noidle",
        "systemsetup -gettimezone",
        "systemsetup -settimezone $TZ",
        "nvram boot-args=-v",
        "nvram -p",
        "socketfilterfw --add /Applications/A.app",
        "socketfilterfw --getglobalstate",
        "killall Dock",
        "killall Finder",
        "dockutil --remove all",
        "if x; then pmset -a sleep 1; fi",
    ],
)
def test_other_commands_are_left(command: str):
    check_silent(script(command), "nix-darwin")


def test_the_dock_is_restarted_by_nix_darwin():
    beside = "  system.defaults.dock.tilesize = 3;\n"
    check_rewrite("imp-killall-dock", script("killall Dock", beside=beside), f"{{\n{beside}}}\n", "nix-darwin")
    check_rewrite(
        "imp-killall-dock",
        script("x", "killall Dock || true", beside=beside),
        script("x", beside=beside),
        "nix-darwin",
    )
    check_silent(script("dockutil --remove all", "killall Dock", beside=beside), "nix-darwin")


def test_items_of_the_dock_are_for_review():
    found = findings(script("dockutil --add /Applications/A.app"), "nix-darwin")
    assert [fix.tier for each in found for fix in each.fixes] == [Tier.REVIEW]


def test_touch_id_for_sudo():
    def module(text: str) -> str:
        return f"{{\n  environment.etc.\"pam.d/sudo_local\".text = ''\n{text}  '';\n}}\n"

    check_rewrite(
        "imp-touchid",
        module("    # Touch ID\n    auth optional /opt/pam_reattach.so\n    auth  sufficient  pam_tid.so\n"),
        "{\n  security.pam.services.sudo_local = {\n    touchIdAuth = true;\n    reattach = true;\n  };\n}\n",
        "nix-darwin",
    )
    check_silent(module("    auth sufficient pam_tid.so\n    auth required pam_x.so\n"), "nix-darwin")
    check_silent(module("    auth required pam_tid.so\n"), "nix-darwin")
    check_silent('{ environment.etc."pam.d/other".text = "auth sufficient pam_tid.so"; }', "nix-darwin")


def test_a_part_of_a_script_keeps_its_comments():
    def module(*parts: str) -> str:
        return "{\n  system.activationScripts.postActivation.text = " + " + ".join(parts) + ";\n}\n"

    first, comment = "''\n    x\n  ''", "    # It never sleeps.\n"
    check_rewrite(
        "imp-pmset",
        module(first, f"''\n{comment}    pmset -a sleep 0\n  ''"),
        module(first, f"''\n{comment}  ''").replace("\n}\n", '\n  power.sleep.computer = "never";\n}\n'),
        "nix-darwin",
    )
    check_rewrite(
        "imp-pmset",
        module(first, "''\n    pmset -a sleep 0\n  ''"),
        module(first).replace("\n}\n", '\n  power.sleep.computer = "never";\n}\n'),
        "nix-darwin",
    )
