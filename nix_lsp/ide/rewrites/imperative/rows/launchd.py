"""Plists of launchd: files that are written out, and `launchctl load`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast

from nix_lsp.analysis.shell.word import Antiquotation, Text
from nix_lsp.ide.model import Tier
from nix_lsp.ide.rewrites.imperative.rewrite import Match, Place, Reading, Rewrite, setting
from nix_lsp.ide.rewrites.imperative.value import Attrs, List, Str, Value, string

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nix_lsp.analysis.shell.word import Word

_FOLDERS = {
    "launchDaemons": "launchd.daemons",
    "launchAgents": "launchd.agents",
    "userLaunchAgents": "launchd.user.agents",
}
"""nix-darwin's options for plists that are written out, and those that make them."""
_HOME_PLIST = re.compile(r"Library/LaunchAgents/([\w.-]+)\.plist")
_PLIST = re.compile(r"(?:[\w.-]*/)*([\w.-]+)\.plist")
_NAME = re.compile(r"[A-Za-z][\w-]*")
_MANAGED = ("org.nixos.", "org.nix-community.", "com.apple.", "systems.determinate.")
"""What nix-darwin, home-manager, Apple and Determinate load themselves."""
_LOADS = frozenset({"load", "bootstrap"})
_SIZE_LIMIT = 1 << 16
_DEPTH = 8
_FIRST_HOLE = 0xE000
"""Antiquotations are characters of the private use area while the plist is read."""


def _match(reading: Reading) -> Iterator[Match]:
    if reading.place is Place.FILE:
        yield from _written(reading)
        return
    for command, run in reading.runs:
        verb = run.arguments[0].value if run.tool == "launchctl" and run.arguments else None
        plists = [_label(word) for word in run.arguments[1:]] if verb in _LOADS else []
        labels = [label for label in plists if label and not label.startswith(_MANAGED)]
        if len(labels) == 1:
            yield Match(
                (command,),
                (),
                tier=Tier.EXPLAINED,
                note="What the plist says, they say, and load it.",
                advised=("launchd.user.agents", "launchd.daemons", "launchd.agents"),
            )


def _label(word: Word) -> str | None:
    last = word.pieces[-1] if word.pieces else None
    path = _PLIST.fullmatch(last.text) if isinstance(last, Text) else None
    return path[1] if path else None


def _written(reading: Reading) -> Iterator[Match]:
    if reading.lane == "home-manager":
        name, option = _HOME_PLIST.fullmatch(reading.path[2]), "launchd.agents"
    else:
        name, option = _PLIST.fullmatch(reading.path[2]), _FOLDERS.get(reading.path[1], "")
    service = name[1].rpartition(".")[2] if name else ""
    if not name or not option or not _NAME.fullmatch(service) or name[1].startswith(_MANAGED):
        return
    found = _plist(reading.text)
    if found is None:
        return
    if reading.lane == "home-manager":
        value = Attrs((("enable", True), ("config", found)))
        written = setting(option, value, below=(service,))
    else:
        written = setting(option, found, below=(service, "serviceConfig"))
    note = "Where a script loads the plist, take that out too."
    yield Match((), ((written,),), is_whole=True, tier=Tier.REVIEW, note=note)


def _plist(text: Str) -> Attrs | None:
    """Return what a plist says (plist(5), XML); None where it is broken, or says what Nix has no value for."""
    import plistlib
    from xml.parsers.expat import ExpatError

    holes = [piece.expression for piece in text.pieces if isinstance(piece, Antiquotation)]
    characters = iter(range(_FIRST_HOLE, _FIRST_HOLE + len(holes)))
    source = "".join(piece.text if isinstance(piece, Text) else chr(next(characters)) for piece in text.pieces)
    if len(source) > _SIZE_LIMIT or "<plist" not in source or "<!ENTITY" in source:
        return None
    try:
        said: object = plistlib.loads(source.strip().encode(), fmt=plistlib.FMT_XML)
    except (ValueError, ExpatError, plistlib.InvalidFileException, IndexError, AttributeError):
        return None
    value = _value(said, holes, _DEPTH)
    return value if isinstance(value, Attrs) and value.items else None


def _value(said: object, holes: list[str], depth: int) -> Value | None:
    match said:
        case bool() | int() | float():
            return said
        case str():
            return _string(said, holes)
        case list() if depth:
            items = [_value(each, holes, depth - 1) for each in cast("list[object]", said)]
            return None if None in items else List(tuple(item for item in items if item is not None))
        case dict() if depth:
            keyed = cast("dict[str, object]", said).items()
            named = [(key, _value(each, holes, depth - 1)) for key, each in keyed]
            known = tuple((key, value) for key, value in named if value is not None and _string(key, holes).text == key)
            return Attrs(known) if len(known) == len(named) else None
        case _:
            return None


def _string(text: str, holes: list[str]) -> Str:
    pieces: list[Text | Antiquotation] = []
    last = chr(_FIRST_HOLE + len(holes))
    for part in re.split(f"([{chr(_FIRST_HOLE)}-{last}])", text):
        index = ord(part) - _FIRST_HOLE if len(part) == 1 else -1
        if 0 <= index < len(holes):
            pieces.append(Antiquotation(holes[index]))
        elif part:
            pieces.append(Text(part))
    return Str(tuple(pieces)) if pieces else string("")


_PAGE = (
    "''\n    <plist><dict>\n      <key>Label</key><string>com.me.sync</string>\n"
    "      <key>RunAtLoad</key><true/>\n    </dict></plist>\n  '';"
)

LAUNCHCTL = Rewrite(
    id="imp-launchctl",
    summary="The job can be declared as a service of launchd",
    why=(
        "A job that a script loads is loaded once more at each activation, and stays when the line is taken out. What is declared is written, "
        "loaded, reloaded when it changes, and taken away."
    ),
    keep="Keep `launchctl` for what others have installed: there is no option that switches a daemon of Apple's off.",
    before=f'environment.userLaunchAgents."com.me.sync.plist".text = {_PAGE}',
    after='launchd.user.agents.sync.serviceConfig = { Label = "com.me.sync"; RunAtLoad = true; };',
    lanes=frozenset({"nix-darwin", "home-manager"}),
    places=frozenset({Place.ACTIVATION, Place.HOME_ACTIVATION, Place.FILE}),
    tools=frozenset({"launchctl", "plist"}),
    match=_match,
    options=("launchd.user.agents", "launchd.daemons", "launchd.agents"),
    tier=Tier.REVIEW,
)
