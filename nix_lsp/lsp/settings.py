"""What a user can set: one table, from which the reader, `docs/settings.md` and the VS Code schema come.

Clients send settings nested (`{"index": {"fetch": true}}`) or flat (`{"index.fetch": true}`), with our section round them or
without, as `initializationOptions`, as the answer to `workspace/configuration`, or inside `workspace/didChangeConfiguration`.
All of these are read here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, cast

from nix_lsp.analysis.project import Settings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nix_lsp.lsp.wire import Json

SECTION = "nix-lsp"


class Setting(NamedTuple):
    """One setting. `schema` is JSON Schema of the value; `field` the attribute of `Settings` that it fills."""

    name: str
    field: str
    schema: Json
    expects: str
    """What a valid value is, for people."""
    summary: str
    """Markdown, for the documentation and the editors' settings pages."""
    is_consent: bool = False
    """It allows something that costs or tells others: nothing that a project may switch on for its users."""

    @property
    def default(self) -> Any:
        """The default as JSON."""
        value = getattr(Settings(), self.field)
        return sorted(cast("frozenset[str]", value)) if isinstance(value, frozenset) else value


SETTINGS = (
    Setting(
        "pin",
        "pin",
        {"type": ["string", "null"]},
        "a release, `unstable`, a date, a revision or null",
        "Answer for this nixpkgs instead of the one the project's lock files pin: a release (`25.11`), `unstable`, a date "
        "(`2026-03-01`) or a revision.",
    ),
    Setting(
        "diagnostics.ignore",
        "ignored_rules",
        {"type": "array", "items": {"type": "string"}, "uniqueItems": True},
        "a list of rule ids",
        'Diagnostics that are not reported, by id: `["option-renamed"]`.',
    ),
    Setting(
        "index.fetch",
        "fetch_indexes",
        {"type": "boolean"},
        "true or false",
        "May the server fetch the pinned channel's option and package lists from the NixOS channel server? They add descriptions "
        "to what it knows already.",
        is_consent=True,
    ),
    Setting(
        "nix.evaluate",
        "evaluate",
        {"type": "boolean"},
        "true or false",
        "May the server evaluate the pinned nixpkgs with the `nix` installed on this machine, in a child process, to learn its "
        "options?",
        is_consent=True,
    ),
    Setting(
        "fixAll.imperative",
        "fix_all_imperative",
        {"type": "boolean"},
        "true or false",
        "Should *fix all* also turn imperative habits (`useradd`, `sysctl -w`, …) into declarative options, where that is "
        "mechanical?",
    ),
)

BY_NAME = {setting.name: setting for setting in SETTINGS}

EDITORS_OWN = frozenset({"server", "trace"})
"""Settings of the same section that are meant for the editor's extension."""


class Reading(NamedTuple):
    """Settings as far as they were valid, and a sentence for each thing that was not."""

    values: Mapping[str, Any]
    """By `Settings` field: only what was set."""
    invalid: tuple[str, ...]
    unknown: tuple[str, ...]
    """Names that are no settings of ours."""


def read(payload: object) -> Reading:
    """Read settings as any client sends them; anything that is no JSON object sets nothing."""
    values: dict[str, Any] = {}
    invalid: list[str] = []
    given = _flat(_section(payload))
    for setting in SETTINGS:
        if setting.name not in given:
            continue
        value = given.pop(setting.name)
        if _is_valid(value, setting.schema):
            values[setting.field] = frozenset(cast("list[str]", value)) if isinstance(value, list) else value
        else:
            invalid.append(f"`{setting.name}` must be {setting.expects}")
    unknown = (name for name in given if name.partition(".")[0] not in EDITORS_OWN)
    return Reading(values, tuple(invalid), tuple(sorted(unknown)))


def combine(*layers: Mapping[str, Any]) -> Settings:
    """Build the settings from what each route gave; later layers win."""
    merged: dict[str, Any] = {}
    for layer in layers:
        merged.update(layer)
    return Settings(**merged)


def _section(payload: object) -> Json:
    """Take our section out of the payload if it is there; else the payload is the section."""
    if not isinstance(payload, dict):
        return {}
    settings = cast("Json", payload)
    section = settings.get(SECTION)
    if isinstance(section, dict):
        return cast("Json", section)
    prefix = f"{SECTION}."
    own = {name.removeprefix(prefix): value for name, value in settings.items() if name.startswith(prefix)}
    return own or settings


def _flat(section: Json) -> Json:
    """Name every value by its dotted path; objects are groups, since no setting has an object for a value."""
    flat: Json = {}
    open_groups: list[tuple[str, Json]] = [("", section)]
    while open_groups:
        prefix, group = open_groups.pop()
        for name, value in group.items():
            if isinstance(value, dict):
                open_groups.append((f"{prefix}{name}.", cast("Json", value)))
            else:
                flat[f"{prefix}{name}"] = value
    # VS Code sends null for what is unset; for all settings null means the default.
    return {name: value for name, value in flat.items() if value is not None}


def _is_valid(value: object, schema: Json) -> bool:
    types: object = schema["type"]
    if not isinstance(types, list):
        types = [types]
    if isinstance(value, bool):
        return "boolean" in types
    if isinstance(value, str):
        return "string" in types
    if isinstance(value, list):
        return "array" in types and all(isinstance(item, str) for item in cast("list[object]", value))
    return False
