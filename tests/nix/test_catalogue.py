"""The example of every mechanical row, evaluated by the real module systems: the options have the values that the commands would have set.

The examples of one module set are evaluated together, as modules of one configuration.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from nix_lsp.ide.model import Tier
from nix_lsp.ide.rewrites.imperative.expressions import ExpressionRewrite
from nix_lsp.ide.rewrites.imperative.rows.fetching import SRI
from nix_lsp.ide.rewrites.imperative.table import HABITS
from tests.nix.declaring import declared

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.nix.conftest import NixInstantiate

_ROWS = {habit.id: habit for habit in HABITS}
_HAS = 'name: builtins.any (package: (package.pname or "") == name)'
_NO_SCRIPT = "!(config.system.activationScripts ? {0})"

NIXOS: Mapping[str, tuple[str, object]] = {
    "imp-nix-env-install": ('map (name: has name config.environment.systemPackages) [ "htop" "git" ]', [True, True]),
    "imp-gc-script": (
        "{ inherit (config.nix.gc) automatic dates options; }",
        {"automatic": True, "dates": ["*-*-* 02:00:00"], "options": "--delete-older-than 14d"},
    ),
    "imp-store-optimise": (
        "{ inherit (config.nix.optimise) automatic dates; }",
        {"automatic": True, "dates": ["*-*-* 03:00:00"]},
    ),
    "imp-systemctl-enable": ("config.services.openssh.enable", True),
    "imp-daemon-reload": (_NO_SCRIPT.format("reload"), True),
    "imp-linger": ("config.users.users.alice.linger", True),
    "imp-cron-job": (
        (
            "{ inherit (config.systemd.services.rsync) startAt; user = config.systemd.services.rsync.serviceConfig.User; "
            'does = ends "/bin/rsync -a /srv /mnt" config.systemd.services.rsync.script; }'
        ),
        {"startAt": ["*-*-* *:30:00"], "user": "backup", "does": True},
    ),
    "imp-cron-reboot": (
        (
            "{ inherit (config.systemd.services.ethtool) wantedBy; type = config.systemd.services.ethtool.serviceConfig.Type; "
            'does = ends "/bin/ethtool -s eth0 wol g" config.systemd.services.ethtool.script; }'
        ),
        {"wantedBy": ["multi-user.target"], "type": "oneshot", "does": True},
    ),
    "imp-useradd": (
        "{ inherit (config.users.users.app) isSystemUser group home; there = config.users.groups ? app; }",
        {"isSystemUser": True, "group": "app", "home": "/var/lib/app", "there": True},
    ),
    "imp-usermod-group": (
        'map (group: builtins.elem group config.users.users.alice.extraGroups) [ "libvirtd" "docker" ]',
        [True, True],
    ),
    "imp-groupadd": ("config.users.groups ? media", True),
    "imp-chsh": ("[ config.users.users.alice.shell.pname config.programs.zsh.enable ]", ["zsh", True]),
    "imp-setcap-setuid": (
        "{ inherit (config.security.wrappers.dumpcap) capabilities owner group; }",
        {"capabilities": "cap_net_raw+ep", "owner": "root", "group": "root"},
    ),
    "imp-sudoers-file": (
        'map (rule: rule.commands) (builtins.filter (rule: rule.users == [ "alice" ]) config.security.sudo.extraRules)',
        [[{"command": "/run/current-system/sw/bin/systemctl", "options": ["NOPASSWD"]}]],
    ),
    "imp-sudo-in-root": (
        'let line = config.systemd.services.import.serviceConfig.ExecStart; in [ (ends "/bin/zpool import -a" line) (builtins.match ".*sudo.*" line) ]',
        [True, None],
    ),
    "imp-authorized-keys": (
        "config.users.users.alice.openssh.authorizedKeys.keys",
        ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIExample a@b"],
    ),
    "imp-iptables-port": ("builtins.elem 8080 config.networking.firewall.allowedTCPPorts", True),
    "imp-iptables-trusted": ('builtins.elem "tailscale0" config.networking.firewall.trustedInterfaces', True),
    "imp-ufw": ("builtins.elem 22 config.networking.firewall.allowedTCPPorts", True),
    "imp-ip-addr": (
        "map (each: { inherit (each) address prefixLength; }) config.networking.interfaces.eth0.ipv4.addresses",
        [{"address": "192.168.1.2", "prefixLength": 24}],
    ),
    "imp-resolv-conf": ("config.networking.nameservers", ["1.1.1.1"]),
    "imp-etc-hosts": ('builtins.elem "syncthing.localhost" config.networking.hosts."127.0.0.1"', True),
    "imp-hostname": ("config.networking.hostName", "box"),
    "imp-timezone": ("config.time.timeZone", "America/Toronto"),
    "imp-ntp": ("config.services.timesyncd.enable", True),
    "imp-locale-keymap": ("config.i18n.defaultLocale", "de_DE.UTF-8"),
    "imp-tailscale-up": (
        "{ inherit (config.services.tailscale) enable authKeyFile extraUpFlags useRoutingFeatures; }",
        {
            "enable": True,
            "authKeyFile": "/run/secrets/ts",
            "extraUpFlags": ["--advertise-routes=192.168.1.0/24"],
            "useRoutingFeatures": "server",
        },
    ),
    "imp-sysctl": ('config.boot.kernel.sysctl."kernel.hardlockup_panic"', 1),
    "imp-proc-sys": ('config.boot.kernel.sysctl."dev.hpet.max-user-freq"', 2048),
    "imp-modprobe": ('builtins.elem "v4l2loopback" config.boot.kernelModules', True),
    "imp-rmmod": ('builtins.elem "nouveau" config.boot.blacklistedKernelModules', True),
    "imp-modprobe-d": ('holds "options kvm_intel nested=1" config.boot.extraModprobeConfig', True),
    "imp-cpu-governor": ("config.powerManagement.cpuFreqGovernor", "schedutil"),
    "imp-powertop": ("config.powerManagement.powertop.enable", True),
    "imp-swapfile": (
        "map (each: { inherit (each) device size; }) config.swapDevices",
        [{"device": "/swapfile", "size": 8192}],
    ),
    "imp-mount": (
        '{ inherit (config.fileSystems."/mnt/data") device fsType; }',
        {"device": "nas:/data", "fsType": "nfs"},
    ),
    "imp-zpool-import": ("config.boot.zfs.extraPools", ["tank"]),
    "imp-zfs-maintenance": (
        "{ inherit (config.services.zfs.autoScrub) enable interval pools; }",
        {"enable": True, "interval": "monthly", "pools": ["tank"]},
    ),
    "imp-fstrim": ("{ inherit (config.services.fstrim) enable interval; }", {"enable": True, "interval": "weekly"}),
    "imp-tmp-clean": ("config.boot.tmp.cleanOnBoot", True),
    "imp-mkdir-chown": (
        '{ inherit (config.systemd.tmpfiles.settings."10-persist"."/srv/within".d) user group mode; }',
        {"user": "root", "group": "within", "mode": "0775"},
    ),
    "imp-prestart-mkdir": ("config.systemd.services.route96.serviceConfig.StateDirectory", "route96"),
    "imp-ln-activation": (
        'config.systemd.tmpfiles.settings."10-fw"."/lib/firmware/apple"."L+".argument',
        "/lib/firmware/vendor/apple",
    ),
    "imp-ln-bin": ('ends "/bin/bash" config.systemd.tmpfiles.settings."10-binbash"."/bin/bash"."L+".argument', True),
    "imp-echo-etc": ('config.environment.etc."safe-rm.conf".text', "/home\n"),
    "imp-cp-etc": ('ends "/foo.conf" (toString config.environment.etc."foo.conf".source)', True),
    "imp-ca-cert": (
        'builtins.any (file: ends "/root_ca.crt" (toString file)) config.security.pki.certificateFiles',
        True,
    ),
    "imp-motd": ("config.users.motd", "welcome"),
    "imp-nix-conf": ("config.nix.settings.experimental-features", ["nix-command", "flakes"]),
    "imp-logrotate": ('config.services.logrotate.settings."/var/log/app.log".frequency', "weekly"),
    "imp-setxkbmap": (
        "{ inherit (config.services.xserver.xkb) layout options; }",
        {"layout": "us", "options": "ctrl:nocaps"},
    ),
    "imp-xset-rate": (
        "{ inherit (config.services.xserver) autoRepeatDelay autoRepeatInterval; }",
        {"autoRepeatDelay": 200, "autoRepeatInterval": 25},
    ),
    "imp-bluetooth-power": (
        "{ inherit (config.hardware.bluetooth) enable powerOnBoot; }",
        {"enable": True, "powerOnBoot": True},
    ),
    "imp-ssh-agent": ("config.programs.ssh.startAgent", True),
    "imp-kubectl-apply": ('ends "/coredns.yaml" (toString config.services.k3s.manifests.coredns.source)', True),
    "imp-docker-prune": (
        "{ inherit (config.virtualisation.docker.autoPrune) enable dates flags; }",
        {"enable": True, "dates": "weekly", "flags": ["--all"]},
    ),
    "imp-docker-pull": ("config.virtualisation.oci-containers.containers.web.pull", "newer"),
    "imp-distro-pm": (
        'map (name: has name config.environment.systemPackages) [ "git" "gcc-wrapper" "gnumake" ]',
        [True, True, True],
    ),
    "imp-certbot": (
        'with config.services.nginx.virtualHosts."x.example.org"; [ enableACME forceSSL config.security.acme.acceptTerms config.security.acme.defaults.email ]',
        [True, True, True, "admin@example.org"],
    ),
    "imp-ssh-hostkey": (f"[ config.services.openssh.generateHostKeys ({_NO_SCRIPT.format('hk')}) ]", [True, True]),
    "imp-known-hosts": (
        'config.programs.ssh.knownHosts."github.com".publicKey',
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl",
    ),
    "imp-udev-etc": ("holds ''SUBSYSTEM==\"usb\", MODE=\"0666\"'' config.services.udev.extraRules", True),
    "imp-run-current-system": ('ends "/bin/rsync -a /a /b" config.systemd.services.x.script', True),
    "imp-fhs-path": ('ends "/bin/rsync -a /a /b" config.systemd.services.y.serviceConfig.ExecStart', True),
}
"""An expression over the configuration, and its value."""

HOME: Mapping[str, tuple[str, object]] = {
    "imp-nix-profile-install": ('has "htop" config.home.packages', True),
    "imp-home-manager-timer": (
        (
            "{ when = config.systemd.user.timers.rsync.Timer.OnCalendar; wanted = config.systemd.user.timers.rsync.Install.WantedBy; "
            'does = map (ends "/bin/rsync -a /srv/a /srv/b") config.systemd.user.services.rsync.Service.ExecStart; }'
        ),
        {"when": "hourly", "wanted": ["timers.target"], "does": [True]},
    ),
    "imp-ln-home": ('holds "aerc" (toString config.home.file."Library/Preferences/aerc".source)', True),
    "imp-mkdir-home": (
        "config.systemd.user.tmpfiles.rules",
        ["d %h/.cache/zsh - - - -", "d %h/.local/state/zsh - - - -"],
    ),
    "imp-gsettings": ('config.dconf.settings."org/gnome/desktop/interface".color-scheme', "prefer-dark"),
    "imp-xrdb": ('config.xresources.properties."Xft.dpi"', 144),
    "imp-git-config-global": ("[ config.programs.git.enable config.programs.git.settings.user.name ]", [True, "Alice"]),
    "imp-xdg-mime": (
        '[ config.xdg.mimeApps.enable config.xdg.mimeApps.defaultApplications."application/pdf" ]',
        [True, ["org.gnome.Evince.desktop"]],
    ),
    "imp-fc-cache": ("config.fonts.fontconfig.enable", True),
    "imp-rc-export": ("config.home.sessionVariables.EDITOR", "nvim"),
    "imp-rc-path": ('builtins.elem "$HOME/.local/bin" config.home.sessionPath', True),
    "imp-rc-alias": ("config.programs.bash.shellAliases.ls", "ls --color=auto"),
    "imp-rc-eval-hook": ("[ config.programs.zoxide.enable config.programs.zoxide.enableZshIntegration ]", [True, True]),
    "imp-rc-plugin-source": ("config.programs.zsh.autosuggestion.enable", True),
    "imp-rc-history": ("config.programs.bash.historySize", 1000),
    "imp-rc-keymap": ("config.programs.zsh.defaultKeymap", "viins"),
    "imp-rc-compinit": ("config.programs.zsh.enableCompletion", True),
    "imp-rc-fish": ("config.programs.fish.functions.ll", "ls -lah $argv"),
    "imp-gpg-agent": ("[ config.services.gpg-agent.enable config.services.gpg-agent.enableSshSupport ]", [True, True]),
    "imp-rc-omz": (
        "{ inherit (config.programs.zsh.oh-my-zsh) enable theme plugins; }",
        {"enable": True, "theme": "robbyrussell", "plugins": ["git", "docker"]},
    ),
    "imp-gpg-import": (
        '[ config.programs.gpg.enable (map (key: ends "/pub.asc" (toString key.source)) config.programs.gpg.publicKeys) ]',
        [True, [True]],
    ),
    "imp-tmux-tpm": ("map (plugin: plugin.pname) config.programs.tmux.plugins", ["tmuxplugin-resurrect"]),
    "imp-vscode-ext": (
        "map (package: package.vscodeExtUniqueId) config.programs.vscode.profiles.default.extensions",
        ["jnoortheen.nix-ide"],
    ),
}
DARWIN: Mapping[str, tuple[str, object]] = {
    "imp-brew": ("[ config.homebrew.enable (map (brew: brew.name) config.homebrew.brews) ]", [True, ["wget"]]),
    "imp-defaults-write": ("config.system.defaults.dock.autohide", True),
    "imp-killall-dock": ('holds "killall Dock" config.system.activationScripts.postActivation.text', False),
    "imp-pmset": ("{ inherit (config.power.sleep) display computer; }", {"display": 10, "computer": "never"}),
    "imp-nvram-chime": ("config.system.startup.chime", False),
    "imp-scutil-systemsetup": ("config.time.timeZone", "Europe/Berlin"),
    "imp-socketfilterfw": (
        "[ config.networking.applicationFirewall.enable config.networking.applicationFirewall.enableStealthMode ]",
        [True, True],
    ),
    "imp-touchid": ("config.security.pam.services.sudo_local.touchIdAuth", True),
    "imp-hidutil": (
        "[ config.system.keyboard.enableKeyMapping config.system.keyboard.remapCapsLockToEscape ]",
        [True, True],
    ),
}
SHELL: Mapping[str, tuple[str, object]] = {
    "imp-npm-global": ('has "typescript" devShells.default.nativeBuildInputs', True),
    "imp-cargo-go-gem": ('has "cargo-watch" devShells.default.nativeBuildInputs', True),
    "imp-shellhook-export": ("devShells.default.RUST_LOG", "debug"),
}
"""An expression over the attributes of a flake's outputs for one system."""
ELSEWHERE = frozenset({"imp-sha256-sri"})
"""Rows that set no option; each has a test of its own below."""
_FRAMES = {
    "/configuration.nix": "{ config, lib, pkgs, ... }:\n{\n  BODY\n}\n",
    "/home.nix": "{ config, lib, pkgs, ... }:\n{\n  BODY\n}\n",
    "/darwin-configuration.nix": "{ config, lib, pkgs, ... }:\n{\n  BODY\n}\n",
}


def test_every_mechanical_row_is_evaluated():
    known = [*NIXOS, *HOME, *DARWIN, *SHELL, *ELSEWHERE]
    assert len(known) == len(set(known))
    assert set(known) == {habit.id for habit in HABITS if habit.tier is Tier.MECHANICAL}


def test_the_examples_of_nixos(nix_instantiate: NixInstantiate, tmp_path: Path):
    nixpkgs = _tree("NIXPKGS", "nixos/modules/module-list.nix")
    _write(tmp_path, NIXOS, "/configuration.nix")
    modules = " ".join(f"{tmp_path}/{row}.nix" for row in NIXOS)
    root = 'fileSystems."/" = { device = "/dev/x"; fsType = "ext4"; };'
    config = f'(import {nixpkgs}/nixos/lib/eval-config.nix {{ system = "x86_64-linux"; modules = [ {modules} {{ {root} }} ]; }}).config'
    assert _values(nix_instantiate, NIXOS, f"config = {config};") == _expected(NIXOS)


def test_the_examples_of_home_manager(nix_instantiate: NixInstantiate, tmp_path: Path):
    nixpkgs, home_manager = _tree("NIXPKGS", "lib/default.nix"), _tree("HOME_MANAGER", "modules/lib/dag.nix")
    _write(tmp_path, HOME, "/home.nix")
    modules = " ".join(f"{tmp_path}/{row}.nix" for row in HOME)
    account = 'home = { username = "alice"; homeDirectory = "/home/alice"; stateVersion = "25.11"; }; programs.zsh.enable = true;'
    pkgs = f'import {nixpkgs} {{ system = "x86_64-linux"; config.allowUnfree = true; overlays = [ ]; }}'
    config = f"(import {home_manager}/modules {{ pkgs = {pkgs}; configuration = {{ imports = [ {modules} ]; {account} }}; }}).config"
    assert _values(nix_instantiate, HOME, f"config = {config};") == _expected(HOME)


def test_the_examples_of_nix_darwin(nix_instantiate: NixInstantiate, tmp_path: Path):
    nixpkgs, darwin = _tree("NIXPKGS", "lib/default.nix"), _tree("NIX_DARWIN", "eval-config.nix")
    _write(tmp_path, DARWIN, "/darwin-configuration.nix")
    modules = " ".join(f"{tmp_path}/{row}.nix" for row in DARWIN)
    machine = f'nixpkgs.source = {nixpkgs}; nixpkgs.hostPlatform = "aarch64-darwin"; system.stateVersion = 5; system.primaryUser = "alice";'
    config = (
        f"(import {darwin}/eval-config.nix {{ lib = import {nixpkgs}/lib; enableNixpkgsReleaseCheck = false; "
        f"modules = [ {modules} {{ {machine} }} ]; }}).config"
    )
    assert _values(nix_instantiate, DARWIN, f"config = {config};") == _expected(DARWIN)


def test_the_examples_of_development_shells(nix_instantiate: NixInstantiate):
    nixpkgs = _tree("NIXPKGS", "lib/default.nix")
    pkgs = (
        f'pkgs = import {nixpkgs} {{ system = "x86_64-linux"; config = {{ }}; overlays = [ ]; }}; inherit (pkgs) lib;'
    )
    for row, (expression, value) in SHELL.items():
        shells = declared(f"{{ pkgs, lib }}:\n{{\n  {_ROWS[row].before}\n}}\n", "/shells.nix")
        assert "shellHook" not in shells
        found = _values(
            nix_instantiate,
            {row: (expression, value)},
            f"{pkgs} inherit (({shells}) {{ inherit pkgs lib; }}) devShells;",
        )
        assert found == {row: value}


def test_a_hash_says_the_same_in_another_form(nix_instantiate: NixInstantiate):
    old, new = (text.partition(' = "')[2].partition('"')[0] for text in _hashes(SRI))
    source = f'builtins.convertHash {{ hash = "{old}"; hashAlgo = "sha256"; toHashFormat = "sri"; }}'
    found = nix_instantiate(["--eval", "--strict", "--json", "-E", source])
    assert json.loads(found.stdout) == new


def _hashes(row: ExpressionRewrite) -> tuple[str, str]:
    lines = [
        next(line for line in text.splitlines() if "256" in line or "hash =" in line)
        for text in (row.before, row.after)
    ]
    return lines[0], lines[1]


def _tree(variable: str, member: str) -> Path:
    path = Path(os.environ.get(variable) or "/nonexistent")
    if not (path / member).is_file():
        pytest.skip(f"${variable} names no tree")
    return path


def _write(folder: Path, rows: Mapping[str, tuple[str, object]], file: str) -> None:
    """Write what the fixes make of the examples, each into a module of its own."""
    for row in rows:
        # The two rows about the paths of programs speak of one service.
        example = _ROWS[row].before.replace("systemd.services.x.serviceConfig", "systemd.services.y.serviceConfig")
        (folder / f"{row}.nix").write_text(declared(_FRAMES[file].replace("BODY", example), file), encoding="utf-8")


def _values(nix_instantiate: NixInstantiate, rows: Mapping[str, tuple[str, object]], bindings: str) -> object:
    """Evaluate the expressions of rows, in the scope of some bindings."""
    wanted = " ".join(f'"{row}" = {expression};' for row, (expression, _) in rows.items())
    scope = (
        f"has = {_HAS}; ends = end: text: let size = builtins.stringLength; in "
        "builtins.substring (size text - size end) (size end) text == end; "
        'holds = part: text: builtins.replaceStrings [ part ] [ "" ] text != text;'
    )
    source = f"let {scope} {bindings} in {{ {wanted} }}"
    found = nix_instantiate(["--eval", "--strict", "--json", "--readonly-mode", "-E", source], seconds=300)
    assert found.returncode == 0, found.stderr
    return json.loads(found.stdout)


def _expected(rows: Mapping[str, tuple[str, object]]) -> dict[str, object]:
    return {row: value for row, (_, value) in rows.items()}
