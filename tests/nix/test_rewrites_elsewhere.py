"""What imperative commands become in nix-darwin and home-manager has, for their real modules, the value that the command would have set."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.nix.declaring import declared

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.nix.conftest import NixInstantiate

    Evaluate = Callable[[str, str], object]

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl"
MAC = """\
pmset -a displaysleep 10 sleep 0
systemsetup -settimezone Europe/Berlin
nvram StartupMute=%01
/usr/libexec/ApplicationFirewall/socketfilterfw --setglobalstate on --setstealthmode on
defaults write com.apple.dock autohide -bool true
defaults write com.example.App colour -string red
hidutil property --set '{"UserKeyMapping":[{"HIDKeyboardModifierMappingSrc":0x700000039,"HIDKeyboardModifierMappingDst":0x700000029}]}'
nix-env -iA nixpkgs.hello
ssh-keyscan github.com >> /var/root/.ssh/known_hosts
"""
PLIST = (
    '<plist version="1.0"><dict><key>Label</key><string>com.me.sync</string>'
    "<key>ProgramArguments</key><array><string>/bin/echo</string><string>a b</string></array>"
    "<key>StartInterval</key><integer>300</integer></dict></plist>"
)
ACTIVATION = """\
nix-env -iA nixpkgs.hello
nix profile install nixpkgs#jq
git config --global user.name Alice
(crontab -l; echo '*/10 * * * * /bin/rsync -a /a /b') | crontab -
xdg-mime default firefox.desktop text/html
"""
SHELL = """\
export EDITOR='vim -f'
export PATH="$HOME/.local/bin:$PATH"
alias ll='ls -l'
eval "$(zoxide init bash)"
eval "$(ssh-agent)"
"""


def _tree(variable: str, member: str) -> Path:
    path = Path(os.environ.get(variable) or "/nonexistent")
    if not (path / member).is_file():
        pytest.skip(f"${variable} names no tree")
    return path


@pytest.fixture
def evaluate(nix_instantiate: NixInstantiate) -> Callable[[str], object]:
    """Evaluate an expression."""

    def run(source: str) -> object:
        found = nix_instantiate(["--eval", "--strict", "--json", "--readonly-mode", "-E", source], seconds=300)
        assert found.returncode == 0, found.stderr
        return json.loads(found.stdout)

    return run


@pytest.fixture
def mac(evaluate: Callable[[str], object], tmp_path: Path) -> Evaluate:
    """Evaluate an expression over the `config` of a nix-darwin module: `$NIX_DARWIN`, and a nixpkgs that it takes, `$NIXPKGS`."""
    darwin = _tree("NIX_DARWIN", "eval-config.nix")
    nixpkgs = _tree("NIXPKGS", "lib/default.nix")

    def value(module: str, expression: str) -> object:
        (tmp_path / "module.nix").write_text(module, encoding="utf-8")
        return evaluate(
            f"let inherit (import {darwin}/eval-config.nix {{ lib = import {nixpkgs}/lib; enableNixpkgsReleaseCheck = false; modules = ["
            f' {tmp_path}/module.nix {{ nixpkgs.source = {nixpkgs}; nixpkgs.hostPlatform = "aarch64-darwin"; '
            f'system.stateVersion = 5; system.primaryUser = "alice"; }} ]; }}) config; in {expression}'
        )

    return value


@pytest.fixture
def home(evaluate: Callable[[str], object], tmp_path: Path) -> Evaluate:
    """Evaluate an expression over the `config` of a home-manager module: `$HOME_MANAGER`, and a nixpkgs that it takes, `$NIXPKGS`."""
    home_manager = _tree("HOME_MANAGER", "modules/lib/dag.nix")
    nixpkgs = _tree("NIXPKGS", "lib/default.nix")

    def value(module: str, expression: str) -> object:
        (tmp_path / "home.nix").write_text(module, encoding="utf-8")
        return evaluate(
            f'let inherit (import {home_manager}/modules {{ pkgs = import {nixpkgs} {{ system = "x86_64-linux"; config = {{ }}; overlays = [ ]; }}; '
            f'configuration = {{ imports = [ {tmp_path}/home.nix ]; home = {{ username = "alice"; homeDirectory = "/home/alice"; '
            f'stateVersion = "25.11"; }}; }}; }}) config; in {expression}'
        )

    return value


def test_the_settings_of_a_mac(mac: Evaluate):
    module = declared(
        f"{{ pkgs, ... }}:\n{{\n  homebrew.enable = false;\n  system.activationScripts.postActivation.text = ''\n{MAC}'';\n"
        '  environment.etc."sudoers.d/alice".text = "alice ALL=(ALL) NOPASSWD: /bin/a";\n'
        '  environment.etc."pam.d/sudo_local".text = "auth sufficient pam_tid.so";\n'
        f"  environment.userLaunchAgents.\"com.me.sync.plist\".text = ''{PLIST}'';\n}}\n",
        "/darwin-configuration.nix",
    )
    assert "activationScripts" not in module
    assert "environment.etc" not in module
    assert "userLaunchAgents" not in module
    expression = """{
      inherit (config.power.sleep) display computer;
      zone = config.time.timeZone;
      inherit (config.system.startup) chime;
      wall = { inherit (config.networking.applicationFirewall) enable enableStealthMode; };
      inherit (config.system.defaults.dock) autohide;
      own = config.system.defaults.CustomUserPreferences."com.example.App".colour;
      keys = { inherit (config.system.keyboard) enableKeyMapping remapCapsLockToEscape; };
      maps = builtins.length config.system.keyboard.userKeyMapping;
      hello = builtins.any (package: (package.pname or "") == "hello") config.environment.systemPackages;
      github = config.programs.ssh.knownHosts."github.com".publicKey;
      sudo = builtins.match ".*\nalice ALL=.ALL. NOPASSWD: /bin/a" config.security.sudo.extraConfig != null;
      touch = config.security.pam.services.sudo_local.touchIdAuth;
      agent = { inherit (config.launchd.user.agents.sync.serviceConfig) Label ProgramArguments StartInterval; };
    }"""
    assert mac(module, expression) == {
        "display": 10,
        "computer": "never",
        "zone": "Europe/Berlin",
        "chime": False,
        "wall": {"enable": True, "enableStealthMode": True},
        "autohide": True,
        "own": "red",
        "keys": {"enableKeyMapping": True, "remapCapsLockToEscape": True},
        "maps": 1,
        "hello": True,
        "github": KEY,
        "sudo": True,
        "touch": True,
        "agent": {"Label": "com.me.sync", "ProgramArguments": ["/bin/echo", "a b"], "StartInterval": 300},
    }


def test_a_login_shell_and_keys_of_a_mac(mac: Evaluate):
    module = declared(
        '{ pkgs, ... }:\n{\n  homebrew.enable = false;\n  users.users.bob.uid = 502;\n  users.users.bob.home = "/Users/bob";\n'
        '  launchd.daemons.setup.serviceConfig.ProgramArguments = [\n    "/bin/sh"\n    "-c"\n'
        f"    ''\n      dscl . -create /Users/bob UserShell /run/current-system/sw/bin/fish\n"
        f"      echo '{KEY}' >> /Users/bob/.ssh/authorized_keys\n    ''\n  ];\n}}\n",
        "/darwin-configuration.nix",
    )
    assert "launchd" not in module
    expression = """{
      known = builtins.elem "bob" config.users.knownUsers;
      bob = { inherit (config.users.users.bob) uid; shell = config.users.users.bob.shell.pname; keys = config.users.users.bob.openssh.authorizedKeys.keys; };
      fish = config.programs.fish.enable;
    }"""
    assert mac(module, expression) == {
        "known": True,
        "bob": {"uid": 502, "shell": "fish", "keys": [KEY]},
        "fish": True,
    }


def test_the_activation_of_a_home(home: Evaluate):
    module = declared(
        "{ lib, pkgs, ... }:\n{\n  home.keyboard = null;\n"
        f"  home.activation.all = lib.hm.dag.entryAfter [ \"writeBoundary\" ] ''\n{ACTIVATION}'';\n}}\n",
        "/home.nix",
    )
    assert "activation" not in module
    expression = """{
      hello = builtins.any (package: (package.pname or "") == "hello") config.home.packages;
      jq = builtins.any (package: (package.pname or "") == "jq") config.home.packages;
      git = { inherit (config.programs.git) enable; inherit (config.programs.git.settings.user) name; };
      timer = config.systemd.user.timers.rsync.Timer.OnCalendar;
      wanted = config.systemd.user.timers.rsync.Install.WantedBy;
      run = config.systemd.user.services.rsync.Service.ExecStart;
      html = config.xdg.mimeApps.defaultApplications."text/html";
    }"""
    assert home(module, expression) == {
        "hello": True,
        "jq": True,
        "git": {"enable": True, "name": "Alice"},
        "timer": "*-*-* *:0/10:00",
        "wanted": ["timers.target"],
        "run": ["/bin/rsync -a /a /b"],
        "html": ["firefox.desktop"],
    }


def test_the_shell_of_a_home(home: Evaluate):
    module = declared(
        f"{{\n  home.keyboard = null;\n  programs.bash.enable = true;\n  programs.bash.initExtra = ''\n{SHELL}'';\n}}\n",
        "/home.nix",
    )
    assert "initExtra" not in module
    expression = """{
      inherit (config.home.sessionVariables) EDITOR;
      path = config.home.sessionPath;
      inherit (config.programs.bash.shellAliases) ll;
      zoxide = { inherit (config.programs.zoxide) enable enableBashIntegration; };
      agent = config.services.ssh-agent.enable;
    }"""
    assert home(module, expression) == {
        "EDITOR": "vim -f",
        "path": ["$HOME/.local/bin"],
        "ll": "ls -l",
        "zoxide": {"enable": True, "enableBashIntegration": True},
        "agent": True,
    }


def test_an_agent_of_launchd_in_a_home(home: Evaluate):
    module = declared(
        f"{{\n  home.keyboard = null;\n  home.file.\"Library/LaunchAgents/com.me.sync.plist\".text = ''{PLIST}'';\n}}\n",
        "/home.nix",
    )
    expression = "{ inherit (config.launchd.agents.sync) enable; inherit (config.launchd.agents.sync.config) Label StartInterval; }"
    assert home(module, expression) == {"enable": True, "Label": "com.me.sync", "StartInterval": 300}
