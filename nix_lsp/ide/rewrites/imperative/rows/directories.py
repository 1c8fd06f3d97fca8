"""`mkdir`, `chown`, `chmod` and their like: scripts that do nothing but lay out files and directories."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from nix_lsp.analysis.shell.invocation import Tool
from nix_lsp.analysis.shell.word import Antiquotation, Text
from nix_lsp.ide.model import Tier
from nix_lsp.ide.rewrites.imperative.rewrite import Match, Place, Reading, Rewrite
from nix_lsp.ide.rewrites.imperative.tmpfiles import Entry, choices
from nix_lsp.ide.rewrites.imperative.value import Str, word_string

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nix_lsp.analysis.shell.invocation import Invocation
    from nix_lsp.analysis.shell.word import Word

MKDIR = Tool("mkdir", flags="pv", valued="m", long={"parents": "p", "verbose": "v", "mode": "m"})
INSTALL = Tool(
    "install",
    flags="dDv",
    valued="mog",
    long={"directory": "d", "verbose": "v", "mode": "m", "owner": "o", "group": "g"},
)
CHOWN = Tool("chown", flags="cfv", long={"changes": "c", "silent": "f", "quiet": "f", "verbose": "v"})
CHMOD = Tool("chmod", flags="cfv", long={"changes": "c", "silent": "f", "quiet": "f", "verbose": "v"})
CHGRP = Tool("chgrp", flags="cfv", long={"changes": "c", "silent": "f", "quiet": "f", "verbose": "v"})
TOUCH = Tool("touch")
LINK = Tool(
    "ln",
    flags="sfnTv",
    long={"symbolic": "s", "force": "f", "no-dereference": "n", "no-target-directory": "T", "verbose": "v"},
)
"""coreutils 9; whatever acts on whole trees (`-R`) is not listed: tmpfiles' `Z` does so at every boot."""

_TOOLS = (MKDIR, INSTALL, CHOWN, CHMOD, CHGRP, TOUCH, LINK)
_MODE = re.compile(r"[0-7]{3,4}")
_OWNER = re.compile(r"[A-Za-z_][\w.-]*|[0-9]+")
_ELSEWHERE = re.compile(r"/(?:home|root|dev|proc|sys|nix|bin|sbin|lib|lib64|usr)(?:/|\Z)|/(?:etc/)?\Z")
"""Homes belong to users, `/bin` and its like have options of their own, and the others are no place for tmpfiles."""
_IN_STORE = re.compile(r"pkgs\.|(?:lib\.)?getExe")
_NAME = re.compile(r"[\w@.-]+")

_PathKey = tuple[Text | Antiquotation, ...]


@dataclass
class _Layout:
    """What the commands leave behind, path by path, in order. `None` from a step: the command is not understood."""

    entries: dict[_PathKey, Entry] = field(default_factory=dict[_PathKey, Entry])

    def apply(self, invocation: Invocation) -> bool:
        match invocation.tool:
            case "mkdir":
                return self._create(invocation.operands, "d", invocation)
            case "install":
                return invocation.has("d") and self._create(invocation.operands, "d", invocation)
            case "touch":
                return self._create(invocation.operands, "f", invocation)
            case "ln":
                return self._link(invocation)
            case "chown":
                return self._own(invocation.operands)
            case "chgrp":
                return self._own(invocation.operands, is_group=True)
            case _:
                return self._mode(invocation.operands)

    def _create(self, operands: tuple[Word, ...], kind: str, invocation: Invocation) -> bool:
        mode = invocation.argument("m")
        user, group = invocation.argument("o"), invocation.argument("g")
        for word in operands:
            entry = self._entry(word)
            if entry is None:
                return False
            entry.type = kind
            if mode and not _set_mode(entry, mode):
                return False
            if (user and not _set_owner(entry, user, None)) or (group and not _set_owner(entry, None, group)):
                return False
        return bool(operands)

    def _link(self, invocation: Invocation) -> bool:
        if not invocation.has("s") or len(invocation.operands) != 2:
            return False
        target, link = invocation.operands
        argument, entry = word_string(target), self._entry(link)
        # A trailing slash, or a link to a directory that exists, would put the link inside; `-n` and `-T` say that it does not.
        if argument is None or entry is None or entry.type != "z" or not (invocation.has("n") or invocation.has("T")):
            return False
        if not isinstance(argument.pieces[0], Antiquotation) and not target.leading.startswith("/"):
            return False
        entry.type, entry.argument = ("L+" if invocation.has("f") else "L"), argument
        return True

    def _own(self, operands: tuple[Word, ...], *, is_group: bool = False) -> bool:
        if len(operands) < 2:
            return False
        owner, *paths = operands
        pair = owner.split(":")
        user, group = (None, owner) if is_group else pair or (owner, None)
        if group is not None and not group.pieces:
            return False
        for path in paths:
            entry = self._entry(path)
            if entry is None or not _set_owner(entry, user if user and user.pieces else None, group):
                return False
        return True

    def _mode(self, operands: tuple[Word, ...]) -> bool:
        if len(operands) < 2:
            return False
        mode, *paths = operands
        for path in paths:
            entry = self._entry(path)
            if entry is None or not _set_mode(entry, mode):
                return False
        return True

    def _entry(self, word: Word) -> Entry | None:
        path = word_string(word)
        if path is None or not path.pieces:
            return None
        first = path.pieces[0]
        last = path.pieces[-1]
        if isinstance(first, Text) and (not first.text.startswith("/") or _ELSEWHERE.match(first.text)):
            return None
        if isinstance(first, Antiquotation) and _IN_STORE.match(first.expression):
            return None
        if any(isinstance(piece, Text) and ("%" in piece.text or "/.." in piece.text) for piece in path.pieces):
            return None
        if isinstance(last, Text) and last.text.endswith("/"):
            path = Str((*path.pieces[:-1], *((Text(last.text.rstrip("/")),) if last.text.rstrip("/") else ())))
        return self.entries.setdefault(path.pieces, Entry(path))


def _set_mode(entry: Entry, word: Word) -> bool:
    mode = word.value or ""
    if not _MODE.fullmatch(mode) or entry.argument:
        return False
    entry.mode = mode.rjust(4, "0")
    return True


def _set_owner(entry: Entry, user: Word | None, group: Word | None) -> bool:
    for word in (user, group):
        if word and (not word.is_fixed or (word.value is not None and not _OWNER.fullmatch(word.value))):
            return False
    if entry.argument:
        return False
    entry.user = (word_string(user) if user else None) or entry.user
    entry.group = (word_string(group) if group else None) or entry.group
    return True


def _match(reading: Reading) -> Iterator[Match]:
    lines = list(reading.lines(*_TOOLS))
    commands = tuple(command for command, _, _ in lines)
    name = reading.subject
    if not lines or not reading.script.is_idle_without(commands) or reading.service_user or not _NAME.fullmatch(name):
        return
    if all(run.tool == "ln" for _, _, run in lines) or is_aware(reading):
        return
    layout = _Layout()
    if not all(layout.apply(invocation) and not run.user for _, invocation, run in lines):
        return
    entries = list(layout.entries.values())
    unsafe = _crosses_owners(entries)
    yield Match(
        commands,
        choices(name, entries),
        tier=Tier.REVIEW if unsafe else Tier.MECHANICAL,
        note="systemd-tmpfiles refuses a path below a directory that belongs to another user than root."
        if unsafe
        else "",
    )


def is_aware(reading: Reading) -> bool:
    """Tell whether the script's author knows of systemd-tmpfiles: a comment that names it says why it is not used."""
    return b"tmpfiles" in reading.script.content


def _crosses_owners(entries: list[Entry]) -> bool:
    """Tell whether a path lies below one that a user other than root, and other than its own, owns (tmpfiles.d(5), unsafe transitions)."""
    owners = [(entry.path.text, entry.user.text if entry.user else "root") for entry in entries]
    return any(
        upper and lower and lower.startswith(upper + "/") and owner not in {"root", below}
        for upper, owner in owners
        for lower, below in owners
    )


LAYOUT = Rewrite(
    id="imp-mkdir-chown",
    summary="The directories can be declared, to be made at boot",
    why=(
        "A script that makes directories hides who owns them, runs at every switch, and is too late or too early for some of the services "
        "that need them; systemd-tmpfiles makes them at boot, in the right order, with owner and mode in one place."
    ),
    keep="Keep commands that act on whole trees, or on paths that only the running system knows.",
    before='system.activationScripts.persist = "mkdir -p /srv/within && chown root:within /srv/within && chmod 0775 /srv/within";',
    after='systemd.tmpfiles.settings."10-persist"."/srv/within".d = { user = "root"; group = "within"; mode = "0775"; };',
    lanes=frozenset({"nixos"}),
    places=frozenset({Place.ACTIVATION, Place.SERVICE}),
    tools=frozenset(tool.name for tool in _TOOLS),
    match=_match,
    options=("systemd.tmpfiles.settings", "systemd.tmpfiles.rules"),
)
