"""`imp-rc-export` and `imp-rc-path`."""

from __future__ import annotations

import pytest

from nix_lsp.ide.model import Tier

from .bench import check_no_edit, check_rewrite, check_silent, findings

EXPORT = "imp-rc-export"
PATH = "imp-rc-path"
HOME = "home-manager"


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("export EDITOR=nvim", "nvim"),
        ("export EDITOR='nvim -f'", "nvim -f"),
        ('export EDITOR=\\"$HOME/bin/nvim\\"', "$HOME/bin/nvim"),
        ('export EDITOR=\\"${HOME}/bin/nvim\\"'.replace("${", "\\${"), "$HOME/bin/nvim"),
        ("export EDITOR=~/bin/nvim", "$HOME/bin/nvim"),
        ("export EDITOR=${pkgs.neovim}/bin/nvim", "${pkgs.neovim}/bin/nvim"),
    ],
)
def test_an_exported_variable_is_declared(line: str, value: str):
    check_rewrite(
        EXPORT,
        pin=HOME,
        before=f'{{ pkgs, ... }}:\n{{\n  programs.zsh.initContent = "{line}";\n}}\n',
        after=f'{{ pkgs, ... }}:\n{{\n  home.sessionVariables.EDITOR = "{value}";\n}}\n',
    )


@pytest.mark.parametrize(
    "line", ["set -gx EDITOR nvim", "set -x EDITOR 'nvim'", "set --export EDITOR nvim", "export EDITOR=nvim"]
)
def test_fish_exports_with_set(line: str):
    check_rewrite(
        EXPORT,
        pin=HOME,
        before=f'{{\n  programs.fish.interactiveShellInit = "{line}";\n}}\n',
        after='{\n  home.sessionVariables.EDITOR = "nvim";\n}\n',
    )


def test_several_leave_a_longer_script_and_join_the_set():
    check_rewrite(
        EXPORT,
        pin=HOME,
        before="""\
{
  home.sessionVariables = {
    PAGER = "less";
  };
  programs.bash.initExtra = ''
    # tools
    export GOPATH=$HOME/go CARGO_HOME="$HOME/.cargo"
    export GPG_TTY=$(tty)
  '';
}
""",
        after="""\
{
  home.sessionVariables = {
    PAGER = "less";
    GOPATH = "$HOME/go";
    CARGO_HOME = "$HOME/.cargo";
  };
  programs.bash.initExtra = ''
    # tools
    export GPG_TTY=$(tty)
  '';
}
""",
    )


@pytest.mark.parametrize("pin", ["nixos", "nix-darwin"])
def test_systems_have_variables_of_their_own(pin: str):
    check_rewrite(
        EXPORT,
        pin=pin,
        before='{\n  environment.interactiveShellInit = "export EDITOR=vim";\n}\n',
        after='{\n  environment.variables.EDITOR = "vim";\n}\n',
    )


def test_a_variable_that_the_rest_reads_is_for_review():
    check_rewrite(
        EXPORT,
        pin=HOME,
        preferred=False,
        before="{\n  programs.zsh.initContent = ''\n    export A=b\n    source $A/c\n  '';\n}\n",
        after="{\n  programs.zsh.initContent = ''\n    source $A/c\n  '';\n  home.sessionVariables.A = \"b\";\n}\n",
    )


def test_a_place_that_was_chosen_is_for_review():
    check_rewrite(
        EXPORT,
        pin=HOME,
        preferred=False,
        before='{\n  programs.zsh.initContent = lib.mkOrder 500 "export A=b";\n}\n',
        after='{\n  home.sessionVariables.A = "b";\n}\n',
    )
    check_silent('{ programs.zsh.initContent = lib.mkOrder 1500 "export PATH=/a:$PATH"; }', HOME)


def test_another_value_is_a_conflict():
    check_no_edit(
        '{ home.sessionVariables.EDITOR = "vi"; programs.zsh.initContent = "export EDITOR=nvim"; }',
        "another value",
        HOME,
    )


def test_a_secret_is_neither_moved_nor_shown():
    (found,) = findings('{ programs.zsh.initContent = "export GITHUB_TOKEN=0123456789abcdef"; }', HOME)
    assert not found.fixes
    assert "0123" not in found.message


@pytest.mark.parametrize(
    "script",
    [
        "export GPG_TTY=$(tty)",
        "export A=$B/c",
        "export A='$HOME/c'",
        "export A='say \"x\"'",
        "export A=~alice/x",
        'export A="${HOME}x"'.replace("${", "''${"),
        "export A",
        "export -n A=b",
        "A=b",
        "A+=b",
        "export A=(a b)",
        "export A=b; if x; then A=c; fi",
        "export A=b; unset A",
        "export HISTFILE=$HOME/.history",
        "export TERM=xterm-256color",
        "export SSH_AUTH_SOCK=$HOME/.agent",
        "export ZSH_THEME=x",
        "if x; then export A=b; fi",
        "test -f x && export A=b",
        "f() { export A=b; }",
        "export A=b | x",
        "export GITHUB_TOKEN=${x}",
        "exit; export A=b",
        "export PATH=/a:/b",
        "export PATH=$PATH",
        "export PATH=/a:$PATH:/b",
        "export PATH=/a:$X:$PATH",
        "export PATH=${pkgs.x}/bin:$PATH",
        "export PATH=/a:$PATH; export PATH=/b:$PATH",
        "set -o vi",
        "set -x",
    ],
)
def test_other_lines_stay(script: str):
    check_silent(f"{{ programs.bash.initExtra = ''\n{script}\n''; }}", pin=HOME)


@pytest.mark.parametrize(
    "line", ["set -Ux A b", "set -e A", "set A b", "set -gx A b c", "set -gx A 'a\\'b'", "set -gx A"]
)
def test_other_lines_of_fish_stay(line: str):
    check_silent(f"{{ programs.fish.shellInit = ''{line}''; }}", pin=HOME)


@pytest.mark.parametrize(
    "line",
    [
        "export PATH=$HOME/.local/bin:$PATH",
        'export PATH=\\"$HOME/.local/bin:$PATH\\"',
        "PATH=~/.local/bin:$PATH",
        "export PATH=\\${HOME}/.local/bin:\\${PATH}",
    ],
)
def test_a_folder_before_path_is_declared(line: str):
    check_rewrite(
        PATH,
        pin=HOME,
        before=f'{{\n  programs.bash.initExtra = "{line}";\n}}\n',
        after='{\n  home.sessionPath = [ "$HOME/.local/bin" ];\n}\n',
    )


def test_folders_join_the_list():
    check_rewrite(
        PATH,
        pin=HOME,
        before="""\
{ config, ... }:
{
  home.sessionPath = [ "/opt/a" ];
  programs.zsh.initContent = ''
    export PATH="${config.home.homeDirectory}/bin:/opt/b:$PATH"
    bindkey -s x y
  '';
}
""",
        after="""\
{ config, ... }:
{
  home.sessionPath = [ "/opt/a" "${config.home.homeDirectory}/bin" "/opt/b" ];
  programs.zsh.initContent = ''
    bindkey -s x y
  '';
}
""",
    )


def test_a_folder_behind_path_is_for_review():
    check_rewrite(
        PATH,
        pin=HOME,
        preferred=False,
        before='{\n  programs.bash.initExtra = "export PATH=$PATH:/opt/a";\n}\n',
        after='{\n  home.sessionPath = [ "/opt/a" ];\n}\n',
    )


def test_nixos_knows_two_folders():
    check_rewrite(
        PATH,
        before='{\n  environment.shellInit = "export PATH=$HOME/bin:$HOME/.local/bin:$PATH";\n}\n',
        after="{\n  environment.homeBinInPath = true;\n  environment.localBinInPath = true;\n}\n",
    )
    check_silent('{ environment.shellInit = "export PATH=/opt/a:$PATH"; }')
    check_silent('{ environment.shellInit = "export PATH=$PATH:$HOME/bin"; }')


def test_nix_darwin_has_a_list():
    check_rewrite(
        PATH,
        pin="nix-darwin",
        preferred=False,
        before='{\n  environment.shellInit = "export PATH=/opt/homebrew/bin:$PATH";\n}\n',
        after='{\n  environment.systemPath = [ "/opt/homebrew/bin" ];\n}\n',
    )


def test_folders_that_home_manager_would_append_are_for_review():
    text = '{ programs.bash.initExtra = "export PATH=/opt/a:$PATH"; }'
    assert [fix.tier for each in findings(text, "home-manager") for fix in each.fixes] == [Tier.MECHANICAL]
    assert [fix.tier for each in findings(text, "home-manager-24.11") for fix in each.fixes] == [Tier.REVIEW]
