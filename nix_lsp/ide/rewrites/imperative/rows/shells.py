"""Variables that a development shell's hook exports."""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING

from nix_lsp.analysis.shell.word import Antiquotation
from nix_lsp.ide.model import Tier
from nix_lsp.ide.rewrites.imperative.places import ALL_SHELLS, DEV_SHELL, DEVENV, DEVSHELL
from nix_lsp.ide.rewrites.imperative.rewrite import Match, Place, Reading, Rewrite
from nix_lsp.ide.rewrites.imperative.rows.environment import is_set_elsewhere
from nix_lsp.ide.rewrites.imperative.secret import looks_secret
from nix_lsp.ide.rewrites.imperative.value import Attrs, Expression, List, Setting, Str, string, word_string

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nix_lsp.analysis.shell.variables import Assigned

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_SET_ELSEWHERE = re.compile(
    r"PATH|HOME|SHELL|SHELLOPTS|BASHOPTS|TERM|TZ|UID|PPID|TE?MP(?:DIR)?|LANG|LC_\w+|PS[0-9]|IFS|PWD|IN_NIX_SHELL"
    r"|SSL_CERT_FILE|NIX_\w+|SOURCE_DATE_EPOCH|CONFIG_SHELL|HOST_PATH|XDG_\w+|DYLD_\w+|LD_LIBRARY_PATH|LOCALE_ARCHIVE"
    r"|CC|CXX|LD|AR|AS|NM|OBJCOPY|OBJDUMP|READELF|RANLIB|SIZE|STRINGS|STRIP|DEVELOPER_DIR|SDKROOT|MACOSX_DEPLOYMENT_TARGET"
    r"|(?:PYTHON|NODE_|PKG_CONFIG_|GEM_|RUBY|ACLOCAL_|GI_TYPELIB_|QML2?_IMPORT_|QT_PLUGIN_|CMAKE_\w+|GO|LUA_|LUA_C|OCAML)PATH|PERL5LIB|RUBYLIB|JAVA_HOME|DOTNET_ROOT|GO\w*"
    r"|name|system|builder|args|src|out|outputs|stdenv|shellHook|phases|version|pname|env|packages|\w+Inputs|\w+Phase|\w+Hook"
)
"""Names that `nix develop` keeps as they are outside (Nix, src/nix/develop.cc), that stdenv and the hooks of packages set in the shell, and that
mean something to a derivation."""
_SHARED = re.compile(rb"\binputsFrom\b|\.shellHook\b")
"""Another shell may take over the hook, and does not take over the variables then (nixpkgs, pkgs/build-support/mkshell)."""
_LIBRARY_PATH = "LD_LIBRARY_PATH"
_STRINGS = re.compile(r"(?:pkgs\.)?lib\.make(?:Library|Bin|Include|SearchPathOutput|SearchPath)\w*\s.*", re.DOTALL)
"""Functions that give a string: it need not be put into one."""
_SESSION = frozenset({"nixos", "home-manager"})


def _match_export(reading: Reading) -> Iterator[Match]:
    exported = [each for each in reading.assigned if each.is_exported]
    for command, group in groupby(exported, key=lambda each: each.command):
        variables = list(group)
        known = [_value(reading, each) for each in variables if not _SET_ELSEWHERE.fullmatch(each.name)]
        if len(known) == len(variables) and all(known):
            tier = Tier.REVIEW if _SHARED.search(reading.source) else Tier.MECHANICAL
            yield Match((command,), _choices(reading.lane, variables, known), tier=tier)


def _choices(
    lane: str, variables: list[Assigned], values: list[Str | Expression | None]
) -> tuple[tuple[Setting, ...], ...]:
    """Return the spellings: `env.X`, and for old releases the attribute itself; for devshell a list of names and values."""
    pairs = [(each.name, value) for each, value in zip(variables, values, strict=True) if value is not None]
    if lane == DEVSHELL:
        items = tuple(Attrs((("name", string(name)), ("value", value))) for name, value in pairs)
        return ((Setting(("env",), List(items)),),)
    return (
        tuple(Setting(("env", name), value) for name, value in pairs),
        tuple(Setting((name,), value) for name, value in pairs),
    )


def _value(reading: Reading, each: Assigned) -> Str | Expression | None:
    """Return what a variable is set to, if Nix knows it and nothing before or beside reads or sets it."""
    value = word_string(each.value)
    before = reading.script.content[: each.command.span.start]
    if value is None or not value.pieces or not _NAME.fullmatch(each.name) or (each.name,) in reading.defined:
        return None
    if each.name.encode() in before or is_set_elsewhere(reading, each.name):
        return None
    if reading.lane == DEVSHELL and reading.is_mentioned_elsewhere(each.name):
        return None
    if value.text is None and looks_secret(each.name):
        return None
    match value.pieces:
        case (Antiquotation(expression),) if _STRINGS.fullmatch(expression.strip()):
            return Expression(expression.strip())
        case _:
            return value


def _match_library_path(reading: Reading) -> Iterator[Match]:
    advised = ("programs.nix-ld.enable",) if reading.lane == "nixos" else ()
    if reading.place is Place.VALUE:
        if reading.path[-1] == _LIBRARY_PATH:
            yield Match((), (), tier=Tier.EXPLAINED, is_whole=True, advised=advised, note=_EVERYTHING)
        return
    for each in reading.assigned:
        if each.name != _LIBRARY_PATH or not each.is_exported:
            continue
        if reading.place is not Place.DEV_SHELL:
            yield Match((each.command,), (), tier=Tier.EXPLAINED, advised=advised, note=_EVERYTHING)
        elif value := _value(reading, each):
            yield Match((each.command,), _choices(reading.lane, [each], [value]), tier=Tier.REVIEW)


_EVERYTHING = "Every program looks there first, those of Nix among them, which were built with other versions."

EXPORT = Rewrite(
    id="imp-shellhook-export",
    summary="The variable can be an attribute of the shell",
    why=(
        "What `shellHook` exports is there only in shells that run the hook, after everything else was set up: `nix develop -c`, direnv and editors "
        "have to run it first, and `nix print-dev-env` shows only its text. As an attribute it is part of the shell's own environment."
    ),
    keep="Keep an export that the running shell computes (`$PWD`), or that must come after another line of the hook.",
    before='devShells.default = pkgs.mkShell { shellHook = "export RUST_LOG=debug"; };',
    after='devShells.default = pkgs.mkShell { env.RUST_LOG = "debug"; };',
    lanes=ALL_SHELLS,
    places=frozenset({Place.DEV_SHELL}),
    tools=frozenset({"export"}),
    match=_match_export,
    options=("env",),
)

LIBRARY_PATH = Rewrite(
    id="imp-ld-library-path",
    summary="LD_LIBRARY_PATH reaches further than it is meant to",
    why=(
        "Programs from Nix know where their libraries are; LD_LIBRARY_PATH makes all of them look elsewhere first, and fail when a library "
        "there is newer or older than the one they were built with. Set for whole sessions, it breaks programs that have nothing to do with it: for "
        "binaries from elsewhere NixOS has `programs.nix-ld`, whose libraries no other program sees. In a development shell, an attribute says "
        "what the hook exports, and is seen before the shell runs."
    ),
    keep="Keep it in a shell for programs that load libraries by name and that nothing else helps.",
    before='devShells.default = pkgs.mkShell { shellHook = "export LD_LIBRARY_PATH=${lib.makeLibraryPath [ pkgs.zlib ]}"; };',
    after="devShells.default = pkgs.mkShell { env.LD_LIBRARY_PATH = lib.makeLibraryPath [ pkgs.zlib ]; };",
    lanes=_SESSION | {DEV_SHELL, DEVENV},
    places=frozenset({Place.DEV_SHELL, Place.SHELL_INIT, Place.VALUE}),
    tools=frozenset({_LIBRARY_PATH}),
    match=_match_library_path,
    options=("env", "programs.nix-ld.enable"),
    tier=Tier.REVIEW,
)
