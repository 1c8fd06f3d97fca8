"""`defaults write`: the preferences of macOS."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nix_lsp.analysis.shell.invocation import Tool, read_options
from nix_lsp.analysis.shell.word import Expansion, Text
from nix_lsp.ide.rewrites.imperative.rewrite import Match, Place, Reading, Rewrite
from nix_lsp.ide.rewrites.imperative.secret import looks_secret
from nix_lsp.ide.rewrites.imperative.value import List, Setting, Value, word_string

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nix_lsp.analysis.shell.word import Word

_HOST = Tool("defaults", single_dash={"currentHost": False}, stop_at_operand=True)
_TYPED_OPTIONS = {
    "NSGlobalDomain": "NSGlobalDomain",
    "com.apple.dock": "dock",
    "com.apple.finder": "finder",
    "com.apple.screencapture": "screencapture",
    "com.apple.screensaver": "screensaver",
    "com.apple.AppleMultitouchTrackpad": "trackpad",
    "com.apple.spaces": "spaces",
    "com.apple.WindowManager": "WindowManager",
    "com.apple.menuextra.clock": "menuExtraClock",
    "com.apple.controlcenter": "controlcenter",
    "com.apple.universalaccess": "universalaccess",
    "com.apple.HIToolbox": "hitoolbox",
    "com.apple.ActivityMonitor": "ActivityMonitor",
    "com.apple.LaunchServices": "LaunchServices",
    "/Library/Preferences/com.apple.loginwindow": "loginwindow",
    "/Library/Preferences/com.apple.SoftwareUpdate": "SoftwareUpdate",
}
"""Domains that nix-darwin has typed options for, and the names below `system.defaults` (nix-darwin, modules/system/defaults-write.nix)."""
_GLOBAL = frozenset({"-g", "-globalDomain", "NSGlobalDomain"})
_BOOLEANS = {
    "true": True,
    "TRUE": True,
    "yes": True,
    "YES": True,
    "1": True,
    "false": False,
    "FALSE": False,
    "no": False,
    "NO": False,
    "0": False,
}
_DOMAIN = re.compile(r"[A-Za-z][\w-]*(?:\.[\w-]+)+|/Library/Preferences/[\w.-]+")
_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")
_FLOAT = re.compile(r"[+-]?[0-9]{1,9}(?:\.[0-9]{1,12})?")
_EXPANDS_HOME = frozenset({("com.apple.screencapture", "location")})
"""Keys whose reader expands a leading `~` itself."""


def _match(reading: Reading) -> Iterator[Match]:
    for command, run in reading.runs:
        invocation = read_options(_HOST, run.arguments) if run.tool == "defaults" else None
        if invocation is None or len(invocation.operands) < 4 or invocation.operands[0].value != "write":
            continue
        _, domain_word, key_word, *words = invocation.operands
        domain, key = domain_word.value or "", key_word.value or ""
        domain = "NSGlobalDomain" if domain in _GLOBAL else domain.removesuffix(".plist")
        if not (domain == "NSGlobalDomain" or _DOMAIN.fullmatch(domain)) or not key or key.startswith("-"):
            continue
        if looks_secret(key, *words):
            yield Match((command,), (), is_secret=True)
            continue
        value = _value(tuple(words), (domain, key))
        # As root, without `sudo -u`, the command writes root's own preferences.
        if value is None or (reading.lane == "home-manager" and run.user):
            continue
        yield Match(
            (command,),
            tuple((choice,) for choice in _targets(reading.lane, domain, key, value, invocation.has("currentHost"))),
        )


def _targets(lane: str, domain: str, key: str, value: Value, current_host: bool) -> Iterator[Setting]:
    """Yield the options that hold a preference, the most specific first."""
    if lane == "home-manager":
        if not domain.startswith("/"):
            yield Setting(
                ("targets", "darwin", "currentHostDefaults" if current_host else "defaults", domain, key), value
            )
        return
    if current_host:
        return
    if typed := _TYPED_OPTIONS.get(domain):
        yield Setting(("system", "defaults", typed, key), value)
    custom = "CustomSystemPreferences" if domain.startswith("/") else "CustomUserPreferences"
    yield Setting(("system", "defaults", custom, domain, key), value)


def _value(words: tuple[Word, ...], preference: tuple[str, str]) -> Value | None:
    """Read `-bool true`, `-int 3`, `-array a b`, or a plain string (defaults(1))."""
    match [word.value for word in words]:
        case ["-bool" | "-boolean", str(text)] if text in _BOOLEANS:
            return _BOOLEANS[text]
        case ["-int" | "-integer", str(text)] if _INTEGER.fullmatch(text):
            return int(text)
        case ["-float", str(text)] if _FLOAT.fullmatch(text):
            return float(text)
        case ["-string", _]:
            return _string(words[1], preference)
        case [None]:
            return _string(words[0], preference)
        case ["-array", *rest] if not any((text or "-").startswith("-") for text in rest):
            items = tuple(item for word in words[1:] if (item := word_string(word)))
            return List(items) if len(items) == len(rest) else None
        case [str(text)] if text[:1] not in {"-", "{", "(", "<"}:
            return word_string(words[0])
        case _:
            return None


def _string(word: Word, preference: tuple[str, str]) -> Value | None:
    match word.pieces:
        case (Expansion("~"), Text(path)) if path.startswith("/") and preference in _EXPANDS_HOME:
            return word_string(word._replace(pieces=(Text("~" + path),)))
        case _:
            return word_string(word)


WRITE = Rewrite(
    id="imp-defaults-write",
    summary="The preference can be declared as an option",
    why=(
        "`defaults write` in a script sets the value for whichever user the script runs as, and keeps no record of what was set: a line that "
        "is deleted later leaves its value behind."
    ),
    keep="Keep `-dict-add`, `-array-add` and `delete`, which change a part of a value, and domains that need `-currentHost` on nix-darwin.",
    before='system.activationScripts.postActivation.text = "sudo -u alice defaults write com.apple.dock autohide -bool true";',
    after="system.defaults.dock.autohide = true;",
    lanes=frozenset({"nix-darwin", "home-manager"}),
    places=frozenset({Place.ACTIVATION, Place.HOME_ACTIVATION}),
    tools=frozenset({"defaults"}),
    match=_match,
    options=(
        "system.defaults.<domain>.<key>",
        "system.defaults.CustomUserPreferences",
        "system.defaults.CustomSystemPreferences",
        "targets.darwin.defaults",
        "targets.darwin.currentHostDefaults",
    ),
)
