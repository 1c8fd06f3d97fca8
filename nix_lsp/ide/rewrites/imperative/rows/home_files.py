"""`ln -s`, `cat >` and `mkdir` below the home directory, in home-manager's activation."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.analysis.shell.invocation import Tool
from nix_lsp.analysis.shell.word import Antiquotation, Text
from nix_lsp.ide.model import Tier
from nix_lsp.ide.rewrites.imperative.etc import is_of_configuration, source_value
from nix_lsp.ide.rewrites.imperative.home import HOMES, HomePath, below_home
from nix_lsp.ide.rewrites.imperative.rewrite import Match, Place, Reading, Rewrite, setting
from nix_lsp.ide.rewrites.imperative.rows.directories import CHMOD, INSTALL, LINK, MKDIR
from nix_lsp.ide.rewrites.imperative.value import (
    Attrs,
    Expression,
    List,
    Setting,
    Str,
    Value,
    render,
    word_string,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nix_lsp.analysis.shell.script import Command
    from nix_lsp.analysis.shell.word import Word
    from nix_lsp.analysis.shell.writes import Write

RM = Tool("rm", flags="rRfv", long={"recursive": "r", "force": "f", "verbose": "v"})
"""rm(1) of coreutils 9."""

_MODE = re.compile(r"[0-7]{3,4}")
_EXECUTABLE = frozenset({"+x", "u+x", "a+x", "755", "0755", "555", "0555"})
_MODES = _EXECUTABLE | {"644", "0644", "444", "0444", "a+r", "+r"}
"""What chmod(1) can ask for that home-manager's links have."""
_DARWIN = re.compile(rb"[dD]arwin|Library/|/Applications|\blaunchd\b")


class _Placed(NamedTuple):
    """A file that the script puts somewhere in the home directory."""

    command: Command
    path: HomePath
    option: tuple[str, ...]
    name: str
    value: Value | None
    """The link's target; None for a text that is written."""
    write: Write | None = None


def _placed(reading: Reading) -> list[_Placed]:
    """Return the files that the script links or writes, each once."""
    found: list[_Placed] = []
    for command, invocation, run in reading.lines(LINK):
        if run.user or not invocation.has("s") or len(invocation.operands) != 2:
            continue
        target, word = invocation.operands
        path, value = below_home(word), _target(target)
        # Without a slash at its end, and `-n` or a name of its own, the link is the path itself.
        if path and path.option and path.name and value is not None and not _is_open(word):
            found.append(_Placed(command, path, path.option, path.name, value))
    for write in reading.writes:
        path = below_home(write.path)
        if path and path.option and path.name and not write.user and not write.is_append:
            found.append(_Placed(write.command, path, path.option, path.name, None, write))
    names = [each.name for each in found]
    return [each for each in found if names.count(each.name) == 1]


def _is_open(word: Word) -> bool:
    last = word.pieces[-1]
    return isinstance(last, Text) and last.text.endswith("/")


def _target(word: Word) -> Value | None:
    """Return what a link's source is: a path of the configuration, or one that only counts when the file is opened."""
    path = below_home(word)
    target = path.absolute if path else word_string(word)
    if target is None or not target.pieces:
        return None
    first = target.pieces[0]
    if is_of_configuration(target):
        return source_value(target)
    if isinstance(first, Antiquotation) or first.text.startswith("/"):
        return Expression(f"config.lib.file.mkOutOfStoreSymlink {_quoted(target)}")
    return None


def _quoted(target: Str) -> str:
    if len(target.pieces) == 1 and isinstance(target.pieces[0], Antiquotation):
        source = target.pieces[0].expression.strip()
        return source if re.fullmatch(r"[\w.'-]+", source) else f"({source})"
    return render(target, "", "", "\n", one_line=True)


def _around(reading: Reading, placed: _Placed) -> list[Command]:
    """Return the commands that only make room for a file: the folders that it is in, and what is taken away in its place."""
    found: list[Command] = []
    for command, invocation, run in reading.lines(MKDIR, RM):
        names = [path.name if (path := below_home(word)) else None for word in invocation.operands]
        if run.user or not names or None in names:
            continue
        if invocation.tool == "rm":
            is_room = names == [placed.name] and command.span < placed.command.span
        else:
            is_room = all(placed.name.startswith(f"{name}/") for name in names)
        if is_room:
            found.append(command)
    return found


def _match_links(reading: Reading) -> Iterator[Match]:
    for placed in _placed(reading):
        # Whoever else speaks of the path may turn the link to something else while the system runs.
        if placed.value is None or _is_turned(reading, placed.option[-1]):
            continue
        commands = sorted((placed.command, *_around(reading, placed)), key=lambda command: command.span)
        declared = Setting((*placed.option, "source"), placed.value)
        note = "home-manager replaces no link that it has not made: delete the present one before the switch."
        yield Match(tuple(commands), ((declared,),), names=(placed.name,), note=note)


def _is_turned(reading: Reading, name: str) -> bool:
    """Tell whether a path that ends with a name stands in the file outside of the script too."""
    spelled = re.compile(b"/" + re.escape(name.encode()) + rb"(?![\w.-])")
    own = len(spelled.findall(reading.script.content))
    own += sum(len(spelled.findall(hole.expression.encode())) for hole in reading.script.holes)
    return len(spelled.findall(reading.source)) > own


def _match_texts(reading: Reading) -> Iterator[Match]:
    for placed in _placed(reading):
        if placed.write is None:
            continue
        commands = [placed.command, *_around(reading, placed)]
        modes: list[str] = []
        for command, invocation, run in reading.lines(CHMOD):
            words = invocation.operands
            path = below_home(words[1]) if len(words) == 2 and not run.user else None
            if path and path.name == placed.name:
                modes.append(words[0].value or "?")
                commands.append(command)
        # A mode that keeps others out cannot be had in the store; and who looks whether the file is there only gives a first one.
        if not _MODES.issuperset(modes) or _is_asked_for(reading, placed.name, commands):
            continue
        pieces = placed.write.text + ((Text("\n"),) if placed.write.ends_line else ())
        text = Str(tuple(piece for piece in pieces if isinstance(piece, Text | Antiquotation)))
        attributes: tuple[tuple[str, Value], ...] = (("text", _joined(text)),)
        if _EXECUTABLE.intersection(modes):
            attributes += (("executable", True),)
        declared = Setting(placed.option, Attrs(attributes))
        commands.sort(key=lambda command: command.span)
        yield Match(
            tuple(commands), ((declared,),), tier=Tier.REVIEW, note="The file becomes read-only for its program."
        )


def _joined(text: Str) -> Str:
    pieces: list[Text | Antiquotation] = []
    for piece in text.pieces:
        last = pieces[-1] if pieces else None
        if isinstance(piece, Text) and isinstance(last, Text):
            pieces[-1] = Text(last.text + piece.text)
        else:
            pieces.append(piece)
    return Str(tuple(pieces))


def _is_asked_for(reading: Reading, name: str, commands: list[Command]) -> bool:
    """Tell whether the rest of the script speaks of a file."""
    content = reading.script.content
    for command in sorted(commands, key=lambda command: command.span, reverse=True):
        content = content[: command.span.start] + content[command.span.end :]
    return name.rpartition("/")[2].encode() in content


def _match_directories(reading: Reading) -> Iterator[Match]:
    if _DARWIN.search(reading.source):
        return
    room = {command.span for placed in _placed(reading) for command in _around(reading, placed)}
    found: list[tuple[Command, list[Str], str]] = []
    for command, invocation, run in reading.lines(MKDIR, INSTALL):
        if command.span in room or run.user or (invocation.tool == "install" and not invocation.has("d")):
            continue
        mode = invocation.argument("m")
        text = "-" if mode is None else (mode.value or "?")
        if not (text == "-" or _MODE.fullmatch(text)) or any(invocation.argument(key) for key in "og"):
            continue
        paths = [path for word in invocation.operands if (path := _specified(word))]
        is_needed = any(_is_needed(reading, word) for word in invocation.operands)
        if paths and len(paths) == len(invocation.operands) and not is_needed:
            found.append((command, paths, text.rjust(4, "0") if mode else text))
    # What else the script does may need them, by another name.
    is_all = reading.script.is_idle_without([command for command, _, _ in found])
    for command, paths, mode in found:
        lines = tuple(_joined(Str((Text("d "), *path.pieces, Text(f" {mode} - - -")))) for path in paths)
        declared = setting("systemd.user.tmpfiles.rules", List(lines))
        yield Match((command,), ((declared,),), tier=Tier.MECHANICAL if is_all else Tier.REVIEW, needs_linux=True)


def _is_needed(reading: Reading, word: Word) -> bool:
    """Tell whether the rest of the script goes by a directory: systemd-tmpfiles makes it at another moment."""
    script = reading.script
    made = [command.span for command, _, _ in reading.lines(MKDIR, INSTALL)]
    rest, at = b"", 0
    for span in sorted(made):
        rest, at = rest + script.content[at : span.start], span.end
    rest += script.content[at:]
    holes = [
        hole.expression for hole in script.holes if not any(span.start <= hole.span.start < span.end for span in made)
    ]
    path = below_home(word)
    for piece in path.rest if path else word.pieces:
        if isinstance(piece, Text) and (text := piece.text.strip("/")) and text.encode() in rest:
            return True
        if isinstance(piece, Antiquotation) and any(piece.expression in hole for hole in holes):
            return True
    return False


def _specified(word: Word) -> Str | None:
    """Return a directory as systemd-tmpfiles takes it."""
    path = below_home(word)
    if path:
        found = path.specified
    elif isinstance(word.pieces[0] if word.pieces else None, Antiquotation):
        found = word_string(word)
    else:
        return None
    is_plain = found and all(
        isinstance(piece, Antiquotation) or not re.search(r"[\s\"'\\]", piece.text) for piece in found.pieces
    )
    return found if is_plain else None


LINKS = Rewrite(
    id="imp-ln-home",
    summary="The link can be declared",
    why=(
        "home-manager links files itself, tells when another one is in the way, and takes a link away when it is no longer declared; one that "
        "a script makes stays for ever."
    ),
    keep="Keep it where the link is made only under a condition that the running system knows.",
    before=(
        'home.activation.aerc = lib.hm.dag.entryAfter [ "writeBoundary" ] '
        '"ln -sfn $HOME/.config/aerc $HOME/Library/Preferences/aerc";'
    ),
    after=(
        'home.file."Library/Preferences/aerc".source = '
        'config.lib.file.mkOutOfStoreSymlink "${config.home.homeDirectory}/.config/aerc";'
    ),
    lanes=frozenset({"home-manager"}),
    places=frozenset({Place.HOME_ACTIVATION}),
    tools=frozenset({"ln"}),
    match=_match_links,
    options=("home.file", "xdg.configFile", "xdg.dataFile"),
)
TEXTS = Rewrite(
    id="imp-cat-home",
    summary="The file can be declared",
    why=(
        "What a script writes at each switch undoes what the program has changed meanwhile, and stays when the script goes; a declared file "
        "is linked, and goes with its declaration."
    ),
    keep="Keep it for a file that its program writes to as well.",
    before=(
        "home.activation.cfg = lib.hm.dag.entryAfter [ \"writeBoundary\" ] ''\n  cat > $HOME/.mcp/registry.json << 'EOF'\n  {}\n  EOF\n'';"
    ),
    after='home.file.".mcp/registry.json".text = "{}\\n";',
    lanes=frozenset({"home-manager"}),
    places=frozenset({Place.HOME_ACTIVATION}),
    tools=HOMES,
    match=_match_texts,
    options=("home.file", "xdg.configFile", "xdg.dataFile"),
    tier=Tier.REVIEW,
)
DIRECTORIES = Rewrite(
    id="imp-mkdir-home",
    summary="The directories can be declared",
    why=(
        "systemd-tmpfiles makes them at login and at each switch, with the mode that they should have, and the configuration shows them; "
        "home-manager makes the folders of the files that it links by itself."
    ),
    keep="Keep it on macOS, which has no systemd-tmpfiles, and where a later part of the activation needs the directory.",
    before='home.activation.dirs = lib.hm.dag.entryAfter [ "writeBoundary" ] "mkdir -p ~/.cache/zsh ~/.local/state/zsh";',
    after='systemd.user.tmpfiles.rules = [ "d %h/.cache/zsh - - - -" "d %h/.local/state/zsh - - - -" ];',
    lanes=frozenset({"home-manager"}),
    places=frozenset({Place.HOME_ACTIVATION}),
    tools=frozenset({"mkdir", "install"}),
    match=_match_directories,
    options=("systemd.user.tmpfiles.rules",),
)
