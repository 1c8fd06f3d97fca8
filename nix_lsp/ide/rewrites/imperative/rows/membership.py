"""`usermod -aG`, `gpasswd -a`, `groupadd`, `chsh`: what is changed of accounts and groups by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nix_lsp.analysis.shell.invocation import Tool
from nix_lsp.ide.model import Tier
from nix_lsp.ide.rewrites.imperative.rewrite import ROOT_PLACES, Match, Place, Reading, Rewrite, setting
from nix_lsp.ide.rewrites.imperative.rows.users import NAME, NUMBER, NotUnderstoodError, login_shell
from nix_lsp.ide.rewrites.imperative.value import Attrs, Expression, List, Setting, Value, string

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nix_lsp.analysis.shell.invocation import Invocation
    from nix_lsp.analysis.shell.script import Command
    from nix_lsp.analysis.shell.word import Word

USERMOD = Tool("usermod", flags="a", valued="Gs", long={"append": "a", "groups": "G", "shell": "s"})
"""usermod(8) of shadow, only what adds to an account: a list of groups without `-a` takes others away."""
GPASSWD = Tool("gpasswd", valued="a", long={"add": "a"})
GROUPADD = Tool("groupadd", flags="fr", valued="g", long={"force": "f", "system": "r", "gid": "g"})
CHSH = Tool("chsh", valued="s", long={"shell": "s"})

_DECLARED_NOTE = "The account must be declared too: no other definition of it stands in this file."
_KNOWN_NOTE = "nix-darwin sets the shell only of accounts in `users.knownUsers`, which need their `uid` as well."


def _account(reading: Reading, user: str) -> tuple[Tier, str]:
    """Return the tier and the note that an account's own declaration calls for."""
    if reading.lane == "nix-darwin":
        return Tier.REVIEW, _KNOWN_NOTE
    if user == "root" or any(path[:3] == ("users", "users", user) for path in reading.defined):
        return Tier.MECHANICAL, ""
    return Tier.REVIEW, _DECLARED_NOTE


def _joins(reading: Reading) -> Iterator[Match]:
    for command, invocation in reading.root_lines(USERMOD, GPASSWD):
        if invocation.tool == "gpasswd":
            users, groups = invocation.argument("a"), next(iter(invocation.operands), None)
        else:
            users, groups = next(iter(invocation.operands), None), invocation.argument("G")
            if not invocation.has("a") or invocation.has("s"):
                continue
        user, names = (users.value if users else "") or "", (groups.value if groups else "") or ""
        listed = names.split(",")
        if len(invocation.operands) != 1 or not all(NAME.fullmatch(each) for each in (user, *listed)):
            continue
        tier, note = _account(reading, user)
        extra = setting("users.users", List(tuple(map(string, listed))), below=(user, "extraGroups"))
        yield Match((command,), ((extra,),), names=(user,), tier=tier, note=note)


def _groups(reading: Reading) -> Iterator[Match]:
    for command, invocation in reading.root_lines(GROUPADD):
        name = (invocation.operands[0].value if len(invocation.operands) == 1 else "") or ""
        gid = invocation.argument("g")
        if not NAME.fullmatch(name) or (gid and not NUMBER.fullmatch(gid.value or "")):
            continue
        items: tuple[tuple[str, Value], ...] = (("gid", int(gid.value or "")),) if gid else ()
        yield Match((command,), ((setting("users.groups", Attrs(items), below=(name,)),),), names=(name,))


def _shells(reading: Reading) -> Iterator[Match]:
    for command, invocation in reading.root_lines(CHSH, USERMOD):
        user = (invocation.operands[0].value if len(invocation.operands) == 1 else "") or ""
        if not NAME.fullmatch(user) or invocation.has("a") or invocation.has("G"):
            continue
        if match := _shell(reading, command, invocation, user):
            yield match


def _shell(reading: Reading, command: Command, invocation: Invocation, user: str) -> Match | None:
    word: Word | None = invocation.argument("s")
    try:
        shell, module = login_shell(word, is_system=False)
    except NotUnderstoodError:
        return None
    if shell is None:
        return None
    tier, note = _account(reading, user)
    settings: list[Setting] = [setting("users.users", shell, below=(user, "shell"))]
    if module:
        settings.insert(0, setting(f"programs.{module}.enable", True))
    packages = (shell.source.removeprefix("pkgs."),) if isinstance(shell, Expression) else ()
    return Match((command,), (tuple(settings),), packages=packages, names=(user,), tier=tier, note=note)


_WHY = "NixOS writes /etc/passwd and /etc/group anew at each switch: "

JOIN_GROUP = Rewrite(
    id="imp-usermod-group",
    summary="The account's groups can be declared as an option",
    why=_WHY
    + "what a command adds to a declared account is gone with the next one, and comes back only when the script runs again.",
    keep="Keep it for accounts that are made at run time, in containers and images that NixOS does not manage.",
    before=(
        'users.users.alice.isNormalUser = true;\n  system.activationScripts.g = "usermod -aG libvirtd,docker alice";'
    ),
    after='users.users.alice.isNormalUser = true;\n  users.users.alice.extraGroups = [ "libvirtd" "docker" ];',
    lanes=frozenset({"nixos"}),
    places=ROOT_PLACES,
    tools=frozenset({"usermod", "gpasswd"}),
    match=_joins,
    options=("users.users.<name>.extraGroups",),
)
ADD_GROUP = Rewrite(
    id="imp-groupadd",
    summary="The group can be declared as an option",
    why=_WHY
    + "with `users.mutableUsers = false` a group that is not declared is gone after the next one, and `groupadd` without `-f` fails the second time.",
    keep="Keep it inside containers and images that NixOS does not manage.",
    before='system.activationScripts.g = "groupadd -f media";',
    after="users.groups.media = { };",
    lanes=frozenset({"nixos"}),
    places=ROOT_PLACES,
    tools=frozenset({"groupadd"}),
    match=_groups,
    options=("users.groups.<name>",),
)
SHELL = Rewrite(
    id="imp-chsh",
    summary="The login shell can be declared as an option",
    why=(
        "The shell of a declared account is written from the configuration at each switch. zsh and fish also need their module, which makes "
        "them read the system's environment; the edit turns it on."
    ),
    keep="Keep it for accounts that the configuration does not declare.",
    before=(
        "users.users.alice.isNormalUser = true;\n"
        '  system.activationScripts.shell = "chsh -s /run/current-system/sw/bin/zsh alice";'
    ),
    after=(
        "users.users.alice.isNormalUser = true;\n  users.users.alice.shell = pkgs.zsh;\n  programs.zsh.enable = true;"
    ),
    lanes=frozenset({"nixos", "nix-darwin"}),
    places=ROOT_PLACES | {Place.ACTIVATION},
    tools=frozenset({"chsh", "usermod"}),
    match=_shells,
    options=("users.users.<name>.shell", "programs.zsh.enable", "programs.fish.enable"),
)
