"""Reading what the snapshots publish: option lists, package lists, declared moves."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import brotli  # pyright: ignore[reportMissingTypeStubs]

if TYPE_CHECKING:
    from pathlib import Path as FilePath

Path = tuple[str, ...]
_LONGEST_DEFAULT = 300
"""Characters; a longer default is a program rather than a figure."""


class Source(NamedTuple):
    """Where one snapshot of one module set comes from."""

    set: str
    label: str
    day: date
    release: str | None
    """The release whose branch this is; None for master."""
    options: str
    drift: str | None
    """The declared moves of the same tree, where they were read."""


SETS = {"nixos": "NixOS", "home-manager": "home-manager", "nix-darwin": "nix-darwin"}

MODULES = {"nixos": "nixos/modules/", "home-manager": "modules/", "nix-darwin": "modules/"}
"""The folder of a set's repository that file names in `drift/` are relative to."""

_MASTER_DAYS = {"home-manager": date(2026, 8, 22), "nix-darwin": date(2026, 6, 18)}
"""The day of the last commit of each master tree that was read."""

_NIXOS = (
    ("24.11pre", date(2024, 7, 30), True),
    ("25.05pre", date(2024, 12, 19), False),
    ("25.11pre", date(2025, 7, 23), True),
    ("26.05pre", date(2025, 12, 28), True),
    ("26.11pre", date(2026, 6, 28), True),
)
_BRANCHES: dict[str, tuple[str, str, tuple[tuple[str, str | None], ...]]] = {
    "home-manager": (
        "release-",
        "home-manager-release-",
        (
            ("23.05", None),
            ("23.11", None),
            ("24.05", None),
            ("24.11", None),
            ("25.05", "25.05"),
            ("25.11", "25.11"),
            ("26.05", "26.05"),
        ),
    ),
    "nix-darwin": (
        "nix-darwin-",
        "nix-darwin-",
        (("24.11", "24.11"), ("25.05", "25.05"), ("25.11", "25.11"), ("26.05", None)),
    ),
}
_BRANCH_DAYS = {
    "23.05": date(2023, 5, 31),
    "23.11": date(2023, 11, 29),
    "24.05": date(2024, 5, 31),
    "24.11": date(2024, 11, 28),
    "25.05": date(2025, 5, 23),
    "25.11": date(2025, 11, 30),
    "26.05": date(2026, 5, 30),
}


def sources(module_set: str) -> list[Source]:
    """Return the snapshots of a module set, oldest first; paths are relative to the data folder."""
    if module_set == "nixos":
        return [
            Source(
                "nixos",
                label,
                day,
                None,
                f"channels/nixos-{label}/options.json.br",
                f"drift/nixos-{label}.json" if has_drift else None,
            )
            for label, day, has_drift in _NIXOS
        ]
    folder, drift, releases = _BRANCHES[module_set]
    found = [
        Source(
            module_set,
            release,
            _BRANCH_DAYS[release],
            release,
            f"modules/{module_set}/{folder}{release}/options.json.br",
            f"drift/{drift}{declared}.json" if declared else None,
        )
        for release, declared in releases
    ]
    master = f"modules/{module_set}/master/options.json.br"
    found.append(
        Source(module_set, "master", _MASTER_DAYS[module_set], None, master, f"drift/{module_set}-master.json")
    )
    return found


@dataclass(frozen=True, slots=True)
class Published:
    """What one snapshot publishes of one option. None: the source does not say."""

    type: str
    default: str | None
    default_is_prose: bool
    files: tuple[str, ...] | None
    read_only: bool | None


def read_options(folder: FilePath, source: Source) -> dict[Path, Published]:
    """Read an option list; documentation-only entries of modular services (`<imports = …>`) are left out."""
    rows: dict[str, dict[str, Any]] = read_brotli(folder, source.options)
    found: dict[Path, Published] = {}
    for row in rows.values():
        path = tuple(row["loc"])
        if any(segment.startswith("<imports") for segment in path):
            continue
        default: dict[str, Any] = row.get("default") or {}
        text = default.get("text")
        declarations = row.get("declarations")
        found[path] = Published(
            type=row.get("type") or "unspecified value",
            default=text.strip() if isinstance(text, str) and len(text) <= _LONGEST_DEFAULT else None,
            default_is_prose=default.get("_type") == "literalMD",
            files=None if declarations is None else tuple(_file(entry) for entry in declarations),
            read_only=row.get("readOnly"),
        )
    return found


def _file(entry: str | dict[str, str]) -> str:
    """Return a declaring file's path inside its repository: lists name them plainly, or as `<home-manager/modules/x.nix>`."""
    if isinstance(entry, str):
        return entry
    return re.sub(r"^<[^/]+/(.*)>$", r"\1", entry["name"])


def read_brotli(folder: FilePath, name: str) -> Any:
    """Read a JSON file of the data folder that brotli compressed."""
    data = cast("bytes", brotli.decompress((folder / name).read_bytes()))  # pyright: ignore[reportUnknownMemberType]
    return json.loads(data)


def read_json(folder: FilePath, name: str) -> Any:
    """Read a JSON file of the data folder."""
    return json.loads((folder / name).read_text())
