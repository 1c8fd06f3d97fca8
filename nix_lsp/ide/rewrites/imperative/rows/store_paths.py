"""Programs that are run from where they happen to be, or are on other systems: `/run/current-system/sw/bin/x`, `/usr/bin/x`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nix_lsp.analysis.shell.word import Text
from nix_lsp.ide.model import Severity
from nix_lsp.ide.rewrites.imperative.rewrite import Match, Place, Reading, Rewrite
from nix_lsp.syntax.span import Span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_ALONE = (
    *(
        "bc",
        "brightnessctl",
        "curl",
        "dmidecode",
        "ethtool",
        "ffmpeg",
        "file",
        "git",
        "hdparm",
        "iw",
        "jq",
        "less",
        "lsof",
        "rsync",
    ),
    *("socat", "tmux", "tree", "unzip", "wget", "zip"),
)
"""Programs that are all of the package of their name that matters."""
_PROGRAMS = {
    program: package
    for package, programs in {
        "coreutils": (
            "basename cat chgrp chmod chown cp cut date dd df dirname du echo false head id install ln ls md5sum mkdir mkfifo mktemp mv "
            "nice nohup printf pwd readlink realpath rm rmdir seq sha256sum shred sleep sort split stat sync tail tee test timeout touch tr "
            "true truncate uname uniq wc whoami yes"
        ),
        "util-linux": "blkid blockdev fallocate findmnt flock fstrim hwclock logger losetup lsblk mkswap renice rfkill runuser setsid taskset wipefs",
        "procps": "free pgrep pkill ps sysctl uptime watch",
        "findutils": "find xargs",
        "gnugrep": "egrep fgrep grep",
        "gnused": "sed",
        "gawk": "awk gawk",
        "diffutils": "cmp diff",
        "gnutar": "tar",
        "gzip": "gunzip gzip zcat",
        "bash": "bash",
        "iproute2": "bridge ip ss tc",
        "iputils": "ping",
        "kmod": "depmod insmod lsmod modinfo modprobe rmmod",
        "openssh": "scp sftp ssh ssh-keygen ssh-keyscan",
        "systemd": "busctl hostnamectl journalctl localectl loginctl networkctl systemctl systemd-cat systemd-run systemd-tmpfiles timedatectl udevadm",
        "psmisc": "fuser killall pstree",
        "pciutils": "lspci setpci",
        "usbutils": "lsusb",
        "alsa-utils": "alsactl amixer aplay arecord",
        "pulseaudio": "pacmd pactl",
        "libnotify": "notify-send",
        "e2fsprogs": "chattr e2fsck lsattr mkfs.ext4 resize2fs tune2fs",
        "smartmontools": "smartctl",
        "imagemagick": "convert magick",
        "inotify-tools": "inotifywait inotifywatch",
        "xz": "unxz xz xzcat",
    }.items()
    for program in programs.split()
} | dict(zip(_ALONE, _ALONE, strict=True))
"""Programs that come from one package of nixpkgs and that no other replaces, with that package. What NixOS wraps (`sudo`, `mount`) or
chooses itself (`nix`, `nixos-rebuild`, `zfs`) is not among them."""

_CURRENT = ("/run/current-system/sw/bin",)
_USUAL = ("/usr/bin", "/usr/sbin", "/usr/local/bin")
_CONFINED = (
    "RootDirectory",
    "RootImage",
    "BindPaths",
    "BindReadOnlyPaths",
    "TemporaryFileSystem",
)
"""What a service says that has folders of its own (systemd.exec(5))."""
_PROVIDED = re.compile(
    rb"\benvfs\b|\busrbinenv\b|\bbuildFHS|\bln\b[^\n]*/usr/|-[xefL] +[\"']?/usr/|/usr/(?:local/)?s?bin/?[\"']?[ \t]*(?:$|[;\n])|\bdistrobox\b|\btoolbox\b|\bchroot\b|\bnspawn\b"
)
"""Something puts programs there, or asks whether they are there."""
_SCRIPTS = frozenset(
    {
        *(Place.ACTIVATION, Place.USER_ACTIVATION, Place.HOME_ACTIVATION, Place.SERVICE, Place.SERVICE_HOOK),
        *(Place.USER_SERVICE, Place.USER_SERVICE_HOOK, Place.NETWORK, Place.FIREWALL, Place.POWER, Place.SESSION),
        *(Place.DISPLAY_SETUP, Place.SHELL_INIT),
    }
)


def _run_from(folders: Iterable[str]) -> Callable[[Reading], Iterable[Match]]:
    """Return a match of programs that are run by a full path below one of some folders."""

    def match(reading: Reading) -> Iterator[Match]:
        if folders is _USUAL and _is_provided(reading):
            return
        for command in reading.script.commands:
            word = command.words[0] if command.words else None
            if word is None or len(word.pieces) != 1 or not isinstance(word.pieces[0], Text):
                continue
            folder, _, program = word.leading.rpartition("/")
            package = _PROGRAMS.get(program) if folder in folders else None
            start = reading.script.content.find(word.leading.encode(), *word.span)
            if package and start >= 0:
                span = Span(start, start + len(word.leading.encode()))
                yield Match(
                    (command,),
                    ((),),
                    packages=(package,),
                    cuts=(span,),
                    put=f"${{pkgs.{package}}}/bin/{program}",
                    title=f"Run it from `pkgs.{package}`",
                )

    return match


def _is_provided(reading: Reading) -> bool:
    """Tell whether the folders of other systems may be there after all."""
    service = [path[-1] for path in reading.defined if path[:3] == reading.path[:3]]
    return bool(_PROVIDED.search(reading.source)) or any(name in _CONFINED for name in service)


CURRENT_SYSTEM = Rewrite(
    id="imp-run-current-system",
    summary="The program can be named by its package",
    why=(
        "`/run/current-system/sw/bin` has what the system's package list says at the moment: when a package leaves the list, the service fails "
        "when it next runs, and nothing says so before. Named by its package, the program is a part of what the service needs, and is there "
        "whenever the service is."
    ),
    keep=(
        "Keep it in rules of sudo and polkit, for set-uid programs, and where the text is read on another host. Programs that NixOS itself "
        "chooses (`nix`, `nixos-rebuild`, `zfs`) are left alone."
    ),
    before='systemd.services.x.script = "/run/current-system/sw/bin/rsync -a /a /b";',
    after='systemd.services.x.script = "${pkgs.rsync}/bin/rsync -a /a /b";',
    lanes=frozenset({"nixos", "home-manager"}),
    places=_SCRIPTS,
    tools=frozenset(_CURRENT),
    match=_run_from(_CURRENT),
)

USUAL_FOLDERS = Rewrite(
    id="imp-fhs-path",
    summary="NixOS has no such program: the folder holds nothing but `env`",
    why=(
        "On NixOS `/usr/bin` has `env` and `/bin` has `sh`, and that is all: a command line with the path that other systems have fails when it "
        "is run. Named by its package, the program is found."
    ),
    keep="Keep it where the text is for another system: a container, an FHS environment, a remote host; and where `services.envfs` fills the folder.",
    before='systemd.services.x.serviceConfig.ExecStart = "/usr/bin/rsync -a /a /b";',
    after='systemd.services.x.serviceConfig.ExecStart = "${pkgs.rsync}/bin/rsync -a /a /b";',
    lanes=frozenset({"nixos"}),
    places=_SCRIPTS,
    tools=frozenset(_USUAL),
    match=_run_from(_USUAL),
    severity=Severity.INFORMATION,
)
