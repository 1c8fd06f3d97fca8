"""Agents for keys that a shell start-up file starts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nix_lsp.analysis.shell.evaluated import assigned_output
from nix_lsp.analysis.shell.invocation import Tool, read_options, runs
from nix_lsp.ide.model import Severity
from nix_lsp.ide.rewrites.imperative.rewrite import Match, Place, Reading, Rewrite, setting

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nix_lsp.analysis.shell.script import Command
    from nix_lsp.ide.rewrites.imperative.value import Setting

SSH_AGENT = Tool("ssh-agent", flags="sc")
GPGCONF = Tool("gpgconf", long={"launch": "launch=", "list-dirs": "list-dirs=", "create-socketdir": "create-socketdir"})
GPG_CONNECT_AGENT = Tool("gpg-connect-agent", flags="q", long={"quiet": "q"})

_OTHERS = (
    ("programs", "gnupg", "agent", "enableSSHSupport"),
    ("services", "gpg-agent", "enableSshSupport"),
    ("services", "gnome", "gcr-ssh-agent", "enable"),
    ("services", "gnome", "gnome-keyring", "enable"),
    ("services", "gnome-keyring", "enable"),
)
"""Other agents, beside which NixOS refuses OpenSSH's, or which answer for it."""


def _match_ssh(reading: Reading) -> Iterator[Match]:
    if any(path in reading.defined for path in _OTHERS):
        return
    path = "services.ssh-agent.enable" if reading.lane == "home-manager" else "programs.ssh.startAgent"
    for command, run in reading.evaluated:
        invocation = read_options(SSH_AGENT, run.arguments) if run.tool == "ssh-agent" else None
        if invocation and not invocation.operands and not run.user:
            yield Match((command,), ((setting(path, True),),))


def _match_gpg(reading: Reading) -> Iterator[Match]:
    started: list[Command] = []
    is_for_ssh = False
    for command in reading.script.commands:
        if not command.is_plain:
            continue
        output = assigned_output(command)
        if output and output[0] == "SSH_AUTH_SOCK" and _asks(output[1], "list-dirs", "agent-ssh-socket"):
            is_for_ssh = True
        elif not (
            _asks(command, "launch", "gpg-agent")
            or (output and output[0] == "GPG_TTY" and output[1].name == "tty")
            or _is_part(command)
        ):
            continue
        started.append(command)
    if is_for_ssh or any(_asks(command, "launch", "gpg-agent") for command in started):
        words = ("gpgconf", "gpg-agent", "GPG_TTY", "SSH_AUTH_SOCK")
        yield Match(tuple(started), (_gpg_agent(reading.lane, is_for_ssh),), names=words)


def _gpg_agent(lane: str, is_for_ssh: bool) -> tuple[Setting, ...]:
    home = lane == "home-manager"
    module, ssh = ("services.gpg-agent", "enableSshSupport") if home else ("programs.gnupg.agent", "enableSSHSupport")
    return setting(f"{module}.enable", True), *((setting(f"{module}.{ssh}", True),) if is_for_ssh else ())


def _asks(command: Command, option: str, value: str) -> bool:
    run = runs(command) if command.is_silent and not command.assignments else None
    invocation = read_options(GPGCONF, run.arguments) if run and run.tool == "gpgconf" and not run.user else None
    word = invocation.argument(option) if invocation else None
    return bool(invocation and not invocation.operands and word and word.value == value)


def _is_part(command: Command) -> bool:
    """Tell whether a command belongs to the lines that GnuPG's manual gives for a start-up file ("Agent Options", `--enable-ssh-support`)."""
    values = [word.value for word in command.words]
    if values in (["unset", "SSH_AGENT_PID"], ["export", "GPG_TTY"], ["export", "SSH_AUTH_SOCK"]):
        return True
    run = runs(command) if command.is_silent and not command.assignments else None
    invocation = read_options(GPG_CONNECT_AGENT, run.arguments) if run and run.tool == "gpg-connect-agent" else None
    return bool(invocation and [word.value for word in invocation.operands] in (["updatestartuptty", "/bye"], ["/bye"]))


SSH = Rewrite(
    id="imp-ssh-agent",
    summary="Every shell starts an agent of its own; one for the session can be declared",
    why=(
        "Each new shell starts another ssh-agent that knows no keys and that nothing ends; a key that was added in one window is missing in "
        "the next."
    ),
    keep="Keep it where a shell needs an agent of its own, apart from that of the session.",
    before="environment.interactiveShellInit = ''eval \"$(ssh-agent)\"'';",
    after="programs.ssh.startAgent = true;",
    lanes=frozenset({"nixos", "home-manager"}),
    places=frozenset({Place.SHELL_INIT}),
    tools=frozenset({"ssh-agent"}),
    match=_match_ssh,
    options=("programs.ssh.startAgent", "services.ssh-agent.enable"),
    severity=Severity.WARNING,
)

GPG = Rewrite(
    id="imp-gpg-agent",
    summary="The agent of GnuPG can be declared as an option",
    why=(
        "Lines that start the agent and export its socket in one shell's start-up file leave out programs that are started from the desktop, "
        "and repeat what the module does for every shell."
    ),
    keep="Keep them where the socket is forwarded from another machine.",
    before=(
        "programs.bash.initExtra = ''\n  gpgconf --launch gpg-agent\n  export SSH_AUTH_SOCK=$(gpgconf --list-dirs agent-ssh-socket)\n'';"
    ),
    after="services.gpg-agent = { enable = true; enableSshSupport = true; };",
    lanes=frozenset({"nixos", "home-manager", "nix-darwin"}),
    places=frozenset({Place.SHELL_INIT}),
    tools=frozenset({"gpgconf", "SSH_AUTH_SOCK"}),
    match=_match_gpg,
    options=("services.gpg-agent", "programs.gnupg.agent"),
)
