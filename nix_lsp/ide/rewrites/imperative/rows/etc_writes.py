"""`echo … > /etc/x`, `cp x /etc/x`, certificates and the message of the day: scripts that write below /etc."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from nix_lsp.analysis.shell.invocation import Tool
from nix_lsp.analysis.shell.word import Antiquotation, Text
from nix_lsp.ide.model import Tier
from nix_lsp.ide.rewrites.imperative.etc import ETC, etc_name, is_of_configuration, source_value
from nix_lsp.ide.rewrites.imperative.rewrite import ROOT_PLACES, Match, Place, Reading, Rewrite, setting
from nix_lsp.ide.rewrites.imperative.rows.directories import CHMOD, CHOWN, LINK, MKDIR
from nix_lsp.ide.rewrites.imperative.value import Attrs, List, Setting, Str, Value, string, word_string

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nix_lsp.analysis.shell.invocation import Invocation
    from nix_lsp.analysis.shell.script import Command
    from nix_lsp.analysis.shell.writes import Write

CP = Tool(
    "cp",
    flags="afvpdTLPrR",
    long={
        "archive": "a",
        "force": "f",
        "verbose": "v",
        "no-target-directory": "T",
        "recursive": "r",
        "dereference": "L",
    },
)
INSTALL_FILE = Tool(
    "install", flags="Dvp", valued="mog", long={"verbose": "v", "mode": "m", "owner": "o", "group": "g"}
)
"""cp(1) and install(1) of coreutils 9, less what keeps a file that is there."""
TRUST = Tool("trust", long={"store": "store", "verbose": "v"})

_MODE = re.compile(r"[0-7]{3,4}")
_OWNER = re.compile(r"[A-Za-z_][\w.-]*|[0-9]+")
_CERTIFICATES = re.compile(
    r"(?:/etc/ssl/certs|/etc/pki/(?:ca-trust|trust)/[\w/-]+|/usr/(?:local/)?share/ca-certificates)/(?:[\w.@+-]+/)*[\w.@+-]+\.(?:crt|pem|cer)"
)
_BUNDLE = re.compile(r"/ca-(?:bundle|certificates)\.crt\Z")
_REFRESH = (Tool("update-ca-certificates", long={"fresh": "f"}, flags="fv"), Tool("update-ca-trust"))


@dataclass
class _File:
    """A file below /etc, and the commands that say what it is."""

    commands: list[Command]
    attributes: dict[str, Value] = field(default_factory=dict[str, Value])


def _dressed(reading: Reading, path: str, commands: list[Command]) -> _File | None:
    """Return a file with what the script says of its mode and its owner; None where it says what no option takes."""
    found = _File(commands)
    for command, invocation in reading.root_lines(CHMOD, CHOWN, MKDIR):
        operands = [word.value or "" for word in invocation.operands]
        if invocation.tool == "mkdir":
            if operands and all(
                path.startswith(f"{each.rstrip('/')}/") and each.rstrip("/") != "" for each in operands
            ):
                found.commands.append(command)
        elif len(operands) == 2 and operands[1] == path:
            named = _mode(operands[0]) if invocation.tool == "chmod" else _owner(operands[0])
            if named is None:
                return None
            found.commands.append(command)
            found.attributes |= named
    # Whoever says to whom it belongs wants a copy, which `environment.etc` makes where there is a mode.
    if found.attributes.keys() & {"user", "group"}:
        found.attributes.setdefault("mode", string("0644"))
    found.commands.sort(key=lambda command: command.span)
    return found


def _mode(text: str) -> dict[str, Value] | None:
    return {"mode": string(text.rjust(4, "0"))} if _MODE.fullmatch(text) else None


def _owner(text: str) -> dict[str, Value] | None:
    user, _, group = text.partition(":")
    if not _OWNER.fullmatch(user) or (group and not _OWNER.fullmatch(group)):
        return None
    # Of root it is anyway.
    named = {name: string(value) for name, value in (("user", user), ("group", group)) if value and value != "root"}
    return dict(named)


def _text_of(writes: list[Write]) -> Str:
    pieces: list[Text | Antiquotation] = []
    for write in writes:
        added = (*write.text, *((Text("\n"),) if write.ends_line else ()))
        for piece in added:
            last = pieces[-1] if pieces else None
            if isinstance(piece, Text) and isinstance(last, Text):
                pieces[-1] = Text(last.text + piece.text)
            elif isinstance(piece, Text | Antiquotation):
                pieces.append(piece)
    return Str(tuple(pieces))


def _by_path(reading: Reading) -> dict[str, list[Write]]:
    found: dict[str, list[Write]] = {}
    for write in reading.root_writes:
        if path := write.path.value:
            found.setdefault(path, []).append(write)
    return found


def _match_text(reading: Reading) -> Iterator[Match]:
    for path, writes in _by_path(reading).items():
        name = etc_name(reading, path)
        if name is None or not path.startswith(ETC):
            continue
        commands = tuple(write.command for write in writes)
        if all(write.is_append for write in writes):
            note = "What is appended each time piles up: the file is whole where an option writes it."
            yield Match(commands, (), tier=Tier.EXPLAINED, note=note, advised=("environment.etc",))
        elif not writes[0].is_append and all(write.is_append for write in writes[1:]):
            file = _dressed(reading, path, list(commands))
            if file:
                attributes = Attrs((("text", _text_of(writes)), *file.attributes.items()))
                declared = Setting(("environment", "etc", name), attributes)
                yield Match(tuple(file.commands), ((declared,),), names=(path,), note=_note(reading))


def _note(reading: Reading) -> str:
    if reading.lane != "nix-darwin":
        return ""
    return "nix-darwin replaces no file that it has not made: move the present one away before the switch."


def _copies(reading: Reading) -> Iterator[tuple[Command, Invocation, Str, str]]:
    """Yield the commands that copy one file, with where it comes from and where it goes."""
    for command, invocation in reading.root_lines(CP, INSTALL_FILE):
        if len(invocation.operands) != 2:
            continue
        source, path = word_string(invocation.operands[0]), invocation.operands[1].value
        if source and path and not path.endswith("/"):
            yield command, invocation, source, path


def _match_copy(reading: Reading) -> Iterator[Match]:
    for command, invocation, source, path in _copies(reading):
        is_own, name = is_of_configuration(source), etc_name(reading, path)
        if is_own is None or name is None:
            continue
        file = _dressed(reading, path, [command])
        given = _given(invocation)
        if file is None or given is None:
            continue
        is_tree = any(invocation.has(flag) for flag in "arR")
        attributes = Attrs((("source", source_value(source)), *(given | file.attributes).items()))
        yield Match(
            tuple(file.commands),
            ((Setting(("environment", "etc", name), attributes),),),
            names=(path,),
            tier=Tier.MECHANICAL if is_own and not is_tree else Tier.REVIEW,
        )


def _given(invocation: Invocation) -> dict[str, Value] | None:
    """Return what `install` says of mode and owner."""
    given: dict[str, Value] = {}
    if mode := invocation.argument("m"):
        named = _mode(mode.value or "")
        if named is None:
            return None
        given |= named
    for key, name in (("o", "user"), ("g", "group")):
        if word := invocation.argument(key):
            if not _OWNER.fullmatch(word.value or ""):
                return None
            given |= {name: string(word.value or "")} if word.value != "root" else {}
    # install(1) makes programs, unless told otherwise.
    if invocation.tool == "install" and not invocation.has("m"):
        given["mode"] = string("0755")
    return given


def _match_certificate(reading: Reading) -> Iterator[Match]:
    refreshes = [command for command, _ in reading.root_lines(*_REFRESH)]
    found: list[tuple[Command, Str]] = [
        (command, source)
        for command, _, source, path in _copies(reading)
        if _CERTIFICATES.fullmatch(path) and not _BUNDLE.search(path)
    ]
    for command, invocation in reading.root_lines(LINK, TRUST):
        words = invocation.operands
        source = word_string(words[-1] if invocation.tool == "trust" else words[0]) if len(words) == 2 else None
        is_anchor = invocation.tool == "trust" and bool(words) and words[0].value == "anchor"
        is_link = invocation.tool == "ln" and len(words) == 2 and _CERTIFICATES.fullmatch(words[1].value or "")
        if source and (is_anchor or is_link):
            found.append((command, source))
    for index, (command, source) in enumerate(found):
        is_own = is_of_configuration(source)
        if is_own is None:
            continue
        # The bundle is made anew after the last of them.
        commands = (command, *(refreshes if index == len(found) - 1 else ()))
        files = setting("security.pki.certificateFiles", List((source_value(source),)))
        yield Match(commands, ((files,),), tier=Tier.MECHANICAL if is_own else Tier.REVIEW)


def _match_motd(reading: Reading) -> Iterator[Match]:
    path = "/etc/motd"
    if reading.place is Place.FILE:
        if reading.path == ("environment", "etc", "motd", "text"):
            yield Match((), ((setting("users.motd", reading.text),),), is_whole=True)
        return
    writes = _by_path(reading).get(path, [])
    if writes and not writes[0].is_append and all(write.is_append for write in writes[1:]):
        text = _text_of(writes)
        if text.text is not None and text.text.count("\n") == 1:
            text = string(text.text.rstrip("\n"))
        yield Match(tuple(write.command for write in writes), ((setting("users.motd", text),),), names=(path,))
    for command, _, source, target in _copies(reading):
        if target == path and is_of_configuration(source):
            yield Match((command,), ((setting("users.motdFile", source_value(source)),),), names=(path,))


TEXT = Rewrite(
    id="imp-echo-etc",
    summary="The file can be declared",
    why=(
        "What a script writes below /etc stays when the script goes, is missing until the script has run, and is not rolled back with the "
        "rest of the system."
    ),
    keep="Keep it for a file that its program writes to as well: what the option makes is read-only.",
    before="system.activationScripts.safe-rm.text = \"echo '/home' > /etc/safe-rm.conf\";",
    after='environment.etc."safe-rm.conf".text = "/home\\n";',
    lanes=frozenset({"nixos", "nix-darwin"}),
    places=ROOT_PLACES,
    tools=frozenset({"/etc"}),
    match=_match_text,
    options=("environment.etc.<name>.text",),
)
COPY = Rewrite(
    id="imp-cp-etc",
    summary="The file can be declared",
    why="A copy that a script makes stays when the script goes, and is as old as the last switch; what `environment.etc` links follows it.",
    keep="Keep it for a file that its program writes to as well: what the option makes is read-only.",
    before='system.activationScripts.c = "cp ${./foo.conf} /etc/foo.conf";',
    after='environment.etc."foo.conf".source = ./foo.conf;',
    lanes=frozenset({"nixos"}),
    places=ROOT_PLACES,
    tools=frozenset({"cp", "install"}),
    match=_match_copy,
    options=("environment.etc.<name>.source",),
)
CERTIFICATE = Rewrite(
    id="imp-ca-cert",
    summary="The certificate can be declared as one to trust",
    why=(
        "Most programs read one bundle, which the system makes when it is built: a certificate that is put beside it afterwards is trusted by "
        "few of them."
    ),
    keep="Keep it for a certificate that is made while the system runs.",
    before='system.activationScripts.ca = "cp ${./root_ca.crt} /etc/ssl/certs/root_ca.crt";',
    after="security.pki.certificateFiles = [ ./root_ca.crt ];",
    lanes=frozenset({"nixos", "nix-darwin"}),
    places=ROOT_PLACES,
    tools=frozenset({"cp", "install", "ln", "trust", *(tool.name for tool in _REFRESH)}),
    match=_match_certificate,
    options=("security.pki.certificateFiles",),
)
MOTD = Rewrite(
    id="imp-motd",
    summary="The message of the day can be declared as an option",
    why="NixOS shows the option's text at each login by PAM; a script's file stays when the script goes.",
    keep="Keep it for a message that changes while the system runs.",
    before='system.activationScripts.motd = "echo welcome > /etc/motd";',
    after='users.motd = "welcome";',
    lanes=frozenset({"nixos"}),
    places=ROOT_PLACES | {Place.FILE},
    tools=frozenset({"/etc/motd", "motd", "cp", "install"}),
    match=_match_motd,
    options=("users.motd", "users.motdFile"),
)
