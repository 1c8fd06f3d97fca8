"""`imp-rc-alias`."""

from __future__ import annotations

import pytest

from .bench import check_no_edit, check_rewrite, check_silent

RULE = "imp-rc-alias"
HOME = "home-manager"


def test_an_alias_is_declared():
    check_rewrite(
        RULE,
        pin=HOME,
        before="{\n  programs.bash.initExtra = \"alias ls='ls --color=auto'\";\n}\n",
        after='{\n  programs.bash.shellAliases.ls = "ls --color=auto";\n}\n',
    )


def test_several_aliases_leave_a_longer_script():
    check_rewrite(
        RULE,
        pin=HOME,
        before="""\
{
  programs.zsh = {
    enable = true;
    initContent = lib.mkBefore ''
      # short
      alias ls='ls --color=auto' ll="ls -l"
      alias here="echo $PWD"
      bindkey -v
    '';
  };
}
""",
        after="""\
{
  programs.zsh = {
    enable = true;
    initContent = lib.mkBefore ''
      # short
      alias here="echo $PWD"
      bindkey -v
    '';
    shellAliases = {
      ls = "ls --color=auto";
      ll = "ls -l";
    };
  };
}
""",
    )


def test_aliases_join_the_set():
    check_rewrite(
        RULE,
        pin=HOME,
        before='{\n  programs.zsh.shellAliases = { a = "b"; };\n  programs.zsh.initExtra = "alias -- -=\'cd -\'";\n}\n',
        after='{\n  programs.zsh.shellAliases = { a = "b"; "-" = "cd -"; };\n}\n',
    )


def test_global_aliases_of_zsh_have_their_own_option():
    check_rewrite(
        RULE,
        pin=HOME,
        before="{\n  programs.zsh.initContent = \"alias -g G='| grep'\";\n}\n",
        after='{\n  programs.zsh.shellGlobalAliases.G = "| grep";\n}\n',
    )


@pytest.mark.parametrize(
    ("line", "option"),
    [
        ("abbr -a gs git status", 'shellAbbrs.gs = "git status"'),
        ("abbr --add gs 'git status'", 'shellAbbrs.gs = "git status"'),
        ("alias gs 'git status'", 'shellAliases.gs = "git status"'),
        ("alias gs='git status'", 'shellAliases.gs = "git status"'),
    ],
)
def test_fish_has_aliases_and_abbreviations(line: str, option: str):
    check_rewrite(
        RULE,
        pin=HOME,
        before=f'{{\n  programs.fish.interactiveShellInit = "{line}";\n}}\n',
        after=f"{{\n  programs.fish.{option};\n}}\n",
    )


def test_aliases_for_every_shell():
    check_rewrite(
        RULE,
        pin="nix-darwin",
        before="{\n  environment.interactiveShellInit = ''\n    alias ..='cd ..'\n  '';\n}\n",
        after='{\n  environment.shellAliases.".." = "cd ..";\n}\n',
    )


def test_another_meaning_is_a_conflict():
    check_no_edit(
        '{ programs.bash.shellAliases.ls = "eza"; programs.bash.initExtra = "alias ls=\'ls -l\'"; }',
        "another value",
        pin=HOME,
    )


@pytest.mark.parametrize(
    "module",
    [
        "{ programs.bash.initExtra = ''alias x=\"echo $1\"''; }",
        "{ programs.bash.initExtra = ''alias x='echo $1' ''; }",
        "{ programs.bash.initExtra = ''alias x=\"$EDITOR\"''; }",
        "{ programs.bash.initExtra = ''alias -p''; }",
        "{ programs.bash.initExtra = ''alias''; }",
        "{ programs.bash.initExtra = ''alias ls''; }",
        "{ programs.zsh.initContent = ''alias -s pdf=zathura''; }",
        "{ programs.bash.initExtra = ''alias -g G=x''; }",
        "{ programs.bash.initExtra = ''if [ -t 0 ]; then alias a=b; fi''; }",
        "{ programs.bash.initExtra = ''command -v eza && alias ls=eza''; }",
        "{ programs.fish.interactiveShellInit = ''abbr --position anywhere L less''; }",
        "{ programs.fish.interactiveShellInit = ''alias x 'a\\'b' ''; }",
        "{ programs.fish.interactiveShellInit = ''status is-interactive; and begin; alias a=b; end''; }",
        "{ programs.fish.interactiveShellInit = ''if status is-interactive; alias a=b; end''; }",
        "{ programs.fish.interactiveShellInit = ''function f --on-event x; alias a=b; end''; }",
        "{ programs.fish.interactiveShellInit = ''test -f x; or alias a=b''; }",
        "{ programs.zsh.initContent = ''[[ -n $x ]] && { alias a=b }''; }",
        "{ programs.zsh.initContent = ''() { alias a=b }''; }",
        "{ programs.zsh.initContent = ''for x (a b) alias $x=b''; }",
        "{ programs.bash.shellAliases.x = ''alias a=b''; }",
    ],
)
def test_other_lines_stay(module: str):
    check_silent(module, pin=HOME)


def test_a_comment_behind_the_alias_takes_its_place():
    check_rewrite(
        "imp-rc-alias",
        before="{\n  environment.interactiveShellInit = ''\n    alias f='ofd' # in the path\n    x\n  '';\n}\n",
        after="{\n  environment.interactiveShellInit = ''\n    # in the path\n    x\n  '';\n  environment.shellAliases.f = \"ofd\";\n}\n",
    )
