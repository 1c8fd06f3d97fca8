"""Files in folders of /etc that an option writes: modprobe.d, modules-load.d, sysctl.d, tmpfiles.d."""

from __future__ import annotations

import re
from itertools import takewhile
from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.ide.model import Tier
from nix_lsp.ide.rewrites.imperative.rewrite import ROOT_PLACES, Match, Place, Reading, Rewrite, setting
from nix_lsp.ide.rewrites.imperative.rows.etc_files import continues, lines_of
from nix_lsp.ide.rewrites.imperative.value import Lines, List, Setting, Str, string, word_string

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from nix_lsp.analysis.shell.script import Command

_MODULE = re.compile(r"[A-Za-z0-9][\w-]*")
_BLACKLIST = re.compile(r"blacklist\s+([\w-]+)")
_MODPROBE = re.compile(r"(?:options|alias|install|remove|softdep)\s+\S.*")
_SYSCTL = re.compile(r"([a-z][\w./-]*)\s*=\s*(\S.*)")
_TMPFILE = re.compile(r"[a-zA-Z][-+!=~^$?]*\s+/\S*(?:\s.*)?")
_INTEGER = re.compile(r"0|[1-9][0-9]{0,17}")

_HIDES = re.compile(rb"(?i:shadow|overrid|mask|hide|replac|instead)")
_PACKAGES = (("systemd", "packages"), ("systemd", "tmpfiles", "packages"))
_SHADOWS = "If a package brings a file of this name, it is no longer hidden by this one."
"""In /etc/tmpfiles.d alone: nixpkgs, nixos/modules/system/boot/systemd/tmpfiles.nix leaves out packages' files that the configuration has."""


class EtcFile(NamedTuple):
    """A file of a folder below /etc: the text that the configuration, or a script as root, puts into it."""

    name: str
    text: Str
    commands: tuple[Command, ...]
    """What writes it; none where an option does."""


def files_in(reading: Reading, folder: str) -> Iterator[EtcFile]:
    """Yield the files of a folder below /etc (`modprobe.d`) that a place holds the text of."""
    pattern = re.compile(re.escape(folder) + r"/([\w.@+-]+)")
    if reading.place is Place.FILE:
        if reading.path[0] == "environment" and (name := pattern.fullmatch(reading.path[2])):
            yield EtcFile(name[1], reading.text, ())
        return
    for write in reading.root_writes:
        path = (write.path.value or "").removeprefix("/private")
        text = word_string(write.word)
        if text and path.startswith("/etc/") and (name := pattern.fullmatch(path[5:])):
            yield EtcFile(name[1], text, (write.command,))


def is_comment(line: Str) -> bool:
    """Tell whether a line of such a file says nothing."""
    return line.outline.lstrip()[:1] in {"#", ";"}


def _hides_another(reading: Reading) -> bool:
    """Tell whether a file of /etc/tmpfiles.d may be there so that one of the same name in a package is not: packages are taken, or a comment says so."""
    if reading.place is not Place.FILE:
        return False
    if any(path in reading.defined for path in _PACKAGES):
        return True
    value = reading.defined.get(reading.path)
    above = reading.source[: value.parent.start_byte].splitlines()[:-1] if value and value.parent else []
    comments = takewhile(lambda line: line.lstrip().startswith(b"#"), reversed(above))
    return any(_HIDES.search(line) for line in comments)


def _drop_ins(reading: Reading) -> Iterator[Match]:
    for folder, read in _READERS.items():
        for file in files_in(reading, folder):
            lines = lines_of(file.text)
            kept = [line for line in lines if not is_comment(line)]
            if not file.name.endswith(".conf") or not kept or any(continues(line) for line in lines):
                continue
            if folder == "tmpfiles.d" and _hides_another(reading):
                continue
            if settings := read(kept):
                notes = [_SHADOWS] if folder == "tmpfiles.d" else []
                notes += ["The comments of the file go with it."] if len(kept) < len(lines) else []
                yield Match(
                    file.commands,
                    (settings,),
                    is_whole=not file.commands,
                    names=(file.name,),
                    tier=Tier.REVIEW if notes else Tier.MECHANICAL,
                    note=" ".join(notes),
                )


def _modprobe(lines: Sequence[Str]) -> tuple[Setting, ...]:
    """modprobe.d(5)."""
    names = [_BLACKLIST.fullmatch(line.outline.strip()) for line in lines]
    blacklisted = [string(name[1]) for name, line in zip(names, lines, strict=True) if name and line.text is not None]
    others = [line for name, line in zip(names, lines, strict=True) if not name]
    if len(blacklisted) + len(others) < len(lines) or not all(_MODPROBE.match(line.outline.strip()) for line in others):
        return ()
    found = (setting("boot.blacklistedKernelModules", List(tuple(blacklisted))),) if blacklisted else ()
    return (*found, setting("boot.extraModprobeConfig", Lines(tuple(others)))) if others else found


def _modules(lines: Sequence[Str]) -> tuple[Setting, ...]:
    """modules-load.d(5)."""
    names = [(line.text or "").strip() for line in lines]
    known = all(_MODULE.fullmatch(name) for name in names)
    return (setting("boot.kernelModules", List(tuple(map(string, names)))),) if known else ()


def _sysctl(lines: Sequence[Str]) -> tuple[Setting, ...]:
    """sysctl.d(5); `-key = value` and `key/*` have no like."""
    found: list[Setting] = []
    for line in lines:
        pair = _SYSCTL.fullmatch((line.text or "").strip())
        if pair is None:
            return ()
        value = int(pair[2]) if _INTEGER.fullmatch(pair[2]) else string(pair[2])
        found.append(Setting(("boot", "kernel", "sysctl", sysctl_key(pair[1])), value))
    return tuple(found) if len({each.path for each in found}) == len(found) else ()


def sysctl_key(key: str) -> str:
    """Return a key with dots between its parts: where the first separator is a slash, dots and slashes change places (sysctl.d(5))."""
    first = re.search(r"[./]", key)
    return key.translate(str.maketrans("./", "/.")) if first and first[0] == "/" else key


def _tmpfiles(lines: Sequence[Str]) -> tuple[Setting, ...]:
    """tmpfiles.d(5)."""
    known = all(_TMPFILE.fullmatch(line.outline.strip()) for line in lines)
    return (setting("systemd.tmpfiles.rules", List(tuple(lines))),) if known else ()


_READERS: Mapping[str, Callable[[Sequence[Str]], tuple[Setting, ...]]] = {
    "modprobe.d": _modprobe,
    "modules-load.d": _modules,
    "sysctl.d": _sysctl,
    "tmpfiles.d": _tmpfiles,
}
"""What the lines of each folder's files become; nothing where one of them is not understood."""

DROP_INS = Rewrite(
    id="imp-modprobe-d",
    summary="The file belongs into the option that writes its folder",
    why=(
        "The option is merged with what other modules say, is checked, and reaches the initial ramdisk where it has to; of a file that is put "
        "beside its own, NixOS knows nothing."
    ),
    keep="Keep a file that another program reads, or whose place among the others of its folder matters.",
    before='environment.etc."modprobe.d/kvm.conf".text = "options kvm_intel nested=1";',
    after='boot.extraModprobeConfig = "options kvm_intel nested=1";',
    lanes=frozenset({"nixos"}),
    places=ROOT_PLACES | {Place.FILE, Place.BOOT},
    tools=frozenset({*(f"{folder}" for folder in _READERS), *(f"/etc/{folder}" for folder in _READERS)}),
    match=_drop_ins,
    options=("boot.extraModprobeConfig", "boot.kernelModules", "boot.kernel.sysctl", "systemd.tmpfiles.rules"),
)
