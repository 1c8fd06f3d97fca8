"""What a file says of the systemd service that a script belongs to."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nix_lsp.syntax.ast import static_string

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tree_sitter import Node

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

_SPECIAL = ("unitConfig.Condition", "unitConfig.Assert", "preStop", "postStop", "serviceConfig.ExecStop")
_SLEEP = re.compile(rb"(?:sleep|suspend|hibernate|hybrid-sleep|suspend-then-hibernate)\.target")


@dataclass(frozen=True, slots=True)
class Service:
    """What the file says of the systemd service that a script belongs to."""

    settings: Mapping[str, Node | None]
    has_timer: bool = False

    @staticmethod
    def of(names: tuple[str, ...], defined: Mapping[tuple[str, ...], Node | None]) -> Service:
        """Read the service that the option path `names` belongs to; one that says nothing for a script of no service."""
        if names[:2] != ("systemd", "services"):
            return Service({})
        settings = {".".join(path[3:]): value for path, value in defined.items() if path[:3] == names[:3] and path[3:]}
        return Service(settings, any(path[:3] == ("systemd", "timers", names[2]) for path in defined))

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
        """It never runs, runs only under conditions, takes back what it did when it stops, or runs when the machine sleeps or wakes."""
        if any(name.startswith(_SPECIAL) for name in self.settings):
            return True
        enable = self.settings.get("enable")
        if enable is not None and enable.text == b"false":
            return True
        moments = (value for name, value in self.settings.items() if name in {"wantedBy", "before", "after"} and value)
        return any(_SLEEP.search(value.text or b"") for value in moments)

    def is_ordered(self, absorbed: frozenset[str] = frozenset()) -> bool:
        """Tell whether it runs at a chosen moment, apart from what is `absorbed` (`timer` stands for a timer of its own)."""
        return (self.has_timer and "timer" not in absorbed) or any(
            name.split(".")[0] in _ORDERING and not {name, name.split(".")[0]} & absorbed for name in self.settings
        )

    def is_only_a_script(self, names: tuple[str, ...], absorbed: frozenset[str] = frozenset()) -> bool:
        """Tell whether nothing of the service would be missed without the script, and without what is `absorbed`."""
        own = ".".join(names[3:])
        return all(
            name == own or name in _HARMLESS or name.split(".")[0] in _ORDERING or name in absorbed
            for name in self.settings
        )
