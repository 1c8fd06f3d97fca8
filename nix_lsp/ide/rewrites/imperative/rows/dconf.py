"""`gsettings set`, `dconf write` and `dconf load`: what programs of GNOME keep in dconf."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.analysis.shell.invocation import Tool, runs
from nix_lsp.analysis.shell.word import Text
from nix_lsp.ide.model import Tier
from nix_lsp.ide.rewrites.imperative.gvariant import read_gvariant
from nix_lsp.ide.rewrites.imperative.rewrite import Match, Place, Reading, Rewrite, setting
from nix_lsp.ide.rewrites.imperative.value import Attrs, List, Setting, Value, string

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from nix_lsp.analysis.shell.script import Command

GSETTINGS = Tool("gsettings")
DCONF = Tool("dconf", stop_at_operand=True)

_SCHEMA = re.compile(
    r"org\.(?:gnome\.(?:desktop|shell|mutter|settings-daemon|nautilus|login-screen)|cinnamon|nemo)(?:\.[a-z0-9-]+)*"
)
"""Schemas whose path is their name with slashes; others have paths of their own, as `org.gnome.system.proxy` has /system/proxy/."""
_RELOCATABLE = re.compile(r"[A-Za-z0-9.-]+:((?:/[^/]+)+)/")
_PATH = re.compile(r"((?:/[^/]+)+)/([A-Za-z0-9-]+)")
_KEY = re.compile(r"[a-z][a-z0-9-]*")
_BARE = re.compile(r"[^\s'\"\[\](){}<>,@]+(?: [^\s'\"\[\](){}<>,@]+)*")
_NUMBERS = {
    "uint32": {
        *(
            "idle-delay",
            "lock-delay",
            "night-light-temperature",
            "delay",
            "repeat-interval",
            "old-files-age",
            "scaling-factor",
        ),
        *("initial-key-repeat", "key-repeat-interval"),
    },
    "double": {"text-scaling-factor", "speed", "mag-factor", "night-light-schedule-from", "night-light-schedule-to"},
    "int32": {
        *(
            "cursor-size",
            "num-workspaces",
            "sleep-inactive-ac-timeout",
            "sleep-inactive-battery-timeout",
            "recent-files-max-age",
        ),
    },
}
"""Types of keys that hold numbers (gsettings-desktop-schemas, gnome-settings-daemon): gsettings asks the schema for them."""
_OF_GTK = frozenset({"gtk-theme", "icon-theme", "cursor-theme", "cursor-size", "font-name", "color-scheme"})
"""Keys of org.gnome.desktop.interface that home-manager's `gtk` writes too."""


class _Kept(NamedTuple):
    command: Command
    path: str
    """dconf's, without slashes at its ends."""
    key: str
    value: Value
    is_sure: bool


def _library(reading: Reading) -> str:
    return "lib.hm.gvariant" if reading.lane == "home-manager" else "lib.gvariant"


def _kept(reading: Reading) -> Iterator[_Kept]:
    for command, invocation, run in reading.lines(GSETTINGS, DCONF):
        words = [word.value for word in invocation.operands]
        if run.user or None in words:
            continue
        found = None
        match [word or "" for word in words]:
            case ["set", schema, key, value] if run.tool == "gsettings" and _KEY.fullmatch(key):
                found = _of_schema(reading, command, schema, key, value)
            case ["write", path, value] if run.tool == "dconf" and (place := _PATH.fullmatch(path)):
                read = read_gvariant(value, _library(reading))
                found = None if read is None else _Kept(command, place[1][1:], place[2], read, True)
            case _:
                pass
        if found and not (found.key in _OF_GTK and any(path[0] == "gtk" for path in reading.defined)):
            yield found


def _of_schema(reading: Reading, command: Command, schema: str, key: str, text: str) -> _Kept | None:
    """Read what `gsettings set` sets: the value in the key's type, or a string without its quotes."""
    relocated = _RELOCATABLE.fullmatch(schema)
    if not relocated and not _SCHEMA.fullmatch(schema):
        return None
    path = relocated[1][1:] if relocated else schema.replace(".", "/")
    value, is_sure = read_gvariant(text, _library(reading)), True
    if value is None and _BARE.fullmatch(text):
        value = string(text)
    elif isinstance(value, int) and not isinstance(value, bool):
        kind = next((kind for kind, keys in _NUMBERS.items() if key in keys), None)
        is_sure = kind is not None
        value = read_gvariant(f"{kind} {text}", _library(reading)) if kind else value
    return None if value is None else _Kept(command, path, key, value, is_sure)


def _match_settings(reading: Reading) -> Iterator[Match]:
    kept = list(_kept(reading))
    places = [(each.path, each.key) for each in kept]
    kept = [each for each in kept if places.count((each.path, each.key)) == 1]
    if reading.lane == "home-manager":
        for each in kept:
            declared = Setting(("dconf", "settings", each.path, each.key), each.value)
            yield Match((each.command,), ((declared,),), tier=_tier([each]), note=_note([each]))
    elif kept:
        yield Match(tuple(each.command for each in kept), (_profile(kept),), tier=Tier.REVIEW, note=_note(kept))


def _profile(kept: Sequence[_Kept]) -> tuple[Setting, ...]:
    """Return the settings of NixOS: a database of the profile of all users."""
    values: dict[str, list[tuple[str, Value]]] = {}
    for each in kept:
        values.setdefault(each.path, []).append((each.key, each.value))
    settings = Attrs(tuple((path, Attrs(tuple(items))) for path, items in values.items()))
    databases = List((Attrs((("settings", settings),)),))
    return setting("programs.dconf.enable", True), setting("programs.dconf.profiles.user.databases", databases)


def _tier(kept: Sequence[_Kept]) -> Tier:
    return Tier.MECHANICAL if all(each.is_sure for each in kept) else Tier.REVIEW


def _note(kept: Sequence[_Kept]) -> str:
    unsure = [each.key for each in kept if not each.is_sure]
    return f"Whether `{unsure[0]}` takes a signed whole number is for its schema to say." if unsure else ""


def _match_load(reading: Reading) -> Iterator[Match]:
    for given in reading.given:
        invocation = given.run.arguments
        words = [word.value or "" for word in invocation]
        text = "".join(piece.text for piece in given.text if isinstance(piece, Text))
        if given.run.tool != "dconf" or given.run.user or len(words) != 2 or words[0] != "load":
            continue
        base = words[1]
        if not re.fullmatch(r"/(?:[^/]+/)*", base) or any(not isinstance(piece, Text) for piece in given.text):
            continue
        settings = _of_dump(text, base, _library(reading))
        if settings:
            yield Match((given.command,), (settings,), tier=Tier.REVIEW)
    for command in reading.script.commands:
        run = runs(command) if command.is_plain else None
        words = [word.value for word in run.arguments[:1]] if run and run.tool == "dconf" else []
        if words == ["load"] and [each.operator for each in command.redirections] == ["<"]:
            note = "`dconf2nix` makes Nix of such a file."
            yield Match((command,), (), tier=Tier.EXPLAINED, note=note, advised=("dconf.settings",))


def _of_dump(text: str, base: str, library: str) -> tuple[Setting, ...] | None:
    """Read a key file as `dconf dump` writes it; None where some of it has no like."""
    settings: list[Setting] = []
    path: str | None = None
    for line in text.splitlines():
        if not line.strip():
            continue
        if group := re.fullmatch(r"\[([^\]]+)\]", line.strip()):
            path = (base + ("" if group[1] == "/" else group[1])).strip("/")
            continue
        key, is_set, value = line.partition("=")
        read = read_gvariant(value, library) if is_set else None
        if not path or read is None or not _KEY.fullmatch(key.strip()):
            return None
        settings.append(Setting(("dconf", "settings", path, key.strip()), read))
    return tuple(settings)


SETTINGS = Rewrite(
    id="imp-gsettings",
    summary="The setting can be declared",
    why=(
        "The command needs the session's bus, which an activation does not have; what it sets stays when the script goes, and holds until "
        "somebody changes it by hand."
    ),
    keep="Keep it in programs that switch between values, such as a light and a dark theme.",
    before=(
        'home.activation.dark = lib.hm.dag.entryAfter [ "writeBoundary" ] '
        "\"gsettings set org.gnome.desktop.interface color-scheme 'prefer-dark'\";"
    ),
    after='dconf.settings."org/gnome/desktop/interface".color-scheme = "prefer-dark";',
    lanes=frozenset({"home-manager", "nixos"}),
    places=frozenset({Place.HOME_ACTIVATION, Place.USER_ACTIVATION, Place.SESSION}),
    tools=frozenset({"gsettings", "dconf"}),
    match=_match_settings,
    options=("dconf.settings", "programs.dconf.profiles"),
)
LOAD = Rewrite(
    id="imp-dconf-load",
    summary="The settings can be declared one by one",
    why="A dump that is loaded at each switch undoes what was changed by hand meanwhile, and nobody sees what of it is still wanted.",
    keep="Keep it where the dump is made by another program.",
    before=(
        "home.activation.d = lib.hm.dag.entryAfter [ \"writeBoundary\" ] ''\n"
        "  dconf load / <<'EOF'\n  [org/gnome/desktop/interface]\n  clock-show-date=true\n  EOF\n'';"
    ),
    after='dconf.settings."org/gnome/desktop/interface".clock-show-date = true;',
    lanes=frozenset({"home-manager"}),
    places=frozenset({Place.HOME_ACTIVATION, Place.SESSION}),
    tools=frozenset({"dconf"}),
    match=_match_load,
    options=("dconf.settings",),
    tier=Tier.REVIEW,
)
