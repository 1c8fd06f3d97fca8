"""`imp-rc-fish`, and what fish's own words mean for other rows."""

from __future__ import annotations

import pytest

from .bench import check_no_edit, check_rewrite, check_silent, findings

RULE = "imp-rc-fish"
HOME = "home-manager"


def init(text: str) -> str:
    return f"{{\n  programs.fish.interactiveShellInit = ''\n{text}\n  '';\n}}\n"


def test_a_function_is_declared():
    check_rewrite(
        RULE,
        pin=HOME,
        before='{\n  programs.fish.interactiveShellInit = "function ll; ls -lah $argv; end";\n}\n',
        after='{\n  programs.fish.functions.ll = "ls -lah $argv";\n}\n',
    )


def test_a_function_leaves_a_longer_script_with_its_head():
    check_rewrite(
        RULE,
        pin=HOME,
        before="""\
{ pkgs, ... }:
{
  programs.fish = {
    enable = true;
    interactiveShellInit = ''
      set -g fish_greeting
      function mkcd --description "Make a folder" -a name
        # and go there
        mkdir -p $name

        if test -d $name
          cd $name
        end
      end

      if status is-login
        function later; end
      end
    '';
  };
}
""",
        after="""\
{ pkgs, ... }:
{
  programs.fish = {
    enable = true;
    interactiveShellInit = ''
      set -g fish_greeting

      if status is-login
        function later; end
      end
    '';
    functions.mkcd = {
      description = "Make a folder";
      argumentNames = "name";
      body = ''
        # and go there
        mkdir -p $name

        if test -d $name
          cd $name
        end
      '';
    };
  };
}
""",
    )


def test_functions_join_those_that_are_declared():
    check_rewrite(
        RULE,
        pin=HOME,
        before="""\
{
  programs.fish.functions = {
    a = "b";
  };
  programs.fish.shellInit = ''
    set -g x y
    function up; cd ..; end
  '';
}
""",
        after="""\
{
  programs.fish.functions = {
    a = "b";
    up = "cd ..";
  };
  programs.fish.shellInit = ''
    set -g x y
  '';
}
""",
    )


@pytest.mark.parametrize(
    ("line", "binding"),
    [
        ("fish_add_path ~/.local/bin", 'home.sessionPath = [ "$HOME/.local/bin" ];'),
        ("fish_add_path -gp /opt/x/bin", 'home.sessionPath = [ "/opt/x/bin" ];'),
        ("bind ctrl-r history-pager", 'programs.fish.binds.ctrl-r.command = "history-pager";'),
        (
            "bind -M insert ctrl-t 'a b'",
            'programs.fish.binds.ctrl-t = {\n    mode = "insert";\n    command = "a b";\n  };',
        ),
        (
            "function g --wraps=git -S; git $argv; end",
            """programs.fish.functions.g = {
    wraps = "git";
    noScopeShadowing = true;
    body = "git $argv";
  };""",
        ),
        (
            "function g -a x y; ${pkgs.git}/bin/git $x; end",
            """programs.fish.functions.g = {
    argumentNames = [
      "x"
      "y"
    ];
    body = "${pkgs.git}/bin/git $x";
  };""",
        ),
    ],
)
def test_what_it_is_in_options(line: str, binding: str):
    check_rewrite(
        RULE,
        pin=HOME,
        before=f'{{ pkgs, ... }}:\n{{\n  programs.fish.interactiveShellInit = "{line}";\n}}\n',
        after=f"{{ pkgs, ... }}:\n{{\n  {binding}\n}}\n",
    )


@pytest.mark.parametrize(
    "line", ["fish_add_path -a ~/bin", "function fish_prompt; echo '> '; end", "function fish_greeting; date; end"]
)
def test_what_may_come_out_otherwise_is_for_review(line: str):
    (found,) = findings(init(line), HOME)
    assert found.fixes[0].title.endswith("(review)")


@pytest.mark.parametrize(
    "text",
    [
        "function a --on-event fish_exit; b; end",
        "function a -V x; b; end",
        "function a; end",
        "function a; b; end\nfunction a; c; end",
        "function a\n  echo 'x\n  y'\nend",
        "function $x; b; end",
        "function a; b; end | c",
        "if x\n  function a; b; end\nend",
        "status is-interactive; or exit\nfunction a; b; end",
        "fish_add_path --move ~/bin",
        "fish_add_path (brew --prefix)/bin",
        "fish_add_path ~/.nix-profile/bin",
        "fish_add_path $x",
        "if x; fish_add_path ~/bin; end",
        "test -d ~/bin; and fish_add_path ~/bin",
        "bind \\cr history-pager",
        "bind --erase ctrl-r",
        "bind ctrl-r",
        "fish_vi_key_bindings\nbind ctrl-r history-pager",
        "set fish_greeting",
        "bind ctrl-x 'a",
    ],
)
def test_what_has_no_like_stays(text: str):
    check_silent(init(text), HOME)


def test_plugins_are_explained():
    check_no_edit(init("fisher install a/b"), "programs.fish.plugins", HOME)
    check_silent(init("fisher list"), HOME)


def test_another_lane_has_no_functions():
    check_silent(init("function a; b; end"), "nixos")


def test_a_secret_in_a_function_is_not_moved():
    (found,) = findings(
        init("function a; curl -H 'Authorization: Bearer ghp_0123456789abcdefghijABCDEFGHIJ012345'; end"), HOME
    )
    assert not found.fixes
    assert "ghp_" not in found.message


def test_other_rows_read_plain_commands_beside_blocks():
    check_rewrite(
        "imp-rc-alias",
        pin=HOME,
        before="""\
{
  programs.fish.interactiveShellInit = ''
    if test -n "$SSH_TTY"
      alias a b
    end
    abbr -a gs git status
  '';
}
""",
        after="""\
{
  programs.fish.interactiveShellInit = ''
    if test -n "$SSH_TTY"
      alias a b
    end
  '';
  programs.fish.shellAbbrs.gs = "git status";
}
""",
    )
