"""What a rewrite is: a row of facts and a function from commands to options."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING

from nix_lsp.analysis.shell.invocation import read_options
from nix_lsp.analysis.shell.word import Antiquotation, Hole, Text
from nix_lsp.ide.model import Severity, Tier
from nix_lsp.ide.rewrites.imperative.habit import Habit
from nix_lsp.ide.rewrites.imperative.tool_use import ToolUse, tool_use
from nix_lsp.ide.rewrites.imperative.value import Setting, Str, Value
from nix_lsp.syntax.span import Span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from tree_sitter import Node

    from nix_lsp.analysis.shell.invocation import Invocation, Runs, Tool
    from nix_lsp.analysis.shell.script import Command, Script
    from nix_lsp.analysis.shell.variables import Assigned
    from nix_lsp.analysis.shell.word import Word
    from nix_lsp.analysis.shell.writes import Given, Write


class Place(Enum):
    """Where a script stands, which says when and as whom it runs."""

    ACTIVATION = "system activation script"
    """As root at boot and at every switch."""
    USER_ACTIVATION = "user activation script"
    """As each user that logs in, on NixOS."""
    HOME_ACTIVATION = "home-manager activation script"
    """As the user, at every home-manager switch."""
    SERVICE = "systemd service script"
    """What a system service is there to do: `script`, `ExecStart`."""
    SERVICE_HOOK = "systemd service hook"
    """What a system service does before or after it: `preStart`, `postStart`, `ExecStartPre`, `ExecStartPost`."""
    FIREWALL = "firewall commands"
    """As root whenever the firewall starts."""
    SHELL_INIT = "shell start-up file"
    """In each interactive shell."""
    USER_SERVICE = "systemd user service script"
    """What a service of a user's own systemd is there to do."""
    USER_SERVICE_HOOK = "systemd user service hook"
    LAUNCHD = "launchd daemon"
    """As root, on macOS."""
    LAUNCHD_AGENT = "launchd agent"
    """As the user who is logged in, on macOS."""
    NETWORK = "network commands"
    """As root whenever the network has been set up."""
    BOOT = "boot commands"
    """As root, once, at the end of the second stage of a boot."""
    INITRD = "initrd commands"
    """In the first stage of a boot, in another system with other programs."""
    POWER = "power management commands"
    """As root at boot and whenever the machine wakes."""
    DISPLAY_SETUP = "display manager's set-up"
    """As root, before anybody logs in."""
    SESSION = "session start"
    """As the user, whenever a graphical session begins."""
    CRON = "cron job"
    """As the user that its line names, at the times that it says."""
    ALIAS = "shell alias"
    """When somebody types it: only for rows that say so."""
    NIX_CONF = "lines for nix.conf"
    """Text that goes into nix.conf; read as `FILE` is."""
    DEV_SHELL = "development shell"
    """As whoever enters the shell of a project."""
    FILE = "file"
    """A file's text, which nothing here runs and which need not be shell: it has no commands, only `Reading.text`."""
    VALUE = "value"
    """A string that is no script, such as a variable's value: it has no commands either."""


MAIN_PLACES = frozenset({Place.SERVICE, Place.USER_SERVICE, Place.LAUNCHD, Place.LAUNCHD_AGENT})
"""Places that hold what a service is there to do: without it, the service goes."""
ROOT_PLACES = frozenset({Place.ACTIVATION, Place.SERVICE, Place.SERVICE_HOOK})
"""Places whose commands run as root unless a service says otherwise."""


@dataclass(frozen=True)
class Reading:
    """One script, and what is known of the place it stands in."""

    script: Script
    place: Place
    lane: str
    """The module set: `nixos`, `home-manager`, `nix-darwin`."""
    path: tuple[str, ...]
    """The option path of the script: `("system", "activationScripts", "users", "text")`."""
    defined: Mapping[tuple[str, ...], Node | None]
    """The static option paths that the file defines for this module set, and their values."""
    tools: re.Pattern[bytes]
    """Finds the name of any program that a rewrite knows."""
    service_user: str | None = None
    """The user of the service or cron job that the script belongs to; None: root, or no service."""
    schedule: str | None = None
    """Of a cron job: when it runs, as crontab(5) writes it (`30 4 * * 0`, `@daily`)."""

    is_ordered: bool = False
    """Its place among the other definitions of its option was chosen."""
    source: bytes = b""
    """The text of the whole file."""

    def is_mentioned_elsewhere(self, word: str) -> bool:
        """Tell whether the file has a word outside the script too."""
        spelled = re.compile(rb"(?<![\w-])" + re.escape(word.encode()) + rb"(?![\w-])")
        own = len(spelled.findall(self.script.content))
        own += sum(len(spelled.findall(hole.expression.encode())) for hole in self.script.holes)
        return len(spelled.findall(self.source)) > own

    @property
    def subject(self) -> str:
        """The script's own name: that of the activation script, of the service, of the shell."""
        return next(iter(self.path[3 if self.path[1] == "user" else 2 :]), self.path[-1])

    @property
    def text(self) -> Str:
        """All of the script or file, antiquotations in their places."""
        return self.part(Span(0, len(self.script.content)))

    def part(self, span: Span) -> Str:
        """Return what stands in a part of the script or file, antiquotations in their places."""
        pieces: list[Text | Antiquotation] = []
        content, at = self.script.content, span.start
        inside = (hole for hole in self.script.holes if span.start <= hole.span.start and hole.span.end <= span.end)
        for hole in (*inside, Hole(Span(span.end, span.end), "")):
            if known := content[at : hole.span.start].decode("utf-8", "replace"):
                pieces.append(Text(known))
            if hole.expression:
                pieces.append(Antiquotation(hole.expression))
            at = hole.span.end
        return Str(tuple(pieces))

    @cached_property
    def use(self) -> ToolUse:
        """What the script does with the tools of the catalogue."""
        return tool_use(self.script, self.tools)

    @property
    def writes(self) -> tuple[Write, ...]:
        """The text that movable commands write into files, with none of it left to the running shell."""
        return self.use.writes

    @property
    def outputs(self) -> tuple[tuple[Command, Runs, Word], ...]:
        """The movable commands whose output goes to the end of a file, or into it, with the programs they run and the file."""
        return self.use.outputs

    @property
    def given(self) -> tuple[Given, ...]:
        """The text that movable commands give to a program, with none of it left to the running shell."""
        return self.use.given

    @property
    def assigned(self) -> tuple[Assigned, ...]:
        """The variables that movable commands set, and do nothing but set."""
        return self.use.assigned

    @property
    def evaluated(self) -> tuple[tuple[Command, Runs], ...]:
        """The movable commands that let the shell run what a program prints, and that program: `eval "$(starship init bash)"`."""
        return self.use.evaluated

    @property
    def handed_over(self) -> tuple[tuple[Command, Runs], ...]:
        """The commands that let another shell run what a program prints (`curl … | sh`), movable or not, and that program."""
        return self.use.handed_over

    @property
    def fed(self) -> tuple[tuple[Command, Runs], ...]:
        """The movable commands of the form `a | b`, with the program that reads."""
        return self.use.fed

    @property
    def programs(self) -> frozenset[str]:
        """The programs that may be of interest here, those that only run others (`sudo`) among them, wherever they stand."""
        return self.use.programs

    @property
    def runs(self) -> tuple[tuple[Command, Runs], ...]:
        """The commands that could be moved as far as the script's structure goes, with the programs they run."""
        return self.use.runs

    @property
    def shell(self) -> str | None:
        """The shell whose start-up file it is; None: that of several shells, or no start-up file."""
        return self.path[1] if self.place is Place.SHELL_INIT and self.path[0] == "programs" else None

    def lines(self, *tools: Tool) -> Iterator[tuple[Command, Invocation, Runs]]:
        """Yield the movable commands that run one of these tools and are wholly understood."""
        known = {tool.name: tool for tool in tools}
        for command, run in self.runs:
            tool = known.get(run.tool)
            if tool and (invocation := read_options(tool, run.arguments)):
                yield command, invocation, run

    def root_lines(self, *tools: Tool) -> Iterator[tuple[Command, Invocation]]:
        """Yield those of `lines` that run as root."""
        for command, invocation, run in self.lines(*tools):
            if not run.user and not self.service_user:
                yield command, invocation

    @property
    def root_writes(self) -> Iterator[Write]:
        """Yield those of `writes` that are done as root."""
        return (write for write in self.writes if not write.user and not self.service_user)

    @property
    def is_at_boot(self) -> bool:
        """Whether the script surely runs when the machine starts, and at no other moment of its own choice."""
        if self.place in {Place.ACTIVATION, Place.BOOT}:
            return True
        wanted = self._of_service("wantedBy")
        return self.place is Place.SERVICE and wanted is not None and b".target" in (wanted.text or b"")

    @property
    def calendar(self) -> str | None:
        """The calendar event at which the service of the script runs (systemd.time(7)); None if the file does not say."""
        from nix_lsp.syntax.ast import static_string

        if self.path[:3] == ("systemd", "user", "services"):
            written = self.defined.get(("systemd", "user", "timers", *self.path[3:4], "Timer", "OnCalendar"))
            return static_string(written) if written else None
        timer = ("systemd", "timers", *self.path[2:3], "timerConfig", "OnCalendar")
        moments = [self._of_service("startAt")]
        if self.path[:2] == ("systemd", "services"):
            moments.append(self.defined.get(timer))
        found = [static_string(moment) for moment in moments if moment]
        return found[0] if len(found) == 1 else None

    def is_on(self, option: str) -> bool:
        """Tell whether the file defines a boolean option as anything but `false`."""
        path = tuple(option.split("."))
        if path not in self.defined:
            return False
        value = self.defined[path]
        return value is None or value.text != b"false"

    def _of_service(self, name: str) -> Node | None:
        return self.defined.get((*self.path[:3], name)) if self.path[:2] == ("systemd", "services") else None


@dataclass(frozen=True, slots=True)
class Match:
    """Commands of a script and the options that say the same."""

    commands: tuple[Command, ...]
    """None, where `is_whole`."""
    choices: tuple[tuple[Setting, ...], ...]
    """Alternatives, the current spelling first: the first of which all options exist at the pin is written. None of them: no edit. One
    that is empty: the commands only go."""
    packages: tuple[str, ...] = ()
    """Package attributes that must exist at the pin."""
    names: tuple[str, ...] = ()
    """Words that what is left of the script may depend on: if it uses one, the edit is for review."""
    tier: Tier = Tier.MECHANICAL
    """`EXPLAINED`: there are no choices, and no edit."""
    note: str = ""
    """A sentence more for the message."""
    exact_with: str = ""
    """An option, dotted, of the release since which the edit is exact: where the pin does not have it, the edit is for review."""
    absorbs: frozenset[str] = frozenset()
    """What a systemd service says beside its script that the options say too (`startAt`, `after`), so that it may go with the script."""
    advised: tuple[str, ...] = ()
    """Where there is no edit: dotted paths of options to name. Of these the ones that exist at the pin are named; nothing is said if
    none does."""
    is_whole: bool = False
    """All of the script, cron job or file goes, whatever it holds."""
    cuts: tuple[Span, ...] = ()
    """Parts of the script, in its bytes, that are taken out instead of the commands: whole lines, where options say the same."""
    put: str = ""
    """What stands in the place of a single cut, as it is written in the Nix file: `${pkgs.rsync}/bin/rsync`."""
    title: str = ""
    """What that is called, where no option is set."""
    needs_linux: bool = False
    """The options are for Linux, in a module set that is for macOS too."""
    keeps: bool = False
    """The commands stay: the options are what they need."""
    at: Span | None = None
    """The part of the script to underline where there are no commands."""
    is_secret: bool = False
    """A secret is among the operands: nothing of it is shown or moved."""
    severity: Severity | None = None
    """Where it is another one than the row's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewrite(Habit):
    """A row about commands: `before` is a binding of a module, in one of the places."""

    lanes: frozenset[str]
    places: frozenset[Place]
    tools: frozenset[str]
    """Names of the programs, and the folders and files that are written to (`/proc/sys`); nothing is parsed where none of them occurs."""
    match: Callable[[Reading], Iterable[Match]]
    is_quiet: bool = False
    """Told on hover only: nobody is to be nagged about it."""
    shells: frozenset[str] = frozenset()
    """Of the start-up files, only those of these shells are read; empty: any."""
    is_of_backups: bool = False
    """Knows scripts that are named for the backups they make; elsewhere these may do what they have to."""


def setting(path: str, value: Value, *, below: tuple[str, ...] = ()) -> Setting:
    """Return a setting for a dotted path without quoted segments, and for further segments as they are."""
    return Setting((*path.split("."), *below), value)
