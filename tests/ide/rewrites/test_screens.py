"""`imp-xrandr`, `imp-xmodmap` and `imp-xinput`."""

from __future__ import annotations

import pytest

from nix_lsp.ide.model import Tier

from .bench import check_no_edit, check_rewrite, check_silent, findings

SCREENS, KEYS, DEVICES = "imp-xrandr", "imp-xmodmap", "imp-xinput"


def session(line: str) -> str:
    return f"{{\n  services.xserver.displayManager.sessionCommands = ''\n    {line}\n    x\n  '';\n}}\n"


def declared(line: str, option: str) -> str:
    return session(line).replace(f"    {line}\n", "").removesuffix("}\n") + f"  {option}\n}}\n"


@pytest.mark.parametrize(
    ("line", "heads"),
    [
        ("xrandr --output DP-1 --auto", '{ output = "DP-1"; }'),
        (
            "${pkgs.xorg.xrandr}/bin/xrandr --output DP-1 --primary --rate 144 --output DP-3 --rotate left --left-of DP-1",
            '{ output = "DP-3"; monitorConfig = "Option \\"Rotate\\" \\"left\\""; } { output = "DP-1"; primary = true; }',
        ),
        (
            "xrandr --output A --pos 1920x0 --output B --mode 1920x1080 --pos 0x0",
            '{ output = "B"; monitorConfig = "Option \\"PreferredMode\\" \\"1920x1080\\""; } { output = "A"; }',
        ),
        (
            "xrandr --output A --output B --right-of A --output C --right-of A",
            '{ output = "A"; } { output = "C"; } { output = "B"; }',
        ),
    ],
)
def test_screens_stand_from_left_to_right(line: str, heads: str):
    found = findings(session(line))
    assert [fix.tier for fix in found[0].fixes] == [Tier.REVIEW]
    assert found[0].rule == SCREENS
    from nix_lsp.ide.edits import apply

    result = apply(session(line).encode(), found[0].fixes[0].edits[0].edits).decode()
    assert (
        f"services.xserver.xrandrHeads = [ {heads} ];".split()
        == result[result.index("services.xserver.xr") :].split()[:-1]
    )


@pytest.mark.parametrize(
    "line",
    [
        "xrandr --output A --above B --output B",
        "xrandr --output A --off",
        "xrandr --output A --mode $m",
        "xrandr --output A; xrandr --output B",
        "xrandr --output A --output B",
        "xrandr --output A --left-of C --output B",
        "xrandr --output A --left-of B --output B --left-of A",
    ],
)
def test_other_screens_are_explained(line: str):
    found = [each for each in findings("{ services.autorandr.x = 1; " + session(line)[1:]) if each.rule == SCREENS]
    assert not any(each.fixes for each in found)


@pytest.mark.parametrize(
    "line", ["xrandr", "xrandr --query", "if x; then xrandr --output A; fi", "xrandr --output A | y"]
)
def test_what_arranges_nothing_is_silent(line: str):
    check_silent(session(line))


def test_a_home_has_profiles():
    (found,) = findings('{ xsession.initExtra = "xrandr --output A --primary"; }', "home-manager")
    assert found.fixes == ()
    assert "programs.autorandr.profiles" in found.message


@pytest.mark.parametrize(
    ("line", "option"),
    [
        ("xmodmap -e 'clear Lock' -e 'keycode 0x42 = Escape'", "caps:escape"),
        ("${pkgs.xorg.xmodmap}/bin/xmodmap -e 'remove Lock = Caps_Lock' -e 'keysym Caps_Lock = Escape'", "caps:escape"),
        ("xmodmap -e 'clear lock'", "caps:none"),
        ("xmodmap -e 'remove Lock = Caps_Lock' -e 'add Control = Caps_Lock'", "ctrl:nocaps"),
        ("xmodmap -e 'clear Lock' -e 'keycode 66 = Control_L' -e 'add Control = Control_L'", "ctrl:nocaps"),
        (
            "xmodmap -e 'clear Lock' -e 'keysym Caps_Lock = Escape' -e 'keysym Escape = Caps_Lock' -e 'add Lock = Caps_Lock'",
            "caps:swapescape",
        ),
        ("xmodmap - <<EOF\n    ! menu\n    keycode 135 = Super_R\n    EOF", "altwin:menu_win"),
    ],
)
def test_what_is_often_asked_of_keys_is_an_option(line: str, option: str):
    check_rewrite(
        KEYS, before=session(line), after=declared(line, f'services.xserver.xkb.options = "{option}";'), preferred=False
    )


def test_two_lines_are_one_wish_and_join_the_options_of_a_home():
    check_rewrite(
        KEYS,
        pin="home-manager",
        before="{\n  home.keyboard.options = [ \"a:b\" ];\n  xsession.initExtra = ''\n    xmodmap -e 'clear Lock'\n    xmodmap -e 'keycode 66 = Escape'\n    x\n  '';\n}\n",
        after="{\n  home.keyboard.options = [ \"a:b\" \"caps:escape\" ];\n  xsession.initExtra = ''\n    x\n  '';\n}\n",
        preferred=False,
    )


def test_a_command_in_a_set_of_a_list_goes_with_its_set():
    check_rewrite(
        KEYS,
        pin="home-manager",
        before='{\n  xsession.windowManager.i3.config.startup = [\n    { command = "xmodmap -e \'clear Lock\'"; always = true; }\n    { command = "x"; }\n  ];\n}\n',
        after='{\n  xsession.windowManager.i3.config.startup = [\n    { command = "x"; }\n  ];\n  home.keyboard.options = [ "caps:none" ];\n}\n',
        preferred=False,
    )


def test_other_keys_are_explained():
    (found,) = findings(session("xmodmap -e 'keycode 94 = Shift_L'"))
    assert (found.rule, found.fixes) == (KEYS, ())


def test_other_options_are_a_conflict():
    check_no_edit('{ services.xserver.xkb.options = "a:b"; ' + session("xmodmap -e 'clear Lock'")[1:], "another value")


@pytest.mark.parametrize(
    "line", ["xmodmap ~/.Xmodmap", "xmodmap -e $x", "xmodmap -pke", "if x; then xmodmap -e 'clear Lock'; fi"]
)
def test_other_lines_for_keys_stay(line: str):
    check_silent(session(line))


@pytest.mark.parametrize(
    ("line", "option"),
    [
        ("xinput set-prop 'SynPS/2' 'libinput Tapping Enabled' 1", "touchpad.tapping = true;"),
        ("xinput --set-prop 12 'libinput Tapping Enabled' 0", "touchpad.tapping = false;"),
        (
            "${pkgs.xorg.xinput}/bin/xinput set-prop 'X Touchpad' 'libinput Natural Scrolling Enabled' 1",
            "touchpad.naturalScrolling = true;",
        ),
        ("xinput set-prop 'pointer:Logitech M' 'libinput Accel Speed' -0.5", 'mouse.accelSpeed = "-0.5";'),
        ("xinput set-prop Logitech 'libinput Accel Profile Enabled' 0, 1", 'mouse.accelProfile = "flat";'),
    ],
)
def test_a_device_is_set_up_by_an_option(line: str, option: str):
    check_rewrite(DEVICES, before=session(line), after=declared(line, f"services.libinput.{option}"), preferred=False)


@pytest.mark.parametrize(
    "line",
    [
        "xinput list",
        "xinput disable 12",
        "xinput set-prop 12 'libinput Accel Speed' 1",
        "xinput set-prop $d 'libinput Accel Speed' 1",
        "xinput set-prop M 'Device Enabled' 0",
        "xinput set-prop M 'libinput Accel Speed' fast",
        "xinput set-prop M 'libinput Accel Profile Enabled' 0 0 1",
        "for d in a b; do xinput set-prop a 'libinput Tapping Enabled' 1; done",
    ],
)
def test_other_lines_for_devices_stay(line: str):
    check_silent(session(line))
