"""Where on this machine the source of an input is: a store path that follows from its hash, or a folder that the lock names."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, Any, NamedTuple

from nix_lsp.analysis.pins.flake_lock import locked_node
from nix_lsp.analysis.pins.json_text import mapping, text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from nix_lsp.analysis.files import Files
    from nix_lsp.analysis.pins.table import FolderPins

_FILE = "file://"
_ABSENT = "its source is not on this machine"
_NESTING = 8
"""Sources inside sources inside sources."""


class InputSource(NamedTuple):
    """The source of one input."""

    names: tuple[str, ...]
    """How the project reaches it: `("stylix", "base16")` is an input of an input."""
    repository: str
    """What it is called, for people: the repository's name, else the input's."""
    evidence: str
    """What locks it, for people: `flake.lock, input stylix/base16`."""
    folder: str | None
    """Where it is; None: not on this machine."""
    missing: str = ""
    """Why not, for people."""
    entry: str = ""
    """The folder of its flake.nix below `folder`."""
    expected: str = ""
    """The store path where it would be."""


def flake_source(files: Files, folder: str, names: Sequence[str], store: str) -> InputSource:
    """Return where the source of an input is that a flake in `folder` locks.

    Args:
        files: where to look.
        folder: the folder of flake.lock.
        names: the input, from the root: `("home-manager", "nixpkgs")` is an input of an input.
        store: the folder of the Nix store.
    """
    path = posixpath.join(folder, "flake.lock")
    node = mapping(locked_node(files, path, tuple(names)))
    locked, original = mapping(node.get("locked")), mapping(node.get("original"))
    shown = "/".join(names)
    repository = text(locked.get("repo")) or text(original.get("repo")) or names[-1]
    source = InputSource(tuple(names), repository, f"flake.lock, input {shown}", None, entry=_inside(locked, original))
    if not locked:
        return _written(files, folder, source._replace(evidence=f"flake.nix, input {shown}"))
    source = _stored(files, source, text(locked.get("narHash")), store)
    if source.folder:
        return source
    if (named := _named(files, folder, names, node, store)) and files.admit(named):
        return source._replace(folder=files.real(named))
    return source._replace(missing=_ABSENT)


def pinned_source(files: Files, pins: FolderPins, head: str, name: str, store: str) -> InputSource:
    """Return where the source is that npins, niv or lon have pinned under a name, or that code fetches: they unpack to a path that follows from the hash."""
    pin = pins.named(head, name)
    if pin is None:
        return InputSource((name,), name, name, None, "it is not pinned")
    source = InputSource((name,), pin.repo or name, pin.evidence, None)
    source = _stored(files, source, pin.point.nar_hash, store)
    return source if source.folder else source._replace(missing=_ABSENT)


def _stored(files: Files, source: InputSource, nar_hash: str | None, store: str) -> InputSource:
    """Add where a source is in the store, or would be."""
    from option_index.store_path import source_in_store

    path = source_in_store(nar_hash, store) if nar_hash else None
    if path is None:
        return source
    found = files.admit(path) and files.kind(path) == "folder"
    return source._replace(expected=path, folder=files.real(path) if found else None)


def _inside(locked: Mapping[str, Any], original: Mapping[str, Any]) -> str:
    """Return the folder of the flake below its source (`?dir=`); one that leads out of it is none."""
    place = posixpath.normpath(text(locked.get("dir")) or text(original.get("dir")) or ".")
    return "" if place == "." or place.startswith(("/", "..")) else place


def _named(files: Files, folder: str, names: Sequence[str], node: Mapping[str, Any], store: str) -> str | None:
    """Return the folder that a lock names by its path: `path:` and `git+file:`, relative ones from the flake that says so."""
    locked = mapping(node.get("locked"))
    path = text(locked.get("path")) if locked.get("type") == "path" else None
    url = text(locked.get("url")) if locked.get("type") == "git" else None
    if url and url.startswith(_FILE):
        path = url.removeprefix(_FILE)
    if path is None:
        return None
    if posixpath.isabs(path):
        return posixpath.normpath(path)
    parent = node.get("parent")
    base: str | None = folder
    if isinstance(parent, list) and parent and len(names) < _NESTING and list(names)[:-1] == parent:
        above = flake_source(files, folder, names[:-1], store)
        base = posixpath.join(above.folder, above.entry) if above.folder else None
    return posixpath.normpath(posixpath.join(base, path)) if base else None


def _written(files: Files, folder: str, source: InputSource) -> InputSource:
    """Return the folder that flake.nix itself names for an input that is not locked."""
    from nix_lsp.analysis.flake import flake_inputs

    flake = posixpath.join(folder, "flake.nix")
    declared = {each.name: each for each in flake_inputs(files, flake)} if len(source.names) == 1 else {}
    url = declared[source.names[0]].url if source.names[0] in declared else None
    place = (url or "").partition("?")[0]
    for scheme in ("path:", "git+file:"):
        place = place.removeprefix(scheme)
    place = place.removeprefix("//")
    if url and place.startswith((".", "/")):
        found = posixpath.normpath(posixpath.join(folder, place))
        if files.admit(found):
            return source._replace(folder=files.real(found))
    return source._replace(missing="it is not locked")
