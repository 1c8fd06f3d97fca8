"""What a script does with the tools of the catalogue, found once for as long as the script stays as it is."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from nix_lsp.analysis.shell.invocation import Runs, runs
from nix_lsp.analysis.shell.word import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from nix_lsp.analysis.shell.script import Command, Script
    from nix_lsp.analysis.shell.variables import Assigned
    from nix_lsp.analysis.shell.word import Word
    from nix_lsp.analysis.shell.writes import Given, Write


_MAY_SOURCE = re.compile(rb"source\b|\.\s|\w+=|['\"\\]")
_ASKS = re.compile(rb"\$\{?(?:\?|!|PIPESTATUS)")
"""The exit status of the last command, or the process of the last background job."""


@lru_cache(maxsize=16)
def tool_use(script: Script, tools: re.Pattern[bytes]) -> ToolUse:
    """Return what a script does with the tools that a pattern finds; the last few are kept, as the scripts themselves are."""
    return ToolUse(script, tools)


@dataclass(frozen=True, eq=False)
class ToolUse:
    """Found when it is asked for; nothing of it rests on anything but the script."""

    script: Script
    tools: re.Pattern[bytes]

    @cached_property
    def _telling(self) -> tuple[Command, ...]:
        """The movable commands that mention a tool of the catalogue, in the shell's text or in what Nix puts there.

        None where the script asks what became of a command: another would stand before the question.
        """
        if _ASKS.search(self.script.content):
            return ()
        holes = [hole.span.start for hole in self.script.holes if self.tools.search(hole.expression.encode())]
        places = sorted((*self._mentions, *holes))
        return tuple(command for command in self.script.commands if command.is_plain and _has_any(command, places))

    @cached_property
    def _mentions(self) -> tuple[int, ...]:
        """Where the shell's text mentions a tool of the catalogue, in ascending order."""
        return tuple(match.start() for match in self.tools.finditer(self.script.content))

    @cached_property
    def writes(self) -> tuple[Write, ...]:
        """The text that movable commands write into files, with none of it left to the running shell."""
        from nix_lsp.analysis.shell.writes import read_write

        return tuple(found for command in self._telling if (found := read_write(command)))

    @cached_property
    def outputs(self) -> tuple[tuple[Command, Runs, Word], ...]:
        """The movable commands whose output goes to the end of a file, or into it, with the programs they run and the file."""
        from nix_lsp.analysis.shell.writes import output_file

        return tuple(
            (command, run, path)
            for command in self._telling
            if (path := output_file(command)) and not command.assignments and (run := runs(command))
        )

    @cached_property
    def given(self) -> tuple[Given, ...]:
        """The text that movable commands give to a program, with none of it left to the running shell."""
        from nix_lsp.analysis.shell.writes import read_given

        return tuple(found for command in self._telling if (found := read_given(command)))

    @cached_property
    def assigned(self) -> tuple[Assigned, ...]:
        """The variables that movable commands set, and do nothing but set."""
        from nix_lsp.analysis.shell.variables import read_assigned

        return tuple(
            each for command in self._telling for each in read_assigned(command, is_fish=self.script.is_fish) or ()
        )

    @cached_property
    def evaluated(self) -> tuple[tuple[Command, Runs], ...]:
        """The movable commands that let the shell run what a program prints, and that program: `eval "$(starship init bash)"`."""
        from nix_lsp.analysis.shell.evaluated import evaluated

        return tuple(
            (command, run) for command in self._telling if (inner := evaluated(command)) and (run := runs(inner))
        )

    @cached_property
    def handed_over(self) -> tuple[tuple[Command, Runs], ...]:
        """The commands that let another shell run what a program prints (`curl … | sh`), movable or not, and that program."""
        from nix_lsp.analysis.shell.evaluated import handed_over

        return tuple(
            (command, run)
            for command in self.script.commands
            if self.tools.search(self.script.content, command.span.start, command.span.end)
            and (inner := handed_over(command))
            and (run := runs(inner))
        )

    @cached_property
    def fed(self) -> tuple[tuple[Command, Runs], ...]:
        """The movable commands of the form `a | b`, with the program that reads."""
        return tuple(
            (command, run)
            for command in self._telling
            if len(command.stages) == 2 and command.is_silent and (run := runs(command.stages[1]))
        )

    @cached_property
    def programs(self) -> frozenset[str]:
        """The programs that may be of interest here, those that only run others (`sudo`) among them, wherever they stand."""
        from nix_lsp.analysis.shell.invocation import program

        first = (
            command.words[0] for command in self.script.commands if _has_any(command, self._mentions) and command.words
        )
        return frozenset(name for word in first if (name := program(word))) | {run.tool for _, run in self.runs}

    @cached_property
    def runs(self) -> tuple[tuple[Command, Runs], ...]:
        """The commands that could be moved as far as the script's structure goes, with the programs they run."""
        return tuple(
            (command, run)
            for command in self._telling
            if command.is_silent and not command.assignments and (run := runs(command))
        )

    @cached_property
    def named(self) -> frozenset[str]:
        """Whatever a row may know the script by: programs and their folders, names in compound statements, variables, sourced files."""
        content = self.script.content
        named = set(self.programs)
        named.update(run.tool for _, run in (*self.evaluated, *self.fed, *self.handed_over))
        named.update(each.name for each in self.assigned)
        named.update(each.run.tool for each in self.given)
        named.update("function" for each in self.script.functions if each.command.is_plain)
        for part in self.script.opaque:
            named.update(found.decode() for found in self.tools.findall(content[part.start : part.end]))
        named.update(_sourced(self.script))
        # Words are read only where they may have a folder: they are most of what a script that has changed costs.
        with_folder = (command for command in self.script.commands if content.find(b"/", *command.span) >= 0)
        named.update(command.words[0].leading.rpartition("/")[0] for command in with_folder if command.words)
        return frozenset(named)


def _sourced(script: Script) -> Iterator[str]:
    """Yield the bare names of the files that a script takes over: `. "$NVM_DIR/nvm.sh"`."""
    for command in script.commands:
        words = command.words if _MAY_SOURCE.match(script.content, command.span.start) else ()
        if len(words) == 2 and words[0].value in {"source", "."}:
            last = words[1].pieces[-1] if words[1].pieces else None
            yield last.text.rpartition("/")[2] if isinstance(last, Text) else ""


def _has_any(command: Command, places: Sequence[int]) -> bool:
    """Tell whether one of the places, in ascending order, is within a command."""
    index = bisect_left(places, command.span.start)
    return index < len(places) and places[index] < command.span.end
