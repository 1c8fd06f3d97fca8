"""Package managers of distributions: `apt-get install`, `dnf install`, `pacman -S`, `zypper in`, `apk add`; and snap."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.analysis.shell.invocation import Tool, runs
from nix_lsp.ide.model import Tier
from nix_lsp.ide.rewrites.imperative.rewrite import Match, Place, Reading, Rewrite, setting
from nix_lsp.ide.rewrites.imperative.value import Expression, List

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from nix_lsp.analysis.shell.invocation import Invocation
    from nix_lsp.analysis.shell.script import Command

_YES = {"yes": "y", "assume-yes": "y", "assumeyes": "y", "quiet": "q"}
_APT = {**_YES, "no-install-recommends": "r", "install-recommends": "r", "no-upgrade": "r"}
MANAGERS = (
    Tool("apt", flags="yq", long=_APT),
    Tool("apt-get", flags="yq", long=_APT),
    Tool("dnf", flags="yq", long=_YES),
    Tool("yum", flags="yq", long=_YES),
    Tool(
        "pacman", flags="Syuq", long={"sync": "S", "refresh": "y", "sysupgrade": "u", "needed": "n", "noconfirm": "n"}
    ),
    Tool("zypper", flags="nyq", long={"non-interactive": "n", "no-confirm": "y", "no-recommends": "r", **_YES}),
    Tool("apk", flags="qU", long={"no-cache": "U", "update-cache": "U", "quiet": "q"}),
)
"""apt-get(8), dnf(8), pacman(8), zypper(8), apk(8). Not listed is what says which release, repository or root: `-t`, `--root`, `--virtual`."""
_VERBS = {"apk": ("add",), "zypper": ("install", "in")}
_REFRESH = {"makecache", "refresh", "ref", "update"}
_SPELLED = re.compile(rb"(?<![\w./-])(?:apt|apt-get|dnf|yum|pacman|zypper|apk)(?![\w.-])")

_SAME = frozenset(
    {
        *("age", "alacritty", "ansible", "aria2", "bash", "bat", "bc", "btop", "bzip2", "chromium", "clang", "cmake"),
        *("coreutils", "cowsay", "curl", "diffutils", "direnv", "dmidecode", "dnsmasq", "docker-compose", "emacs"),
        *(
            "ethtool",
            "exiftool",
            "eza",
            "fastfetch",
            "fd",
            "feh",
            "ffmpeg",
            "file",
            "findutils",
            "firefox",
            "fish",
            "fzf",
        ),
        *(
            "gawk",
            "gcc",
            "gdb",
            "gh",
            "gimp",
            "git",
            "git-lfs",
            "gnumake",
            "gnupg",
            "go",
            "gparted",
            "graphviz",
            "hdparm",
        ),
        *("htop", "hyperfine", "iftop", "imagemagick", "inkscape", "inotify-tools", "iotop", "iperf3", "jq", "just"),
        *(
            "keepassxc",
            "kitty",
            "kubectl",
            "lazygit",
            "less",
            "lftp",
            "libreoffice",
            "lldb",
            "lm_sensors",
            "lsof",
            "lynx",
        ),
        *("mc", "meson", "moreutils", "mpv", "mtr", "nano", "ncdu", "ncurses", "neovim", "netcat", "ninja", "nmap"),
        *("nodejs", "obs-studio", "openssl", "p7zip", "pandoc", "parallel", "pass", "patch", "patchelf", "pciutils"),
        *(
            "procps",
            "pv",
            "python3",
            "qbittorrent",
            "ranger",
            "rclone",
            "restic",
            "ripgrep",
            "rsync",
            "ruby",
        ),
        *("rustup", "screen", "shellcheck", "shfmt", "smartmontools", "socat", "sqlite", "strace", "stow", "sysstat"),
        *("tcpdump", "texinfo", "thunderbird", "tig", "tmux", "traceroute", "tree", "unrar", "unzip", "usbutils"),
        *("valgrind", "vim", "vlc", "wget", "which", "whois", "xclip", "xsel", "xz", "yadm", "yt-dlp", "yq", "zip"),
        *("zoxide", "zsh", "zstd"),
    }
)
"""Programs that have one name everywhere."""
_OTHERWISE = {
    "base-devel": ("gcc", "gnumake"),
    "bind-utils": ("dnsutils",),
    "build-base": ("gcc", "gnumake"),
    "build-essential": ("gcc", "gnumake"),
    "default-jdk": ("jdk",),
    "fd-find": ("fd",),
    "g++": ("gcc",),
    "gcc-c++": ("gcc",),
    "github-cli": ("gh",),
    "golang": ("go",),
    "golang-go": ("go",),
    "gnupg2": ("gnupg",),
    "libnotify-bin": ("libnotify",),
    "lm-sensors": ("lm_sensors",),
    "make": ("gnumake",),
    "netcat-openbsd": ("netcat",),
    "nodejs-npm": ("nodejs",),
    "ninja-build": ("ninja",),
    "npm": ("nodejs",),
    "p7zip-full": ("p7zip",),
    "pkg-config": ("pkg-config",),
    "python": ("python3",),
    "python3-pip": ("python3Packages.pip",),
    "python3-venv": ("python3",),
    "silversearcher-ag": ("silver-searcher-ng",),
    "sqlite3": ("sqlite",),
    "the_silver_searcher": ("silver-searcher-ng",),
    "vim-enhanced": ("vim",),
    "vim-gtk3": ("vim-full",),
    "xz-utils": ("xz",),
}
"""What nixpkgs calls what distributions call otherwise."""
_NEEDLESS = frozenset({"apt-transport-https", "apt-utils", "ca-certificates", "locales", "software-properties-common"})
"""Packages for what NixOS has by itself, or has no use for."""
_OPTIONS = {
    "apache2": "services.httpd.enable",
    "docker": "virtualisation.docker.enable",
    "docker-ce": "virtualisation.docker.enable",
    "docker.io": "virtualisation.docker.enable",
    "fail2ban": "services.fail2ban.enable",
    "flatpak": "services.flatpak.enable",
    "httpd": "services.httpd.enable",
    "mosquitto": "services.mosquitto.enable",
    "nginx": "services.nginx.enable",
    "openssh-server": "services.openssh.enable",
    "podman": "virtualisation.podman.enable",
    "postgresql": "services.postgresql.enable",
    "steam": "programs.steam.enable",
    "tailscale": "services.tailscale.enable",
    "wireshark": "programs.wireshark.enable",
}
"""What a distribution starts, or gives its rights, with the package: NixOS has an option for that."""
_INTEGRATED = re.compile(
    r"lib.*|.*-(?:dev|devel|doc|server|daemon|common|kernel|dkms|headers|module|modules)|(?:python\d?|ruby|php|perl|linux|nvidia|fonts?|ttf|xserver|xorg|gnome|kde|plasma|xfce\d?)(?:[-\d.].*)?"
    r"|.*sql|avahi|awesome|bluez|cockpit|cron(?:ie)?|cups|gdm\d?|grub.*|haproxy|hyprland|i3|iptables|lightdm|lxd|mariadb|memcached|mongodb|networkmanager|network-manager"
    r"|nftables|niri|openbox|pipewire|postfix|pulseaudio|rabbitmq.*|redis|samba|sddm|snapd|sway|systemd|ufw|virtualbox|wine|wireguard|wireplumber|zfs.*"
)
"""Libraries, and what is nothing as a package alone: services, drivers, desktops."""
_ATTRIBUTE = re.compile(r"[a-z_][a-z0-9_-]*")

_TARGETS = {"nixos": "environment.systemPackages", "home-manager": "home.packages"}


class _Found(NamedTuple):
    """What the names of one line are to nixpkgs."""

    packages: tuple[str, ...]
    options: tuple[str, ...]
    is_sure: bool
    """Each name is known to be the same program."""


def _installed(run: str, invocation: Invocation) -> Sequence[str] | None:
    """Return the names of packages that a line installs: none, if it only fetches the lists of what there is; None if it does another thing."""
    words = [word.value or "?" for word in invocation.operands]
    if run == "pacman":
        upgrades = invocation.has("u") and not words
        return words if invocation.has("S") and not upgrades and (words or invocation.has("y")) else None
    if words[:1] and words[0] in _VERBS.get(run, ("install",)):
        return words[1:] or None
    # `dnf update` and `zypper update` upgrade what is installed.
    refreshes = len(words) == 1 and words[0] in _REFRESH and (words[0] != "update" or run in {"apt", "apt-get", "apk"})
    return [] if refreshes else None


def _known(names: Sequence[str], lane: str) -> _Found | None:
    """Return what names are; None if one of them is not to be had so."""
    packages: list[str] = []
    options: list[str] = []
    is_sure = True
    for name in names:
        if name in _SAME:
            packages.append(name)
        elif name in _OTHERWISE:
            packages += _OTHERWISE[name]
        elif lane == "nixos" and name in _NEEDLESS:
            continue
        elif lane == "nixos" and name in _OPTIONS:
            options.append(_OPTIONS[name])
            is_sure = False
        elif name in _NEEDLESS or name in _OPTIONS or _INTEGRATED.fullmatch(name) or not _ATTRIBUTE.fullmatch(name):
            return None
        else:
            packages.append(name)
            is_sure = False
    return _Found(tuple(dict.fromkeys(packages)), tuple(dict.fromkeys(options)), is_sure)


def _match_install(reading: Reading) -> Iterator[Match]:
    refreshes: list[Command] = []
    installs: list[tuple[Command, _Found]] = []
    for command, invocation, run in reading.lines(*MANAGERS):
        names = _installed(run.tool, invocation)
        if names is None or run.user or reading.service_user:
            continue
        if not names:
            refreshes.append(command)
        elif found := _known(names, reading.lane):
            installs.append((command, found))
    # The lists are for the other lines: they go with the last of these, if none is left that would want them.
    has_others = len(_SPELLED.findall(reading.script.content)) > len(refreshes) + len(installs)
    for index, (command, found) in enumerate(installs, 1):
        listed = List(tuple(Expression(f"pkgs.{name}") for name in found.packages))
        settings = tuple(setting(option, True) for option in found.options)
        if found.packages:
            settings = (setting(_TARGETS[reading.lane], listed), *settings)
        with_it = refreshes if index == len(installs) and not has_others else []
        yield Match(
            (*with_it, command),
            (settings,),
            packages=found.packages,
            tier=Tier.MECHANICAL if found.is_sure else Tier.REVIEW,
        )


def _match_snap(reading: Reading) -> Iterator[Match]:
    for command in reading.script.commands:
        run = runs(command)
        words = [word.value for word in run.arguments] if run else []
        if run and run.tool == "snap" and words[:1] == ["install"]:
            note = "NixOS has no snapd: what nixpkgs does not have, Flatpak may."
            yield Match((command,), (), tier=Tier.EXPLAINED, advised=("services.flatpak.enable",), note=note)
            return


INSTALL = Rewrite(
    id="imp-distro-pm",
    summary="What the distribution's package manager installs can be listed as packages",
    why=(
        "NixOS has no apt, dnf, pacman, zypper or apk, so that the line fails at every switch; on another distribution it needs a password, and installs "
        "what no configuration describes. What a distribution starts together with its package has an option of its own."
    ),
    keep="Keep it for what has to come from the distribution that home-manager runs on: drivers, services, login shells.",
    before='system.activationScripts.tools = "apt-get update; apt-get install -y git build-essential";',
    after="environment.systemPackages = [ pkgs.git pkgs.gcc pkgs.gnumake ];",
    lanes=frozenset(_TARGETS),
    places=frozenset({Place.ACTIVATION, Place.USER_ACTIVATION, Place.HOME_ACTIVATION}),
    tools=frozenset({"apt", "apt-get", "dnf", "yum", "pacman", "zypper", "apk"}),
    match=_match_install,
    options=("environment.systemPackages", "home.packages"),
)

SNAP = Rewrite(
    id="imp-snap",
    summary="NixOS does not run snapd, which this needs",
    why="Snaps are mounted and confined by a daemon that nixpkgs has no module for: the line fails, or waits for a service that is not there.",
    keep="Keep it in a container of a distribution that has snapd.",
    before='system.activationScripts.tools.text = "snap install spotify";',
    after="services.flatpak.enable = true;",
    lanes=frozenset({"nixos"}),
    places=frozenset({Place.ACTIVATION, Place.USER_ACTIVATION, Place.SERVICE, Place.SERVICE_HOOK}),
    tools=frozenset({"snap"}),
    match=_match_snap,
    options=("services.flatpak.enable",),
    tier=Tier.EXPLAINED,
)
