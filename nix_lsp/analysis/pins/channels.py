"""Channels of the machine: NIX_PATH, `~/.nix-defexpr/channels`, root's channel profile; last, the NixOS that runs.

They count only where a project locks nothing.

A channel folder tells its version in `.version-suffix`, `.git-revision` and `.version` (`lib/.version` in a checkout); home-manager
in `release.json`; nix-darwin in `version.json`.
"""

from __future__ import annotations

import posixpath
import re
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.analysis.pin import Pin
from nix_lsp.analysis.pins.json_text import day, load_object, mapping, text
from nix_lsp.analysis.pins.literals import parse_literal
from nix_lsp.analysis.pins.record import PinProblem, Pins
from nix_lsp.analysis.pins.reference import HOME_MANAGER, NIX_DARWIN, NIXPKGS, is_revision, pin
from option_index.timeline import Point, branch_window

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from nix_lsp.analysis.files import Files

RUNNING = "/run/current-system/nixos-version"
_DATE = len("20260101")
ROOT_CHANNELS = "/nix/var/nix/profiles/per-user/root/channels"
_NAMES = {
    "nixos": NIXPKGS,
    "nixpkgs": NIXPKGS,
    "home-manager": HOME_MANAGER,
    "darwin": NIX_DARWIN,
    "nix-darwin": NIX_DARWIN,
}
_RELEASE_FILES = {HOME_MANAGER: "release.json", NIX_DARWIN: "version.json"}


class Environment(NamedTuple):
    """What of the machine a project's meaning may depend on; given from outside, so that the analysis asks no globals."""

    variables: Mapping[str, str] = MappingProxyType({})
    """`NIX_PATH` is read."""
    home: str | None = None
    """The user's home folder."""
    today: date | None = None
    """The day by which releases are past their support; None: unknown, and nothing is said of it."""


def read(files: Files, environment: Environment) -> Pins:
    """Read NIX_PATH first, then the user's channels, then root's; the first of each source counts."""
    found: dict[str, Pin] = {}
    for name, place, evidence in _places(environment):
        source = _NAMES.get(name)
        if source is None or source in found:
            continue
        reference = None if place.startswith("/") else parse_literal(place)
        if reference:
            found[source] = pin(source, reference, evidence)
        elif place.startswith("/") and files.admit(place) and (at := _folder(files, place, source, evidence)):
            found[source] = at
    if NIXPKGS not in found and (running := _running(files)):
        found[NIXPKGS] = running
    return Pins(found)


def _running(files: Files) -> Pin | None:
    """Return the nixpkgs of the NixOS that runs: what a configuration without a lock was last built from.

    A channel's build says `25.11.1234.abcdef1`, or `26.05pre1234.abcdef1` for unstable; a flake's says its commit's date,
    `25.11.20260101.abcdef1`, before and after the release alike.
    """
    version = _line(files, *posixpath.split(RUNNING))
    found = re.match(r"(\d\d\.(?:05|11))(pre|beta|\.)(\d*)", version)
    if found is None:
        return None
    release, kind, count = found.groups()
    point = Point(release=release) if kind == "." else Point()
    if kind == "." and len(count) == _DATE:
        built = day(f"{count[:4]}-{count[4:6]}-{count[6:]}")
        if built is None:
            return None
        if built < branch_window(release)[1]:
            point = Point(date=built)
    branch = f"nixos-{point.release}" if point.release else None
    return Pin(NIXPKGS, point, branch, f"the NixOS that runs, {version}", RUNNING)


def nix_path_entries(nix_path: str) -> list[str]:
    """Split NIX_PATH: a colon ends an entry unless it belongs to a URL or a registry reference."""
    return re.split(r"(?<!channel)(?<!flake):(?!//)", nix_path)


def _places(environment: Environment) -> Iterator[tuple[str, str, str]]:
    for entry in nix_path_entries(environment.variables.get("NIX_PATH", "")):
        name, equals, place = entry.partition("=")
        if equals:
            yield name, place, f"NIX_PATH, {name}"
        elif entry.startswith("/"):
            for known in _NAMES:
                yield known, posixpath.join(entry, known), f"NIX_PATH, {entry}/{known}"
    folders = [posixpath.join(environment.home, ".nix-defexpr/channels")] if environment.home else []
    for folder in (*folders, ROOT_CHANNELS):
        for name in _NAMES:
            yield name, posixpath.join(folder, name), f"channel {name} in {folder}"


def _folder(files: Files, folder: str, source: str, evidence: str) -> Pin | None:
    if source in _RELEASE_FILES:
        document = files.document(posixpath.join(folder, _RELEASE_FILES[source]))
        content = load_object(document) if document else None
        if content is None or isinstance(content, PinProblem):
            return None
        release = text(mapping(content).get("release"))
        return Pin(
            source, Point(release=release if content.get("isReleaseBranch") is True else None), None, evidence, folder
        )
    suffix, version = (
        _line(files, folder, ".version-suffix"),
        _line(files, folder, ".version") or _line(files, folder, "lib/.version"),
    )
    if not re.fullmatch(r"\d\d\.\d\d", version):
        return None
    revision = _line(files, folder, ".git-revision")
    release = version if suffix and not suffix.startswith(("pre", "beta")) else None
    point = Point(release=release, revision=revision if is_revision(revision) else None)
    return Pin(source, point, f"nixos-{release}" if release else None, evidence, folder)


def _line(files: Files, folder: str, name: str) -> str:
    document = files.document(posixpath.join(folder, name))
    return document.source.decode("utf-8", "replace").strip() if document else ""
