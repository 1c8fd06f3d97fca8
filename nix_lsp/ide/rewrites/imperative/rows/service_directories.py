"""Directories that a service makes for itself before it starts: systemd has settings for them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from nix_lsp.analysis.shell.word import Text, Word
from nix_lsp.ide.model import Tier
from nix_lsp.ide.rewrites.imperative.rewrite import Match, Place, Reading, Rewrite
from nix_lsp.ide.rewrites.imperative.rows.directories import CHGRP, CHMOD, CHOWN, INSTALL, MKDIR
from nix_lsp.ide.rewrites.imperative.value import List, Setting, Str, string, word_string
from nix_lsp.syntax.ast import static_string

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from nix_lsp.analysis.shell.invocation import Invocation
    from nix_lsp.analysis.shell.script import Command

_BASES = {
    "/var/lib/": "State",
    "/run/": "Runtime",
    "/var/cache/": "Cache",
    "/var/log/": "Logs",
    "/etc/": "Configuration",
}
"""systemd.exec(5), "Sandboxing": where `StateDirectory=` and its like make directories."""
_ODD = re.compile(r"[\s%:\\\"'*]|(?:^|/)\.\.?(?:/|$)|//")
"""What a setting of systemd reads in another way than a shell, or does not take."""
_MODE = re.compile(r"[0-7]{3,4}")
_GIVES_AWAY = re.compile(rb"chown|chgrp|setfacl|\b(?:rm|rmdir|mv)\b")
"""Commands after which a directory is not what systemd has made."""
_OTHER_ROOTS = frozenset({"PermissionsStartOnly", "RootDirectory", "RootDirectoryStartOnly", "RootImage"})
"""Settings with which the script runs as another user, or sees another tree, than the service."""


@dataclass
class _Directory:
    """A directory, and the commands that make it, give it away and set its mode."""

    path: Str
    kind: str
    name: Str
    """The path below the folder of its kind."""
    commands: list[Command] = field(default_factory=list["Command"])
    modes: set[str] = field(default_factory=set[str])
    is_made: bool = False


def _match(reading: Reading) -> Iterator[Match]:
    if any(path[:3] == reading.path[:3] and path[-1] in _OTHER_ROOTS for path in reading.defined):
        return
    lines = list(reading.lines(MKDIR, INSTALL, CHOWN, CHGRP, CHMOD))
    if reading.place is Place.SERVICE and reading.script.is_idle_without([command for command, _, _ in lines]):
        # A service that does nothing else lays out files for others.
        return
    found: dict[Str, _Directory] = {}
    for command, invocation, run in lines:
        directories = [_directory(word) for word in _made(invocation)]
        if run.user or None in directories or not _applies(reading, invocation):
            continue
        for directory in directories:
            if directory:
                known = found.setdefault(directory.path, directory)
                known.commands.append(command)
                known.is_made |= invocation.tool in {"mkdir", "install"}
                known.modes |= {mode} if (mode := _mode(invocation)) else set()
    kept = _independent(reading, list(found.values()))
    # What a script of its own does to the directory of another service is for that service to say.
    if kept and (reading.place is Place.SERVICE_HOOK or all(_is_own(reading, each) for each in kept)):
        yield _of_directories(reading, kept)


def _independent(reading: Reading, directories: list[_Directory]) -> list[_Directory]:
    """Leave out what is not made here, what others own or change, and what shares a command with one of these."""
    own = {command.span for each in directories for command in each.commands}
    content = reading.script.content
    others = [command.span for command in reading.script.commands if command.span not in own]
    rest = [content[span.start : span.end] for span in (*others, *reading.script.opaque)]
    given = b"\n".join(text for text in rest if _GIVES_AWAY.search(text)).decode("utf-8", "replace")
    modes = {
        kind: {mode for each in directories if each.kind == kind for mode in each.modes} for kind in _BASES.values()
    }
    left = [
        each
        for each in directories
        if not each.is_made
        or len(modes[each.kind]) > 1
        or (each.path.text or "/") in given
        or (each.path.text is None and given)
    ]
    while left:
        gone = {command.span for each in left for command in each.commands}
        directories = [each for each in directories if each not in left]
        left = [each for each in directories if any(command.span in gone for command in each.commands)]
    return directories


def _of_directories(reading: Reading, directories: Sequence[_Directory]) -> Match:
    settings: list[Setting] = []
    for kind in dict.fromkeys(each.kind for each in directories):
        own = [each for each in directories if each.kind == kind]
        settings.append(_setting(reading, f"{kind}Directory", [each.name for each in own]))
        path = (*reading.path[:3], "serviceConfig", f"{kind}DirectoryMode")
        settings += [Setting(path, string(mode)) for mode in own[0].modes]
    is_runtime = any(each.kind == "Runtime" for each in directories)
    is_short = is_runtime and _of_service(reading, "Type") in {"oneshot", "?"}
    is_own = all(_is_own(reading, each) for each in directories)
    commands = {command.span: command for each in directories for command in each.commands}
    return Match(
        tuple(commands[span] for span in sorted(commands)),
        (tuple(settings),),
        tier=Tier.MECHANICAL
        if is_own and not is_short and reading.service_user not in {"dynamic", "unknown"}
        else Tier.REVIEW,
        note="systemd removes what is below /run when the service stops." if is_runtime else "",
    )


def _is_own(reading: Reading, directory: _Directory) -> bool:
    """Tell whether a directory is named like the service, or after what it is named like."""
    service, name = reading.subject.lower(), (directory.name.text or reading.subject).lower().split("/")[0]
    return any(part in name for part in re.findall(r"[a-z0-9]{3,}", service)) or name in service


def _setting(reading: Reading, name: str, directories: Sequence[Str]) -> Setting:
    """Return the setting: a list where there are several, or where it is one already."""
    path = (*reading.path[:3], "serviceConfig", name)
    present = reading.defined.get(path)
    is_list = present is not None and present.type == "list_expression"
    return Setting(path, List(tuple(directories)) if len(directories) > 1 or is_list else directories[0])


def _made(invocation: Invocation) -> tuple[Word, ...]:
    """Return the operands that are directories to make, to give away or to set the mode of; for `install` of files, all."""
    return invocation.operands if invocation.tool in {"mkdir", "install"} else invocation.operands[1:]


def _applies(reading: Reading, invocation: Invocation) -> bool:
    """Tell whether systemd does the same of itself: it makes directories for the user and the group of the service."""
    if len(_made(invocation)) == 0 or (invocation.tool == "install" and not invocation.has("d")):
        return False
    if (invocation.tool == "chmod" or invocation.argument("m")) and not _mode(invocation):
        return False
    owner, group = invocation.argument("o"), invocation.argument("g")
    if invocation.tool == "chown":
        pair = invocation.operands[0].split(":")
        owner, group = pair or (invocation.operands[0], None)
    elif invocation.tool == "chgrp":
        group = invocation.operands[0]
    user, own_group = _of_service(reading, "User") or "root", _of_service(reading, "Group")
    if owner and owner.value != user:
        return False
    # Without `Group=`, it is the user's own group, which may have any name: most have the user's.
    return group is None or group.value in {own_group or user, ""}


def _of_service(reading: Reading, name: str) -> str | None:
    """Return what the file says of the service; `?` where it is not static."""
    path = (*reading.path[:3], "serviceConfig", name)
    if path not in reading.defined:
        return None
    value = reading.defined[path]
    return (static_string(value) if value else None) or "?"


def _mode(invocation: Invocation) -> str | None:
    word = invocation.operands[0] if invocation.tool == "chmod" and invocation.operands else invocation.argument("m")
    text = (word.value if word else None) or ""
    return text.rjust(4, "0") if _MODE.fullmatch(text) else None


def _directory(word: Word) -> _Directory | None:
    path = word_string(word)
    first = path.pieces[0] if path and path.pieces else None
    if path is None or not isinstance(first, Text):
        return None
    pieces = (
        (*path.pieces[:-1], Text(last.text.rstrip("/"))) if isinstance(last := path.pieces[-1], Text) else path.pieces
    )
    base = next((base for base in _BASES if first.text.startswith(base)), None)
    if base is None or any(isinstance(piece, Text) and _ODD.search(piece.text) for piece in pieces):
        return None
    name = Word(word.span, pieces).without_prefix(len(base))
    return _Directory(Str(pieces), _BASES[base], word_string(name) or path) if name.pieces else None


DIRECTORIES = Rewrite(
    id="imp-prestart-mkdir",
    summary="systemd can make the directories of the service",
    why=(
        "`StateDirectory=` and its like make a directory before the service starts, for the user that it runs as and with the mode that it "
        "should have, also where `ProtectSystem=` and `DynamicUser=` keep the service from making one; a `mkdir` in the script needs root."
    ),
    keep="Keep it for directories that belong to another user than the service's, or that lie elsewhere.",
    before='systemd.services.route96.preStart = "mkdir -p /var/lib/route96";',
    after='systemd.services.route96.serviceConfig.StateDirectory = "route96";',
    lanes=frozenset({"nixos"}),
    places=frozenset({Place.SERVICE_HOOK, Place.SERVICE}),
    tools=frozenset({"mkdir", "install"}),
    match=_match,
    options=("systemd.services.<name>.serviceConfig",),
)
