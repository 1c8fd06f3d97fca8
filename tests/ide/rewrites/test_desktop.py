"""`imp-xdg-mime` and `imp-fc-cache`."""

from __future__ import annotations

import pytest

from .bench import check_no_edit, check_rewrite, check_silent

HOME = "home-manager"
AFTER = 'lib.hm.dag.entryAfter [ "writeBoundary" ]'


def test_a_default_application_is_declared():
    check_rewrite(
        "imp-xdg-mime",
        pin=HOME,
        before=f'{{\n  home.activation.pdf = {AFTER} "run xdg-mime default evince.desktop application/pdf image/tiff";\n}}\n',
        after="""\
{
  xdg.mimeApps = {
    enable = true;
    defaultApplications = {
      "application/pdf" = "evince.desktop";
      "image/tiff" = "evince.desktop";
    };
  };
}
""",
    )


def test_a_browser_leaves_a_longer_script_and_joins_the_set():
    check_rewrite(
        "imp-xdg-mime",
        pin=HOME,
        before=f"""\
{{
  xdg.mimeApps.defaultApplications = {{
    "text/html" = "librewolf.desktop";
  }};
  home.activation.browser = {AFTER} ''
    ${{pkgs.xdg-utils}}/bin/xdg-settings set default-web-browser librewolf.desktop
    run x
  '';
}}
""",
        after=f"""\
{{
  xdg.mimeApps.defaultApplications = {{
    "text/html" = "librewolf.desktop";
    "x-scheme-handler/http" = "librewolf.desktop";
    "x-scheme-handler/https" = "librewolf.desktop";
    "x-scheme-handler/about" = "librewolf.desktop";
    "x-scheme-handler/unknown" = "librewolf.desktop";
  }};
  xdg.mimeApps.enable = true;
  home.activation.browser = {AFTER} ''
    run x
  '';
}}
""",
    )


def test_another_application_is_a_conflict():
    check_no_edit(
        '{ xdg.mimeApps.defaultApplications."text/html" = "a.desktop"; home.activation.x = "xdg-mime default b.desktop text/html"; }',
        "another value",
        HOME,
    )


@pytest.mark.parametrize(
    "line", ["fc-cache", "fc-cache -fv", "$DRY_RUN_CMD ${pkgs.fontconfig}/bin/fc-cache -r || true"]
)
def test_the_font_cache_is_left_to_the_module(line: str):
    check_rewrite(
        "imp-fc-cache",
        pin=HOME,
        before=f"{{\n  home.activation.fonts = {AFTER} ''\n    {line}\n  '';\n}}\n",
        after="{\n  fonts.fontconfig.enable = true;\n}\n",
    )


@pytest.mark.parametrize(
    "line",
    [
        "xdg-mime query default text/html",
        "xdg-mime default x text/html",
        "xdg-mime default x.desktop",
        "xdg-mime default $x.desktop text/html",
        "xdg-settings get default-web-browser",
        "xdg-settings set default-url-scheme-handler mailto x.desktop",
        "if x; then xdg-mime default x.desktop text/html; fi",
        "fc-cache ~/fonts",
        "fc-cache -s",
        "cp -r x ~/.local/share/fonts; fc-cache",
        "fc-cache | x",
        "x && fc-cache",
    ],
)
def test_other_lines_stay(line: str):
    check_silent(f"{{ home.activation.x = ''\n{line}\n''; }}", HOME)
