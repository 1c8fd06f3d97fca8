"""`imp-timezone`."""

from __future__ import annotations

import pytest

from .bench import check_no_edit, check_rewrite, check_silent

RULE = "imp-timezone"


def test_the_zone_is_declared():
    check_rewrite(
        RULE,
        before='{\n  system.activationScripts.tz = "timedatectl set-timezone America/Toronto";\n}\n',
        after='{\n  time.timeZone = "America/Toronto";\n}\n',
    )


def test_the_rest_of_the_script_stays():
    check_rewrite(
        RULE,
        before="""\
{
  system.activationScripts = {
    clock = ''
      hwclock -s
      # here
      timedatectl set-timezone 'Etc/GMT+5' 2>/dev/null || true
    '';
  };
}
""",
        after="""\
{
  system.activationScripts = {
    clock = ''
      hwclock -s
      # here
    '';
  };
  time.timeZone = "Etc/GMT+5";
}
""",
    )


def test_it_joins_a_set():
    check_rewrite(
        RULE,
        pin="nix-darwin",
        before='{\n  time = {\n  };\n  system.activationScripts.a.text = "timedatectl set-timezone UTC";\n}\n',
        after='{\n  time = {\n    timeZone = "UTC";\n  };\n}\n',
    )


def test_another_zone_is_a_conflict():
    check_no_edit(
        '{ time.timeZone = "UTC"; system.activationScripts.tz = "timedatectl set-timezone Europe/Berlin"; }',
        "another value",
    )


@pytest.mark.parametrize(
    "module",
    [
        '{ services.automatic-timezoned.enable = true; system.activationScripts.tz = "timedatectl set-timezone UTC"; }',
        '{ time.timeZone = null; system.activationScripts.tz = "timedatectl set-timezone UTC"; }',
        '{ systemd.services.tz = { unitConfig.ConditionFirstBoot = true; script = "timedatectl set-timezone UTC"; }; }',
        '{ system.activationScripts.tz = "timedatectl set-ntp false"; }',
        '{ system.activationScripts.tz = "timedatectl set-timezone $(cat /etc/tz)"; }',
        '{ system.activationScripts.tz = "timedatectl --host x set-timezone UTC"; }',
    ],
)
def test_other_modules_stay(module: str):
    check_silent(module)
