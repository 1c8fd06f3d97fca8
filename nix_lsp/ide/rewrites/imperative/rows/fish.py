"""What fish's start-up files define: functions, folders of PATH, keys, plugins."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nix_lsp.analysis.shell.invocation import Tool
from nix_lsp.analysis.shell.variables import home_relative
from nix_lsp.analysis.shell.word import Antiquotation, Text
from nix_lsp.ide.model import Tier
from nix_lsp.ide.rewrites.imperative.rewrite import Match, Place, Reading, Rewrite, setting
from nix_lsp.ide.rewrites.imperative.value import Attrs, List, Str, Value, string, word_string
from nix_lsp.syntax.span import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from nix_lsp.analysis.shell.script import Function
    from nix_lsp.analysis.shell.word import Word

_ADD_PATH = Tool(
    "fish_add_path",
    flags="apgU",
    long={"append": "a", "prepend": "p", "global": "g", "universal": "U"},
    stop_at_operand=True,
)
"""fish_add_path(1); `--move` and `--path` say that the place among the others matters, and are not listed."""
_BIND = Tool("bind", valued="Mm", long={"mode": "M=", "sets-mode": "m="}, stop_at_operand=True)
"""bind(1) of fish 4, as far as each option has one of home-manager's."""
_PLUGINS = (Tool("fisher", stop_at_operand=True), Tool("omf", stop_at_operand=True))

_NAME = re.compile(r"[\w.+:@-]+")
_KEY = re.compile(r"[\w,+.-]+")
_OWN_KEYS = re.compile(rb"\bfish_(?:user|vi|default|hybrid)_key_bindings\b")
_UNSAFE_IN_QUOTES = frozenset('"$\\')
"""home-manager puts what it is given between double quotes as it is."""
_LINE = re.compile(rb"[^\s;][^\n]*?(?=[\s;]*(?:\n|\Z))")
"""A line without the blanks round it."""
_OPEN_QUOTE = re.compile(rb"""(?!#)(?:[^'"\\]|\\.|'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")*+(?:['"]|\\\Z)""")
"""Perhaps a string over several lines, in which blanks count."""
_NOTE = "Session variables are read at login; what fish has put into its own `fish_user_paths` stays there until it is erased."


def _match(reading: Reading) -> Iterator[Match]:
    if reading.shell != "fish":
        return
    for function in reading.script.functions:
        if function.command.is_plain and (found := _function(reading, function)):
            yield found
    for command, invocation, run in reading.lines(_ADD_PATH, _BIND, *_PLUGINS):
        if run.user:
            continue
        operands = invocation.operands
        if run.tool == "fish_add_path":
            folders = [_folder(word) for word in operands]
            known = tuple(folder for folder in folders if folder)
            if known and len(known) == len(folders):
                at_end = invocation.has("a")
                note = "The option puts the folders before those that are in PATH already." if at_end else _NOTE
                yield Match(
                    (command,),
                    ((setting("home.sessionPath", List(known)),),),
                    tier=Tier.REVIEW if at_end else Tier.MECHANICAL,
                    note=note,
                    # Up to 24.11 the option appends.
                    exact_with="home.sessionSearchVariables",
                )
        elif run.tool == "bind":
            key = operands[0].value if len(operands) > 1 else None
            bound = [word_string(word) for word in operands[1:]]
            value = _binding(invocation.options, [each for each in bound if each]) if all(bound) else None
            # The keys are set in a function of that name, which the file has already.
            if key and value and _KEY.fullmatch(key) and not _OWN_KEYS.search(reading.source):
                yield Match((command,), ((setting("programs.fish.binds", value, below=(key,)),),))
        elif operands and operands[0].value == "install":
            note = "The option takes the source of each, with its hash; `fishPlugins` of nixpkgs has many of them."
            yield Match((command,), (), tier=Tier.EXPLAINED, advised=("programs.fish.plugins",), note=note)


def _folder(word: Word) -> Str | None:
    """Return a folder below the home directory or at a fixed place; None for one in a package's or in a profile."""
    relative = home_relative(word)
    text = word_string(relative) if relative else None
    if text is None or text.text is None or not text.text.startswith(("/", "$HOME/")):
        return None
    return None if re.match(r"/(?:nix|run|etc)/|\$HOME/\.nix-profile/", text.text) else text


def _binding(options: Sequence[tuple[str, Word | None]], commands: list[Str]) -> Attrs | None:
    """Return the module of a key; None where it is odd."""
    modes = {"M": "mode", "m": "setsMode"}
    items: list[tuple[str, Value]] = []
    for key, argument in options:
        name = argument.value if argument else None
        if not name or not _NAME.fullmatch(name):
            return None
        items.append((modes[key], string(name)))
    items.append(("command", commands[0] if len(commands) == 1 else List(tuple(commands))))
    return Attrs(tuple(items))


def _function(reading: Reading, function: Function) -> Match | None:
    name = function.words[0].value if function.words else None
    defined = re.findall(
        rb"\bfunction[ \t]+" + re.escape((name or "").encode()) + rb"(?![\w-])", reading.script.content
    )
    head = _head(function.words[1:])
    body = _body(reading, function)
    if not name or not _NAME.fullmatch(name) or name.startswith("-") or len(defined) != 1 or head is None or not body:
        return None
    value = Attrs((*head, ("body", body))) if head else body
    # What a plugin or a prompt defines when fish starts wins over a function that fish looks for.
    tier = Tier.REVIEW if name.startswith("fish_") or reading.is_ordered else Tier.MECHANICAL
    return Match((function.command,), ((setting("programs.fish.functions", value, below=(name,)),),), tier=tier)


_DESCRIBED = {"-d": "description", "--description": "description", "-w": "wraps", "--wraps": "wraps"}
_ARGUMENTS = frozenset({"-a", "--argument-names"})


def _head(words: Sequence[Word]) -> list[tuple[str, Value]] | None:
    """Read what stands behind a function's name; None for what is not known, such as events that call it."""
    read: list[tuple[str, Value]] = []
    names: list[str] = []
    pending = [word.value for word in reversed(words)]
    while pending:
        option = pending.pop()
        if option is None:
            return None
        option, joint, joined = option.partition("=")
        if joint and not option.startswith("--"):
            return None
        if option in _DESCRIBED:
            value = joined if joint else pending.pop() if pending else None
            if value is None or _UNSAFE_IN_QUOTES & set(value):
                return None
            read.append((_DESCRIBED[option], string(value)))
        elif option in _ARGUMENTS:
            names += [joined] if joint else []
            while pending and (following := pending[-1]) is not None and not following.startswith("-"):
                names.append(following)
                pending.pop()
        elif option in {"-S", "--no-scope-shadowing"} and not joint:
            read.append(("noScopeShadowing", True))
        else:
            return None
    if any(not _NAME.fullmatch(name) for name in names):
        return None
    if names:
        read.append(("argumentNames", string(names[0]) if len(names) == 1 else List(tuple(map(string, names)))))
    return read


def _body(reading: Reading, function: Function) -> Str | None:
    """Return a function's body without its indentation; None where it is empty or a string of it may go over several lines."""
    content = reading.script.content
    lines = [Span(*line.span()) for line in _LINE.finditer(content, *function.body)]
    texts = [content[line.start : line.end] for line in lines]
    if not lines or any(_OPEN_QUOTE.match(text) for text in texts):
        return None
    # What stands on the line of `function` has no indentation of its own.
    own = [line for line in lines if not content[content.rfind(b"\n", 0, line.start) + 1 : line.start].strip(b" \t")]
    column = min((line.start - content.rfind(b"\n", 0, line.start) for line in own), default=1) - 1
    pieces: list[Text | Antiquotation] = []
    for previous, line in zip((None, *lines), lines, strict=False):
        start = content.rfind(b"\n", 0, line.start) + 1 + column if line in own else line.start
        if previous:
            pieces.append(Text("\n" * content.count(b"\n", previous.end, line.start)))
        pieces += reading.part(Span(start, line.end)).pieces
    return Str((*pieces, Text("\n")) if len(lines) > 1 else tuple(pieces))


FUNCTIONS = Rewrite(
    id="imp-rc-fish",
    summary="What fish's start-up file defines can be declared",
    why=(
        "Whatever stands in a start-up file is run each time that fish starts: a function there is defined over and over instead of being loaded when "
        "somebody calls it, `fish_add_path` writes into a variable that outlives the configuration, and fisher fetches what is newest that day."
    ),
    keep="Keep what is done under a condition, what handles an event, and a function that is made from another one.",
    before='programs.fish.interactiveShellInit = "function ll; ls -lah $argv; end";',
    after='programs.fish.functions.ll = "ls -lah $argv";',
    lanes=frozenset({"home-manager"}),
    places=frozenset({Place.SHELL_INIT}),
    tools=frozenset({"function", "fish_add_path", "bind", "fisher", "omf"}),
    shells=frozenset({"fish"}),
    match=_match,
    options=("programs.fish.functions", "programs.fish.binds", "programs.fish.plugins", "home.sessionPath"),
)
