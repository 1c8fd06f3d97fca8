"""`imp-xrdb` and `imp-git-clone-activation`."""

from __future__ import annotations

import pytest

from .bench import check_rewrite, check_silent, findings

HOME = "home-manager"
XRDB, CLONE = "imp-xrdb", "imp-git-clone-activation"


@pytest.mark.parametrize(
    ("line", "after"),
    [
        ("echo 'Xft.dpi: 144' | xrdb -merge", '"Xft.dpi" = 144;'),
        ("${pkgs.xorg.xrdb}/bin/xrdb -merge <<< 'xterm*font: mono'", '"xterm*font" = "mono";'),
        ("xrdb -merge - <<EOF\n    Xcursor.size: ${toString 3}\n    EOF", '"Xcursor.size" = "${toString 3}";'),
    ],
)
def test_resources_are_declared(line: str, after: str):
    check_rewrite(
        XRDB,
        pin=HOME,
        before=f"{{\n  xsession.initExtra = ''\n    {line}\n  '';\n}}\n",
        after=f"{{\n  xresources.properties.{after}\n}}\n",
    )


def test_a_longer_text_leaves_a_longer_script_and_joins_the_set():
    check_rewrite(
        XRDB,
        pin=HOME,
        before="""\
{
  xresources.properties = {
    a = 1;
  };
  xsession.initExtra = ''
    xrdb -merge <<EOF
    b: 2
    *c: d e
    EOF
    x
  '';
}
""",
        after="""\
{
  xresources.properties = {
    a = 1;
    b = 2;
    "*c" = "d e";
  };
  xsession.initExtra = ''
    x
  '';
}
""",
    )


@pytest.mark.parametrize(
    ("line", "after"),
    [
        ("xrdb -merge ${./Xresources}", "xresources.extraConfig = builtins.readFile ./Xresources;"),
        (
            "xrdb -merge <<EOF\n    ! mine\n    a: 1\n    EOF",
            "xresources.extraConfig = ''\n    ! mine\n    a: 1\n  '';",
        ),
    ],
)
def test_more_than_resources_is_kept_as_it_is(line: str, after: str):
    check_rewrite(
        XRDB, pin=HOME, before=f"{{\n  xsession.initExtra = ''\n    {line}\n  '';\n}}\n", after=f"{{\n  {after}\n}}\n"
    )


def test_what_home_manager_loads_itself_only_goes():
    check_rewrite(
        XRDB,
        pin=HOME,
        before='{\n  xresources.properties.a = 1;\n  xsession.initExtra = "xrdb -merge ~/.Xresources; x";\n}\n',
        after='{\n  xresources.properties.a = 1;\n  xsession.initExtra = "x";\n}\n',
    )


@pytest.mark.parametrize(
    "line",
    [
        "xrdb -merge ~/.Xresources",
        "xrdb -query",
        "xrdb ~/x",
        "xrdb -load ${./x}",
        "echo $x | xrdb -merge",
        "xrdb -merge /srv/x",
        "cpp x | xrdb -merge",
        "if x; then echo a: 1 | xrdb -merge; fi",
    ],
)
def test_other_resources_stay(line: str):
    check_silent(f'{{ xsession.initExtra = "{line}"; }}', HOME)


def test_under_wayland_nothing_loads_them():
    check_silent('{ wayland.windowManager.hyprland.settings.exec-once = [ "xrdb -merge ${./x}" ]; }', HOME)


@pytest.mark.parametrize(
    ("module", "pin"),
    [
        ('home.activation.x = "git clone https://github.com/me/nvim ~/.config/nvim";', HOME),
        ('home.activation.x = "run ${pkgs.git}/bin/git clone --depth 1 -b main git@github.com:me/x $HOME/x";', HOME),
        ('system.activationScripts.x = "git clone --depth=1 https://x/y /etc/y || true";', "nixos"),
    ],
)
def test_a_clone_is_explained(module: str, pin: str):
    (found,) = findings(f"{{ {module} }}", pin)
    assert (found.rule, found.fixes) == (CLONE, ())


@pytest.mark.parametrize(
    "line",
    [
        "git pull",
        "git clone $x y",
        "git clone /srv/x y",
        "[ -d ~/x ] || git clone https://x/y ~/x",
        "if [ ! -d ~/x ]; then git clone https://x/y ~/x; fi",
        "git -C x clone https://x/y",
    ],
)
def test_other_clones_are_not_worth_a_word(line: str):
    check_silent(f'{{ home.activation.x = "{line}"; }}', HOME)
