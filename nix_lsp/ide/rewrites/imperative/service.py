"""What a file says of the systemd service that a script belongs to."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nix_lsp.syntax.ast import static_string

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tree_sitter import Node

_UNITS = (
    ("systemd", "services"),
    ("systemd", "user", "services"),
    ("launchd", "daemons"),
    ("launchd", "agents"),
    ("launchd", "user", "agents"),
)
"""Where services are defined, each below its name."""
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
        # As home-manager spells it.
        "Install",
        "Install.WantedBy",
        "Service",
        "Service.Type",
        "Service.RemainAfterExit",
        "Unit",
        "Unit.Description",
        "Unit.Documentation",
        # launchd's.
        "serviceConfig.Label",
        "serviceConfig.RunAtLoad",
        "serviceConfig.ProcessType",
        "serviceConfig.StandardErrorPath",
        "serviceConfig.StandardOutPath",
        # launchd's, as home-manager spells it.
        "config",
        "config.Label",
        "config.RunAtLoad",
        "config.ProcessType",
        "config.StandardErrorPath",
        "config.StandardOutPath",
    }
)
"""What a service may say beside its script without meaning anything once the script is gone."""
_ORDERING = frozenset(
    {"after", "before", "wants", "requires", "requiredBy", "bindsTo", "partOf", "startAt", "unitConfig"}
)
_ORDERING_BELOW = (
    *(f"Unit.{name}" for name in ("After", "Before", "Wants", "Requires", "BindsTo", "PartOf")),
    *(
        f"{below}.{name}"
        for below in ("serviceConfig", "config")
        for name in ("StartCalendarInterval", "StartInterval", "KeepAlive", "WatchPaths")
    ),
)
"""What says that the service runs at a chosen moment, or that others wait for it; the latter with all that stands below."""

_SPECIAL = (
    *("unitConfig.Condition", "unitConfig.Assert", "preStop", "postStop", "serviceConfig.ExecStop"),
    *("Unit.Condition", "Unit.Assert", "Service.ExecStop"),
)
_MOMENTS = frozenset({"wantedBy", "before", "after", "Install.WantedBy", "Unit.Before", "Unit.After"})
_USERS = ("serviceConfig.User", "serviceConfig.UserName")
"""systemd's, launchd's."""
_WAITS = frozenset({"after", "before", "requires", "wants"})
_USUAL = re.compile(r"[\w-]+\.target|(?:docker|podman|tailscaled|systemd-[\w-]+)\.(?:service|socket)")
"""What a service waits for as a matter of course; anything else was put there for what its script does."""
_SLEEP = re.compile(rb"(?:sleep|suspend|hibernate|hybrid-sleep|suspend-then-hibernate)\.target")


def unit_of(names: Sequence[str]) -> tuple[str, ...] | None:
    """Return the option path of the service that an option path belongs to; None where it belongs to none."""
    for prefix in _UNITS:
        if len(names) > len(prefix) and tuple(names[: len(prefix)]) == prefix:
            return tuple(names[: len(prefix) + 1])
    return None


def _is_ordering(name: str) -> bool:
    return name.split(".", maxsplit=1)[0] in _ORDERING or any(
        name == known or name.startswith(f"{known}.") for known in _ORDERING_BELOW
    )


def _is_usual(value: Node | None) -> bool:
    """Tell whether a list of units, as it stands in the file, names only such that every system has its place for."""
    if value is None or value.type != "list_expression":
        return False
    units = [static_string(element) for element in value.children_by_field_name("element")]
    return all(unit and _USUAL.fullmatch(unit) for unit in units)


@dataclass(frozen=True, slots=True)
class Service:
    """What the file says of the systemd service that a script belongs to."""

    settings: Mapping[str, Node | None]
    has_timer: bool = False

    @staticmethod
    def of(names: tuple[str, ...], defined: Mapping[tuple[str, ...], Node | None]) -> Service:
        """Read the service that the option path `names` belongs to; one that says nothing for a script of no service."""
        unit = unit_of(names)
        if unit is None:
            return Service({})
        length, timer = len(unit), (*unit[:-2], "timers", unit[-1])
        settings = {
            ".".join(path[length:]): value for path, value in defined.items() if path[:length] == unit and path[length:]
        }
        return Service(settings, any(path[: len(timer)] == timer for path in defined))

    @property
    def user(self) -> str | None:
        """The user it runs as, None for root; a user that is not static counts as one."""
        if "serviceConfig.DynamicUser" in self.settings:
            return "dynamic"
        key = next((name for name in _USERS if name in self.settings), None)
        value = self.settings[key] if key else None
        if value is None:
            return "unknown" if key else None
        name = static_string(value)
        return None if name == "root" else name or "unknown"

    @property
    def is_special(self) -> bool:
        """It never runs, runs only under conditions, takes back what it did when it stops, or runs when the machine sleeps or wakes."""
        if any(name.startswith(_SPECIAL) for name in self.settings):
            return True
        enable = self.settings.get("enable")
        if enable is not None and enable.text == b"false":
            return True
        moments = (value for name, value in self.settings.items() if name in _MOMENTS and value)
        return any(_SLEEP.search(value.text or b"") for value in moments)

    def is_ordered(self, absorbed: frozenset[str] = frozenset()) -> bool:
        """Tell whether it runs at a chosen moment, apart from what is `absorbed` (`timer` stands for a timer of its own)."""
        return (self.has_timer and "timer" not in absorbed) or any(
            _is_ordering(name)
            and (not {name, name.split(".")[0]} & absorbed or (name in _WAITS and not _is_usual(value)))
            for name, value in self.settings.items()
        )

    def is_only_a_script(self, names: tuple[str, ...], absorbed: frozenset[str] = frozenset()) -> bool:
        """Tell whether nothing of the service would be missed without the script, and without what is `absorbed`."""
        own = ".".join(names[len(unit_of(names) or names) :])
        return all(name == own or name in _HARMLESS or _is_ordering(name) or name in absorbed for name in self.settings)
