"""`ln -s` and `chown -R` as root: links in the file system's root, and trees that change hands."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nix_lsp.analysis.shell.invocation import Tool
from nix_lsp.analysis.shell.word import Antiquotation, Text
from nix_lsp.ide.model import Tier
from nix_lsp.ide.rewrites.imperative.etc import ETC, etc_name, source_value
from nix_lsp.ide.rewrites.imperative.rewrite import Match, Place, Reading, Rewrite, setting
from nix_lsp.ide.rewrites.imperative.rows.directories import LINK, is_aware
from nix_lsp.ide.rewrites.imperative.tmpfiles import Entry, choices
from nix_lsp.ide.rewrites.imperative.value import Setting, Str, word_string

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nix_lsp.analysis.shell.invocation import Invocation
    from nix_lsp.analysis.shell.script import Command

CHOWN_TREE = Tool(
    "chown",
    flags="cfvhRHLP",
    long={"recursive": "R", "changes": "c", "silent": "f", "quiet": "f", "verbose": "v", "no-dereference": "h"},
)
"""chown(1) of coreutils 9."""

_PROGRAMS = re.compile(r"/(?:usr/)?s?bin/[^/]+\Z")
_LOADERS = re.compile(r"/lib(?:64|32)?/ld-linux[\w.-]*\Z")
_OWN = {"/bin/sh": "environment.binsh", "/usr/bin/env": "environment.usrbinenv"}
"""Links that NixOS makes itself, and the options that say where they lead."""
_ELSEWHERE = re.compile(
    r"/(?:home|root|dev|proc|sys|nix|tmp|boot|Users|Library|Applications)(?:/|\Z)|/(?:s?bin/)?init\Z"
)
"""Homes are their users'; the others are no place for systemd-tmpfiles, or needed before it runs."""
_WSL = re.compile(rb"\bwsl\b")
"""Windows looks for programs in /bin before systemd runs."""
_SUBJECT = re.compile(r"[\w@.-]+")
_OWNER = re.compile(r"[A-Za-z_][\w.-]*|[0-9]+")


def _links(reading: Reading) -> Iterator[tuple[Command, Invocation, Str, Str, Tier]]:
    """Yield the commands that make one link, with the link's path, where it leads, and whether it surely stands at its path itself."""
    if is_aware(reading) or _WSL.search(reading.source):
        return
    for command, invocation in reading.root_lines(LINK):
        if len(invocation.operands) != 2 or not invocation.has("s"):
            continue
        target, path = (word_string(word) for word in invocation.operands)
        if target is None or path is None or not target.pieces or not path.pieces or not _is_absolute(target):
            continue
        first, last = path.pieces[0], path.pieces[-1]
        if not isinstance(first, Text) or not first.text.startswith("/") or "/.." in first.text:
            continue
        # A link to a folder that stands there, or a trailing slash, would put the link inside; `-n` and `-T` say that it does not.
        if (isinstance(last, Text) and last.text.endswith("/")) or _ELSEWHERE.match(first.text):
            continue
        is_exact = invocation.has("n") or invocation.has("T") or _is_program(target) or _is_program(path)
        yield command, invocation, path, target, Tier.MECHANICAL if is_exact else Tier.REVIEW


def _is_absolute(target: Str) -> bool:
    first = target.pieces[0]
    return isinstance(first, Antiquotation) or first.text.startswith("/")


def _is_program(path: Str) -> bool:
    last = path.pieces[-1]
    return isinstance(last, Text) and bool(_PROGRAMS.search(last.text))


def _match_links(reading: Reading) -> Iterator[Match]:
    for command, invocation, path, target, tier in _links(reading):
        name = path.text or ""
        if _PROGRAMS.match(name) or _LOADERS.match(name) or not _SUBJECT.fullmatch(reading.subject):
            continue
        if name.startswith(ETC):
            below = etc_name(reading, name)
            if below:
                source = Setting(("environment", "etc", below, "source"), source_value(target))
                yield Match((command,), ((source,),), names=(name,), tier=tier)
            continue
        entry = Entry(path, "L+" if invocation.has("f") else "L", argument=target)
        yield Match((command,), choices(reading.subject, [entry]), names=(name or reading.subject,), tier=tier)


def _match_programs(reading: Reading) -> Iterator[Match]:
    for command, invocation, path, target, _ in _links(reading):
        name = path.text or ""
        if _LOADERS.match(name):
            note = "It puts a loader there that finds the libraries of `programs.nix-ld.libraries`."
            yield Match((command,), ((setting("programs.nix-ld.enable", True),),), tier=Tier.REVIEW, note=note)
        elif option := _OWN.get(name):
            yield Match((command,), ((setting(option, source_value(target)),),), names=(name,))
        elif _PROGRAMS.match(name) and _SUBJECT.fullmatch(reading.subject):
            entry = Entry(path, "L+" if invocation.has("f") else "L", argument=target)
            note = "`services.envfs.enable` would serve all of /bin and /usr/bin to programs that expect them."
            yield Match((command,), choices(reading.subject, [entry]), names=(name,), note=note)


def _match_trees(reading: Reading) -> Iterator[Match]:
    for command, invocation in reading.root_lines(CHOWN_TREE):
        if not invocation.has("R") or len(invocation.operands) < 2:
            continue
        owner, *paths = invocation.operands
        names = [part.value for part in owner.split(":") or (owner,)]
        if not all(name and _OWNER.fullmatch(name) for name in names):
            continue
        if all(path.leading.startswith("/") and not _ELSEWHERE.match(path.leading) and path.is_fixed for path in paths):
            yield Match(
                (command,),
                (),
                tier=Tier.EXPLAINED,
                note="A line of type `Z` does the same, and walks the whole tree at every boot and switch too: better is to give "
                "away what is made, where it is made.",
                advised=("systemd.tmpfiles.rules",),
            )


LINKS = Rewrite(
    id="imp-ln-activation",
    summary="The link can be declared",
    why=(
        "A link that a script makes stays when the script goes, and one that a script makes anew at each switch is missing for a moment; "
        "systemd-tmpfiles and `environment.etc` make it at boot, and it stands in the configuration where it leads."
    ),
    keep="Keep it where the link leads to something that only the running system knows, or must be there before systemd starts.",
    before='system.activationScripts.fw = "ln -sfn /lib/firmware/vendor/apple /lib/firmware/apple";',
    after='systemd.tmpfiles.settings."10-fw"."/lib/firmware/apple"."L+".argument = "/lib/firmware/vendor/apple";',
    lanes=frozenset({"nixos"}),
    places=frozenset({Place.ACTIVATION, Place.SERVICE}),
    tools=frozenset({"ln"}),
    match=_match_links,
    options=("systemd.tmpfiles.settings", "environment.etc"),
)
PROGRAMS = Rewrite(
    id="imp-ln-bin",
    summary="The program in the file system's root can be declared",
    why=(
        "NixOS has nothing in /bin and /usr/bin but `sh` and `env`, which it links itself. What else is put there by a script stays when the "
        "script goes, and then leads to a program that the garbage collector has taken away."
    ),
    keep="Keep it in images that are started without systemd.",
    before='system.activationScripts.binbash.text = "ln -sfn ${pkgs.bash}/bin/bash /bin/bash";',
    after='systemd.tmpfiles.settings."10-binbash"."/bin/bash"."L+".argument = "${pkgs.bash}/bin/bash";',
    lanes=frozenset({"nixos"}),
    places=frozenset({Place.ACTIVATION, Place.SERVICE}),
    tools=frozenset({"ln"}),
    match=_match_programs,
    options=("systemd.tmpfiles.settings", "environment.binsh", "environment.usrbinenv", "programs.nix-ld.enable"),
)
TREES = Rewrite(
    id="imp-chown-recursive",
    summary="A whole tree changes hands each time",
    why=(
        "`chown -R` takes as long as there are files, follows what users may have linked into the tree, and hides which program has made "
        "files for the wrong user."
    ),
    keep="Keep it where files come from elsewhere, such as a backup, and change hands once.",
    before='system.activationScripts.o = "chown -R alice:users /data";',
    after='systemd.tmpfiles.rules = [ "Z /data - alice users -" ];',
    lanes=frozenset({"nixos"}),
    places=frozenset({Place.ACTIVATION, Place.SERVICE_HOOK, Place.SERVICE}),
    tools=frozenset({"chown"}),
    match=_match_trees,
    options=("systemd.tmpfiles.rules",),
    tier=Tier.EXPLAINED,
)
