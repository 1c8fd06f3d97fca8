"""What the options of a host follow from: as long as it stays the same, so do they, but for those of the project's own modules."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nix_lsp.analysis.graph import Graph
    from nix_lsp.syntax.document import Document

_LENGTH = 40
"""Characters: as many as a commit has."""


def fingerprint(graph: Graph, lock: Document | None, host: str) -> str | None:
    """Return what stands for a host, the lock of its flake, and the modules that it takes from inputs; None for an unknown host."""
    from hashlib import sha256

    taken = graph.taken.get(host)
    if taken is None:
        return None
    modules = sorted(f"{'.'.join(module.path)} {module.set}" for module in taken)
    source = lock.source if lock else b""
    return sha256(b"\0".join((host.encode(), source, *map(str.encode, modules)))).hexdigest()[:_LENGTH]
