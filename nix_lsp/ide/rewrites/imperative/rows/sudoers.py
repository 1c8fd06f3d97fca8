"""Files in /etc/sudoers.d."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nix_lsp.ide.model import Severity
from nix_lsp.ide.rewrites.imperative.rewrite import ROOT_PLACES, Match, Place, Reading, Rewrite, setting
from nix_lsp.ide.rewrites.imperative.rows.drop_ins import files_in, is_comment
from nix_lsp.ide.rewrites.imperative.rows.etc_files import continues, lines_of
from nix_lsp.ide.rewrites.imperative.value import Attrs, Lines, List, Str, Value, string

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_RULE = re.compile(
    r"(%?)([A-Za-z_][\w.-]*)\s+ALL\s*=\s*(?:\(\s*([A-Za-z_][\w.-]*)\s*(?::\s*([A-Za-z_][\w.-]*)\s*)?\)\s*)?((?:[A-Z_]+:\s*)*)(\S.*)"
)
"""sudoers(5), a user specification: who, on all hosts, as whom, under which tags, what."""
_SAYS = re.compile(r"#|Defaults\b|(?:User|Runas|Host|Cmnd|Cmd)_Alias\s|[^\s=]+\s+[^=]+=.*\S")
_TAGS = frozenset({"NOPASSWD", "PASSWD", "SETENV", "NOSETENV", "EXEC", "NOEXEC", "FOLLOW", "NOFOLLOW"})
_COMMAND = re.compile(r"ALL|/[^\s,=:\\!]+(?:\s[^,=:\\]*)?")


def _match(reading: Reading) -> Iterator[Match]:
    if b"includedir" in reading.source:
        # Somebody has seen to it that the folder is read.
        return
    is_nixos = reading.lane == "nixos"
    for file in files_in(reading, "sudoers.d"):
        lines = lines_of(file.text)
        if all(is_comment(line) for line in lines) or any(continues(line) for line in lines):
            continue
        if not all(_SAYS.match(line.outline.strip()) for line in lines):
            continue
        rules = _rules(lines) if is_nixos else None
        written = (
            setting("security.sudo.extraRules", List(rules))
            if rules
            else setting("security.sudo.extraConfig", Lines(lines))
        )
        yield Match(
            file.commands,
            ((written,),),
            is_whole=not file.commands,
            names=(file.name,),
            note="NixOS does not read /etc/sudoers.d: so far the file says nothing." if is_nixos else "",
            severity=None if is_nixos else Severity.HINT,
        )


def _rules(lines: Sequence[Str]) -> tuple[Value, ...] | None:
    """Return what `security.sudo.extraRules` says instead; None where a line is anything but a plain user specification."""
    rules = [_rule((line.text or "").strip()) for line in lines]
    known = tuple(rule for rule in rules if rule)
    return known if len(known) == len(rules) else None


def _rule(line: str) -> Value | None:
    found = _RULE.fullmatch(line)
    if found is None:
        return None
    is_group, name, user, group, tags, commands = found.groups()
    options = re.findall(r"[A-Z_]+", tags)
    names = [each.strip() for each in commands.split(",")]
    if not _TAGS.issuperset(options) or not all(map(_COMMAND.fullmatch, names)) or name.isupper():
        return None
    # The option's default is all users and groups; sudo's, where nothing is said, is root.
    run_as = f"{user}:{group}" if group else user or "root"
    said: tuple[tuple[str, Value], ...] = () if run_as in {"ALL", "ALL:ALL"} else (("runAs", string(run_as)),)
    listed = List(tuple(_command(each, options) for each in names))
    return Attrs((("groups" if is_group else "users", List((string(name),))), *said, ("commands", listed)))


def _command(command: str, options: Sequence[str]) -> Value:
    if not options:
        return string(command)
    return Attrs((("command", string(command)), ("options", List(tuple(map(string, options))))))


SUDOERS = Rewrite(
    id="imp-sudoers-file",
    summary="The rights to use sudo can be declared as an option",
    why=(
        "NixOS writes /etc/sudoers without a line that includes /etc/sudoers.d: a file there has no effect. What the option says is checked "
        "when the system is built, so that a slip cannot lock anybody out."
    ),
    keep="Keep it where `security.sudo.configFile` includes the folder.",
    before='environment.etc."sudoers.d/alice".text = "alice ALL=(ALL) NOPASSWD: /run/current-system/sw/bin/systemctl";',
    after=(
        'security.sudo.extraRules = [ { users = [ "alice" ]; commands = [ { '
        'command = "/run/current-system/sw/bin/systemctl"; options = [ "NOPASSWD" ]; } ]; } ];'
    ),
    lanes=frozenset({"nixos", "nix-darwin"}),
    places=ROOT_PLACES | {Place.FILE, Place.LAUNCHD},
    tools=frozenset({"sudoers.d", "/etc/sudoers.d", "/private/etc/sudoers.d"}),
    match=_match,
    options=("security.sudo.extraRules", "security.sudo.extraConfig"),
    severity=Severity.WARNING,
)
