"""`ln -s` and `mkdir` below /home in the system's scripts: what a system lays into the homes of its users."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.analysis.shell.word import Antiquotation, Text
from nix_lsp.ide.model import Severity, Tier
from nix_lsp.ide.rewrites.imperative.home import below_home
from nix_lsp.ide.rewrites.imperative.rewrite import Match, Place, Reading, Rewrite
from nix_lsp.ide.rewrites.imperative.rows.directories import CHMOD, CHOWN, INSTALL, LINK, MKDIR, is_aware
from nix_lsp.ide.rewrites.imperative.tmpfiles import Entry
from nix_lsp.ide.rewrites.imperative.value import List, Setting, Str, word_string

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nix_lsp.analysis.shell.invocation import Invocation
    from nix_lsp.analysis.shell.script import Command
    from nix_lsp.analysis.shell.word import Word

_HOME = re.compile(r"/home/([a-z_][a-z0-9_-]{0,30})/")
_MODE = re.compile(r"[0-7]{3,4}")
_NOTE = "What root makes there belongs to root: systemd-tmpfiles makes it as the user, at login. home-manager does so with `home.file`."


class _Found(NamedTuple):
    command: Command
    user: str | None
    """The user whose home it is; None: each user."""
    entries: tuple[Entry, ...]
    """None, for a command that only gives to the user what is theirs."""


def _match(reading: Reading) -> Iterator[Match]:
    if is_aware(reading):
        return
    found: list[_Found] = []
    for command, invocation, run in reading.lines(MKDIR, INSTALL, LINK, CHOWN, CHMOD):
        each = None if run.user or reading.service_user else _found(command, invocation, reading.place)
        if each:
            found.append(each)
    for user in dict.fromkeys(each.user for each in found):
        own = [each for each in found if each.user == user]
        entries = [entry for each in own for entry in each.entries]
        if entries and not any(entry.has_blanks for entry in entries):
            path = ("systemd", "user", "tmpfiles", *(("users", user) if user else ()), "rules")
            rules = List(tuple(dict.fromkeys(entry.rule for entry in entries)))
            note = _NOTE if reading.place is not Place.USER_ACTIVATION else ""
            yield Match(tuple(each.command for each in own), ((Setting(path, rules),),), tier=Tier.REVIEW, note=note)


def _found(command: Command, invocation: Invocation, place: Place) -> _Found | None:
    """Read a command all of whose paths are below one home."""
    words = invocation.operands
    target: Str | None = None
    if invocation.tool == "ln":
        target = word_string(words[0]) if len(words) == 2 and invocation.has("s") else None
        if target is None or not target.pieces or not _is_absolute(target):
            return None
        words = words[1:]
    owner = words[0] if invocation.tool in {"chown", "chmod"} and words else None
    paths = [_below(word, place) for word in (words[1:] if owner else words)]
    users = {path[0] for path in paths if path}
    if not paths or None in paths or len(users) != 1:
        return None
    (user,) = users
    specified = [path[1] for path in paths if path]
    mode = owner if invocation.tool == "chmod" else invocation.argument("m")
    if mode and not _MODE.fullmatch(mode.value or ""):
        return None
    modes = (mode.value or "").rjust(4, "0") if mode else None
    match invocation.tool:
        case "chown":
            name = (owner.value if owner else None) or ""
            return _Found(command, user, ()) if name.partition(":")[0] == user else None
        case "chmod":
            return _Found(command, user, tuple(Entry(path, "z", mode=modes) for path in specified))
        case "ln":
            return _Found(command, user, (Entry(specified[0], "L+" if invocation.has("f") else "L", argument=target),))
        case "install" if not invocation.has("d"):
            return None
        case _:
            given = invocation.argument("o")
            if given and given.value != user:
                return None
            return _Found(command, user, tuple(Entry(path, "d", mode=modes) for path in specified))


def _is_absolute(target: Str) -> bool:
    first = target.pieces[0]
    return isinstance(first, Antiquotation) or first.text.startswith("/")


def _below(word: Word, place: Place) -> tuple[str | None, Str] | None:
    """Return whose home a path is in, and the path as systemd-tmpfiles takes it."""
    if place is Place.USER_ACTIVATION:
        path = below_home(word)
        return (None, path.specified) if path else None
    home = _HOME.match(word.leading)
    text = word_string(word)
    if home is None or text is None or ".." in word.leading or "%" in word.leading:
        return None
    rest = word.without_prefix(home.end())
    last = rest.pieces[-1] if rest.pieces else None
    if isinstance(last, Text) and last.text.endswith("/"):
        rest = rest._replace(pieces=(*rest.pieces[:-1], Text(last.text.rstrip("/"))))
    below = word_string(rest)
    if below is None or not below.pieces:
        return None
    first, others = below.pieces[0], below.pieces[1:]
    lead = (Text("%h/" + first.text),) if isinstance(first, Text) else (Text("%h/"), first)
    return home[1], Str((*lead, *others))


HOMES = Rewrite(
    id="imp-home-from-system",
    summary="What belongs into a user's home can be declared for the user",
    why=(
        "A script of the system runs as root: the folders that it makes in a home belong to root, and programs of the user cannot write to "
        "them. It runs before the home may be there, too."
    ),
    keep="Keep it where the home must be complete before the user's first login.",
    before=(
        'system.activationScripts.hypr = "mkdir -p /home/alice/.config/hypr && ln -sfn ${./hypr.conf} /home/alice/.config/hypr/hyprland.conf";'
    ),
    after=(
        'systemd.user.tmpfiles.users.alice.rules = [ "d %h/.config/hypr - - - -" "L+ %h/.config/hypr/hyprland.conf - - - - ${./hypr.conf}" ];'
    ),
    lanes=frozenset({"nixos"}),
    places=frozenset({Place.ACTIVATION, Place.USER_ACTIVATION, Place.SERVICE}),
    tools=frozenset({"ln", "mkdir", "install"}),
    match=_match,
    options=("systemd.user.tmpfiles.users.<name>.rules", "systemd.user.tmpfiles.rules"),
    severity=Severity.INFORMATION,
    tier=Tier.REVIEW,
)
