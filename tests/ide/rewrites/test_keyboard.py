"""`imp-setxkbmap` and `imp-xset-rate`."""

from __future__ import annotations

import pytest

from .bench import check_no_edit, check_rewrite, check_silent

SESSION = "services.xserver.displayManager.sessionCommands"


@pytest.mark.parametrize(
    ("line", "options"),
    [
        ("setxkbmap -layout us", 'layout = "us"'),
        ("setxkbmap us", 'layout = "us"'),
        ("${pkgs.xorg.setxkbmap}/bin/setxkbmap -option caps:escape", 'options = "caps:escape"'),
        ("setxkbmap -option a:b -option c:d", 'options = "a:b,c:d"'),
    ],
)
def test_a_layout_is_declared(line: str, options: str):
    check_rewrite(
        "imp-setxkbmap",
        before=f'{{ pkgs, ... }}:\n{{\n  {SESSION} = "{line}";\n}}\n',
        after=f"{{ pkgs, ... }}:\n{{\n  services.xserver.xkb.{options};\n}}\n",
    )


def test_a_layout_leaves_a_longer_script_and_joins_the_set():
    check_rewrite(
        "imp-setxkbmap",
        before=f"""\
{{
  services.xserver.xkb = {{
    model = "pc105";
  }};
  {SESSION} = ''
    setxkbmap de nodeadkeys
    xrdb x
  '';
}}
""",
        after=f"""\
{{
  services.xserver.xkb = {{
    model = "pc105";
    layout = "de";
    variant = "nodeadkeys";
  }};
  {SESSION} = ''
    xrdb x
  '';
}}
""",
    )


def test_home_manager_has_a_keyboard():
    check_rewrite(
        "imp-setxkbmap",
        pin="home-manager",
        before='{\n  xsession.initExtra = "setxkbmap us -option ctrl:nocaps";\n}\n',
        after='{\n  home.keyboard = {\n    layout = "us";\n    options = [ "ctrl:nocaps" ];\n  };\n}\n',
    )


def test_another_layout_is_a_conflict():
    check_no_edit(f'{{ services.xserver.xkb.layout = "de"; {SESSION} = "setxkbmap us"; }}', "another value")


@pytest.mark.parametrize(
    "line",
    [
        "setxkbmap -query",
        "setxkbmap -option",
        "setxkbmap -option ''",
        "setxkbmap $layout",
        "setxkbmap -device 9 us",
        "setxkbmap us; setxkbmap de",
        "if x; then setxkbmap us; fi",
        "setxkbmap us || setxkbmap de",
        "xset s off",
        "xset r off",
        "xset r rate 200",
        "xset r rate $x 40",
        "xset r rate 0 40",
        "sleep 1 && xset r rate 200 40",
    ],
)
def test_other_lines_stay(line: str):
    check_silent(f"{{ {SESSION} = ''\n{line}\n''; }}")


@pytest.mark.parametrize(("rate", "interval"), [(40, 25), (50, 20), (30, 33)])
def test_a_rate_becomes_an_interval(rate: int, interval: int):
    check_rewrite(
        "imp-xset-rate",
        before=f"{{\n  {SESSION} = ''\n    xset r rate 200 {rate}\n    x\n  '';\n}}\n",
        after=(
            f"{{\n  {SESSION} = ''\n    x\n  '';\n  services.xserver.autoRepeatDelay = 200;\n"
            f"  services.xserver.autoRepeatInterval = {interval};\n}}\n"
        ),
    )
