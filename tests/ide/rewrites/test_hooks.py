"""`imp-rc-eval-hook`, `imp-ssh-agent` and `imp-gpg-agent`: what a start-up file starts."""

from __future__ import annotations

import pytest

from .bench import check_rewrite, check_silent, findings

HOOK = "imp-rc-eval-hook"
HOME = "home-manager"


@pytest.mark.parametrize(
    ("shell", "line", "module"),
    [
        ("zsh", 'eval "$(zoxide init zsh)"', "zoxide"),
        ("bash", "eval $(starship init bash --print-full-init)", "starship"),
        ("zsh", "source <(fzf --zsh)", "fzf"),
        ("bash", 'eval "$(${pkgs.direnv}/bin/direnv hook bash)"', "direnv"),
        ("bash", 'eval "$(${lib.getExe pkgs.mise} activate bash)" 2>/dev/null', "mise"),
        ("zsh", ". <(tv init zsh)", "television"),
        ("zsh", "nix-your-shell zsh | source /dev/stdin", "nix-your-shell"),
        ("fish", "starship init fish | source", "starship"),
        ("bash", 'eval "$(pyenv init -)" || true', "pyenv"),
        ("bash", 'eval "$(dircolors -b)"', "dircolors"),
    ],
)
def test_a_hook_is_left_to_the_module(shell: str, line: str, module: str):
    option = "interactiveShellInit" if shell == "fish" else "initExtra"
    check_rewrite(
        HOOK,
        pin=HOME,
        before=f"{{ lib, pkgs, ... }}:\n{{\n  programs.{shell}.{option} = ''{line}'';\n}}\n",
        after=f"{{ lib, pkgs, ... }}:\n{{\n  programs.{module}.enable = true;\n}}\n",
    )


def test_options_of_the_program_are_passed_on_and_the_rest_stays():
    check_rewrite(
        HOOK,
        pin=HOME,
        before="""\
{
  programs.zoxide = {
    enable = true;
    options = [ "--hook pwd" ];
  };
  programs.zsh.initContent = ''
    # jump
    eval "$(zoxide init --cmd cd zsh)"
    bindkey x y
  '';
}
""",
        after="""\
{
  programs.zoxide = {
    enable = true;
    options = [ "--hook pwd" "--cmd cd" ];
  };
  programs.zsh.initContent = ''
    # jump
    bindkey x y
  '';
}
""",
    )


def test_a_module_that_is_on_already_only_loses_the_line():
    check_rewrite(
        HOOK,
        pin=HOME,
        before="{\n  programs.fzf.enable = true;\n  programs.zsh.initContent = ''source <(fzf --zsh)'';\n}\n",
        after="{\n  programs.fzf.enable = true;\n}\n",
    )


def test_a_program_that_the_file_speaks_of_elsewhere_is_for_review():
    check_rewrite(
        HOOK,
        pin=HOME,
        preferred=False,
        before="{\n  plugins = [ \"mise\" ];\n  programs.bash.initExtra = ''eval \"$(mise activate bash)\"'';\n}\n",
        after='{\n  plugins = [ "mise" ];\n  programs.mise.enable = true;\n}\n',
    )


def test_nixos_has_fewer_modules():
    check_rewrite(
        HOOK,
        before="{\n  programs.bash.interactiveShellInit = ''eval \"$(fzf --bash)\"'';\n}\n",
        after="{\n  programs.fzf = {\n    keybindings = true;\n    fuzzyCompletion = true;\n  };\n}\n",
    )
    check_silent("{ programs.bash.interactiveShellInit = ''eval \"$(mise activate bash)\"''; }")


@pytest.mark.parametrize(
    "line",
    [
        'eval "$(zoxide init bash)"',
        'eval "$(zoxide init zsh --unknown)"',
        'eval "$(zoxide init $SHELL)"',
        'eval "$(zoxide init zsh | tee x)"',
        'eval "$(zoxide init zsh 2>/dev/null)"',
        'eval "$(_X=1 zoxide init zsh)"',
        'eval "x $(zoxide init zsh)"',
        'eval "$(mise activate zsh --shims)"',
        'eval "$(oh-my-posh init zsh --config ~/x.json)"',
        'eval "$(brew shellenv)"',
        'eval "$(kubectl completion zsh)"',
        'if x; then eval "$(zoxide init zsh)"; fi',
        'command -v zoxide && eval "$(zoxide init zsh)"',
        "x=$(zoxide init zsh)",
        "zoxide init zsh",
        "zoxide init zsh > x",
        "source <(fzf --bash)",
        "zoxide init zsh | source x",
        "alias z=zoxide",
    ],
)
def test_other_lines_stay(line: str):
    assert HOOK not in {each.rule for each in findings(f"{{ programs.zsh.initContent = ''\n{line}\n''; }}", HOME)}


@pytest.mark.parametrize(
    "setting",
    [
        "programs.zoxide.enable",
        "programs.zoxide.enableZshIntegration",
        "home.shell.enableShellIntegration",
        "home.shell.enableZshIntegration",
    ],
)
def test_an_integration_that_is_switched_off_is_wanted_so(setting: str):
    check_silent(f"{{ {setting} = false; programs.zsh.initContent = ''eval \"$(zoxide init zsh)\"''; }}", HOME)


@pytest.mark.parametrize(
    ("pin", "line", "before", "after"),
    [
        ("nixos", 'eval "$(ssh-agent)"', "environment.interactiveShellInit", "programs.ssh.startAgent"),
        ("nixos", "eval $(ssh-agent -s) > /dev/null", "programs.bash.interactiveShellInit", "programs.ssh.startAgent"),
        (HOME, "eval $(${pkgs.openssh}/bin/ssh-agent -s)", "programs.zsh.initContent", "services.ssh-agent.enable"),
    ],
)
def test_an_agent_is_declared(pin: str, line: str, before: str, after: str):
    check_rewrite(
        "imp-ssh-agent",
        pin=pin,
        before=f"{{ pkgs, ... }}:\n{{\n  {before} = ''{line}'';\n}}\n",
        after=f"{{ pkgs, ... }}:\n{{\n  {after} = true;\n}}\n",
    )


@pytest.mark.parametrize(
    "text",
    [
        'if [ -z "$SSH_AUTH_SOCK" ]; then eval "$(ssh-agent)"; fi',
        'eval "$(ssh-agent -a /x)"',
        'eval "$(ssh-agent -t 1h)"',
        "ssh-agent bash",
        "ssh-agent > ~/.agent",
    ],
)
def test_other_agents_stay(text: str):
    check_silent(f"{{ environment.interactiveShellInit = ''{text}''; }}")


def test_beside_another_agent_nothing_is_said():
    check_silent(
        "{ programs.gnupg.agent.enableSSHSupport = true; environment.interactiveShellInit = ''eval \"$(ssh-agent)\"''; }"
    )


def test_the_agent_of_gnupg_is_declared():
    check_rewrite(
        "imp-gpg-agent",
        pin=HOME,
        before="""\
{
  programs.zsh.initContent = ''
    export GPG_TTY=$(tty)
    bindkey x y
    unset SSH_AGENT_PID
    gpgconf --launch gpg-agent
    export SSH_AUTH_SOCK="$(gpgconf --list-dirs agent-ssh-socket)"
  '';
}
""",
        after="""\
{
  programs.zsh.initContent = ''
    bindkey x y
  '';
  services.gpg-agent = {
    enable = true;
    enableSshSupport = true;
  };
}
""",
    )


def test_the_agent_of_gnupg_joins_what_stands():
    check_rewrite(
        "imp-gpg-agent",
        before="{\n  programs.gnupg.agent.enable = true;\n  environment.shellInit = ''\n    gpgconf --launch gpg-agent\n  '';\n}\n",
        after="{\n  programs.gnupg.agent.enable = true;\n}\n",
    )


@pytest.mark.parametrize(
    "text",
    [
        "export GPG_TTY=$(tty)",
        "export SSH_AUTH_SOCK=$(ls /tmp/ssh*)",
        "gpgconf --kill gpg-agent",
        "unset SSH_AGENT_PID",
        "if x; then gpgconf --launch gpg-agent; fi",
        "timeout 5 gpgconf --launch gpg-agent",
    ],
)
def test_other_lines_about_gnupg_stay(text: str):
    check_silent(f"{{ programs.bash.initExtra = ''{text}''; }}", HOME)
