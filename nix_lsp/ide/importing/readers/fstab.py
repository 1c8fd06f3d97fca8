"""fstab(5) as `fileSystems` and `swapDevices`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nix_lsp.ide.importing.foreign import SECRET, Left, one, plain_lines
from nix_lsp.ide.rewrites.imperative.rewrite import setting
from nix_lsp.ide.rewrites.imperative.value import Attrs, List, string

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nix_lsp.ide.importing.foreign import Foreign, Piece
    from nix_lsp.ide.rewrites.imperative.value import Value

_TAGS = {"UUID": "by-uuid", "LABEL": "by-label", "PARTUUID": "by-partuuid", "PARTLABEL": "by-partlabel"}
_OCTAL = re.compile(r"\\([0-7]{3})")
_PASSWORD = re.compile(r"(?:pass|password|password2)=")
_OWN = re.compile(r"/(?:proc|sys|dev|run)(?:/.*)?")
"""What NixOS mounts itself, and what is mounted inside."""
_CHECKED = frozenset({"ext2", "ext3", "ext4", "f2fs", "jfs", "reiserfs", "vfat"})
"""File systems that NixOS checks unless told otherwise."""


def read(file: Foreign, _set: str) -> Iterator[Piece]:
    """Read one file system or swap device a line."""
    for line in plain_lines(file.text):
        fields = [_OCTAL.sub(lambda code: chr(int(code[1], 8)), field) for field in line.split()]
        if not 3 <= len(fields) <= 6:
            yield Left(line)
            continue
        spec, point, kind, options, _, check = (*fields, *("defaults", "0", "0")[len(fields) - 3 :])
        chosen = [option for option in options.split(",") if option not in {"", "defaults"}]
        if any(map(_PASSWORD.match, chosen)):
            yield Left(f"{spec} {point}", SECRET)
        elif kind == "swap":
            yield one(line, setting("swapDevices", List((_swap(_device(spec), chosen),))))
        elif _OWN.fullmatch(point) and not spec.startswith("/"):
            yield Left(line, "NixOS mounts it itself")
        elif not point.startswith("/"):
            yield Left(line)
        else:
            items: list[tuple[str, Value]] = [("device", string(_device(spec))), ("fsType", string(kind))]
            if chosen:
                items.append(("options", List(tuple(map(string, chosen)))))
            if check == "0" and kind in _CHECKED:
                items.append(("noCheck", True))
            yield one(line, setting("fileSystems", Attrs(tuple(items)), below=(point,)))


def _device(spec: str) -> str:
    tag, _, name = spec.partition("=")
    return f"/dev/disk/{_TAGS[tag]}/" + name.strip('"') if tag in _TAGS and name else spec


def _swap(device: str, options: list[str]) -> Attrs:
    items: list[tuple[str, Value]] = [("device", string(device))]
    others: list[str] = []
    for option in options:
        name, _, value = option.partition("=")
        if name == "pri" and value.isdecimal():
            items.append(("priority", int(value)))
        elif option != "sw":
            others.append(option)
    if others:
        items.append(("options", List(tuple(map(string, others)))))
    return Attrs(tuple(items))
