"""`nix-lsp index build --flake`: the options of a flake's hosts, all of their modules included, as the local Nix evaluates them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from nix_lsp.analysis.lanes import HOME_MANAGER
from option_index.cache import HOSTS
from option_index.evaluate import EvaluationError
from option_index.evaluate_host import HOMES, HOST, evaluated_host
from option_index.readers.options_json import read_options
from option_index.store_file import Origin

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nix_lsp.analysis.pin import Lane
    from nix_lsp.analysis.workspace import Workspace
    from nix_lsp.cli.progress import Progress
    from option_index.cache import Cache, Entry

DONE, FAILED = 0, 2
_NOTHING = len("{}\n")
"""Bytes of a list without options."""
_OUTPUTS = ("nixosConfigurations.", "darwinConfigurations.", "homeConfigurations.")


def build_hosts(reference: str, cache: Cache, progress: Progress) -> int:
    """Build an index for one host of a flake, or for each; returns the exit code.

    `reference` is a folder with a flake.nix, with `#laptop` or `#nixosConfigurations.laptop` after it for one host.

    Raises:
        ValueError: there is no such flake or host.
        EvaluationError: the only host that was asked for cannot be evaluated.
    """
    from nix_lsp.cli.session import open_workspace

    folder, _, wanted = reference.partition("#")
    root = os.path.realpath(folder.removeprefix("path:") or ".")
    if not (Path(root) / "flake.nix").is_file():
        raise ValueError(f"{folder}: no folder with a flake.nix; other references have to be cloned first")
    workspace = open_workspace(root, None)
    hosts = [lane for lane in workspace.hosts() if lane.host and lane.host.startswith(_OUTPUTS)]
    chosen = [lane for lane in hosts if not wanted or wanted in {lane.host, (lane.host or "").partition(".")[2]}]
    if not chosen:
        known = ", ".join(sorted(lane.host or "" for lane in hosts)) or "none that can be seen"
        raise ValueError(f"{reference}: no such host; there are {known}")
    failed = 0
    for lane in chosen:
        try:
            _build(workspace, lane, cache, progress)
        except EvaluationError as error:
            if len(chosen) == 1:
                raise
            failed += 1
            progress.end()
            print(f"{lane.host}: {error}")
    return FAILED if failed == len(chosen) else DONE


def source_of(root: str, host: str) -> str:
    """Return what an index of a host says that it was made of."""
    return f"evaluated from {root}#{host}"


def outdated(workspace: Workspace, cache: Cache) -> Iterator[str]:
    """Yield the hosts of a workspace that have an index of another lock, or of other modules, but none of these."""
    for lane in workspace.hosts():
        entries = cache.hosts(lane.set) if lane.host else []
        if lane.host is None or any(entry.revision == workspace.fingerprint(lane.host) for entry in entries):
            continue
        if any(_is_of(cache, entry, source_of(workspace.root, lane.host)) for entry in entries):
            yield lane.host


def _is_of(cache: Cache, entry: Entry, source: str) -> bool:
    file = cache.open(entry.path)
    if file is None:
        return False
    found = file.origin.source
    file.close()
    return found == source


def _build(workspace: Workspace, lane: Lane, cache: Cache, progress: Progress) -> None:
    host = lane.host or ""
    fingerprint = workspace.fingerprint(host)
    if fingerprint is None:
        raise ValueError(f"{host}: no such host")
    with cache.turn(progress.waiting):
        source = source_of(workspace.root, host)
        entries = (entry for name in {lane.set, HOME_MANAGER} for entry in cache.hosts(name))
        older = [entry.path for entry in entries if _is_of(cache, entry, source)]
        built = [(host, _index(workspace.root, host, HOST, Origin(lane.set, fingerprint, source), cache, progress))]
        if lane.set != HOME_MANAGER:
            origin = Origin(HOME_MANAGER, fingerprint, source)
            try:
                built.append((f"{host}, homes", _index(workspace.root, host, HOMES, origin, cache, progress)))
            except EvaluationError as error:
                progress.end()
                print(f"{host}: the options of its homes are not known exactly: {error}")
        for path in {*older} - {path for _, path in built}:
            path.unlink(missing_ok=True)
    progress.end()
    for name, path in built:
        if path and (index := cache.open(path)):
            print(f"{name}: {index.origin.rows:,} options, {source}")
            index.close()


def _index(root: str, host: str, part: str, origin: Origin, cache: Cache, progress: Progress) -> Path | None:
    """Evaluate the options of a host, or of its homes, and build the index of them; None where it has no homes."""
    name = f"{host}, homes" if part == HOMES else host
    with evaluated_host(root, host.split(".", 1), part=part, progress=progress.seconds(f"evaluating {name}")) as file:
        if part == HOMES and file.stat().st_size <= _NOTHING:
            return None
        return cache.build_options(origin, HOSTS, read_options(file), progress.rows(name))
