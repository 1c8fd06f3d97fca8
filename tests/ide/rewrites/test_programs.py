"""`imp-rc-omz`, `imp-ssh-add`, `imp-gpg-import`, `imp-vscode-ext`, `imp-version-manager`, `imp-kubectl-apply`."""

from __future__ import annotations

import pytest

from .bench import check_rewrite, check_silent, findings

HOME = "home-manager"


@pytest.mark.parametrize(
    ("pin", "option", "module"),
    [(HOME, "initContent", "oh-my-zsh"), ("nixos", "interactiveShellInit", "ohMyZsh")],
)
def test_oh_my_zsh_is_declared_as_the_module_set_spells_it(pin: str, option: str, module: str):
    check_rewrite(
        "imp-rc-omz",
        pin=pin,
        before=f"{{\n  programs.zsh.{option} = ''\n    export ZSH=$HOME/.oh-my-zsh\n    source $ZSH/oh-my-zsh.sh\n    bindkey -s x y\n  '';\n}}\n",
        after=f"{{\n  programs.zsh.{option} = ''\n    bindkey -s x y\n  '';\n  programs.zsh.{module}.enable = true;\n}}\n",
    )


def test_oh_my_zsh_joins_what_is_declared():
    check_rewrite(
        "imp-rc-omz",
        pin=HOME,
        before="""\
{
  programs.zsh = {
    oh-my-zsh.plugins = [ "z" ];
    initContent = ''
      ZSH_THEME="agnoster"
      plugins=(git 'docker')
      . ~/.oh-my-zsh/oh-my-zsh.sh
    '';
  };
}
""",
        after="""\
{
  programs.zsh = {
    oh-my-zsh.plugins = [ "z" "git" "docker" ];
    oh-my-zsh.enable = true;
    oh-my-zsh.theme = "agnoster";
  };
}
""",
    )


@pytest.mark.parametrize(
    "lines",
    [
        "source $ZSH/other.sh",
        "plugins=(git $x)\nsource $ZSH/oh-my-zsh.sh",
        "ZSH_THEME=$x\nsource $ZSH/oh-my-zsh.sh",
        "ZSH_CUSTOM=~/x\nsource $ZSH/oh-my-zsh.sh",
        "[ -f $ZSH/oh-my-zsh.sh ] && source $ZSH/oh-my-zsh.sh",
        "if x; then source $ZSH/oh-my-zsh.sh; fi",
        "source $ZSH/oh-my-zsh.sh | cat",
        "echo $ZSH/oh-my-zsh.sh",
    ],
)
def test_other_lines_of_zsh_stay(lines: str):
    check_silent(f"{{ programs.zsh.initContent = ''\n{lines}\n''; }}", HOME)


def test_ssh_adds_keys_itself():
    check_rewrite(
        "imp-ssh-add",
        pin=HOME,
        preferred=False,
        before="{\n  programs.bash.initExtra = ''\n    ssh-add -q 2>/dev/null\n    echo\n  '';\n}\n",
        after=(
            "{\n  programs.bash.initExtra = ''\n    echo\n  '';\n  programs.ssh = {\n    enable = true;\n"
            '    settings."*".AddKeysToAgent = "yes";\n  };\n}\n'
        ),
    )


def test_ssh_adds_keys_itself_as_it_was_spelled():
    check_rewrite(
        "imp-ssh-add",
        pin="home-manager-25.05",
        preferred=False,
        before='{\n  programs.bash.initExtra = "ssh-add";\n}\n',
        after='{\n  programs.ssh = {\n    enable = true;\n    addKeysToAgent = "yes";\n  };\n}\n',
    )


def test_keys_join_those_of_the_host():
    check_rewrite(
        "imp-ssh-add",
        pin=HOME,
        preferred=False,
        before='{\n  programs.ssh.enable = true;\n  programs.bash.initExtra = "ssh-add ~/.ssh/id";\n}\n',
        after='{\n  programs.ssh.enable = true;\n  programs.ssh.settings."*".AddKeysToAgent = "yes";\n}\n',
    )


@pytest.mark.parametrize("line", ["ssh-add -l", "ssh-add -D", "ssh-add -t 60", "ssh-add $(x) | cat", "x && ssh-add"])
def test_other_uses_of_ssh_add_stay(line: str):
    check_silent(f'{{ programs.bash.initExtra = "{line}"; }}', HOME)


def test_a_public_key_is_declared():
    check_rewrite(
        "imp-gpg-import",
        pin=HOME,
        before='{\n  home.activation.x = "run gpg --batch --import ${./keys/me.asc} ${../you.asc}; echo a";\n}\n',
        after=(
            '{\n  home.activation.x = "echo a";\n  programs.gpg = {\n    enable = true;\n    publicKeys = [\n'
            "      { source = ./keys/me.asc; }\n      { source = ../you.asc; }\n    ];\n  };\n}\n"
        ),
    )


def test_a_public_key_joins_the_others():
    check_rewrite(
        "imp-gpg-import",
        pin=HOME,
        before='{\n  programs.gpg.enable = true;\n  programs.gpg.publicKeys = [ { source = ./a.asc; } ];\n  home.activation.x = "gpg --import ${./b.asc}";\n}\n',
        after="{\n  programs.gpg.enable = true;\n  programs.gpg.publicKeys = [ { source = ./a.asc; } { source = ./b.asc; } ];\n}\n",
    )


@pytest.mark.parametrize(
    "line",
    [
        "gpg --import ~/key.asc",
        "gpg --import ${./private.asc}",
        "gpg --import ${config.x}",
        "gpg --list-keys",
        "gpg --import < ${./a.asc}",
        "gpg --export ${./a.asc}",
        "if x; then gpg --import ${./a.asc}; fi",
    ],
)
def test_other_uses_of_gpg_stay(line: str):
    check_silent(f'{{ home.activation.x = "{line}"; }}', HOME)


def test_an_extension_joins_the_others():
    check_rewrite(
        "imp-vscode-ext",
        pin=HOME,
        before="""\
{ pkgs, ... }:
{
  programs.vscode = {
    enable = true;
    profiles.default.extensions = with pkgs.vscode-extensions; [ a.b ];
  };
  home.activation.x = ''
    code --install-extension jnoortheen.nix-ide --force
    echo a
  '';
}
""",
        after="""\
{ pkgs, ... }:
{
  programs.vscode = {
    enable = true;
    profiles.default.extensions = with pkgs.vscode-extensions; [ a.b jnoortheen.nix-ide ];
  };
  home.activation.x = ''
    echo a
  '';
}
""",
    )


def test_an_editor_that_nothing_declares_is_for_review():
    check_rewrite(
        "imp-vscode-ext",
        pin=HOME,
        preferred=False,
        before='{ pkgs, ... }:\n{\n  home.activation.x = "code --install-extension jnoortheen.nix-ide";\n}\n',
        after=(
            "{ pkgs, ... }:\n{\n  programs.vscode = {\n    enable = true;\n"
            "    profiles.default.extensions = [ pkgs.vscode-extensions.jnoortheen.nix-ide ];\n  };\n}\n"
        ),
    )


@pytest.mark.parametrize(
    "line",
    [
        "code --install-extension no.such",
        "code --install-extension ${./x.vsix}",
        "code --install-extension x.vsix",
        "code --list-extensions",
        "code .",
        "code --uninstall-extension jnoortheen.nix-ide",
        "for x in a; do code --install-extension jnoortheen.nix-ide; done",
    ],
)
def test_other_uses_of_the_editor_stay(line: str):
    check_silent(f'{{ pkgs, ... }}: {{ home.activation.x = "{line}"; }}', HOME)


@pytest.mark.parametrize(
    "line",
    [
        'source "$NVM_DIR/nvm.sh"',
        '[ -s "$NVM_DIR/nvm.sh" ] && \\. "$NVM_DIR/nvm.sh"',
        ". $HOME/.asdf/asdf.sh",
        "source ~/.sdkman/bin/sdkman-init.sh",
    ],
)
def test_a_version_manager_is_explained(line: str):
    (found,) = findings(f"{{ programs.zsh.initContent = ''\n{line}\n''; }}", HOME)
    assert (found.rule, found.fixes) == ("imp-version-manager", ())


@pytest.mark.parametrize("line", ["source ~/x.sh", "source ${pkgs.fzf}/nvm", "echo nvm.sh", "cat ~/.asdf/asdf.sh"])
def test_other_files_that_are_sourced_stay(line: str):
    check_silent(f"{{ pkgs, ... }}: {{ programs.zsh.initContent = ''\n{line}\n''; }}", HOME)


def test_a_manifest_is_declared():
    """For review where the service waits for others."""
    check_rewrite(
        "imp-kubectl-apply",
        preferred=False,
        before="""\
{
  services.k3s.enable = true;
  systemd.services.dns = {
    after = [ "k3s.service" ];
    wantedBy = [ "multi-user.target" ];
    script = "kubectl apply -f ${./dns.yaml}";
  };
}
""",
        after="""\
{
  services.k3s.enable = true;
  services.k3s.manifests.dns.source = ./dns.yaml;
}
""",
    )


@pytest.mark.parametrize(
    "text",
    [
        '{ systemd.services.x.script = "kubectl apply -f ${./a.yaml}"; }',
        '{ services.k3s.enable = false; systemd.services.x.script = "kubectl apply -f ${./a.yaml}"; }',
        '{ services.k3s.enable = true; systemd.services.x.script = "kubectl delete -f ${./a.yaml}"; }',
        '{ services.k3s.enable = true; systemd.services.x.script = "kubectl apply -f /srv/a.yaml"; }',
        '{ services.k3s.enable = true; systemd.services.x.script = "kubectl apply -f ${./a.yaml} -n b"; }',
        '{ services.k3s.enable = true; systemd.services.x.script = "x | kubectl apply -f -"; }',
    ],
)
def test_other_uses_of_kubectl_stay(text: str):
    check_silent(text)
