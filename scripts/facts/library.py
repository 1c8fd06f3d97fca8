"""Nixpkgs' `lib` over time: `library.tsv`, which `scripts.facts.tabulate_library` writes, with what the table cannot tell.

A line has, parted by tabs: the dotted path; the kind; the parameters; the type that the manual gives; and between which days it came, came
to be warned of, and left (`!`: it throws since). An empty first day: before all that is known. Last the name that a warning recommends.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

_REPLACED = {
    "cartesianProductOfSets": "cartesianProduct",
    "cli.toGNUCommandLine": "?cli.toCommandLineGNU",
    "cli.toGNUCommandLineShell": "?cli.toCommandLineShellGNU",
    "fold": "foldr",
    "isInOldestRelease": "oldestSupportedReleaseIsAtLeast",
    "licenses.agpl3": "?licenses.agpl3Only",
    "licenses.elastic": "?licenses.elastic20",
    "licenses.fdl11": "?licenses.fdl11Only",
    "licenses.fdl12": "?licenses.fdl12Only",
    "licenses.fdl13": "?licenses.fdl13Only",
    "licenses.gpl1": "?licenses.gpl1Only",
    "literalDocBook": "?literalMD",
    "literalExample": "literalExpression",
    "mapAttrsFlatten": "mapAttrsToList",
    "misc.mapAttrsFlatten": "mapAttrsToList",
    "mkAliasOptionModuleMD": "mkAliasOptionModule",
    "mkPackageOptionMD": "mkPackageOption",
    "nixpkgsVersion": "version",
    "pathIsDirectory": "filesystem.pathIsDirectory",
    "pathIsRegularFile": "filesystem.pathIsRegularFile",
    "pathType": "filesystem.pathType",
    "replaceChars": "replaceStrings",
    "types.string": "?types.str",
    "zip": "zipAttrsWith",
    "zipWithNames": "zipAttrsWithNames",
}
"""What nixpkgs' own warnings (lib/*.nix) recommend, by the name below `lib` or below the set of functions; `?`: it is used differently."""


class LibraryRow(NamedTuple):
    """One name below `lib`."""

    parent: str
    name: str
    kind: str
    args: str
    signature: str | None
    came: tuple[str | None, str]
    """The last day known without it, and the first known with it."""
    warned: tuple[str | None, str] | None
    left: tuple[str | None, str] | None
    target: str | None
    """What replaces it; after a `?` where a call has to be written anew."""


def read() -> list[LibraryRow]:
    """Read the table, in the order of paths."""
    lines = Path(__file__).with_name("library.tsv").read_text().splitlines()
    rows = [_row(*line.split("\t")) for line in lines]
    there = {f"{row.parent}.{row.name}".lstrip(".") for row in rows if row.left is None}
    return [row._replace(target=row.target if (row.target or "").lstrip("?") in there else None) for row in rows]


def _row(path: str, kind: str, args: str, signature: str, came: str, warned: str, left: str, _said: str) -> LibraryRow:
    parent, _, name = path.rpartition(".")
    target = _REPLACED.get(path)
    if target is None and (warned or left) and parent != "licenses":
        target = _REPLACED.get(name)
    first = _days(came)
    return LibraryRow(
        parent, name, kind, args, signature or None, first or (None, ""), _days(warned), _days(left), target
    )


def _days(text: str) -> tuple[str | None, str] | None:
    before, _, by = text.rstrip("!").partition(":")
    return (before or None, by) if by else None
