"""`.nix-lsp.toml` at a project's root: the settings that hold for everyone who works on the project, in every editor and in CI.

What allows something that costs or tells others, or names a program to run (`Setting.is_personal`), does not count here: a person
gives it, no folder does.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from nix_lsp.analysis.pins.record import PinProblem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from nix_lsp.syntax.document import Document

FILE = ".nix-lsp.toml"

_PLACE = re.compile(r" \(at line (\d+), column (\d+)\)$| \(at end of document\)$")


class ProjectSettings(NamedTuple):
    """What the file sets as far as it is valid, and what is wrong with it."""

    values: Mapping[str, Any]
    """By field of `Settings`."""
    problems: tuple[PinProblem, ...] = ()


NOTHING = ProjectSettings({})


def read_project_settings(document: Document | None) -> ProjectSettings:
    """Read the file; None (there is none) sets nothing, and so does one that is no TOML."""
    if document is None:
        return NOTHING
    import tomllib

    text = document.source.decode("utf-8", "replace")
    try:
        section = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = _PLACE.search(str(error))
        line = int(place[1]) - 1 if place and place[1] else text.rstrip().count("\n")
        return ProjectSettings({}, (PinProblem(document.path, line, f"no TOML: {_PLACE.sub('', str(error))}"),))
    except RecursionError:
        return ProjectSettings({}, (PinProblem(document.path, 0, "no TOML that can be read: nested too deep"),))
    values: dict[str, Any] = {}
    problems = tuple(PinProblem(document.path, _line(text, name), said) for name, said in _read(section, values))
    return ProjectSettings(values, problems)


def _read(section: Mapping[str, Any], values: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Fill `values`; yield the name of each setting that is wrong, and what is wrong with it."""
    from difflib import get_close_matches

    from nix_lsp.analysis.settings import BY_NAME, SETTINGS, read
    from option_index.timeline import parse_point

    section = {name: value for name, value in section.items() if name != "$schema"}
    reading = read(section)
    values |= reading.values
    for said in reading.invalid:
        yield said.split("`")[1], said
    for name in reading.unknown:
        near = get_close_matches(name, [each.name for each in SETTINGS if not each.is_personal], 1)
        yield name, f"no setting: `{name}`" + (f"; did you mean `{near[0]}`?" if near else "")
    for setting in SETTINGS:
        if setting.is_personal and values.pop(setting.field, None):
            act = "allow" if setting.is_consent else "choose"
            yield (
                setting.name,
                f"`{setting.name}` is for a person to {act}, in the editor's settings: here it does not count",
            )
    if "pin" in values:
        try:
            parse_point(values["pin"])
        except ValueError:
            yield "pin", f"`pin` must be {BY_NAME['pin'].expects}, not `{values.pop('pin')}`"


def _line(text: str, name: str) -> int:
    """Return the zero-based line that most likely sets a name."""
    last = re.escape(name.rpartition(".")[2])
    found = re.search(rf"^[ \t]*(?:\[+[ \t]*)?(?:[\w-]+\.)*[\"']?(?:[\w-]+\.)*{last}\b", text, re.MULTILINE)
    return text.count("\n", 0, found.start()) if found else 0
