"""`xrdb` and `git clone`: resources of the X server, and repositories that a script fetches."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nix_lsp.analysis.shell.invocation import Tool
from nix_lsp.analysis.shell.word import Antiquotation, Text, Word
from nix_lsp.ide.model import Tier
from nix_lsp.ide.rewrites.imperative.etc import is_of_configuration, source_value
from nix_lsp.ide.rewrites.imperative.rewrite import Match, Place, Reading, Rewrite, setting
from nix_lsp.ide.rewrites.imperative.value import (
    Attrs,
    Expression,
    Lines,
    Setting,
    Str,
    Value,
    scalar,
    split_lines,
    word_string,
)
from nix_lsp.syntax.span import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

XRDB = Tool(
    "xrdb", single_dash={"merge": False, "load": False, "override": False, "nocpp": False, "quiet": False, "q": False}
)
GIT_CLONE = Tool(
    "git",
    flags="qv",
    valued="b",
    long={
        **{
            name: name
            for name in ("quiet", "recursive", "recurse-submodules", "single-branch", "shallow-submodules", "verbose")
        },
        "depth": "depth=",
        "branch": "b",
    },
)
"""xrdb(1), git-clone(1)."""

_PROPERTY = re.compile(r"\s*([A-Za-z*?.][\w*?.-]*)\s*:[ \t]*")
_OWN = (("xresources", "properties"), ("xresources", "extraConfig"))
_USUAL = frozenset({b"~/.Xresources", b"$HOME/.Xresources", b'"$HOME/.Xresources"'})
"""The file that home-manager writes, and loads itself."""
_REPOSITORY = re.compile(r"(?:https?|git|ssh)://\S+|git@[\w.-]+:\S+|(?:github|gitlab):\S+")


def _match_xrdb(reading: Reading) -> Iterator[Match]:
    if reading.path[0] == "wayland":
        # home-manager loads them when a session of X begins.
        return
    for given in reading.given:
        words = {word.value for word in given.run.arguments}
        if (
            given.run.tool == "xrdb"
            and not given.run.user
            and words <= {"-merge", "-override", "-nocpp", "-quiet", "-"}
        ):
            text = Str(tuple(piece for piece in given.text if isinstance(piece, Text | Antiquotation)))
            if declared := _declared(text):
                yield Match((given.command,), ((declared,),))
    for command, invocation, run in reading.lines(XRDB):
        if run.user or len(invocation.operands) != 1 or invocation.has("load"):
            continue
        operand = invocation.operands[0]
        path = word_string(operand)
        if path is None:
            is_usual = reading.script.content[slice(*operand.span)] in _USUAL
            if is_usual and any(known[: len(own)] == own for known in reading.defined for own in _OWN):
                yield Match((command,), ((),))
        elif is_of_configuration(path):
            source = source_value(path)
            written = source.source if isinstance(source, Expression) else None
            if written:
                content = Expression(f"builtins.readFile {written}")
                yield Match((command,), ((setting("xresources.extraConfig", content),),))


def _declared(text: Str) -> Setting | None:
    """Return the resources one by one; as lines where there is more in the text, such as comments."""
    lines = [line for line in split_lines(text) if line.text is None or line.text.strip()]
    properties: dict[str, Value] = {}
    for line in lines:
        first = line.pieces[0]
        name = _PROPERTY.match(first.text) if isinstance(first, Text) else None
        value = scalar(Word(Span(0, 0), line.pieces).without_prefix(name.end())) if name else None
        if name is None or value is None or name[1] in properties:
            return setting("xresources.extraConfig", Lines(tuple(lines)))
        properties[name[1]] = value
    return setting("xresources.properties", Attrs(tuple(properties.items()))) if properties else None


def _match_clone(reading: Reading) -> Iterator[Match]:
    for command, invocation, _ in reading.lines(GIT_CLONE):
        verb, *words = invocation.operands or (None,)
        if verb is None or verb.value != "clone" or not 1 <= len(words) <= 2 or not _REPOSITORY.match(words[0].leading):
            continue
        advised = ("xdg.configFile", "home.file") if reading.lane == "home-manager" else ("environment.etc",)
        note = (
            "As an input of the flake with `flake = false`, or by `fetchFromGitHub`, the repository is a path in the store: the same on "
            "each machine, read-only, and updated with the lock."
        )
        yield Match((command,), (), tier=Tier.EXPLAINED, note=note, advised=advised)


XRESOURCES = Rewrite(
    id="imp-xrdb",
    summary="The resources of the X server can be declared",
    why="home-manager writes ~/.Xresources, loads it when a session begins, and again when it has changed.",
    keep="Keep it for resources that depend on the screen that is plugged in.",
    before='xsession.initExtra = "echo Xft.dpi: 144 | xrdb -merge";',
    after='xresources.properties."Xft.dpi" = 144;',
    lanes=frozenset({"home-manager"}),
    places=frozenset({Place.SESSION}),
    tools=frozenset({"xrdb"}),
    match=_match_xrdb,
    options=("xresources.properties", "xresources.extraConfig"),
)
CLONE = Rewrite(
    id="imp-git-clone-activation",
    summary="A repository that is cloned here is as old as the first switch on this machine",
    why=(
        "The network may not be there when the script runs, nothing says which commit it fetches, and the second time the folder is there "
        "already."
    ),
    keep="Keep it for a checkout that you work in.",
    before=(
        'home.activation.nvim = lib.hm.dag.entryAfter [ "writeBoundary" ] "git clone https://github.com/me/nvim ~/.config/nvim";'
    ),
    after='xdg.configFile."nvim".source = inputs.nvim-config;',
    lanes=frozenset({"home-manager", "nixos"}),
    places=frozenset({Place.HOME_ACTIVATION, Place.ACTIVATION, Place.USER_ACTIVATION}),
    tools=frozenset({"git"}),
    match=_match_clone,
    options=("xdg.configFile", "home.file", "environment.etc"),
    tier=Tier.EXPLAINED,
)
