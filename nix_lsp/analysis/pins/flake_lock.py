"""`flake.lock`, versions 5 to 7, and `devenv.lock`, which has the same form (NixOS/nix, `src/libflake/lockfile.cc`)."""

from __future__ import annotations

import posixpath
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

from nix_lsp.analysis.pins.json_text import load_object, mapping, text
from nix_lsp.analysis.pins.record import EMPTY, PinProblem, Pins
from nix_lsp.analysis.pins.reference import NIXPKGS, Reference, named, parse_url, pin, source_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nix_lsp.analysis.files import Files
    from nix_lsp.analysis.pin import Pin

VERSIONS = range(5, 8)
_LONGEST_CHAIN = 64
"""`follows` steps after which a chain is taken for a cycle; real ones have two or three."""


def read(files: Files, folder: str) -> Pins | None:
    """Read the lock of a flake in a folder; None where it has none."""
    return read_lock(files, posixpath.join(folder, "flake.lock"))


def read_devenv(files: Files, folder: str) -> Pins | None:
    """Read the lock of a devenv project in a folder; None where it has none."""
    return read_lock(files, posixpath.join(folder, "devenv.lock"))


def read_lock(files: Files, path: str) -> Pins | None:
    """Read one lock file; None where there is none. What is wrong with it is told in `problems`."""
    document = files.document(path)
    if document is None:
        return None
    lock = load_object(document)
    if isinstance(lock, PinProblem):
        return Pins({}, (lock,))
    version = lock.get("version")
    if version not in VERSIONS:
        return Pins(
            {},
            (
                PinProblem(
                    path, 0, f"lock files of version {version!r} are not known: {VERSIONS[0]} to {VERSIONS[-1]} are"
                ),
            ),
        )
    return _Lock(path, lock).pins()


def locked_node(files: Files, path: str, names: tuple[str, ...]) -> Mapping[str, Any] | None:
    """Return the node that a lock file has for an input, or for an input of an input; None where it has none."""
    document = files.document(path)
    lock = load_object(document) if document else None
    if lock is None or isinstance(lock, PinProblem) or lock.get("version") not in VERSIONS:
        return None
    tree = _Lock(path, lock)
    label = tree.resolve(names) if tree.root in tree.nodes else None
    return mapping(tree.nodes.get(label)) if label else None


class _Lock:
    def __init__(self, path: str, lock: Mapping[str, Any]) -> None:
        self.path = path
        self.nodes = mapping(lock.get("nodes"))
        self.root = text(lock.get("root")) or "root"
        self.problems: list[PinProblem] = []

    def pins(self) -> Pins:
        if self.root not in self.nodes:
            return EMPTY._replace(problems=(PinProblem(self.path, 0, f"the root node `{self.root}` is missing"),))
        by_name: dict[str, Pin] = {}
        inputs: dict[str, Pin] = {}
        nixpkgs_of: dict[str, str] = {}
        for name in self.inputs(self.root):
            label = self.resolve((name,))
            if label is None:
                continue
            by_name[name] = self.pin(label, name)
            for below in self.inputs(label):
                target = self.resolve((name, below))
                if target is None:
                    continue
                place = f"{name}/{below}"
                inputs[place] = self.pin(target, place)
                if below == NIXPKGS:
                    nixpkgs_of[name] = place
        return Pins(by_name, tuple(dict.fromkeys(self.problems)), nixpkgs_of, inputs)

    def inputs(self, label: str) -> Mapping[str, Any]:
        return mapping(mapping(self.nodes.get(label)).get("inputs"))

    def resolve(self, path: tuple[str, ...]) -> str | None:
        """Return the label of the node at an input path from the root; a `follows` in between starts again from the root."""
        rest, label = list(reversed(path)), self.root
        for _ in range(_LONGEST_CHAIN):
            if not rest:
                return label
            edge = self.inputs(label).get(rest.pop())
            if isinstance(edge, str):
                if edge not in self.nodes:
                    self.problems.append(
                        PinProblem(
                            self.path, 0, f"input `{'/'.join(path)}` leads to the node `{edge}`, which is missing"
                        )
                    )
                    return None
                label = edge
            elif isinstance(edge, list) and edge:
                steps = cast("list[Any]", edge)
                if not all(isinstance(step, str) for step in steps):
                    return None
                rest.extend(reversed(steps))
                label = self.root
            else:
                if edge is None:
                    self.problems.append(
                        PinProblem(self.path, 0, f"input `{'/'.join(path)}` follows an input that does not exist")
                    )
                return None
        self.problems.append(PinProblem(self.path, 0, f"input `{'/'.join(path)}` follows itself"))
        return None

    def pin(self, label: str, name: str) -> Pin:
        node = mapping(self.nodes.get(label))
        locked, original = mapping(node.get("locked")), mapping(node.get("original"))
        reference = _reference(locked, original)
        evidence = f"{posixpath.basename(self.path)}, input {name}"
        return pin(
            source_of(reference.repo) or named(name) or name,
            reference,
            evidence,
            file=self.path,
            day=_day(locked.get("lastModified")),
            revision=text(locked.get("rev")),
            nar_hash=text(locked.get("narHash")),
        )


def _reference(locked: Mapping[str, Any], original: Mapping[str, Any]) -> Reference:
    """Join what was asked for (the branch) with what was locked (the repository behind a registry name, the tarball behind a URL)."""
    asked, got = _one(original), _one(locked)
    return Reference(
        owner=got.owner or asked.owner,
        repo=got.repo or asked.repo,
        branch=asked.branch or got.branch,
        revision=got.revision or asked.revision,
        release=got.release or asked.release,
        rolling=got.rolling or asked.rolling,
    )


def _one(node: Mapping[str, Any]) -> Reference:
    stated = Reference(text(node.get("owner")), text(node.get("repo")), text(node.get("ref")), text(node.get("rev")))
    if node.get("type") == "indirect":
        return stated._replace(repo=text(node.get("id")))
    if stated.repo is None and (url := text(node.get("url"))) and (read := parse_url(url)):
        return read._replace(branch=stated.branch or read.branch, revision=stated.revision or read.revision)
    if stated.repo is None and (path := text(node.get("path"))):
        return stated._replace(repo=posixpath.basename(path.rstrip("/")))
    return stated


def _day(seconds: Any) -> Any:
    """Return the date of a Unix time; None for what is none."""
    if not isinstance(seconds, int) or isinstance(seconds, bool):
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC).date()
    except (OverflowError, OSError, ValueError):
        return None
