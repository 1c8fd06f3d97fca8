"""nix.conf and logrotate.d: files in another program's language whose lines are options."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nix_lsp.analysis.shell.word import Antiquotation, Text, Word
from nix_lsp.ide.model import Severity, Tier
from nix_lsp.ide.rewrites.imperative.rewrite import ROOT_PLACES, Match, Place, Reading, Rewrite
from nix_lsp.ide.rewrites.imperative.secret import looks_secret
from nix_lsp.ide.rewrites.imperative.value import Attrs, Expression, List, Setting, Str, Value, split_lines, string
from nix_lsp.syntax.span import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

_NIX_CONF = frozenset(
    {
        ("environment", "etc", "nix/nix.conf", "text"),
        ("xdg", "configFile", "nix/nix.conf", "text"),
        ("home", "file", ".config/nix/nix.conf", "text"),
    }
)
_EXTRA = ("nix", "extraOptions")
_LINE = re.compile(r"\s*([a-z][a-z0-9-]*)\s*=\s*")
_LISTS = frozenset(
    {
        *(
            "allowed-impure-host-deps",
            "allowed-users",
            "build-hook",
            "experimental-features",
            "extra-platforms",
            "extra-sandbox-paths",
        ),
        *(
            "sandbox-paths",
            "secret-key-files",
            "substituters",
            "system-features",
            "trusted-public-keys",
            "trusted-substituters",
        ),
        *("trusted-users", "hashed-mirrors", "ignored-acls", "plugin-files", "impure-env"),
    }
)
"""Settings that are lists of words (nix.conf(5))."""
_SAME_WITH_EXTRA = frozenset(
    {"experimental-features", "substituters", "trusted-substituters", "trusted-public-keys", "trusted-users"}
)
"""Lists to which the module system adds as `extra-` does."""
_COMPUTED = re.compile(r"(?:builtins\.)?toString\s*\(([\d\s*+-]+)\)")
"""A whole number that the file computes."""
_INTEGER = re.compile(r"0|[1-9]\d{0,15}")

_FREQUENCIES = frozenset({"hourly", "daily", "weekly", "monthly", "yearly"})
_FLAGS = frozenset(
    {
        *(
            "allowhardlink",
            "compress",
            "copy",
            "copytruncate",
            "dateext",
            "datehourago",
            "dateyesterday",
            "delaycompress",
            "ifempty",
        ),
        *(
            "missingok",
            "nocompress",
            "nocopy",
            "nocopytruncate",
            "nocreate",
            "nodateext",
            "nodelaycompress",
            "nomissingok",
            "noolddir",
        ),
        *("nosharedscripts", "noshred", "notifempty", "renamecopy", "sharedscripts", "shred"),
    }
)
_NUMBERS = frozenset({"maxage", "minage", "rotate", "start", "shredcycles"})
_TEXTS = frozenset(
    {"create", "createolddir", "dateformat", "extension", "addextension", "maxsize", "minsize", "olddir", "size", "su"}
)
_SCRIPTS = frozenset({"firstaction", "lastaction", "postrotate", "preremove", "prerotate"})
"""logrotate(8), as far as `services.logrotate.settings` writes it."""
_BLOCK = re.compile(r"\s*((?:\"[^\"\n]+\"|/[^\s{}\"#]+)(?:\s+(?:\"[^\"\n]+\"|/[^\s{}\"#]+))*)\s*\{([^{}#]*)\}\s*")
_PATH = re.compile(r"\"([^\"]+)\"|(\S+)")


def _match_nix(reading: Reading) -> Iterator[Match]:
    if not (reading.path == _EXTRA or reading.path in _NIX_CONF):
        return
    enabled = reading.defined.get(("nix", "enable"))
    if (enabled is not None and enabled.text == b"false") or b"determinate" in reading.source.lower():
        return
    settings: dict[str, Setting] = {}
    moved: list[Span] = []
    is_whole, has_comments = True, False
    for span, line in _lines(reading):
        if not line.pieces or (line.text is not None and not line.text.strip()):
            continue
        found = _nix_setting(reading, line)
        if found is None:
            is_whole = False
            has_comments = has_comments or (line.text or "").lstrip().startswith("#")
        elif found.path[-1] in settings:
            # The last one counts in the file, and none in the module system.
            return
        else:
            settings[found.path[-1]] = found
            moved.append(span)
    if not settings:
        return
    tier, note = Tier.MECHANICAL, ""
    if reading.path[0] == "environment":
        tier, note = Tier.REVIEW, "It counts with `nix.enable` only."
    elif reading.path[0] != "nix" and ("nix", "package") not in reading.defined:
        tier, note = Tier.REVIEW, "Without NixOS round it, home-manager asks for `nix.package` too."
    elif has_comments:
        tier, note = Tier.REVIEW, "Comments stay where they are."
    choice = tuple(settings.values())
    if is_whole:
        yield Match((), (choice,), tier=tier, note=note, is_whole=True)
    else:
        yield Match((), (choice,), tier=tier, note=note, cuts=tuple(moved))


def _lines(reading: Reading) -> Iterator[tuple[Span, Str]]:
    """Yield the lines of a file with their bytes, line ends included."""
    content, start = reading.script.content, 0
    for line in split_lines(reading.text):
        end = content.find(b"\n", start) + 1 or len(content)
        yield Span(start, end), line
        start = end


def _nix_setting(reading: Reading, line: Str) -> Setting | None:
    """Read a line of nix.conf; None for what is no setting, or should stay."""
    first = line.pieces[0]
    start = _LINE.match(first.text) if isinstance(first, Text) else None
    if start is None or any(isinstance(piece, Text) and "#" in piece.text for piece in line.pieces):
        return None
    key = start[1]
    value = Word(Span(0, 0), line.pieces).without_prefix(start.end())
    if looks_secret(key, value):
        return None
    bare = key.removeprefix("extra-")
    if bare in _SAME_WITH_EXTRA and reading.lane != "home-manager":
        key = bare
    words = _words(value)
    if not words or (reading.lane == "nix-darwin" and key == "auto-optimise-store"):
        return None
    return Setting(("nix", "settings", key), List(tuple(words)) if {key, bare} & _LISTS else _scalar(words))


def _scalar(words: list[Str]) -> Value:
    if len(words) == 1 and len(words[0].pieces) == 1 and isinstance(words[0].pieces[0], Antiquotation):
        source = words[0].pieces[0].expression.strip()
        computed = _COMPUTED.fullmatch(source)
        return Expression(computed[1].strip() if computed else source)
    text = words[0].text if len(words) == 1 else None
    if text in {"true", "false"}:
        return text == "true"
    if text is not None and _INTEGER.fullmatch(text):
        return int(text)
    return Str(tuple(piece for word in words for piece in (Text(" "), *word.pieces))[1:])


def _words(value: Word) -> list[Str]:
    """Split a text at its blanks."""
    words: list[list[Text | Antiquotation]] = []
    is_open = False
    for piece in value.pieces:
        if isinstance(piece, Antiquotation):
            words = [*words[:-1], [*words[-1], piece]] if is_open else [*words, [piece]]
            is_open = True
        elif isinstance(piece, Text):
            parts = piece.text.split()
            for index, part in enumerate(parts):
                joins = index == 0 and is_open and not piece.text[:1].isspace()
                words = [*words[:-1], [*words[-1], Text(part)]] if joins else [*words, [Text(part)]]
            is_open = bool(parts) and not piece.text[-1:].isspace()
    return [Str(tuple(word)) for word in words]


def _match_logrotate(reading: Reading) -> Iterator[Match]:
    if b"include /etc/logrotate.d" in reading.source:
        return
    if reading.place is Place.FILE:
        name = reading.path[2].removeprefix("logrotate.d/")
        settings = _logrotate(name, reading.text.text or "") if name != reading.path[2] else None
        if settings and reading.path[0] == "environment":
            yield Match((), (settings,), is_whole=True)
        return
    for write in reading.root_writes:
        name = (write.path.value or "").removeprefix("/etc/logrotate.d/")
        settings = _logrotate(name, write.value or "") if "/" not in name and not write.is_append else None
        if settings:
            yield Match((write.command,), (settings,))


def _logrotate(name: str, text: str) -> tuple[Setting, ...] | None:
    """Read a file of logrotate(8); None where there is more in it than the options of logs."""
    at, settings = 0, list[Setting]()
    while at < len(text):
        block = _BLOCK.match(text, at)
        directives = _directives(block[2]) if block else None
        if block is None or not directives:
            return None
        files = [quoted or plain for quoted, plain in _PATH.findall(block[1])]
        if len(files) > 1:
            directives = {"files": List(tuple(map(string, files))), **directives}
        key = files[0] if len(files) == 1 else name
        settings.append(Setting(("services", "logrotate", "settings", key), Attrs(tuple(directives.items()))))
        at = block.end()
    is_distinct = len({setting.path for setting in settings}) == len(settings)
    return tuple(settings) if settings and is_distinct else None


def _directives(body: str) -> dict[str, Value] | None:
    found: dict[str, Value] = {}
    script: list[str] | None = None
    name = ""
    lines = body.splitlines() if "\n" in body.strip() else [body]
    for line in lines:
        word, _, rest = line.strip().partition(" ")
        rest = rest.strip()
        if script is not None:
            if word == "endscript":
                found[name], script = string("\n".join(script)), None
            else:
                script.append(line.strip())
        elif word in _FREQUENCIES and not rest:
            found["frequency"] = string(word)
        elif word in _FLAGS and not rest:
            found[word] = True
        elif word in _NUMBERS and _INTEGER.fullmatch(rest):
            found[word] = int(rest)
        elif word in _TEXTS:
            found[word] = string(rest) if rest else True
        elif word in _SCRIPTS and not rest:
            name, script = word, []
        elif word:
            return None
    return found if script is None else None


NIX_CONF = Rewrite(
    id="imp-nix-conf",
    summary="The settings of Nix can be declared one by one",
    why=(
        "A text that is written into nix.conf is neither checked nor merged: a key with a typing error is ignored, a list in one module takes "
        "the place of another's. `nix.settings` knows the types, and joins lists."
    ),
    keep="Keep `!include`, and secrets: what an option holds is readable for everybody in the store.",
    before='nix.extraOptions = "experimental-features = nix-command flakes";',
    after='nix.settings.experimental-features = [ "nix-command" "flakes" ];',
    lanes=frozenset({"nixos", "home-manager", "nix-darwin"}),
    places=frozenset({Place.FILE, Place.NIX_CONF}),
    tools=frozenset({"nix/nix.conf", "extraOptions"}),
    match=_match_nix,
    options=("nix.settings",),
)
LOGROTATE = Rewrite(
    id="imp-logrotate",
    summary="NixOS does not read this file: logs to rotate are declared as options",
    why="logrotate runs with one file, which NixOS writes from `services.logrotate.settings`; nothing reads /etc/logrotate.d.",
    keep="Keep it where another logrotate than the system's reads it.",
    before='environment.etc."logrotate.d/app".text = "/var/log/app.log { weekly }";',
    after='services.logrotate.settings."/var/log/app.log".frequency = "weekly";',
    lanes=frozenset({"nixos"}),
    places=ROOT_PLACES | {Place.FILE},
    tools=frozenset({"logrotate.d", "/etc/logrotate.d"}),
    match=_match_logrotate,
    options=("services.logrotate.settings",),
    severity=Severity.INFORMATION,
)
