"""What a user can set: one table.

From it come the readers of editors' settings and of `.nix-lsp.toml`, `docs/settings.md`, the JSON schema of the file, and the settings
page of VS Code.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, cast

from nix_lsp.analysis.project import Override, Settings

if TYPE_CHECKING:
    from collections.abc import Mapping

    Json = dict[str, Any]

SEVERITIES = ("error", "warning", "information", "hint")

_CONSENT: Json = {"type": ["boolean", "null"]}
_STRINGS: Json = {"type": "array", "items": {"type": "string"}, "uniqueItems": True}
_SEVERITIES: Json = {"type": "object", "additionalProperties": {"type": "string", "enum": list(SEVERITIES)}}
_OVERRIDES: Json = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {"paths": {**_STRINGS, "minItems": 1}, "ignore": _STRINGS, "severity": _SEVERITIES},
        "required": ["paths"],
        "additionalProperties": False,
    },
}


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
    is_program: bool = False
    """It names a program that is run: nothing that a project may choose for its users either."""

    @property
    def is_personal(self) -> bool:
        """Whether a project's own file cannot set it."""
        return self.is_consent or self.is_program

    @property
    def default(self) -> Any:
        """The default as JSON."""
        value = getattr(Settings(), self.field)
        if self.schema["type"] == "object":
            return dict(value)
        if isinstance(value, tuple):
            return list(cast("tuple[Any, ...]", value))
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
        _STRINGS,
        "a list of rule ids",
        'Diagnostics that are not reported, by id or pattern: `["option-renamed", "imp-*"]`.',
    ),
    Setting(
        "diagnostics.severity",
        "severities",
        _SEVERITIES,
        "an object that gives rule ids a severity: `error`, `warning`, `information` or `hint`",
        'Diagnostics that weigh more or less than they do of themselves, by id or pattern: `{"option-renamed": "error"}`. '
        "The last that matches counts.",
    ),
    Setting(
        "exclude",
        "exclude",
        _STRINGS,
        "a list of patterns",
        "Files about which nothing is reported: patterns as in `.gitignore`, relative to the project's root. What `.gitignore` names "
        "is left out anyway.",
    ),
    Setting(
        "overrides",
        "overrides",
        _OVERRIDES,
        "a list of objects with `paths`, and `ignore` or `severity`",
        "What is different for some files: `paths` are patterns as in `.gitignore`, relative to the project's root; `ignore` and "
        "`severity` are what `diagnostics.ignore` and `diagnostics.severity` are for all.",
    ),
    Setting(
        "index.fetch",
        "fetch_indexes",
        _CONSENT,
        "true, false or null",
        "May the server fetch the pinned channel's option and package lists from the NixOS channel server? They add descriptions "
        "to what it knows already. `null`: ask once, when they would help; `false`: never.",
        is_consent=True,
    ),
    Setting(
        "nix.evaluate",
        "evaluate",
        _CONSENT,
        "true, false or null",
        "May the server evaluate the pinned nixpkgs with the `nix` installed on this machine, in a child process, to learn its "
        "options? `null`: ask once, when that would help; `false`: never.",
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
    Setting(
        "formatting.command",
        "formatter",
        {"type": "array", "items": {"type": "string"}, "minItems": 1},
        "a list of strings: a program and its arguments",
        "The program that formats: it gets the text on its standard input and writes the formatted text to its standard output, within "
        '10 seconds. `["alejandra", "-qq"]`, `["nixpkgs-fmt"]`. It is looked for on `PATH`, and started when you format and at no '
        "other time.",
        is_program=True,
    ),
    Setting(
        "formatting.onType",
        "format_on_type",
        {"type": "boolean"},
        "true or false",
        "Should a closing bracket that begins its line go under the line that opened it, as it or the `;` behind it is typed? VS Code wants "
        "`editor.formatOnType` as well.",
    ),
    Setting(
        "hints.closingNames",
        "closing_names",
        {"type": "integer", "minimum": 0},
        "a number of lines",
        "A binding of so many lines or more shows its name behind the brackets that close it. `0`: none does.",
    ),
    Setting(
        "hints.packageVersions",
        "version_hints",
        {"type": "boolean"},
        "true or false",
        "Should packages in lists (`with pkgs; [ hello ]`) show the version that the pinned nixpkgs has?",
    ),
    Setting(
        "hints.optionDefaults",
        "default_hints",
        {"type": "boolean"},
        "true or false",
        "Should definitions show the default of their option in the pinned release, and say where they repeat it?",
    ),
    Setting(
        "hints.argumentNames",
        "argument_hints",
        {"type": "boolean"},
        "true or false",
        "Should the arguments of a call with several show the names of the parameters: of the file's own functions, of `lib` and of builtins?",
    ),
    Setting(
        "lenses.references",
        "reference_lenses",
        {"type": "boolean"},
        "true or false",
        "Should it be shown above the names that a `let` binds, and above functions in sets, how often the project uses them?",
    ),
    Setting(
        "lenses.definitions",
        "definition_lenses",
        {"type": "boolean"},
        "true or false",
        "Should it be shown above the options that a file declares how often the project defines them?",
    ),
)

BY_NAME = {setting.name: setting for setting in SETTINGS}


class Reading(NamedTuple):
    """Settings as far as they were valid, and a sentence for each thing that was not."""

    values: Mapping[str, Any]
    """By `Settings` field: only what was set."""
    invalid: tuple[str, ...]
    unknown: tuple[str, ...]
    """Names that are no settings of ours."""


def read(section: object) -> Reading:
    """Read settings from a JSON object, nested (`{"index": {"fetch": true}}`) or flat (`{"index.fetch": true}`); anything else sets nothing."""
    values: dict[str, Any] = {}
    invalid: list[str] = []
    given = _flat(cast("Json", section)) if isinstance(section, dict) else {}
    for setting in SETTINGS:
        if setting.name not in given:
            continue
        value = given.pop(setting.name)
        if _is_valid(value, setting.schema):
            values[setting.field] = _field(setting, value)
        else:
            invalid.append(f"`{setting.name}` must be {setting.expects}")
    return Reading(values, tuple(invalid), tuple(sorted(given)))


def combine(*layers: Mapping[str, Any]) -> Settings:
    """Build the settings from what each route gave; later layers win."""
    merged: dict[str, Any] = {}
    for layer in layers:
        merged.update(layer)
    return Settings(**merged)


def with_project(settings: Settings, values: Mapping[str, Any]) -> Settings:
    """Return settings with those of a project's own file over them.

    What the file says holds for everyone who works on the project, so that an editor shows what the command line will say. Lists add
    up: what either leaves out is left out. VS Code sends defaults as if somebody had set them, so that the other order could never
    let the file count.
    """
    return settings._replace(
        **{
            field: _joined(getattr(settings, field), value)
            for field, value in values.items()
            if field != "pin" or not settings.pin_is_ordered
        }
    )


def _joined(one: Any, other: Any) -> Any:
    if isinstance(other, frozenset):
        return one | other
    return one + other if isinstance(other, tuple) else other


def _field(setting: Setting, value: Any) -> Any:
    """Return a valid value as `Settings` has it."""
    if setting.schema is _OVERRIDES:
        return tuple(
            Override(tuple(each["paths"]), frozenset(each.get("ignore", ())), tuple(each.get("severity", {}).items()))
            for each in value
        )
    if isinstance(value, dict):
        return tuple(cast("Json", value).items())
    if isinstance(value, list):
        return (
            frozenset(cast("list[str]", value)) if "uniqueItems" in setting.schema else tuple(cast("list[str]", value))
        )
    return value


def _flat(section: Json) -> Json:
    """Name every value by its dotted path; objects are groups, but for the settings whose value is one."""
    flat: Json = {}
    objects: dict[str, Json] = {setting.name: {} for setting in SETTINGS if setting.schema["type"] == "object"}
    open_groups: list[tuple[str, Json]] = [("", section)]
    while open_groups:
        prefix, group = open_groups.pop()
        for name, value in group.items():
            path = f"{prefix}{name}"
            owner = next((each for each in objects if path.startswith(f"{each}.")), None)
            if path in objects and isinstance(value, dict):
                objects[path].update(cast("Json", value))
            elif owner is not None:
                objects[owner][path.removeprefix(f"{owner}.")] = value
            elif isinstance(value, dict):
                open_groups.append((f"{path}.", cast("Json", value)))
            else:
                flat[path] = value
    flat |= {name: value for name, value in objects.items() if value}
    # VS Code sends null for what is unset; for all settings null means the default.
    return {name: value for name, value in flat.items() if value is not None}


def _is_valid(value: object, schema: Json) -> bool:
    """Tell whether a value fits the part of JSON Schema that the table uses."""
    types: object = schema["type"]
    if not isinstance(types, list):
        types = [types]
    if isinstance(value, bool):
        return "boolean" in types
    if isinstance(value, int):
        return "integer" in types and value >= schema.get("minimum", value)
    if isinstance(value, str):
        return "string" in types and value in schema.get("enum", (value,))
    if isinstance(value, list):
        items = cast("list[object]", value)
        if "array" not in types or len(items) < schema.get("minItems", 0):
            return False
        return all(_is_valid(item, schema["items"]) for item in items)
    if isinstance(value, dict):
        members = cast("Json", value)
        known, others = schema.get("properties", {}), schema.get("additionalProperties")
        return (
            "object" in types
            and all(name in members for name in schema.get("required", ()))
            and all(
                _is_valid(member, known[name]) if name in known else bool(others) and _is_valid(member, others)
                for name, member in members.items()
            )
        )
    return False
