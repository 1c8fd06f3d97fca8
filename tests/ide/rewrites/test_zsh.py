"""`imp-rc-history`, `imp-rc-keymap`, `imp-rc-compinit`, `imp-rc-plugin-source`."""

from __future__ import annotations

import pytest

from .bench import check_no_edit, check_rewrite, check_silent

HOME = "home-manager"


@pytest.mark.parametrize(
    ("shell", "line", "option"),
    [
        ("bash", "HISTSIZE=1000", "historySize = 1000"),
        ("bash", "export HISTFILESIZE=2000", "historyFileSize = 2000"),
        ("bash", "HISTCONTROL=ignoreboth", 'historyControl = [ "ignoreboth" ]'),
        ("bash", "HISTIGNORE='ls:cd -'", 'historyIgnore = [\n    "ls"\n    "cd -"\n  ]'),
        ("zsh", "export SAVEHIST=5000", "history.save = 5000"),
        ("zsh", "setopt SHARE_HISTORY", "history.share = true"),
        ("zsh", "unsetopt sharehistory", "history.share = false"),
        ("zsh", "setopt no_hist_ignore_dups", "history.ignoreDups = false"),
        ("zsh", "setopt EXTENDED_GLOB", 'setOptions = [ "EXTENDED_GLOB" ]'),
        ("zsh", "unsetopt BEEP", 'setOptions = [ "NO_BEEP" ]'),
    ],
)
def test_history_and_options_are_declared(shell: str, line: str, option: str):
    check_rewrite(
        "imp-rc-history",
        pin=HOME,
        before=f'{{\n  programs.{shell}.initExtra = "{line}";\n}}\n',
        after=f"{{\n  programs.{shell}.{option};\n}}\n",
    )


def test_options_leave_a_longer_script_and_join_the_list():
    check_rewrite(
        "imp-rc-history",
        pin=HOME,
        before="""\
{
  programs.zsh = {
    setOptions = [ "NO_BEEP" ];
    initContent = ''
      # globs
      setopt EXTENDED_GLOB NULL_GLOB
      bindkey x y
    '';
  };
}
""",
        after="""\
{
  programs.zsh = {
    setOptions = [ "NO_BEEP" "EXTENDED_GLOB" "NULL_GLOB" ];
    initContent = ''
      # globs
      bindkey x y
    '';
  };
}
""",
    )


def test_nixos_has_one_size():
    check_rewrite(
        "imp-rc-history",
        before='{\n  programs.zsh.interactiveShellInit = "HISTSIZE=900; SAVEHIST=900";\n}\n',
        after="{\n  programs.zsh.histSize = 900;\n}\n",
    )
    check_silent('{ programs.zsh.interactiveShellInit = "HISTSIZE=900; SAVEHIST=800"; }')
    check_silent('{ programs.zsh.interactiveShellInit = "HISTSIZE=900"; }')
    check_silent('{ programs.zsh.interactiveShellInit = "setopt AUTO_CD"; }')


def test_another_size_is_a_conflict():
    check_no_edit('{ programs.bash.historySize = 1; programs.bash.initExtra = "HISTSIZE=2"; }', "another value", HOME)


@pytest.mark.parametrize(
    "line",
    [
        "HISTSIZE=$x",
        "HISTSIZE=many",
        "HISTSIZE=1; HISTSIZE=2",
        "HISTSIZE=1 x",
        "if x; then setopt AUTO_CD; fi",
        "setopt",
        "setopt -o x",
        "setopt $x",
        "setopt AUTO_CD; unsetopt AUTO_CD",
        "emulate zsh -o AUTO_CD",
        "bindkey -s x y",
        "bindkey -M viins",
        "bindkey -v; bindkey -e",
        "[[ -n $x ]] && bindkey -v",
        "compinit",
        "autoload -U compinit; compinit -u",
        "autoload -U compinit promptinit; compinit",
        "fpath+=(x); autoload -U compinit; compinit",
        "source ~/x.zsh",
        "source ${x}/y.zsh",
        "MODE=x\nsource ${pkgs.zsh}/share/x.zsh",
        "if x; then MODE=y; fi\nsource ${pkgs.zsh}/share/x.zsh",
        "source ${pkgs.fzf}/share/x",
        "source ${pkgs.fzf}/share/x.zsh y",
        "[ -f x ] && source ${pkgs.zsh-autosuggestions}/x.zsh",
    ],
)
def test_other_lines_stay(line: str):
    check_silent(f"{{ pkgs, ... }}: {{ programs.zsh.initContent = ''\n{line}\n''; }}", HOME)


def test_a_place_that_was_chosen_is_left_alone():
    check_silent('{ programs.zsh.initContent = lib.mkOrder 2000 "unsetopt EXTENDED_GLOB; bindkey -v"; }', HOME)


@pytest.mark.parametrize(("flag", "keymap"), [("-e", "emacs"), ("-v", "viins"), ("-a", "vicmd")])
def test_the_keymap_is_declared(flag: str, keymap: str):
    check_rewrite(
        "imp-rc-keymap",
        pin=HOME,
        before=f"{{\n  programs.zsh.initContent = ''\n    bindkey {flag}\n    bindkey -s x y\n  '';\n}}\n",
        after=f"{{\n  programs.zsh.initContent = ''\n    bindkey -s x y\n  '';\n  programs.zsh.defaultKeymap = \"{keymap}\";\n}}\n",
    )


@pytest.mark.parametrize("lines", ["autoload -U compinit && compinit", "autoload -Uz compinit\ncompinit"])
def test_completion_is_set_up_by_the_module(lines: str):
    check_rewrite(
        "imp-rc-compinit",
        pin=HOME,
        before=f"{{\n  programs.zsh.enable = true;\n  programs.zsh.initContent = ''\n{lines}\n'';\n}}\n",
        after="{\n  programs.zsh.enable = true;\n  programs.zsh.enableCompletion = true;\n}\n",
    )


def test_completion_that_is_switched_off_is_a_conflict():
    check_no_edit(
        '{ programs.zsh.enableCompletion = false; programs.zsh.initContent = "autoload -U compinit; compinit"; }',
        "another value",
        HOME,
    )


def test_plugins_with_options_of_their_own():
    check_rewrite(
        "imp-rc-plugin-source",
        pin=HOME,
        before="""\
{ pkgs, ... }:
{
  programs.zsh.initContent = ''
    source ${pkgs.zsh-syntax-highlighting}/share/zsh-syntax-highlighting/zsh-syntax-highlighting.zsh
    bindkey -s x y
  '';
}
""",
        after="""\
{ pkgs, ... }:
{
  programs.zsh.initContent = ''
    bindkey -s x y
  '';
  programs.zsh.syntaxHighlighting.enable = true;
}
""",
    )


def test_other_plugins_join_the_list_after_review():
    check_rewrite(
        "imp-rc-plugin-source",
        pin=HOME,
        preferred=False,
        before='{ pkgs, ... }:\n{\n  programs.zsh.initContent = "source ${pkgs.zsh}/share/x.zsh";\n}\n',
        after="""\
{ pkgs, ... }:
{
  programs.zsh.plugins = [
    {
      name = "zsh";
      src = pkgs.zsh;
      file = "share/x.zsh";
    }
  ];
}
""",
    )
