"""`export` in shell start-up files: variables of the session, and `PATH`."""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING

from nix_lsp.analysis.shell.variables import home_relative, split_at
from nix_lsp.analysis.shell.word import Antiquotation, Expansion, Text
from nix_lsp.ide.model import Tier
from nix_lsp.ide.rewrites.imperative.rewrite import Match, Place, Reading, Rewrite, setting
from nix_lsp.ide.rewrites.imperative.secret import looks_secret
from nix_lsp.ide.rewrites.imperative.value import List, Setting, Str, word_string

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nix_lsp.analysis.shell.variables import Assigned
    from nix_lsp.analysis.shell.word import Word

_VARIABLES = {
    "home-manager": ("home", "sessionVariables"),
    "nixos": ("environment", "variables"),
    "nix-darwin": ("environment", "variables"),
}
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_OF_THE_SHELL = re.compile(
    r"(?:(?:F|CD|MAN|INFO|NODE_|PYTHON|PERL5)?PATH|P(?:S[0-9]|WD)|R?PROMPT\w*|HIST\w*|SAVEHIST|KEYTIMEOUT|WORDCHARS|IFS|TMOUT|OLDPWD|SHLVL|SHELL|HOME|USER|LOGNAME"
    r"|TERM|COLORTERM|LANG|LANGUAGE|LC_\w+|TZ|GPG_TTY|\w+_SOCK|DISPLAY|WAYLAND_DISPLAY|XAUTHORITY|XDG_\w+|DBUS_\w+|LD_\w+|DYLD_\w+"
    r"|ENV|BASH\w*|ZSH\w*|ZDOTDIR|ZLE_\w+|NIX_PATH|NIX_PROFILES|NIXPKGS_\w+|__\w+)"
)
"""Variables that belong to one shell, one terminal or one session, hold search paths, or have options of their own."""
_NOTE = "Session variables are read at login."
_FOLDERS = {
    "$HOME/.local/bin": ("environment", "localBinInPath"),
    "$HOME/bin": ("environment", "homeBinInPath"),
}


def _match_export(reading: Reading) -> Iterator[Match]:
    exported = [each for each in reading.assigned if each.is_exported]
    for command, group in groupby(exported, key=lambda each: each.command):
        variables = list(group)
        settings = [_variable(reading, each) for each in variables]
        known = tuple(found for found in settings if found)
        if len(known) == len(settings):
            names = tuple(each.name for each in variables)
            tier = Tier.REVIEW if reading.is_ordered else Tier.MECHANICAL
            yield Match((command,), (known,), names=names, tier=tier, note=_NOTE)


def _variable(reading: Reading, each: Assigned) -> Setting | None:
    value = home_relative(each.value)
    text = word_string(value) if value else None
    if text is None or not text.pieces or not _NAME.fullmatch(each.name) or _OF_THE_SHELL.fullmatch(each.name):
        return None
    if reading.shell == "fish" and b"\\" in reading.script.content[each.value.span.start : each.value.span.end]:
        return None
    if is_set_elsewhere(reading, each.name) or (text.text is None and looks_secret(each.name)):
        return None
    return Setting((*_VARIABLES[reading.lane], each.name), text)


def is_set_elsewhere(reading: Reading, name: str) -> bool:
    """Tell whether the script sets or unsets the variable in other places too, under a condition perhaps."""
    spelled = re.escape(name).encode()
    sets = rb"(?<![\w$-])" + spelled + rb"\+?=|\b(?:set|unset)\b[^\n;|&]*(?<![\w$])" + spelled + rb"(?!\w)"
    return len(re.findall(sets, reading.script.content)) > 1


def _match_path(reading: Reading) -> Iterator[Match]:
    paths = [each for each in reading.assigned if each.name == "PATH"]
    if (
        reading.is_ordered
        or len(paths) != 1
        or len(re.findall(rb"\bPATH=|\bset\b[^\n]*\bPATH\b", reading.script.content)) > 1
    ):
        return
    each = paths[0]
    folders = split_at(each.value, ":")
    places = [index for index, folder in enumerate(folders) if _is_path_itself(folder)]
    added = [_folder(folder) for folder in folders if not _is_path_itself(folder)]
    known = tuple(found for found in added if found)
    if len(places) != 1 or not known or len(known) != len(added) or places[0] not in {0, len(folders) - 1}:
        return
    is_first = places[0] != 0
    match reading.lane:
        case "nixos":
            options = [_FOLDERS.get(folder.text or "") for folder in known]
            if is_first and all(options):
                yield Match((each.command,), (tuple(Setting(path, True) for path in options if path),), note=_NOTE)
        case "nix-darwin":
            if any(folder.text is None or "$" in folder.text for folder in known):
                return
            note = "The option puts it elsewhere among the folders of PATH."
            yield Match(
                (each.command,), ((setting("environment.systemPath", List(known)),),), tier=Tier.REVIEW, note=note
            )
        case _:
            note = _NOTE if is_first else "The option puts the folders before those that are in PATH already."
            tier = Tier.MECHANICAL if is_first else Tier.REVIEW
            # Up to 24.11 the option appends.
            since = "home.sessionSearchVariables" if is_first else ""
            settings = (setting("home.sessionPath", List(known)),)
            yield Match((each.command,), (settings,), tier=tier, note=note, exact_with=since)


def _is_path_itself(folder: Word) -> bool:
    return len(folder.pieces) == 1 and folder.pieces[0] in {Expansion("$PATH"), Expansion("${PATH}")}


def _folder(folder: Word) -> Str | None:
    """Return a folder below the home directory or at a fixed place; None for a package's, which is to be listed itself."""
    relative = home_relative(folder)
    first = relative.pieces[0] if relative and relative.pieces else None
    if relative is None or first is None or (isinstance(first, Text) and not first.text.startswith(("/", "$HOME"))):
        return None
    if relative.leading.startswith("/nix/") or (isinstance(first, Antiquotation) and "pkgs" in first.expression):
        return None
    return word_string(relative)


EXPORT = Rewrite(
    id="imp-rc-export",
    summary="The variable can be declared for the whole session",
    why=(
        "A variable that is exported in one shell's start-up file is there in that shell only: programs that are started from the desktop, "
        "from another shell or by a service manager of the user do not see it."
    ),
    keep="Keep it where the value is computed when the shell starts, or is meant for this shell only.",
    before='programs.zsh.initContent = "export EDITOR=nvim";',
    after='home.sessionVariables.EDITOR = "nvim";',
    lanes=frozenset({"home-manager", "nixos", "nix-darwin"}),
    places=frozenset({Place.SHELL_INIT}),
    tools=frozenset({"export", "set"}),
    match=_match_export,
    options=("home.sessionVariables", "environment.variables"),
)

PATH = Rewrite(
    id="imp-rc-path",
    summary="The folders can be declared as part of PATH",
    why=(
        "A start-up file that puts a folder into PATH does so for one shell, and once more in each shell that is started inside it; "
        "programs that are started from the desktop do not find what is in it."
    ),
    keep="Keep it where the folder's place among the others matters, or is known to the running shell only.",
    before='programs.bash.initExtra = "export PATH=$HOME/.local/bin:$PATH";',
    after='home.sessionPath = [ "$HOME/.local/bin" ];',
    lanes=frozenset({"home-manager", "nixos", "nix-darwin"}),
    places=frozenset({Place.SHELL_INIT}),
    tools=frozenset({"PATH"}),
    match=_match_path,
    options=("home.sessionPath", "environment.localBinInPath", "environment.homeBinInPath", "environment.systemPath"),
)
