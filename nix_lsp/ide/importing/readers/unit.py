"""systemd's unit files (systemd.unit(5)) as NixOS and home-manager write them."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

from nix_lsp.ide.importing.foreign import SECRET, Left, Noted, one, plain_lines
from nix_lsp.ide.rewrites.imperative.secret import looks_secret
from nix_lsp.ide.rewrites.imperative.value import List, Setting, number_or_string, string

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nix_lsp.ide.importing.foreign import Foreign, Piece
    from nix_lsp.ide.rewrites.imperative.value import Value

KINDS = {
    "service": "services",
    "timer": "timers",
    "socket": "sockets",
    "path": "paths",
    "target": "targets",
    "slice": "slices",
}
"""Which options hold which kind of unit."""
_OF_UNIT = {
    "Description": "description",
    "Documentation": "documentation",
    "After": "after",
    "Before": "before",
    "Wants": "wants",
    "Requires": "requires",
    "Requisite": "requisite",
    "BindsTo": "bindsTo",
    "PartOf": "partOf",
    "Conflicts": "conflicts",
    "Upholds": "upholds",
    "OnFailure": "onFailure",
    "OnSuccess": "onSuccess",
}
"""Settings of `[Unit]` that NixOS has options for (nixpkgs, nixos/lib/systemd-unit-options.nix); the others go to `unitConfig`."""
_INSTALL = {"WantedBy": "wantedBy", "RequiredBy": "requiredBy", "UpheldBy": "upheldBy", "Alias": "aliases"}
_TEXTS = frozenset({"Description"})
_BOOLEANS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
_SECTION = re.compile(r"\[(\w+)\]")
_FOREIGN_PATH = re.compile(r"[-@:+!]*/(?:usr|opt|bin|sbin)/")


def read(file: Foreign, module_set: str) -> Iterator[Piece]:
    """Read a unit: all that is said of one setting becomes one definition."""
    stem, _, ending = file.name.rpartition(".")
    home = module_set == "home-manager"
    is_user = home or "/systemd/user/" in file.path
    path = ("systemd", *(("user",) if is_user else ()), KINDS[ending], stem)
    for (section, key), given in _settings(file.text).items():
        # What is named like a file holds the path of one.
        name = "" if key.endswith(("File", "Path")) else key
        values = [value for value in given if not looks_secret(value if key == "Environment" else name, value)]
        if len(values) < len(given):
            yield Left(f"[{section}] {key}", SECRET)
        text = "\n".join(f"{key}={value}" for value in values)
        if not values:
            continue
        wanted = _home(section, key, values) if home else _nixos(section, key, values, KINDS[ending])
        if wanted is None:
            yield Left(f"[{section}]\n{text}")
            continue
        for each, value in wanted:
            yield one(text, Setting((*path, *each), value))
        if key.startswith("Exec") and any(map(_FOREIGN_PATH.match, values)):
            yield Noted(text, "there is no such program on NixOS: name the package's, as in `${pkgs.hello}/bin/hello`")


def _settings(text: str) -> dict[tuple[str, str], list[str]]:
    """Return all values of each setting; an empty one takes back those before it (systemd.syntax(7))."""
    found: dict[tuple[str, str], list[str]] = {}
    section = ""
    joined = re.sub(r"[ \t]*\\\n(?:[ \t]*[#;].*\n)*[ \t]*", " ", text.replace("\r\n", "\n"))
    for line in plain_lines(joined, "#;"):
        if header := _SECTION.fullmatch(line):
            section = header[1]
            continue
        key, assigned, value = (part.strip() for part in line.partition("="))
        if assigned and value:
            found.setdefault((section, key), []).append(value)
        elif assigned:
            found.pop((section, key), None)
    return found


def _home(section: str, key: str, values: list[str]) -> list[tuple[tuple[str, ...], Value]]:
    """home-manager has the sections as they are."""
    return [((section, key), _value(values))]


def _nixos(section: str, key: str, values: list[str], kind: str) -> list[tuple[tuple[str, ...], Value]] | None:
    match section:
        case "Unit" if key in _TEXTS:
            return [((_OF_UNIT[key],), string(" ".join(values)))]
        case "Unit" if key in _OF_UNIT:
            return [((_OF_UNIT[key],), _words(values))]
        case "Unit":
            return [(("unitConfig", key), _value(values))]
        case "Install" if key in _INSTALL:
            return [((_INSTALL[key],), _words(values))]
        case "Service" if key == "Environment":
            return _environment(values)
        case "Socket" if key == "ListenStream":
            return [(("listenStreams",), _words(values))]
        case "Service" | "Timer" | "Socket" | "Path" | "Slice" if kind == f"{section.lower()}s":
            return [((f"{section.lower()}Config", key), _value(values))]
        case _:
            return None


def _environment(values: list[str]) -> list[tuple[tuple[str, ...], Value]] | None:
    found: list[tuple[tuple[str, ...], Value]] = []
    for value in values:
        try:
            words = shlex.split(value)
        except ValueError:
            return None
        for word in words:
            name, assigned, text = word.partition("=")
            if not assigned or "%" in text:
                return None
            found.append((("environment", name), string(text)))
    return found


def _words(values: list[str]) -> List:
    return List(tuple(string(word) for value in values for word in value.split()))


def _value(values: list[str]) -> Value:
    if len(values) > 1:
        return List(tuple(map(string, values)))
    lower = values[0].lower()
    return _BOOLEANS[lower] if lower in _BOOLEANS else number_or_string(values[0])
