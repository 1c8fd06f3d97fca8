"""`imp-tmux-tpm`."""

from __future__ import annotations

import pytest

from .bench import check_no_edit, check_rewrite, findings


def test_plugins_leave_a_longer_configuration_and_tpm_goes_with_them():
    check_rewrite(
        "imp-tmux-tpm",
        pin="home-manager",
        before="""\
{ pkgs, ... }:
{
  programs.tmux = {
    enable = true;
    extraConfig = ''
      set -g mouse on
      set -g @plugin 'tmux-plugins/tpm'
      set -g @plugin 'tmux-plugins/tmux-sensible'
      set-option -g @plugin "tmux-plugins/tmux-resurrect"
      bind r source-file ~/.tmux.conf
      run '~/.tmux/plugins/tpm/tpm'
    '';
  };
}
""",
        after="""\
{ pkgs, ... }:
{
  programs.tmux = {
    enable = true;
    extraConfig = ''
      set -g mouse on
      bind r source-file ~/.tmux.conf
    '';
    plugins = [
      pkgs.tmuxPlugins.sensible
      pkgs.tmuxPlugins.resurrect
    ];
  };
}
""",
    )


def test_a_plugin_joins_those_that_are_declared():
    check_rewrite(
        "imp-tmux-tpm",
        pin="home-manager",
        before="""\
{ pkgs, ... }:
{
  programs.tmux.plugins = [ pkgs.tmuxPlugins.sensible ];
  programs.tmux.extraConfig = ''
    set -g mouse on
    set -g @plugin tmux-plugins/tmux-resurrect
  '';
}
""",
        after="""\
{ pkgs, ... }:
{
  programs.tmux.plugins = [ pkgs.tmuxPlugins.sensible pkgs.tmuxPlugins.resurrect ];
  programs.tmux.extraConfig = ''
    set -g mouse on
  '';
}
""",
    )


@pytest.mark.parametrize(
    "text",
    [
        "set -g @plugin 'tmux-plugins/tmux-resurrect'\nset -g @resurrect-strategy-vim 'session'",
        "set -g @plugin 'somebody/something'",
        "set -g @plugin 'tmux-plugins/tmux-sensible'\nset -g @plugin 'tmux-plugins/tmux-resurrect#v4'",
    ],
)
def test_what_has_settings_or_is_not_known_is_explained(text: str):
    check_no_edit(f"{{ programs.tmux.extraConfig = ''\n{text}\n''; }}", "programs.tmux.plugins", "home-manager")


@pytest.mark.parametrize(
    "text",
    [
        "# set -g @plugin 'tmux-plugins/tmux-resurrect'",
        "set -g @plugin 'tmux-plugins/tpm'",
        "set -g @other 'tmux-plugins/tmux-resurrect'",
        "set -g @plugin 'tmux-plugins/tmux-no-such'",
    ],
)
def test_other_lines_stay(text: str):
    module = f"{{ programs.tmux.extraConfig = ''\n{text}\n''; }}"
    assert not [each for each in findings(module, "home-manager") if each.fixes]
