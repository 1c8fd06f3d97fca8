"""What imperative commands become has, for the real module system, the value that the command would have set."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from nix_lsp.ide.importing.foreign import Foreign, user_of
from nix_lsp.ide.importing.kinds import BY_ID, kind_of
from nix_lsp.ide.importing.write import new_module, write
from tests.fixture import project
from tests.nix.declaring import declared

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.nix.conftest import NixInstantiate

SCRIPT = """\
useradd -r -s /sbin/nologin -d /var/lib/app -G video,render app
useradd -mG wheel -u 1001 -c "Alice A" -s /run/current-system/sw/bin/zsh alice
sysctl -w kernel.panic=10 net.ipv4.tcp_rmem="4096 87380 6291456"
timedatectl set-timezone America/Toronto
nix-env -iA nixos.hello
git config --system core.abbrev 12
"""
ROOT_FILE_SYSTEM = 'fileSystems."/" = { device = "/dev/x"; fsType = "ext4"; };'
UNITS = """\
systemctl enable --now sshd
systemctl enable fstrim.timer
loginctl enable-linger alice
systemctl daemon-reload
"""
JOBS = """\
"0 2 * * 0 root nix-collect-garbage --delete-older-than 14d"
"0 3 * * * root nix-store --optimise"
"*/5 * * * 1-5 alice /srv/report.sh a b"
"@reboot root /srv/start.sh"
"""
FIREWALL = """\
iptables -A INPUT -p tcp --dport 8080 -j ACCEPT
iptables -A INPUT -p udp --dport 60000:61000 -j ACCEPT
iptables -A INPUT -i eth7 -p tcp -m multiport --dports 80,443 -j ACCEPT
"""
DIRECTORIES = """\
mkdir -p /srv/a
install -d -o app -g video -m 750 /srv/b
ln -sfn /srv/a /srv/c
"""

SYSTEM = """\
usermod -aG libvirtd,docker alice
groupadd -g 990 media
chsh -s /run/current-system/sw/bin/zsh alice
setcap cap_net_raw+ep ${pkgs.hello}/bin/hello
chmod u+s ${pkgs.hello}/bin/other
modprobe v4l2loopback video_nr=9
rmmod nouveau
echo 2048 > /proc/sys/dev/hpet/max-user-freq
cpupower frequency-set -g schedutil
powertop --auto-tune
fallocate -l 8G /swapfile && chmod 600 /swapfile && mkswap /swapfile && swapon /swapfile
mount -t nfs -o ro,soft nas:/data /mnt/data
zpool import tank
rm -rf /tmp/*
"""
NETWORK = """\
hostnamectl set-hostname box.example.org
echo '10.0.0.1 a b' >> /etc/hosts
echo nameserver 1.1.1.1 > /etc/resolv.conf
localectl set-keymap de
localectl set-locale LANG=de_DE.UTF-8 LC_TIME=C.UTF-8
localectl set-x11-keymap us "" intl
ntpdate -u time.example.org
ufw allow 8080/tcp
iptables -A INPUT -i tailscale0 -j ACCEPT
ip addr add 10.0.0.2/24 dev eth0
ip route add 10.1.0.0/16 via 10.0.0.1 dev eth0
iptables -t nat -A POSTROUTING -s 10.100.0.0/24 -o eth0 -j MASQUERADE
iptables -t nat -A PREROUTING -i eth0 -p tcp --dport 4242 -j DNAT --to-destination 192.168.1.5:4242
"""
TAILSCALE = 'tailscale up --authkey="$(cat /run/secrets/ts)" --advertise-routes=192.168.1.0/24'
TIMED = {
    "docker system prune -af": "virtualisation.docker.autoPrune",
    "fstrim -av": "services.fstrim",
    "zpool scrub tank": "services.zfs.autoScrub",
}


@pytest.fixture
def nixpkgs() -> Path:
    """A nixpkgs tree with all its NixOS modules, named by `$NIXPKGS`."""
    path = os.environ.get("NIXPKGS")
    modules = Path(path or "", "nixos/modules/module-list.nix")
    if not path or not modules.is_file():
        pytest.skip("$NIXPKGS names no nixpkgs tree")
    if "\n  #./" in modules.read_text(encoding="utf-8"):
        pytest.skip("the tree in $NIXPKGS has modules commented out of its module list")
    return Path(path)


@pytest.fixture
def value_of(nix_instantiate: NixInstantiate, nixpkgs: Path, tmp_path: Path) -> Callable[[str, str], object]:
    """Evaluate an expression over the `config` of a NixOS module."""

    def evaluate(module: str, expression: str) -> object:
        (tmp_path / "module.nix").write_text(module, encoding="utf-8")
        source = (
            f'let inherit (import {nixpkgs}/nixos/lib/eval-config.nix {{ system = "x86_64-linux"; modules = [ {tmp_path}/module.nix ]; }}) '
            f"config; in {expression}"
        )
        found = nix_instantiate(["--eval", "--strict", "--json", "--readonly-mode", "-E", source], seconds=120)
        assert found.returncode == 0, found.stderr
        return json.loads(found.stdout)

    return evaluate


def test_commands_of_an_activation_script(value_of: Callable[[str, str], object]):
    module = declared(
        f"{{ pkgs, ... }}:\n{{\n  {ROOT_FILE_SYSTEM}\n  system.activationScripts.all = ''\n{SCRIPT}'';\n}}\n"
    )
    assert "activationScripts" not in module
    expression = """{
      app = { inherit (config.users.users.app) isSystemUser isNormalUser group home extraGroups; };
      alice = { inherit (config.users.users.alice) isNormalUser uid description extraGroups createHome; shell = config.users.users.alice.shell.pname; };
      groups = config.users.groups ? app;
      zsh = config.programs.zsh.enable;
      sysctl = { inherit (config.boot.kernel.sysctl) "kernel.panic" "net.ipv4.tcp_rmem"; };
      zone = config.time.timeZone;
      hello = builtins.any (package: (package.pname or "") == "hello") config.environment.systemPackages;
      git = builtins.map (section: section.core.abbrev) config.programs.git.config;
      kinds = builtins.filter (message: builtins.match ".*users.users.*" message != null)
        (map (each: each.message) (builtins.filter (each: !each.assertion) config.assertions));
    }"""
    assert value_of(module, expression) == {
        "app": {
            "isSystemUser": True,
            "isNormalUser": False,
            "group": "app",
            "home": "/var/lib/app",
            "extraGroups": ["video", "render"],
        },
        "alice": {
            "isNormalUser": True,
            "uid": 1001,
            "description": "Alice A",
            "extraGroups": ["wheel"],
            "createHome": True,
            "shell": "zsh",
        },
        "groups": True,
        "zsh": True,
        "sysctl": {"kernel.panic": 10, "net.ipv4.tcp_rmem": "4096 87380 6291456"},
        "zone": "America/Toronto",
        "hello": True,
        "git": [12],
        "kinds": [],
    }


def test_units_and_jobs(value_of: Callable[[str, str], object]):
    module = declared(
        f"{{ pkgs, ... }}:\n{{\n  {ROOT_FILE_SYSTEM}\n  users.users.alice.isNormalUser = true;\n"
        f"  system.activationScripts.all = ''\n{UNITS}'';\n  services.cron.systemCronJobs = [\n{JOBS}  ];\n"
        '  environment.etc."udev/rules.d/9-x.rules".text = "KERNEL==\\"a\\"";\n}\n'
    )
    assert "activationScripts" not in module
    assert "systemCronJobs" not in module
    expression = """{
      sshd = config.services.openssh.enable;
      fstrim = config.services.fstrim.enable;
      linger = config.users.users.alice.linger;
      gc = { inherit (config.nix.gc) automatic dates options; };
      optimise = { inherit (config.nix.optimise) automatic dates; };
      report = { inherit (config.systemd.services.report) startAt script; user = config.systemd.services.report.serviceConfig.User; };
      start = { inherit (config.systemd.services.start) wantedBy script; type = config.systemd.services.start.serviceConfig.Type; };
      rules = builtins.match ".*KERNEL==.a.*" (builtins.replaceStrings [ "\\n" ] [ " " ] config.services.udev.extraRules) != null;
    }"""
    assert value_of(module, expression) == {
        "sshd": True,
        "fstrim": True,
        "linger": True,
        "gc": {"automatic": True, "dates": ["Sun *-*-* 02:00:00"], "options": "--delete-older-than 14d"},
        "optimise": {"automatic": True, "dates": ["*-*-* 03:00:00"]},
        "report": {"startAt": ["Mon..Fri *-*-* *:0/5:00"], "script": "/srv/report.sh a b", "user": "alice"},
        "start": {"wantedBy": ["multi-user.target"], "script": "/srv/start.sh", "type": "oneshot"},
        "rules": True,
    }


def test_rules_of_the_firewall(value_of: Callable[[str, str], object]):
    module = declared(f"{{\n  networking.firewall.extraCommands = ''\n{FIREWALL}'';\n}}\n")
    assert "extraCommands" not in module
    expression = """{
      inherit (config.networking.firewall) allowedTCPPorts allowedUDPPortRanges;
      eth7 = config.networking.firewall.interfaces.eth7.allowedTCPPorts;
    }"""
    assert value_of(module, expression) == {
        "allowedTCPPorts": [8080],
        "allowedUDPPortRanges": [{"from": 60000, "to": 61000}],
        "eth7": [80, 443],
    }


def test_directories(value_of: Callable[[str, str], object]):
    module = declared(f"{{\n  system.activationScripts.dirs = ''\n{DIRECTORIES}'';\n}}\n")
    expression = """builtins.mapAttrs (path: types: builtins.mapAttrs (type: each: {
      inherit (each) type user group mode argument;
    }) types) config.systemd.tmpfiles.settings."10-dirs\""""
    none = {"user": "-", "group": "-", "mode": "-", "argument": ""}
    assert value_of(module, expression) == {
        "/srv/a": {"d": {"type": "d", **none}},
        "/srv/b": {"d": {"type": "d", **none, "user": "app", "group": "video", "mode": "0750"}},
        "/srv/c": {"L+": {"type": "L+", **none, "argument": "/srv/a"}},
    }


def test_files_and_folders(value_of: Callable[[str, str], object]):
    module = declared(
        f"""\
{{ pkgs, ... }}:
{{
  {ROOT_FILE_SYSTEM}
  boot.postBootCommands = "bluetoothctl power on";
  environment.etc."logrotate.d/app".text = "/var/log/app.log {{ weekly }}";
  nix.extraOptions = "experimental-features = nix-command flakes\\nkeep-outputs = true";
  services.xserver.displayManager.sessionCommands = "xinput set-prop a 'libinput Tapping Enabled' 1";
  system.activationScripts.files = ''
    ln -sfn /srv/a /opt/a
    ln -sf ${{pkgs.hello}}/bin/hello /bin/hello
    ln -sfn ${{pkgs.dash}}/bin/dash /bin/sh
    echo '/home' > /etc/safe-rm.conf
    install -m 600 ${{pkgs.hello}}/share/x /etc/x.conf
    cp ${{pkgs.hello}}/ca.pem /etc/ssl/certs/own.pem
    echo welcome > /etc/motd
  '';
  systemd.services.route.preStart = "mkdir -p /var/lib/route /run/route; chmod 700 /run/route";
}}
"""
    )
    assert "activationScripts" not in module
    assert "preStart" not in module
    expression = """let base = path: baseNameOf (toString path); in {
      link = config.systemd.tmpfiles.settings."10-files"."/opt/a"."L+".argument;
      program = baseNameOf config.systemd.tmpfiles.settings."10-files"."/bin/hello"."L+".argument;
      sh = base config.environment.binsh;
      text = config.environment.etc."safe-rm.conf".text;
      copy = { source = base config.environment.etc."x.conf".source; inherit (config.environment.etc."x.conf") mode; };
      certificates = map base config.security.pki.certificateFiles;
      motd = config.users.motd;
      bluetooth = { inherit (config.hardware.bluetooth) enable powerOnBoot; };
      logs = config.services.logrotate.settings."/var/log/app.log".frequency;
      features = config.nix.settings.experimental-features;
      keep = config.nix.settings.keep-outputs;
      tapping = config.services.libinput.touchpad.tapping;
      service = { inherit (config.systemd.services.route.serviceConfig) StateDirectory RuntimeDirectory RuntimeDirectoryMode; };
    }"""
    assert value_of(module, expression) == {
        "link": "/srv/a",
        "program": "hello",
        "sh": "dash",
        "text": "/home\n",
        "copy": {"source": "x", "mode": "0600"},
        "certificates": ["ca.pem"],
        "motd": "welcome",
        "bluetooth": {"enable": True, "powerOnBoot": True},
        "logs": "weekly",
        "features": ["nix-command", "flakes"],
        "keep": True,
        "tapping": True,
        "service": {"StateDirectory": "route", "RuntimeDirectory": "route", "RuntimeDirectoryMode": "0700"},
    }


def test_aliases(value_of: Callable[[str, str], object]):
    module = declared("{\n  programs.bash.interactiveShellInit = \"alias ll='ls -l $PWD'\";\n}\n")
    assert value_of(module, "config.programs.bash.shellAliases.ll") == "ls -l $PWD"


def test_variables_and_hooks_of_shells(value_of: Callable[[str, str], object]):
    module = declared(
        """\
{
  programs.bash.interactiveShellInit = ''
    export EDITOR='vim -f' GOPATH=$HOME/go
    export PATH="$HOME/.local/bin:$PATH"
    eval "$(direnv hook bash)"
    source <(fzf --bash)
    eval "$(ssh-agent)"
  '';
}
"""
    )
    assert "interactiveShellInit" not in module
    expression = """{
      inherit (config.environment.variables) EDITOR GOPATH;
      inherit (config.environment) localBinInPath;
      direnv = config.programs.direnv.enable;
      fzf = config.programs.fzf.keybindings;
      agent = config.programs.ssh.startAgent;
    }"""
    assert value_of(module, expression) == {
        "EDITOR": "vim -f",
        "GOPATH": "$HOME/go",
        "localBinInPath": True,
        "direnv": True,
        "fzf": True,
        "agent": True,
    }


def test_users_kernel_and_disks(value_of: Callable[[str, str], object]):
    module = declared(
        f"{{ pkgs, ... }}:\n{{\n  {ROOT_FILE_SYSTEM}\n  users.users.alice.isNormalUser = true;\n"
        f"  system.activationScripts.all = ''\n{SYSTEM}'';\n}}\n"
    )
    assert "activationScripts" not in module
    expression = """{
      groups = config.users.users.alice.extraGroups;
      shell = config.users.users.alice.shell.pname;
      media = config.users.groups.media.gid;
      caps = config.security.wrappers.hello.capabilities;
      setuid = config.security.wrappers.other.setuid;
      modules = builtins.elem "v4l2loopback" config.boot.kernelModules;
      parameters = builtins.match ".*options v4l2loopback video_nr=9\n.*" config.boot.extraModprobeConfig != null;
      nouveau = builtins.elem "nouveau" config.boot.blacklistedKernelModules;
      hpet = config.boot.kernel.sysctl."dev.hpet.max-user-freq";
      governor = config.powerManagement.cpuFreqGovernor;
      powertop = config.powerManagement.powertop.enable;
      swap = map (each: { inherit (each) device size; }) config.swapDevices;
      mount = { inherit (config.fileSystems."/mnt/data") device fsType; };
      options = builtins.all (option: builtins.elem option config.fileSystems."/mnt/data".options) [ "ro" "soft" ];
      pools = config.boot.zfs.extraPools;
      tmp = config.boot.tmp.cleanOnBoot;
    }"""
    assert value_of(module, expression) == {
        "groups": ["libvirtd", "docker"],
        "shell": "zsh",
        "media": 990,
        "caps": "cap_net_raw+ep",
        "setuid": True,
        "modules": True,
        "parameters": True,
        "nouveau": True,
        "hpet": 2048,
        "governor": "schedutil",
        "powertop": True,
        "swap": [{"device": "/swapfile", "size": 8192}],
        "mount": {"device": "nas:/data", "fsType": "nfs"},
        "options": True,
        "pools": ["tank"],
        "tmp": True,
    }


def test_the_network(value_of: Callable[[str, str], object]):
    module = declared(f"{{\n  {ROOT_FILE_SYSTEM}\n  boot.postBootCommands = ''\n{NETWORK}'';\n}}\n")
    assert "postBootCommands" not in module
    expression = """{
      inherit (config.networking) hostName domain nameservers timeServers;
      hosts = config.networking.hosts."10.0.0.1";
      keys = config.console.keyMap;
      language = config.i18n.defaultLocale;
      time = config.i18n.extraLocaleSettings.LC_TIME;
      xkb = { inherit (config.services.xserver.xkb) layout variant; };
      sync = config.services.timesyncd.enable;
      ports = config.networking.firewall.allowedTCPPorts;
      trusted = builtins.elem "tailscale0" config.networking.firewall.trustedInterfaces;
      addresses = map (each: { inherit (each) address prefixLength; }) config.networking.interfaces.eth0.ipv4.addresses;
      routes = map (each: { inherit (each) address prefixLength via; }) config.networking.interfaces.eth0.ipv4.routes;
      nat = { inherit (config.networking.nat) enable externalInterface internalIPs; };
      forward = map (each: { inherit (each) sourcePort proto destination; }) config.networking.nat.forwardPorts;
    }"""
    assert value_of(module, expression) == {
        "hostName": "box",
        "domain": "example.org",
        "nameservers": ["1.1.1.1"],
        "timeServers": ["time.example.org"],
        "hosts": ["a", "b"],
        "keys": "de",
        "language": "de_DE.UTF-8",
        "time": "C.UTF-8",
        "xkb": {"layout": "us", "variant": "intl"},
        "sync": True,
        "ports": [8080],
        "trusted": True,
        "addresses": [{"address": "10.0.0.2", "prefixLength": 24}],
        "routes": [{"address": "10.1.0.0", "prefixLength": 16, "via": "10.0.0.1"}],
        "nat": {"enable": True, "externalInterface": "eth0", "internalIPs": ["10.100.0.0/24"]},
        "forward": [{"sourcePort": 4242, "proto": "tcp", "destination": "192.168.1.5:4242"}],
    }


def test_a_registered_node(value_of: Callable[[str, str], object]):
    module = declared(f"{{\n  system.activationScripts.t = ''\n{TAILSCALE}\n'';\n}}\n")
    expression = "{ inherit (config.services.tailscale) enable authKeyFile extraUpFlags useRoutingFeatures; }"
    assert value_of(module, expression) == {
        "enable": True,
        "authKeyFile": "/run/secrets/ts",
        "extraUpFlags": ["--advertise-routes=192.168.1.0/24"],
        "useRoutingFeatures": "server",
    }


@pytest.mark.parametrize(("command", "option"), TIMED.items())
def test_what_a_timer_does(value_of: Callable[[str, str], object], command: str, option: str):
    module = declared(f'{{\n  systemd.services.x = {{\n    startAt = "weekly";\n    script = "{command}";\n  }};\n}}\n')
    expression = f"{{ inherit (config.{option}) enable; when = config.{option}.dates or config.{option}.interval; }}"
    assert value_of(module, expression) == {"enable": True, "when": "weekly"}


def test_a_pull_of_a_container(value_of: Callable[[str, str], object]):
    module = declared(
        '{\n  virtualisation.oci-containers.containers.web.image = "web";\n'
        '  systemd.services.podman-web.preStart = "podman pull web";\n}\n'
    )
    assert value_of(module, "config.virtualisation.oci-containers.containers.web.pull") == "newer"


def test_shells_and_keyboards(value_of: Callable[[str, str], object]):
    module = declared(
        """\
{ pkgs, ... }:
{
  programs.zsh.interactiveShellInit = ''
    HISTSIZE=900
    SAVEHIST=900
    autoload -Uz compinit && compinit
    source ${pkgs.zsh-autosuggestions}/share/zsh-autosuggestions/zsh-autosuggestions.zsh
  '';
  services.xserver.displayManager.sessionCommands = ''
    setxkbmap -layout us,de -option ctrl:nocaps
    xset r rate 200 40
  '';
}
"""
    )
    assert "interactiveShellInit" not in module
    assert "sessionCommands" not in module
    expression = """{
      zsh = { inherit (config.programs.zsh) histSize enableCompletion; };
      suggestions = config.programs.zsh.autosuggestions.enable;
      xkb = { inherit (config.services.xserver.xkb) layout options; };
      inherit (config.services.xserver) autoRepeatDelay autoRepeatInterval;
    }"""
    assert value_of(module, expression) == {
        "zsh": {"histSize": 900, "enableCompletion": True},
        "suggestions": True,
        "xkb": {"layout": "us,de", "options": "ctrl:nocaps"},
        "autoRepeatDelay": 200,
        "autoRepeatInterval": 25,
    }


FILES = {
    "/etc/fstab": "LABEL=root / ext4 noatime 0 1\nnas:/d /mnt/My\\040Data nfs defaults,noauto 0 0\n/swapfile none swap pri=5 0 0\n",
    "/etc/hosts": "10.0.0.5 nas nas.lan\n10.0.0.5 media\n",
    "/etc/sysctl.d/60-x.conf": "net.ipv4.ip_forward = 1\nkernel.core_pattern=|/bin/false\n",
    "/home/alice/.ssh/authorized_keys": "ssh-ed25519 AAAAC3Nz alice@x\n",
    "/home/alice/crontab": "0 4 * * * /srv/backup.sh -q\n",
    "/etc/systemd/system/foo.service": (
        "[Unit]\nAfter=network.target\n[Service]\nEnvironment=A=b\nExecStart=/srv/foo --x \\\n  --y\nNoNewPrivileges=yes\n"
        "[Install]\nWantedBy=multi-user.target\n"
    ),
    "/etc/gitconfig": '[core]\n\tabbrev = 12\n[url "git@github.com:"]\n\tinsteadOf = gh:\n',
    "/srv/setup.sh": "useradd -m -G wheel alice\ntimedatectl set-timezone UTC\n",
}


def test_imported_files(value_of: Callable[[str, str], object]):
    workspace = project("{ }", pin="unstable").workspace
    document = new_module("/imported.nix", "nixos")
    for path, text in FILES.items():
        kind = BY_ID["gitconfig"] if path == "/etc/gitconfig" else kind_of(path, text)
        assert kind is not None
        imported = write(workspace, document, Foreign(path, text, user_of(path)), kind)
        assert imported.left == ()
        document = imported.document
    expression = """{
      root = { inherit (config.fileSystems."/") device fsType; options = builtins.elem "noatime" config.fileSystems."/".options; };
      data = { inherit (config.fileSystems."/mnt/My Data") device fsType; options = builtins.elem "noauto" config.fileSystems."/mnt/My Data".options; };
      swap = map (each: { inherit (each) device priority; }) config.swapDevices;
      hosts = config.networking.hosts."10.0.0.5";
      sysctl = { inherit (config.boot.kernel.sysctl) "net.ipv4.ip_forward" "kernel.core_pattern"; };
      alice = { inherit (config.users.users.alice) isNormalUser extraGroups; inherit (config.users.users.alice.openssh.authorizedKeys) keys; };
      cron = config.services.cron.systemCronJobs;
      foo = {
        inherit (config.systemd.services.foo) after wantedBy;
        inherit (config.systemd.services.foo.environment) A;
        inherit (config.systemd.services.foo.serviceConfig) ExecStart NoNewPrivileges;
      };
      git = config.programs.git.config;
      zone = config.time.timeZone;
    }"""
    assert value_of(document.source.decode(), expression) == {
        "root": {"device": "/dev/disk/by-label/root", "fsType": "ext4", "options": True},
        "data": {"device": "nas:/d", "fsType": "nfs", "options": True},
        "swap": [{"device": "/swapfile", "priority": 5}],
        "hosts": ["nas", "nas.lan", "media"],
        "sysctl": {"net.ipv4.ip_forward": 1, "kernel.core_pattern": "|/bin/false"},
        "alice": {"isNormalUser": True, "extraGroups": ["wheel"], "keys": ["ssh-ed25519 AAAAC3Nz alice@x"]},
        "cron": ["0 4 * * * alice /srv/backup.sh -q"],
        "foo": {
            "after": ["network.target"],
            "wantedBy": ["multi-user.target"],
            "A": "b",
            "ExecStart": "/srv/foo --x --y",
            "NoNewPrivileges": True,
        },
        "git": [{"core": {"abbrev": 12}, "url": {"git@github.com:": {"insteadOf": "gh:"}}}],
        "zone": "UTC",
    }


KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl"
KEYS_AND_FILES = f"""\
echo 'blacklist pcspkr' > /etc/modprobe.d/a.conf
echo 'options kvm nested=1' > /etc/modprobe.d/b.conf
echo v4l2loopback > /etc/modules-load.d/a.conf
echo 'vm.swappiness = 7' > /etc/sysctl.d/a.conf
echo 'bob ALL=(ALL) NOPASSWD: /bin/a -x, /bin/b' > /etc/sudoers.d/bob
echo '{KEY} a@b' > /home/bob/.ssh/authorized_keys
ssh-keyscan github.com >> /root/.ssh/known_hosts
echo 'git.example.org {KEY}' >> /etc/ssh/ssh_known_hosts
ssh-keygen -A
nix profile install nixpkgs#hello
certbot --nginx -n --agree-tos -m admin@example.org -d x.example.org
createuser app
createdb -O app app
systemctl mask sshd
"""


def test_files_keys_and_databases(value_of: Callable[[str, str], object]):
    module = declared(
        f"{{ lib, pkgs, ... }}:\n{{\n  {ROOT_FILE_SYSTEM}\n  users.users.bob.isNormalUser = true;\n  services.openssh.enable = true;\n"
        '  services.nginx.enable = true;\n  services.nginx.virtualHosts."x.example.org".root = "/srv";\n'
        "  services.postgresql.enable = true;\n"
        '  environment.etc."tmpfiles.d/a.conf".text = "d /run/a 0750 bob users -";\n'
        f"  system.activationScripts.all = ''\n{KEYS_AND_FILES}'';\n}}\n"
    )
    assert "activationScripts" not in module
    assert "environment.etc" not in module
    expression = """{
      blacklist = builtins.elem "pcspkr" config.boot.blacklistedKernelModules;
      options = builtins.match ".*options kvm nested=1\n.*" config.boot.extraModprobeConfig != null;
      modules = builtins.elem "v4l2loopback" config.boot.kernelModules;
      swappiness = config.boot.kernel.sysctl."vm.swappiness";
      rules = builtins.elem "d /run/a 0750 bob users -" config.systemd.tmpfiles.rules;
      sudo = map (rule: { inherit (rule) users; commands = map (each: each.command) rule.commands; options = map (each: each.options) rule.commands; })
        (builtins.filter (rule: rule.users == [ "bob" ]) config.security.sudo.extraRules);
      keys = config.users.users.bob.openssh.authorizedKeys.keys;
      github = config.programs.ssh.knownHosts."github.com".publicKey;
      other = config.programs.ssh.knownHosts."git.example.org".publicKey;
      made = map (key: key.type) config.services.openssh.hostKeys;
      hello = builtins.any (package: (package.pname or "") == "hello") config.environment.systemPackages;
      acme = { inherit (config.security.acme) acceptTerms; inherit (config.security.acme.certs."x.example.org") email; };
      tls = { inherit (config.services.nginx.virtualHosts."x.example.org") enableACME forceSSL; };
      databases = config.services.postgresql.ensureDatabases;
      owners = map (user: { inherit (user) name ensureDBOwnership; }) config.services.postgresql.ensureUsers;
      sshd = config.systemd.services.sshd.enable;
    }"""
    assert value_of(module, expression) == {
        "blacklist": True,
        "options": True,
        "modules": True,
        "swappiness": 7,
        "rules": True,
        "sudo": [{"users": ["bob"], "commands": ["/bin/a -x", "/bin/b"], "options": [["NOPASSWD"], ["NOPASSWD"]]}],
        "keys": [f"{KEY} a@b"],
        "github": KEY,
        "other": KEY,
        "made": ["rsa", "ed25519"],
        "hello": True,
        "acme": {"acceptTerms": True, "email": "admin@example.org"},
        "tls": {"enableACME": True, "forceSSL": True},
        "databases": ["app"],
        "owners": [{"name": "app", "ensureDBOwnership": True}],
        "sshd": False,
    }


def test_upgrades_backups_and_networks(value_of: Callable[[str, str], object]):
    module = declared(
        """\
{ config, ... }:
{
  services.cron.systemCronJobs = [
    "30 4 * * 0 root nix-channel --update && nixos-rebuild boot; shutdown -r now"
    "@daily root restic -r /mnt/repo -p /run/p backup --exclude /home/x /home"
  ];
  networking.networkmanager.enable = true;
  environment.sessionVariables.NIXPKGS_ALLOW_UNFREE = "1";
  system.activationScripts.wifi = ''
    nmcli connection add type wifi con-name home ssid "My Home" wifi-sec.key-mgmt wpa-psk wifi-sec.psk secret22
    echo bob:secret22 | chpasswd
  '';
  users.users.bob.isNormalUser = true;
}
"""
    )
    assert "systemCronJobs" not in module
    assert "secret22" not in module
    expression = """{
      upgrade = { inherit (config.system.autoUpgrade) enable dates operation allowReboot; };
      backup = { inherit (config.services.restic.backups.home) repository paths passwordFile exclude; when = config.services.restic.backups.home.timerConfig.OnCalendar; };
      wifi = config.networking.networkmanager.ensureProfiles.profiles.home;
      file = config.users.users.bob.hashedPasswordFile;
      unfree = config.nixpkgs.config.allowUnfree;
    }"""
    assert value_of(module, expression) == {
        "upgrade": {"enable": True, "dates": "Sun *-*-* 04:30:00", "operation": "boot", "allowReboot": True},
        "backup": {
            "repository": "/mnt/repo",
            "paths": ["/home"],
            "passwordFile": "/run/p",
            "exclude": ["/home/x"],
            "when": "daily",
        },
        "wifi": {
            "connection": {"type": "wifi", "id": "home"},
            "wifi": {"ssid": "My Home"},
            "wifi-security": {"key-mgmt": "wpa-psk", "psk": "$PSK_HOME"},
        },
        "file": "/etc/nixos/passwords/bob",
        "unfree": True,
    }


HOME = """\
{ lib, pkgs, ... }:
{
  home.username = "a";
  home.homeDirectory = "/home/a";
  home.stateVersion = "25.05";
  home.activation.dots = lib.hm.dag.entryAfter [ "writeBoundary" ] ''
    ln -sfn /mnt/music ~/Music
    ln -sf ${pkgs.hello}/share/a $HOME/.config/app/a
    echo hi > ~/.local/share/x
    gsettings set org.gnome.desktop.session idle-delay 300
    gsettings set org.gnome.desktop.input-sources sources "[('xkb', 'us')]"
  '';
  home.activation.dirs = lib.hm.dag.entryAfter [ "writeBoundary" ] "mkdir -p ~/.cache/zsh";
  nix.package = pkgs.nix;
  nix.extraOptions = "keep-outputs = true";
  xsession.initExtra = "echo 'Xft.dpi: 144' | xrdb -merge";
}
"""


def test_files_and_settings_of_a_home(nix_instantiate: NixInstantiate, nixpkgs: Path, tmp_path: Path):
    home_manager = Path(os.environ.get("HOME_MANAGER") or "", "modules")
    if not os.environ.get("HOME_MANAGER") or not home_manager.is_dir():
        pytest.skip("$HOME_MANAGER names no tree of home-manager")
    module = declared(HOME, path="/home.nix")
    assert "home.activation" not in module
    (tmp_path / "home.nix").write_text(module, encoding="utf-8")
    source = f"""let
      pkgs = import {nixpkgs} {{ system = "x86_64-linux"; }};
      inherit (import {home_manager} {{ inherit pkgs; configuration = {tmp_path}/home.nix; }}) config;
    in {{
      music = builtins.match ".*-hm_music" (toString config.home.file.Music.source) != null;
      app = baseNameOf config.xdg.configFile."app/a".source;
      text = config.xdg.dataFile.x.text;
      idle = toString config.dconf.settings."org/gnome/desktop/session".idle-delay;
      sources = toString config.dconf.settings."org/gnome/desktop/input-sources".sources;
      rules = config.systemd.user.tmpfiles.rules;
      keep = config.nix.settings.keep-outputs;
      resources = config.xresources.properties;
    }}"""
    found = nix_instantiate(["--eval", "--strict", "--json", "--readonly-mode", "-E", source], seconds=120)
    assert found.returncode == 0, found.stderr
    assert json.loads(found.stdout) == {
        "music": True,
        "app": "a",
        "text": "hi\n",
        "idle": "@u 300",
        "sources": "@a(ss) [@(ss) ('xkb','us')]",
        "rules": ["d %h/.cache/zsh - - - -"],
        "keep": True,
        "resources": {"Xft.dpi": 144},
    }
