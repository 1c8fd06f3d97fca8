"""The scripts of a module: which option holds them, their text, and what the file says of their surroundings."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.analysis.shell.crontab import read_line
from nix_lsp.analysis.shell.parse import parse_script
from nix_lsp.analysis.shell.script import Script
from nix_lsp.analysis.shell.word import Hole
from nix_lsp.ide.edits import set_of
from nix_lsp.ide.rewrites.imperative.arguments import read_arguments
from nix_lsp.ide.rewrites.imperative.literals import Literal, names_in, scripts_of
from nix_lsp.ide.rewrites.imperative.places import Form, is_legitimate, makes_backups, script_option
from nix_lsp.ide.rewrites.imperative.rewrite import MAIN_PLACES, Place, Reading
from nix_lsp.ide.rewrites.imperative.service import Service, unit_of
from nix_lsp.ide.set_names import binding_path, conditional_set
from nix_lsp.syntax.span import Span
from nix_lsp.syntax.strings import read_string

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tree_sitter import Node

    from nix_lsp.analysis.definition import Definition, Root
    from nix_lsp.analysis.shell.crontab import Line
    from nix_lsp.ide.rewrites.imperative.literals import Follow
    from nix_lsp.ide.rewrites.imperative.places import ScriptOption
    from nix_lsp.syntax.document import Document
    from nix_lsp.syntax.strings import StringContent

_FISH = ("programs", "fish")
_ALWAYS_THERE = frozenset(
    {
        "users",
        "groups",
        "etc",
        "var",
        "specialfs",
        "binsh",
        "usrbinenv",
        "stdio",
        "writeBoundary",
        "linkGeneration",
        "installPackages",
    }
)
"""Scripts of NixOS and home-manager themselves: waiting for any other one says that the moment was chosen."""


_NAMED = frozenset({Form.FILE, Form.CRONTAB, Form.VALUE, Form.MADE_FILE})
"""Forms that a row may know by the option's path alone."""
_OF_A_FILE = frozenset({(), ("text",), ("enable",), ("mode",), ("user",), ("group",)})
"""What is said of a file beside its text, and goes with it."""
_INSTALLER = re.compile(rb"\b(?:installation-cd|isoImage|sdImage|netboot|installer)\b")


@dataclass(frozen=True, slots=True)
class Site:
    """One script."""

    root: Root
    option: ScriptOption
    names: tuple[str, ...]
    owner: Node
    """The attribute set in which the whole option path is written, through literal sets."""
    lead: tuple[str, ...]
    """What stands before the path in `owner` without being a part of it: `config`."""
    literal: Literal
    index: int
    """Which of the binding's scripts it is."""
    condition: str
    """`lib.mkIf c`: what decides, in the script's own value or round a set that it stands in, whether it runs."""
    content: StringContent
    reading: Reading
    service: Service
    """The systemd service that the script belongs to; one that says nothing for a script of no service."""
    is_awaited: bool
    """Others wait for what it does, or it waits for others."""
    entity: tuple[str, ...]
    """The option path that goes when the script is empty; its definitions stand in `owner`."""
    stands_alone: bool
    """Nothing else depends on the entity as far as the file shows."""

    @property
    def makes_backups(self) -> bool:
        """Whether the script's name says that it makes backups."""
        return makes_backups(self.option, self.names)

    def needs_review(self, absorbed: frozenset[str] = frozenset()) -> bool:
        """Tell whether the moment at which the script runs was chosen, apart from what the new options say of it (`absorbed`)."""
        return self.is_awaited or self.service.is_ordered(absorbed)

    def is_removable(self, absorbed: frozenset[str] = frozenset()) -> bool:
        """Tell whether the entity can go when the script is empty."""
        return self.stands_alone and (
            self.option.place not in MAIN_PLACES or self.service.is_only_a_script(self.names, absorbed)
        )

    def source_span(self, part: Span) -> Span:
        """Return the document's bytes for a part of the script."""
        return self.content.source_span(part)


def sites(
    document: Document, root: Root, module_set: str, tools: re.Pattern[bytes], follow: Follow | None = None
) -> Iterator[Site]:
    """Yield the scripts below a root that mention one of the tools: with `follow`, those that are written in other files, and only them.

    Scripts that are not wholly understood are left out.
    """
    source = document.source
    defined: dict[tuple[str, ...], Node | None] | None = None
    for definition in root.definitions:
        option = script_option(definition.names, module_set)
        if option is None or definition.is_set or definition.indirect or definition.binding.type != "binding":
            continue
        names = tuple(name for name in definition.names if name is not None)
        value = definition.binding.child_by_field_name("expression")
        if value is None or is_legitimate(option, names):
            continue
        defined = _defined(root) if defined is None else defined
        is_named = option.form in _NAMED and any(tools.search(name.encode()) for name in names)
        for index, literal in enumerate(scripts_of(document, value, option.form, follow)):
            if (literal.document is None) is not (follow is None):
                continue
            text = literal.document.source if literal.document else source
            if is_named or tools.search(text, literal.string.start_byte, literal.string.end_byte):
                site = _site(source, root, module_set, definition, option, names, literal, index, defined, tools)
                if site:
                    yield site


def _site(
    source: bytes,
    root: Root,
    module_set: str,
    definition: Definition,
    option: ScriptOption,
    names: tuple[str, ...],
    literal: Literal,
    index: int,
    defined: Mapping[tuple[str, ...], Node | None],
    tools: re.Pattern[bytes],
) -> Site | None:
    place = home(definition)
    content = read_arguments(literal.string) if literal.is_list else read_string(literal.string)
    if place is None or content is None or (place.condition and literal.condition):
        return None
    data = content.text.encode()
    holes = tuple(Hole(part.span, part.expression) for part in content.holes)
    line = read_line(data) if option.form is Form.CRONTAB else None
    script = _read(
        data,
        holes,
        Form.SHELL if literal.is_program else option.form,
        line,
        is_fish=names[:2] == _FISH and not literal.is_program,
    )
    if script is None:
        return None
    if not (literal.opens and literal.closes):
        script = _without_edges(script, literal)
    service = Service.of(names, defined)
    if service.is_special or (option.place is Place.BOOT and _INSTALLER.search(source)):
        return None
    user, schedule = (line.user, line.schedule) if line else (service.user, None)
    reading = Reading(
        script, option.place, module_set, names, defined, tools, user, schedule, literal.is_ordered, source
    )
    entity, stands_alone, is_awaited = names, True, False
    if option.place in MAIN_PLACES and (unit := unit_of(names)):
        entity = unit
        is_awaited = re.search(re.escape(unit[-1].encode()) + rb"\.service(?!\w)", source) is not None
    elif option.form is Form.FILE and names[-1] == "text":
        entity = names[:-1]
        stands_alone = not any(
            path[: len(entity)] == entity and path[len(entity) :] not in _OF_A_FILE for path in defined
        )
    elif option.place in {Place.ACTIVATION, Place.USER_ACTIVATION, Place.HOME_ACTIVATION}:
        entity, is_awaited = names[:3], _is_awaited(source, names[2], root)
        stands_alone = not is_awaited
    together = all(home(other) == place for other in root.definitions if other.names[: len(entity)] == entity)
    after = (*literal.after, *(names_in(deps) if (deps := defined.get((*names[:3], "deps"))) else ()))
    waits = any(name not in _ALWAYS_THERE for name in after)
    return Site(
        root=root,
        option=option,
        names=names,
        owner=place.owner,
        lead=place.lead,
        literal=literal,
        index=index,
        condition=place.condition or literal.condition,
        content=content,
        reading=reading,
        service=service,
        is_awaited=is_awaited or waits,
        entity=entity,
        stands_alone=stands_alone and together,
    )


def _read(data: bytes, holes: tuple[Hole, ...], form: Form, line: Line | None, *, is_fish: bool) -> Script | None:
    """Return what a text runs; None if it is not wholly understood."""
    match form:
        case Form.FILE | Form.VALUE | Form.MADE_FILE:
            return Script(data, (), (), (), holes)
        case Form.EXEC if not _is_plain_exec(data):
            return None
        case Form.CRONTAB if line is None:
            return None
        case Form.SHELL if is_fish:
            from nix_lsp.analysis.shell.fish import parse_fish

            return parse_fish(data, holes)
        case _:
            # The fields before a cron job's command become blanks, so that every byte stays where it is.
            script = parse_script(b" " * line.command + data[line.command :] if line else data, holes)
            return None if b"netns" in data else script


def _without_edges(script: Script, literal: Literal) -> Script:
    """Take what stands on a line with text of another part of the value for a part of some other command."""
    content = script.content
    first = 0 if literal.opens else content.find(b"\n") + 1 or len(content)
    last = len(content) if literal.closes else content.rfind(b"\n") + 1
    commands = tuple(
        command if first <= command.span.start and command.span.end <= last else replace(command, is_plain=False)
        for command in script.commands
    )
    return replace(script, commands=commands)


class _Home(NamedTuple):
    owner: Node
    lead: tuple[str, ...]
    condition: str = ""


def home(definition: Definition) -> _Home | None:
    """Return the set that a definition's path starts in; None if anything but literal sets, one of them under a condition, lies between."""
    binding, rest, condition = definition.binding, len(definition.path), ""
    while True:
        owner, path = set_of(binding), binding_path(binding)
        if owner is None or path is None:
            return None
        if len(path) >= rest:
            lead = tuple(name for name in path[: len(path) - rest] if name is not None)
            return _Home(owner, lead, condition) if len(lead) + rest == len(path) else None
        rest -= len(path)
        outer = _around(owner)
        if outer and outer.type == "apply_expression" and not condition and (found := conditional_set(outer)):
            condition, outer = found.condition, _around(outer)
        if outer is None or outer.type != "binding" or owner.type != "attrset_expression":
            return None
        binding = outer


def _around(node: Node) -> Node | None:
    """Return what stands round a node and its parentheses."""
    outer = node.parent
    while outer and outer.type == "parenthesized_expression":
        outer = outer.parent
    return outer


def _defined(root: Root) -> dict[tuple[str, ...], Node | None]:
    return {
        tuple(name for name in definition.names if name is not None): definition.value
        for definition in root.definitions
        if None not in definition.names
    }


def _is_awaited(source: bytes, name: str, root: Root) -> bool:
    """Tell whether another script of the file may name this one in its dependencies."""
    own = {segment.span.start for definition in root.definitions for segment in definition.path}
    quoted_name, start = f'"{name}"'.encode(), -1
    while (start := source.find(quoted_name, start + 1)) >= 0:
        if start not in own:
            return True
    return False


def _is_plain_exec(line: bytes) -> bool:
    """Tell whether systemd and a shell would read a command line alike (systemd.service(5), "Command lines")."""
    return not any(char in line for char in b"|;&<>$%\n#") and line.lstrip()[:1] not in {b"-", b"@", b"+", b"!", b":"}
