"""The scripts of a module: which option holds them, their text, and what the file says of their surroundings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.analysis.shell.parse import parse_script
from nix_lsp.analysis.shell.word import Hole
from nix_lsp.ide.edits import binding_path, set_of
from nix_lsp.ide.rewrites.imperative.places import is_legitimate, script_option
from nix_lsp.ide.rewrites.imperative.rewrite import Place, Reading
from nix_lsp.syntax.ast import STRINGS, application, select_path, static_string, unparenthesized
from nix_lsp.syntax.span import Span
from nix_lsp.syntax.strings import read_string

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator, Mapping

    from tree_sitter import Node

    from nix_lsp.analysis.definition import Definition, Root
    from nix_lsp.ide.rewrites.imperative.places import ScriptOption
    from nix_lsp.syntax.strings import StringContent

_SCRIPT_ARGUMENT = {
    "stringAfter": 1,
    "noDepEntry": 0,
    "fullDepEntry": 0,
    "entryAnywhere": 0,
    "entryAfter": 1,
    "entryBefore": 1,
    "entryBetween": 2,
    "mkBefore": 0,
    "mkAfter": 0,
    "mkOrder": 1,
}
"""Functions round a script that only order it, and which argument the script is (nixpkgs lib/strings-with-deps.nix, lib/modules.nix;
home-manager modules/lib/dag.nix)."""

_HARMLESS = frozenset(
    {
        "description",
        "documentation",
        "enable",
        "path",
        "restartIfChanged",
        "serviceConfig",
        "serviceConfig.Type",
        "serviceConfig.RemainAfterExit",
        "serviceConfig.User",
        "wantedBy",
    }
)
"""What a service may say beside its script without meaning anything once the script is gone."""
_ORDERING = frozenset(
    {"after", "before", "wants", "requires", "requiredBy", "bindsTo", "partOf", "startAt", "unitConfig"}
)
"""What says that the service runs at a chosen moment, or that others wait for it."""


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
    string: Node
    index: int
    """Which of the binding's scripts it is."""
    content: StringContent
    reading: Reading
    needs_review: bool
    """The surroundings say that the moment at which the script runs was chosen."""
    entity: tuple[str, ...]
    """The option path that goes when the script is empty; its definitions stand in `owner`."""
    is_removable: bool
    """Nothing else depends on the entity as far as the file shows."""

    def source_span(self, part: Span) -> Span:
        """Return the document's bytes for a part of the script."""
        return self.content.source_span(part)


def sites(source: bytes, root: Root, module_set: str, tools: re.Pattern[bytes]) -> Iterator[Site]:
    """Yield the scripts below a root that mention one of the tools. Scripts that are not wholly understood are left out."""
    defined: dict[tuple[str, ...], Node | None] | None = None
    for definition in root.definitions:
        option = script_option(definition.names, module_set)
        if option is None or definition.is_set or definition.indirect or definition.binding.type != "binding":
            continue
        names = tuple(name for name in definition.names if name is not None)
        value = definition.binding.child_by_field_name("expression")
        if value is None or (len(names) > 2 and is_legitimate(names[2])):
            continue
        defined = _defined(root) if defined is None else defined
        for index, string in enumerate(scripts_of(value, is_exec=option.is_exec)):
            if tools.search(source, string.start_byte, string.end_byte):
                site = _site(source, root, module_set, definition, option, names, string, index, defined)
                if site:
                    yield site


def scripts_of(value: Node, *, is_exec: bool) -> list[Node]:
    """Return the string literals that a script option's value is: one, or for `Exec…` a list of them."""
    value = unparenthesized(value)
    if value.type == "apply_expression":
        function, arguments = application(value)
        path = select_path(function)
        position = _SCRIPT_ARGUMENT.get(path[-1] or "") if path else None
        if position is None or position >= len(arguments):
            return []
        value = unparenthesized(arguments[position])
    if value.type in STRINGS:
        return [value]
    if is_exec and value.type == "list_expression":
        return [element for element in value.children_by_field_name("element") if element.type in STRINGS]
    return []


def _site(
    source: bytes,
    root: Root,
    module_set: str,
    definition: Definition,
    option: ScriptOption,
    names: tuple[str, ...],
    string: Node,
    index: int,
    defined: Mapping[tuple[str, ...], Node | None],
) -> Site | None:
    place = home(definition)
    content = read_string(string)
    if place is None or content is None:
        return None
    data = content.text.encode()
    holes = tuple(Hole(part.span, part.expression) for part in content.holes)
    if option.is_exec and not _is_plain_exec(data):
        return None
    script = parse_script(data, holes)
    if script is None or b"netns" in data:
        return None
    service = _Service.of(names, defined)
    if service.is_special:
        return None
    reading = Reading(script, option.place, module_set, names, defined, service.user)
    entity, is_removable = names, True
    if option.place is Place.SERVICE:
        entity, is_removable = names[:3], service.is_only_a_script(names)
    elif option.place in {Place.ACTIVATION, Place.USER_ACTIVATION, Place.HOME_ACTIVATION}:
        entity, is_removable = names[:3], not _is_awaited(source, names[2], root)
    together = all(home(other) == place for other in root.definitions if other.names[: len(entity)] == entity)
    review = service.is_ordered or (option.place is Place.SERVICE and f"{names[2]}.service".encode() in source)
    return Site(
        root=root,
        option=option,
        names=names,
        owner=place.owner,
        lead=place.lead,
        string=string,
        index=index,
        content=content,
        reading=reading,
        needs_review=review,
        entity=entity,
        is_removable=is_removable and together,
    )


class _Home(NamedTuple):
    owner: Node
    lead: tuple[str, ...]


def home(definition: Definition) -> _Home | None:
    """Return the set that a definition's path starts in; None if anything but literal sets lies between."""
    binding, rest = definition.binding, len(definition.path)
    while True:
        owner, path = set_of(binding), binding_path(binding)
        if owner is None or path is None:
            return None
        if len(path) >= rest:
            lead = tuple(name for name in path[: len(path) - rest] if name is not None)
            return _Home(owner, lead) if len(lead) + rest == len(path) else None
        rest -= len(path)
        outer = owner.parent
        while outer and outer.type == "parenthesized_expression":
            outer = outer.parent
        if outer is None or outer.type != "binding" or owner.type != "attrset_expression":
            return None
        binding = outer


def _defined(root: Root) -> dict[tuple[str, ...], Node | None]:
    return {
        tuple(name for name in definition.names if name is not None): definition.value
        for definition in root.definitions
        if None not in definition.names
    }


@dataclass(frozen=True, slots=True)
class _Service:
    """What the file says of the systemd service that a script belongs to."""

    settings: Mapping[str, Node | None]

    @staticmethod
    def of(names: tuple[str, ...], defined: Mapping[tuple[str, ...], Node | None]) -> _Service:
        if names[:2] != ("systemd", "services"):
            return _Service({})
        return _Service(
            {".".join(path[3:]): value for path, value in defined.items() if path[:3] == names[:3] and path[3:]}
        )

    @property
    def user(self) -> str | None:
        """The user it runs as, None for root; a user that is not static counts as one."""
        if "serviceConfig.DynamicUser" in self.settings:
            return "dynamic"
        value = self.settings.get("serviceConfig.User")
        if value is None:
            return "unknown" if "serviceConfig.User" in self.settings else None
        name = static_string(value)
        return None if name == "root" else name or "unknown"

    @property
    def is_special(self) -> bool:
        """It runs only under conditions, or when the machine sleeps or wakes."""
        if any(name.startswith(("unitConfig.Condition", "unitConfig.Assert")) for name in self.settings):
            return True
        return any(
            value is not None
            and (
                b"sleep.target" in (value.text or b"")
                or b"suspend" in (value.text or b"")
                or b"hibernate" in (value.text or b"")
            )
            for name, value in self.settings.items()
            if name in {"wantedBy", "before", "after"}
        )

    @property
    def is_ordered(self) -> bool:
        return any(name.split(".")[0] in _ORDERING for name in self.settings)

    def is_only_a_script(self, names: tuple[str, ...]) -> bool:
        """Tell whether nothing of the service would be missed without the script."""
        own = ".".join(names[3:])
        return all(name == own or name in _HARMLESS or name.split(".")[0] in _ORDERING for name in self.settings)


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
