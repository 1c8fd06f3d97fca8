"""Hover over a command in a script."""

from __future__ import annotations

import pytest

from nix_lsp.ide.diagnostics import diagnostics
from nix_lsp.ide.hover import hover
from tests.fixture import project


def said(text: str) -> str:
    """Return the hover at `$0`, below the bytes that it is about."""
    workspace, document, offset = project(text, pin="25.11")
    found = hover(workspace, document, offset)
    return f"{document.text(found.span)}\n{found.markdown}" if found else ""


def test_a_command_is_explained_by_its_row():
    text = said(
        """
        { pkgs, ... }:
        {
          system.activationScripts.a = ''
            x
            timedatectl set-time$0zone UTC || true
          '';
        }
        """
    )
    assert text.startswith(
        "timedatectl set-timezone UTC\nThe time zone can be declared as an option: `time.timeZone`.\n"
    )
    assert text.endswith("/docs/rewrites/imp-timezone.md)")


@pytest.mark.parametrize(
    "script",
    ["timedatectl set-timezone UTC; ec$0ho a", "if x; then timedatectl set-time$0zone UTC; fi", "timedatectl sta$0tus"],
)
def test_nothing_is_said_of_other_commands(script: str):
    assert said(f'{{ system.activationScripts.a = "{script}"; }}') == ""


def test_a_package_inside_a_command_is_explained_as_a_package():
    text = said('{ pkgs, ... }: { system.activationScripts.a = "${pkgs.syst$0emd}/bin/timedatectl set-timezone UTC"; }')
    assert "timeZone" not in text
    assert "systemd" in text


@pytest.mark.parametrize(
    "comment",
    [
        "# loginctl enable-lin$0ger alice",
        "# sudo loginctl enable-lin$0ger alice",
        "# run: loginctl enable-lin$0ger alice",
        "# Run: $ sudo loginctl enable-lin$0ger alice",
    ],
)
def test_a_command_that_is_all_of_a_comment_is_explained(comment: str):
    text = said(f"{{\n  {comment}\n  boot.tmp.useTmpfs = true;\n}}\n")
    assert text.startswith("loginctl enable-linger alice\n")
    assert "`users.users.alice.linger`" in text


@pytest.mark.parametrize(
    "line",
    [
        "# loginctl enable-lin$0ger is what this does for alice",
        "# with loginctl enable-lin$0ger alice",
        "boot.tmp.useTmpfs = true; # loginctl enable-lin$0ger alice",
        "# `loginctl` enable-lin$0ger alice",
        "# if x; then loginctl enable-lin$0ger alice; fi",
        "# loginctl enable-lin$0ger $USER",
        "# loginctl enable-lin$0ger alice | cat",
    ],
)
def test_nothing_is_said_of_other_comments(line: str):
    assert said(f"{{\n  {line}\n  boot.tmp.cleanOnBoot = true;\n}}\n") == ""


def test_a_command_in_a_comment_is_no_diagnostic():
    workspace, document, _ = project(
        "{\n  # loginctl enable-linger alice\n  boot.tmp.useTmpfs = true;\n}\n", pin="25.11"
    )
    assert not [each for each in diagnostics(workspace, document) if each.rule.startswith("imp-")]
