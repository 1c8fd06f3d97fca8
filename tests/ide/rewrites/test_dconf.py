"""`imp-gsettings`, `imp-dconf-load`, and the values that they set."""

from __future__ import annotations

import pytest

from nix_lsp.ide.model import Tier
from nix_lsp.ide.rewrites.imperative.gvariant import read_gvariant
from nix_lsp.ide.rewrites.imperative.value import render

from .bench import check_no_edit, check_rewrite, check_silent, findings

HOME = "home-manager"
SET, LOAD = "imp-gsettings", "imp-dconf-load"


def module(script: str, also: str = "") -> str:
    return f"{{ lib, ... }}:\n{{\n{also}  home.activation.x = ''\n    {script}\n  '';\n}}\n"


@pytest.mark.parametrize(
    ("text", "nix"),
    [
        ("'a'", '"a"'),
        ('"it\'s"', '"it\'s"'),
        (r"'a\'b\n'", '"a\'b\\n"'),
        ("true", "true"),
        ("-5", "-5"),
        ("1.5", "1.5"),
        ("['a', 'b']", '[ "a" "b" ]'),
        ("uint32 5", "v.mkUint32 5"),
        ("int64 -5", "v.mkInt64 (-5)"),
        ("double 2", "2.0"),
        ("@as []", "v.mkEmptyArray v.type.string"),
        ("[('xkb', 'us'), ('xkb', 'de')]", '[ (v.mkTuple [ "xkb" "us" ]) (v.mkTuple [ "xkb" "de" ]) ]'),
        ("<uint32 1>", "v.mkVariant (v.mkUint32 1)"),
    ],
)
def test_values_have_a_like_in_nix(text: str, nix: str):
    value = read_gvariant(text, "v")
    assert value is not None
    assert render(value, "", "", "\n", one_line=True) == nix


@pytest.mark.parametrize(
    "text",
    ["", "[]", "a", "'a", "[1, 'a']", "[1", "1 2", "{'a': 1}", "nothing", "1e5", "(", "uint32", "[" * 50, "1.5.6"],
)
def test_other_values_have_none(text: str):
    assert read_gvariant(text, "v") is None


@pytest.mark.parametrize(
    ("line", "after"),
    [
        (
            "gsettings set org.gnome.desktop.interface color-scheme prefer-dark",
            '"org/gnome/desktop/interface".color-scheme = "prefer-dark"',
        ),
        (
            "run ${pkgs.glib}/bin/gsettings set org.gnome.desktop.session idle-delay 300",
            '"org/gnome/desktop/session".idle-delay = lib.hm.gvariant.mkUint32 300',
        ),
        (
            "gsettings set org.gnome.desktop.input-sources sources \"[('xkb', 'us')]\"",
            '"org/gnome/desktop/input-sources".sources = [ (lib.hm.gvariant.mkTuple [ "xkb" "us" ]) ]',
        ),
        (
            "gsettings set org.gnome.desktop.interface clock-show-date true",
            '"org/gnome/desktop/interface".clock-show-date = true',
        ),
        (
            "gsettings set org.gnome.desktop.interface text-scaling-factor 1",
            '"org/gnome/desktop/interface".text-scaling-factor = 1.0',
        ),
        ("gsettings set a.b:/org/gnome/x/custom0/ name 'a b'", '"org/gnome/x/custom0".name = "a b"'),
        ("dconf write /org/gnome/x/y \"'z'\"", '"org/gnome/x".y = "z"'),
    ],
)
def test_a_setting_is_declared(line: str, after: str):
    check_rewrite(SET, pin=HOME, before=module(line), after=f"{{ lib, ... }}:\n{{\n  dconf.settings.{after};\n}}\n")


def test_settings_leave_a_longer_script_and_join_those_that_stand():
    stands = '  dconf.settings = {\n    "org/gnome/mutter".x = true;\n  };\n'
    check_rewrite(
        SET,
        pin=HOME,
        before=module("gsettings set org.gnome.mutter y false\n    z", stands),
        after=module("z", stands.replace("  };\n", '    "org/gnome/mutter".y = false;\n  };\n')),
    )


def test_a_line_of_hyprland_leaves_its_list():
    check_rewrite(
        SET,
        pin=HOME,
        before='{\n  wayland.windowManager.hyprland.settings.exec-once = [\n    "a"\n    "gsettings set org.gnome.mutter y true"\n  ];\n}\n',
        after='{\n  wayland.windowManager.hyprland.settings.exec-once = [\n    "a"\n  ];\n  dconf.settings."org/gnome/mutter".y = true;\n}\n',
    )


def test_on_nixos_it_is_a_database_of_the_profile():
    check_rewrite(
        SET,
        before="{ lib, ... }:\n{\n  services.xserver.displayManager.sessionCommands = ''\n    gsettings set org.gnome.mutter y true\n    dconf write /a/b 'uint32 1'\n    z\n  '';\n}\n",
        after="""\
{ lib, ... }:
{
  services.xserver.displayManager.sessionCommands = ''
    z
  '';
  programs.dconf = {
    enable = true;
    profiles.user.databases = [
      {
        settings = {
          "org/gnome/mutter".y = true;
          a.b = lib.gvariant.mkUint32 1;
        };
      }
    ];
  };
}
""",
        preferred=False,
    )


def test_a_number_of_an_unknown_key_is_for_review():
    (found,) = findings(module("gsettings set org.gnome.mutter y 3"), HOME)
    assert [fix.tier for fix in found.fixes] == [Tier.REVIEW]


def test_another_value_is_a_conflict():
    stands = '  dconf.settings."org/gnome/mutter".y = false;\n'
    check_no_edit(module("gsettings set org.gnome.mutter y true", stands), "another value", HOME)


@pytest.mark.parametrize(
    "line",
    [
        "gsettings get org.gnome.mutter y",
        "gsettings reset org.gnome.mutter y",
        "gsettings set org.gnome.mutter y $x",
        "gsettings set $s y 1",
        "gsettings set org.gnome.system.proxy mode none",
        "gsettings set org.example.App y 1",
        "gsettings set org.gnome.mutter y '[]'",
        "gsettings set org.gnome.mutter y true; gsettings set org.gnome.mutter y false",
        "if x; then gsettings set org.gnome.mutter y true; fi",
        "dconf write /a/b c",
        "dconf reset /a/b",
    ],
)
def test_other_lines_stay(line: str):
    check_silent(module(line), HOME)


def test_what_the_theme_has_an_option_for_stays():
    check_silent(module("gsettings set org.gnome.desktop.interface gtk-theme A", "  gtk.enable = true;\n"), HOME)


def test_a_dump_is_declared():
    check_rewrite(
        LOAD,
        pin=HOME,
        before=module(
            "dconf load / <<'EOF'\n    [org/gnome/mutter]\n    y=true\n    z=uint32 1\n\n    [a]\n    b='c'\n    EOF\n    x"
        ),
        after="""\
{ lib, ... }:
{
  home.activation.x = ''
    x
  '';
  dconf.settings = {
    "org/gnome/mutter" = {
      y = true;
      z = lib.hm.gvariant.mkUint32 1;
    };
    a.b = "c";
  };
}
""",
        preferred=False,
    )


def test_a_dump_below_a_folder_is_declared():
    check_rewrite(
        LOAD,
        pin=HOME,
        before=module("printf '%s\\n' '[x]' 'a=1' | ${pkgs.dconf}/bin/dconf load /org/b/"),
        after='{ lib, ... }:\n{\n  dconf.settings."org/b/x".a = 1;\n}\n',
        preferred=False,
    )


def test_a_dump_in_a_file_is_explained():
    (found,) = findings(module("dconf load / < ${./dconf.ini}"), HOME)
    assert (found.rule, found.fixes) == (LOAD, ())
    assert "dconf2nix" in found.message


@pytest.mark.parametrize(
    "line",
    [
        "dconf load / <<EOF\n    [x]\n    a=$b\n    EOF",
        "dconf load / <<EOF\n    [x]\n    a\n    EOF",
        "dconf load / <<EOF\n    a=1\n    EOF",
        "dconf load x <<EOF\n    [x]\n    a=1\n    EOF",
        "dconf load / <<EOF\n    [/]\n    a=1\n    EOF",
        "dconf dump /",
        "cat x | dconf load /",
    ],
)
def test_other_dumps_stay(line: str):
    check_silent(module(line), HOME)
