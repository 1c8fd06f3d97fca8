"""`hidutil`, `dscl`, and what has no option: keys, accounts and the rest of a Mac."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nix_lsp.analysis.shell.invocation import Tool
from nix_lsp.ide.model import Tier
from nix_lsp.ide.rewrites.imperative.rewrite import Match, Place, Reading, Rewrite, setting
from nix_lsp.ide.rewrites.imperative.rows.users import NAME, NotUnderstoodError, login_shell
from nix_lsp.ide.rewrites.imperative.value import Attrs, Expression, List, Value, string

if TYPE_CHECKING:
    from collections.abc import Iterator

HIDUTIL = Tool("hidutil", long={"set": "set="})
DSCL = Tool("dscl", flags="q", single_dash={"create": False, "change": False})

_CAPS, _ESCAPE, _LEFT_CONTROL, _FN = 0x700000039, 0x700000029, 0x7000000E0, 0xFF00000003
_LEFT_ALT, _LEFT_COMMAND, _RIGHT_ALT, _RIGHT_COMMAND = 0x7000000E2, 0x7000000E3, 0x7000000E6, 0x7000000E7
_NON_US, _TILDE = 0x700000064, 0x700000035


def _swap(one: int, other: int) -> frozenset[tuple[int, int]]:
    return frozenset({(one, other), (other, one)})


_KEYS = {
    "swapCapsLockAndEscape": _swap(_CAPS, _ESCAPE),
    "swapLeftCommandAndLeftAlt": _swap(_LEFT_COMMAND, _LEFT_ALT),
    "swapRightCommandAndRightOption": _swap(_RIGHT_COMMAND, _RIGHT_ALT),
    "swapLeftCtrlAndFn": _swap(_LEFT_CONTROL, _FN),
    "remapCapsLockToControl": frozenset({(_CAPS, _LEFT_CONTROL)}),
    "remapCapsLockToEscape": frozenset({(_CAPS, _ESCAPE)}),
    "nonUS.remapTilde": frozenset({(_NON_US, _TILDE)}),
}
"""What each option of `system.keyboard` maps, key by key (nix-darwin modules/system/keyboard.nix; TN2450); those of two keys first."""
_HEXADECIMAL = re.compile(r"0x[0-9A-Fa-f]{1,12}")
_SOURCE, _TARGET = "HIDKeyboardModifierMappingSrc", "HIDKeyboardModifierMappingDst"


def _remapped(reading: Reading) -> Iterator[Match]:
    for command, invocation, run in reading.lines(HIDUTIL):
        given = invocation.argument("set")
        if run.user or [word.value for word in invocation.operands] != ["property"] or not given or not given.value:
            continue
        options = _options(given.value)
        if options:
            items = tuple((tuple(name.split(".")), True) for name in ("enableKeyMapping", *options))
            settings = tuple(setting("system.keyboard", value, below=name) for name, value in items)
            yield Match((command,), (settings,))


def _options(properties: str) -> list[str]:
    """Return the options that map the same keys; none where there are others among them."""
    import json

    try:
        said = json.loads(_HEXADECIMAL.sub(lambda number: str(int(number[0], 16)), properties))
        pairs = {(each[_SOURCE], each[_TARGET]) for each in said["UserKeyMapping"]}
    except (ValueError, KeyError, TypeError, RecursionError):
        return []
    if len(said) != 1:
        return []
    found: list[str] = []
    for name, keys in _KEYS.items():
        if keys <= pairs:
            found.append(name)
            pairs -= keys
    return [] if pairs else found


def _shells(reading: Reading) -> Iterator[Match]:
    for command, invocation, run in reading.lines(DSCL):
        words = [word.value or "" for word in invocation.operands]
        if invocation.has("create") and len(words) == 4:
            node, record, key, _ = words
        elif invocation.has("change") and len(words) == 5:
            node, record, key, _, _ = words
        else:
            continue
        user = record.removeprefix("/Users/")
        if run.user or node not in {".", "/Local/Default"} or key != "UserShell" or not NAME.fullmatch(user):
            continue
        try:
            shell, module = login_shell(invocation.operands[-1], is_system=False)
        except NotUnderstoodError:
            continue
        if not isinstance(shell, Expression):
            continue
        account: list[tuple[str, Value]] = [("shell", shell)]
        if ("users", "users", user, "uid") not in reading.defined:
            account.insert(0, ("uid", 501))
        settings = [
            setting("users.knownUsers", List((string(user),))),
            setting("users.users", Attrs(tuple(account)), below=(user,)),
        ]
        if module:
            settings.append(setting(f"programs.{module}.enable", True))
        yield Match(
            (command,),
            (tuple(settings),),
            packages=(shell.source.removeprefix("pkgs."),),
            tier=Tier.REVIEW,
            note=f"nix-darwin manages the account from then on, by its uid: `id -u {user}` tells which it is."
            if len(account) == 2
            else "",
        )


_NO_OPTION = {
    "softwareupdate": re.compile(r"--install-rosetta\b"),
    "duti": re.compile(r""),
    "chflags": re.compile(r"\bnohidden\b.*Library"),
    "spctl": re.compile(r""),
    "tmutil": re.compile(r""),
    "osascript": re.compile(r"(?s).*\b(?:desktop|picture)\b"),
}
"""Programs for which nix-darwin has no option, and what their lines say."""


def _unknown(reading: Reading) -> Iterator[Match]:
    for command, run in reading.runs:
        line = command.content[command.span.start : command.span.end].decode("utf-8", "replace")
        if run.tool in _NO_OPTION and _NO_OPTION[run.tool].search(line):
            yield Match((command,), (), tier=Tier.EXPLAINED)


_DARWIN = frozenset({"nix-darwin"})

KEYS = Rewrite(
    id="imp-hidutil",
    summary="The keys can be mapped by options",
    why="`hidutil` maps keys until the machine is restarted, and each call forgets what the one before has mapped.",
    keep="Keep it for keys that the options do not know, and for one keyboard of several (`--matching`).",
    before=(
        "launchd.user.agents.keys.serviceConfig.ProgramArguments = [ "
        '"/usr/bin/hidutil" "property" "--set" '
        '\'\'{"UserKeyMapping":[{"HIDKeyboardModifierMappingSrc":0x700000039,"HIDKeyboardModifierMappingDst":0x700000029}]}\'\' ];'
    ),
    after="system.keyboard = { enableKeyMapping = true; remapCapsLockToEscape = true; };",
    lanes=_DARWIN,
    places=frozenset({Place.ACTIVATION, Place.LAUNCHD, Place.LAUNCHD_AGENT}),
    tools=frozenset({"hidutil"}),
    match=_remapped,
    options=("system.keyboard",),
)
LOGIN_SHELL = Rewrite(
    id="imp-dscl-user",
    summary="The login shell can be declared with the account",
    why="What `dscl` writes stays in the machine's directory: another Mac built from the configuration has another shell.",
    keep="Keep it where nix-darwin is not to manage the account: an account in `users.knownUsers` that is taken out is deleted.",
    before='system.activationScripts.postActivation.text = "dscl . -create /Users/alice UserShell /run/current-system/sw/bin/fish";',
    after='users.knownUsers = [ "alice" ];\n  programs.fish.enable = true;\n  users.users.alice = { uid = 501; shell = pkgs.fish; };',
    lanes=_DARWIN,
    places=frozenset({Place.ACTIVATION, Place.LAUNCHD}),
    tools=frozenset({"dscl"}),
    match=_shells,
    options=("users.knownUsers", "users.users.<name>.shell"),
    tier=Tier.REVIEW,
)
NO_OPTION = Rewrite(
    id="imp-darwin-no-option",
    summary="nix-darwin has no option for this: the command is the way to do it",
    why="What macOS keeps in places of its own, only its own programs change.",
    keep="Keep it, and let it do nothing where it was done already: activation runs at each switch.",
    before='system.activationScripts.postActivation.text = "softwareupdate --install-rosetta --agree-to-license";',
    after="",
    lanes=_DARWIN,
    places=frozenset({Place.ACTIVATION}),
    tools=frozenset(_NO_OPTION),
    match=_unknown,
    tier=Tier.EXPLAINED,
    is_quiet=True,
)
