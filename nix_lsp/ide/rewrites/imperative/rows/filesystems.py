"""`mount`, `swapon`, `zpool import`, `cryptsetup open`, `rm -rf /tmp/*`: disks and what is done with them at boot."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nix_lsp.analysis.shell.invocation import Tool
from nix_lsp.analysis.shell.word import Expansion, Text
from nix_lsp.ide.model import Tier
from nix_lsp.ide.rewrites.imperative.rewrite import ROOT_PLACES, Match, Place, Reading, Rewrite, setting
from nix_lsp.ide.rewrites.imperative.value import Attrs, Lines, List, Str, Value, string, word_string

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nix_lsp.analysis.shell.invocation import Invocation
    from nix_lsp.analysis.shell.script import Command
    from nix_lsp.analysis.shell.word import Word

MOUNT = Tool(
    "mount",
    flags="vrw",
    valued="to",
    long={"types": "t", "options": "o", "bind": "bind", "rbind": "rbind", "verbose": "v", "read-only": "r", "rw": "w"},
)
"""mount(8); moving, propagation and `-a` are not listed."""
SWAPON = Tool("swapon", flags="v", long={"verbose": "v"})
MKSWAP = Tool("mkswap", flags="f", long={"force": "f"})
FALLOCATE = Tool("fallocate", flags="v", valued="l", long={"length": "l", "verbose": "v"})
DD = Tool("dd")
CHMOD = Tool("chmod")
ZPOOL = Tool("zpool", stop_at_operand=True)
ZPOOL_IMPORT = Tool("import", flags="N")
CRYPTSETUP = Tool("cryptsetup", flags="q", valued="d", long={"key-file": "d", "type": "type=", "batch-mode": "q"})
RM = Tool("rm", flags="rfRv", long={"recursive": "r", "force": "f", "verbose": "v"})

_ABSOLUTE = re.compile(r"/[\w./@:+-]*")
_SYSTEM = re.compile(r"/(?:proc|sys|dev|run|nix|etc|bin|lib|usr|boot)?(?:/|\Z)")
_POOL = re.compile(r"[A-Za-z][\w.:-]*")
_NAME = re.compile(r"[\w.-]+")
_SIZE = re.compile(r"([1-9][0-9]*)([KMGT]?)(?:iB)?")
_UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}
_TMP = frozenset({"/tmp", "/tmp/*", "/tmp/.*"})  # noqa: S108 - of the script
_SECRET_OPTION = re.compile(r"pass(?:word)?=|pw=")


def _mounts(reading: Reading) -> Iterator[Match]:
    content = reading.script.content
    if not reading.is_at_boot or re.search(rb"\bumount\b", content):
        return
    for command, invocation in reading.root_lines(MOUNT):
        if len(invocation.operands) != 2:
            continue
        device, point = word_string(invocation.operands[0]), invocation.operands[1].value or ""
        if device is None or not _ABSOLUTE.fullmatch(point) or _SYSTEM.match(point):
            continue
        given = invocation.argument("o")
        if given and _SECRET_OPTION.search(given.value or ""):
            yield Match((command,), (), is_secret=True)
            continue
        items = _file_system(invocation, device)
        if items:
            point = point.rstrip("/")
            yield Match((command,), ((setting("fileSystems", Attrs(items), below=(point,)),),))


def _file_system(invocation: Invocation, device: Str) -> tuple[tuple[str, Value], ...] | None:
    given, kind = invocation.argument("o"), invocation.argument("t")
    options = [each for each in ((given.value if given else "") or "").split(",") if each]
    if (given and not options) or "remount" in options or (kind and not kind.value):
        return None
    binds = [key for key in ("bind", "rbind") if invocation.has(key) and key not in options]
    options = [*binds, *options, *(("ro",) if invocation.has("r") else ())]
    is_bind = "bind" in options or "rbind" in options
    file_system = "none" if is_bind else (kind.value if kind else "") or "auto"
    items: list[tuple[str, Value]] = [("device", device), ("fsType", string(file_system))]
    if options:
        items.append(("options", List(tuple(map(string, options)))))
    return tuple(items)


def _swap(reading: Reading) -> Iterator[Match]:
    if re.search(rb"\b(?:chattr|btrfs)\b", reading.script.content):
        # The file is made for btrfs by hand.
        return
    prepared: dict[str, list[Command]] = {}
    sizes: dict[str, int] = {}
    made: set[str] = set()
    for command, invocation in reading.root_lines(FALLOCATE, DD, CHMOD, MKSWAP, SWAPON):
        path = _swap_path(invocation)
        if path is None:
            continue
        if invocation.tool in {"fallocate", "dd"}:
            size = _mebibytes(invocation)
            if size is None:
                continue
            sizes[path] = size
        prepared.setdefault(path, []).append(command)
        if invocation.tool == "mkswap":
            made.add(path)
        if invocation.tool != "swapon":
            continue
        is_device = path.startswith("/dev/")
        if _is_swap_already(reading, path) or (path in made and path not in sizes and not is_device):
            continue
        items: list[tuple[str, Value]] = [("device", string(path))]
        if path in sizes:
            items.append(("size", sizes[path]))
        # `mkswap` on a device at each boot is not what a declared one does.
        commands = (command,) if is_device else tuple(prepared[path])
        devices = setting("swapDevices", List((Attrs(tuple(items)),)))
        on_btrfs = not is_device and _file_system_of(reading, path) == b'"btrfs"'
        yield Match(
            commands,
            ((devices,),),
            tier=Tier.REVIEW if on_btrfs or (is_device and path in made) else Tier.MECHANICAL,
            note="The file is on btrfs, where it must not be copied on write: give it a subvolume that no snapshot takes."
            if on_btrfs
            else "",
        )


def _file_system_of(reading: Reading, path: str) -> bytes | None:
    """Return the type, as the file has it, of the file system that a path lies on; None if the file does not say."""
    points = [
        (names[1], value.text)
        for names, value in reading.defined.items()
        if names[:1] == ("fileSystems",) and names[2:] == ("fsType",) and value
    ]
    around = [(point, kind) for point, kind in points if f"{path}/".startswith(f"{point.rstrip('/')}/")]
    return max(around)[1] if around else None


def _swap_path(invocation: Invocation) -> str | None:
    words = [word.value or "" for word in invocation.operands]
    match invocation.tool:
        case "dd":
            path = next((word[3:] for word in words if word.startswith("of=")), "")
        case "chmod":
            path = words[1] if len(words) == 2 and words[0] in {"600", "0600"} else ""
        case _:
            path = words[0] if len(words) == 1 else ""
    return path if _ABSOLUTE.fullmatch(path) else None


def _mebibytes(invocation: Invocation) -> int | None:
    if invocation.tool == "fallocate":
        length = invocation.argument("l")
        size = _bytes((length.value if length else "") or "")
    else:
        parts = ((word.value or "").partition("=") for word in invocation.operands)
        given = {name: value for name, _, value in parts}
        block, count = _bytes(given.get("bs", "512")), given.get("count", "")
        is_known = given.get("if") == "/dev/zero" and given.keys() <= {"if", "of", "bs", "count", "status"}
        size = block * int(count) if is_known and block and count.isdecimal() else None
    return size >> 20 if size and size % (1 << 20) == 0 else None


def _bytes(text: str) -> int | None:
    size = _SIZE.fullmatch(text)
    return int(size[1]) * _UNITS[size[2]] if size else None


def _is_swap_already(reading: Reading, path: str) -> bool:
    value = reading.defined.get(("swapDevices",))
    return value is not None and f'"{path}"'.encode() in (value.text or b"")


def _pools(reading: Reading) -> Iterator[Match]:
    from nix_lsp.analysis.shell.invocation import read_options

    for command, invocation in reading.root_lines(ZPOOL):
        if not invocation.operands or invocation.operands[0].value != "import":
            continue
        imported = read_options(ZPOOL_IMPORT, invocation.operands[1:])
        pool = (imported.operands[0].value if imported and len(imported.operands) == 1 else "") or ""
        if _POOL.fullmatch(pool):
            absorbs = frozenset({"after", "before", "requires", "wants", "unitConfig"})
            yield Match((command,), ((setting("boot.zfs.extraPools", List((string(pool),))),),), absorbs=absorbs)


def _opened(reading: Reading) -> Iterator[Match]:
    for command, invocation in reading.root_lines(CRYPTSETUP):
        verb, *rest = invocation.operands or (None,)
        kind = invocation.argument("type")
        if verb is None or verb.value not in {"luksOpen", "open"} or len(rest) != 2 or (kind and kind.value != "luks"):
            continue
        device, name, key = word_string(rest[0]), rest[1].value or "", _key(invocation.argument("d"))
        if device is None or key is None or not _NAME.fullmatch(name):
            continue
        line = Str((Text(f"{name} "), *device.pieces, Text(" "), *key.pieces, Text(" luks,nofail")))
        table = setting("environment.etc.crypttab.text", Lines((line,)))
        yield Match((command,), ((table,),), tier=Tier.REVIEW)


def _key(word: Word | None) -> Str | None:
    """Return crypttab(5)'s third field: the key's path, or `none` for a question at boot; None for a key that is not a path."""
    if word is None:
        return string("none")
    return (
        word_string(word) if word.leading.startswith("/") or not isinstance(word.pieces[0], Text | Expansion) else None
    )


def _cleaned(reading: Reading) -> Iterator[Match]:
    for command, invocation in reading.root_lines(RM):
        paths = [_glob(word) for word in invocation.operands]
        if not (invocation.has("r") or invocation.has("R")) or not paths or not set(paths) <= _TMP:
            continue
        choices = tuple((setting(option, True),) for option in ("boot.tmp.cleanOnBoot", "boot.cleanTmpDir"))
        # A service that nothing starts at boot may be there to be run by hand, or by its timer.
        yield Match((command,), choices, tier=Tier.MECHANICAL if reading.is_at_boot else Tier.REVIEW)


def _glob(word: Word) -> str:
    return "".join(piece.text if isinstance(piece, Text | Expansion) else "?" for piece in word.pieces)


_NIXOS = frozenset({"nixos"})

MOUNTED = Rewrite(
    id="imp-mount",
    summary="The file system can be declared as an option",
    why=(
        "A mount in a script fails when it is there already, comes at a moment that no service can wait for, and is not taken down in order. "
        "Of a declared file system systemd knows what it needs and what needs it."
    ),
    keep="Keep it for mounts that a script takes away again, and in the initial ramdisk. Add `nofail` where the machine must start without it.",
    before='system.activationScripts.m = "mount -t nfs nas:/data /mnt/data";',
    after='fileSystems."/mnt/data" = { device = "nas:/data"; fsType = "nfs"; };',
    lanes=_NIXOS,
    places=ROOT_PLACES | {Place.BOOT},
    tools=frozenset({"mount"}),
    match=_mounts,
    options=("fileSystems.<name>",),
)
SWAP = Rewrite(
    id="imp-swapfile",
    summary="The swap space can be declared as an option",
    why="NixOS makes the file with the size that is declared, formats it once, and turns it on in time for what needs it (resuming, for one).",
    keep="Keep it where the file must be made in another way than NixOS does.",
    before=(
        'system.activationScripts.swap = "fallocate -l 8G /swapfile && chmod 600 /swapfile && mkswap /swapfile && swapon /swapfile";'
    ),
    after='swapDevices = [ { device = "/swapfile"; size = 8192; } ];',
    lanes=_NIXOS,
    places=ROOT_PLACES | {Place.BOOT},
    tools=frozenset(tool.name for tool in (FALLOCATE, DD, CHMOD, MKSWAP, SWAPON)),
    match=_swap,
    options=("swapDevices",),
)
POOL = Rewrite(
    id="imp-zpool-import",
    summary="The ZFS pool can be declared as an option",
    why="NixOS has a service for each pool that it knows, which waits for the devices and mounts what is in it before the services start.",
    keep="Keep it for pools on disks that come and go.",
    before='systemd.services.tank.serviceConfig.ExecStart = "zpool import tank";',
    after='boot.zfs.extraPools = [ "tank" ];',
    lanes=_NIXOS,
    places=ROOT_PLACES | {Place.BOOT},
    tools=frozenset({"zpool"}),
    match=_pools,
    options=("boot.zfs.extraPools",),
)
CRYPT = Rewrite(
    id="imp-luks-open",
    summary="The encrypted device can be declared in crypttab",
    why=(
        "systemd opens the devices of /etc/crypttab at boot, asks for what it needs, and lets mounts wait for them. The key stays a path in a "
        "string: a path literal would copy it into the store."
    ),
    keep="Keep it for disks that come and go. What the root file system is on belongs into `boot.initrd.luks.devices`.",
    before='system.activationScripts.data = "cryptsetup luksOpen /dev/disk/by-uuid/X data --key-file /root/data.key";',
    after='environment.etc.crypttab.text = "data /dev/disk/by-uuid/X /root/data.key luks,nofail";',
    lanes=_NIXOS,
    places=ROOT_PLACES | {Place.BOOT},
    tools=frozenset({"cryptsetup"}),
    match=_opened,
    options=("environment.etc.crypttab.text",),
    tier=Tier.REVIEW,
)
CLEAN_TMP = Rewrite(
    id="imp-tmp-clean",
    summary="Temporary files can be removed at boot by an option",
    why="A script that empties /tmp at a switch takes files away from programs that run; the option does so at boot, before they start.",
    keep="Keep commands that take away files of one program only.",
    before='system.activationScripts.tmp = "rm -rf /tmp/*";',
    after="boot.tmp.cleanOnBoot = true;",
    lanes=_NIXOS,
    places=ROOT_PLACES | {Place.BOOT, Place.CRON},
    tools=frozenset({"rm"}),
    match=_cleaned,
    options=("boot.tmp.cleanOnBoot",),
)
