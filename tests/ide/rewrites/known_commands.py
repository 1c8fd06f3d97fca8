"""A command of each row that takes commands out of scripts, by the kind of script, for scripts that are put together at random."""

from __future__ import annotations

from dataclasses import dataclass

_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIExample a@b"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of script."""

    pin: str
    """The options of `bench.OPTIONS`."""
    option: str
    """What holds the script, dotted."""
    commands: tuple[str, ...]
    """Lines that go wholly, whatever stands round them, each with options of its own."""
    wrapped: str = "SCRIPT"
    """The value, with the script in it."""
    head: str = "{ config, lib, pkgs, ... }:\n{"
    """What stands before the bindings of the file."""


KINDS = {
    "activation": Kind(
        "nixos",
        "system.activationScripts.x",
        (
            "nix-env -iA nixos.htop",
            "nix profile install nixpkgs#hello",
            "systemctl disable cups.service || true",
            "loginctl enable-linger bob",
            "useradd -r app",
            "sudo useradd -mG wheel alice",
            "usermod -aG video,render carol",
            "groupadd -g 990 media",
            "echo 'dave:hunter22' | chpasswd",
            "setcap cap_net_raw+ep ${pkgs.hello}/bin/hello",
            "echo 'erin ALL=(ALL) NOPASSWD: /bin/a' > /etc/sudoers.d/erin",
            f"echo '{_KEY}' >> /home/frank/.ssh/authorized_keys",
            "ufw allow 8443/tcp",
            "ip route add 10.1.0.0/16 via 10.0.0.1 dev eth0",
            "ip addr add 192.168.1.2/24 dev eth1",
            "ip link add link eth2 name vlan7 type vlan id 7",
            "echo 'nameserver 1.1.1.1' > /etc/resolv.conf",
            "echo '10.0.0.7 printer' >> /etc/hosts",
            "hostnamectl set-hostname box",
            "timedatectl set-timezone UTC 2>/dev/null",
            "timedatectl set-ntp true",
            "localectl set-keymap de",
            "wg-quick up /etc/wireguard/wg0.conf",
            "tailscale up --auth-key file:/run/secrets/ts",
            "nmcli con add type ethernet con-name desk ifname lan0",
            "sysctl -w vm.swappiness=10",
            "${pkgs.procps}/bin/sysctl -q net.ipv4.ip_forward=1 || true",
            "echo 2048 > /proc/sys/dev/hpet/max-user-freq",
            "echo on > /sys/bus/usb/devices/1-1/power/control",
            "modprobe v4l2loopback",
            "rmmod nouveau",
            "echo 'options kvm nested=1' > /etc/modprobe.d/kvm.conf",
            "cpupower frequency-set -g schedutil",
            "powertop --auto-tune",
            "fallocate -l 8G /swapfile && chmod 600 /swapfile && mkswap /swapfile && swapon /swapfile",
            "mount -t nfs nas:/data /mnt/data",
            "cryptsetup luksOpen /dev/disk/by-uuid/X data --key-file /root/data.key",
            "zpool import tank",
            "rm -rf /tmp/*",
            "ln -sfn /srv/current /opt/app",
            "ln -sfn ${pkgs.bash}/bin/bash /bin/bash",
            "echo /home > /etc/safe-rm.conf",
            "cp ${./foo.conf} /etc/foo.conf",
            "cp ${./root_ca.crt} /etc/ssl/certs/root_ca.crt",
            "echo welcome > /etc/motd",
            "mkdir -p /home/grace/.config/hypr",
            "bluetoothctl power on",
            "docker run -d --name web nginx:1.27",
            "createdb shop",
            "mysql -e 'CREATE DATABASE blog'",
            "apt-get install -y git",
            "ssh-keyscan github.com >> /root/.ssh/known_hosts",
        ),
    ),
    # Behind commands that change units, the reload may be what they need.
    "switch": Kind("nixos", "system.activationScripts.x", ("systemctl daemon-reload", "systemctl enable --now sshd")),
    "firewall": Kind(
        "nixos",
        "networking.firewall.extraCommands",
        (
            "iptables -A INPUT -p tcp --dport 80 -j ACCEPT",
            "iptables -A INPUT -i tailscale0 -j ACCEPT",
            "iptables -t nat -A POSTROUTING -s 10.100.0.0/24 -o eth0 -j MASQUERADE",
            "iptables -t nat -A PREROUTING -i eth0 -p tcp --dport 4242 -j DNAT --to-destination 192.168.1.5:4242",
            "${pkgs.nftables}/bin/nft -f ${./rules.nft}",
        ),
    ),
    "timed service": Kind(
        "nixos",
        "systemd.services.x",
        (
            "nix-collect-garbage --delete-older-than 14d",
            "nix-store --optimise",
            "docker system prune -af",
            "zpool scrub tank",
            "fstrim -av",
        ),
        wrapped='{ startAt = "weekly"; script = SCRIPT; }',
    ),
    "session": Kind(
        "nixos",
        "services.xserver.displayManager.sessionCommands",
        (
            "setxkbmap -layout us -option ctrl:nocaps",
            "xset r rate 200 40",
            "xrandr --output DP-1 --primary --output DP-3 --left-of DP-1",
            "xinput set-prop a 'libinput Tapping Enabled' 1",
        ),
    ),
    "home": Kind(
        "home-manager",
        "home.activation.x",
        (
            "nix profile install nixpkgs#hello",
            "(crontab -l; echo '@hourly ${pkgs.rsync}/bin/rsync -a /srv/a /srv/b') | crontab -",
            "ln -sfn $HOME/.config/aerc $HOME/.aerc",
            "echo '{}' > $HOME/.mcp/registry.json",
            "mkdir -p ~/.cache/zsh",
            "gsettings set org.gnome.desktop.interface color-scheme 'prefer-dark'",
            "git config --global user.name Alice",
            "xdg-mime default org.gnome.Evince.desktop application/pdf",
            "gpg --import ${./pub.asc}",
            "code --install-extension jnoortheen.nix-ide",
        ),
    ),
    "session of a home": Kind(
        "home-manager",
        "xsession.initExtra",
        (
            "echo Xft.dpi: 144 | xrdb -merge",
            "xmodmap -e 'clear Lock' -e 'keycode 0x42 = Escape'",
        ),
    ),
    "shell": Kind(
        "home-manager",
        "programs.zsh.initContent",
        (
            "export EDITOR=nvim",
            "export NIXPKGS_ALLOW_UNFREE=1",
            "export PATH=$HOME/.local/bin:$PATH",
            "alias ls='ls --color=auto'",
            'eval "$(zoxide init zsh)"',
            "source ${pkgs.zsh-autosuggestions}/share/zsh-autosuggestions/zsh-autosuggestions.zsh",
            "SAVEHIST=1000",
            "bindkey -v",
            "autoload -U compinit && compinit",
            "ssh-add --apple-load-keychain",
        ),
    ),
    "mac": Kind(
        "nix-darwin",
        "system.activationScripts.postActivation.text",
        (
            "sudo -u alice defaults write com.apple.dock tilesize -int 48",
            "dockutil --no-restart --add /Applications/Safari.app --section apps",
            "pmset -a displaysleep 10 sleep 0",
            "/usr/sbin/nvram StartupMute=%01",
            "systemsetup -settimezone Europe/Berlin",
            "/usr/libexec/ApplicationFirewall/socketfilterfw --setglobalstate on",
            "dscl . -create /Users/alice UserShell /run/current-system/sw/bin/fish",
            "brew install wget",
        ),
    ),
    "development shell": Kind(
        "nixos",
        "shellHook",
        (
            "export RUST_LOG=debug",
            "export LD_LIBRARY_PATH=${pkgs.zlib}/lib",
            "npm install -g typescript",
            "pip install requests",
            "cargo install cargo-watch",
        ),
        head="{ pkgs }:\npkgs.mkShell {",
    ),
}

NOT_MIXED = {
    "imp-ssh-hostkey": "sshd has to be declared",
    "imp-rebuild-cron": "the whole job goes, or nothing",
    "imp-backup-script": "the whole job goes, or nothing",
    "imp-cron-job": "a line of a crontab, no script",
    "imp-cron-reboot": "a line of a crontab, no script",
    "imp-mkdir-chown": "only where the script does nothing else",
    "imp-fc-cache": "only where the script does nothing else",
    "imp-prestart-mkdir": "only while no other command uses the folder",
    "imp-docker-pull": "a hook of the container's own service",
    "imp-kubectl-apply": "needs the service of k3s, which no other script speaks of",
    "imp-chsh": "the account has to be declared",
    "imp-htpasswd": "the virtual host has to be declared",
    "imp-certbot": "the virtual host has to be declared",
    "imp-killall-dock": "the settings of the Dock have to be declared",
    "imp-rc-omz": "several lines that belong together",
    "imp-gpg-agent": "several lines that belong together",
    "imp-ssh-agent": "several lines that belong together",
    "imp-rc-fish": "another language",
    "imp-dconf-load": "a text of several lines",
    "imp-hidutil": "its text holds braces that are as long as the script",
    "imp-sudo-in-root": "a part of a command goes",
    "imp-run-current-system": "a part of a command goes",
    "imp-fhs-path": "a part of a command goes",
    "imp-pg-extension": "the command stays",
    "imp-tmux-tpm": "a file, not a script",
    "imp-touchid": "a file, not a script",
    "imp-udev-etc": "a file, not a script",
    "imp-nix-conf": "a file, not a script",
    "imp-logrotate": "a file, not a script",
    "imp-launchctl": "a file, not a script",
    "imp-wpa-psk-literal": "a value, not a script",
}
"""Rows whose commands cannot stand in any such script, and why."""
