"""/etc/hosts (hosts(5)) as `networking.hosts`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nix_lsp.ide.importing.foreign import Left, one, plain_lines
from nix_lsp.ide.rewrites.imperative.rewrite import setting
from nix_lsp.ide.rewrites.imperative.rows.hostnames import is_address
from nix_lsp.ide.rewrites.imperative.value import List, string

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nix_lsp.ide.importing.foreign import Foreign, Piece

_NAME = re.compile(r"[A-Za-z0-9_.-]+")
_STANDARD = re.compile(r"localhost6?(?:\.localdomain[46]?)?|localhost4(?:\.localdomain4)?|ip6-\w+|broadcasthost")
"""Names that every system has in its file."""
_OWN = "127.0.1.1"
"""Where Debian puts the machine's own name."""


def read(file: Foreign, _set: str) -> Iterator[Piece]:
    """Read addresses and names; those that every system has are passed over."""
    for line in plain_lines(file.text):
        address, *names = line.partition("#")[0].split()
        wanted = [name for name in names if not _STANDARD.fullmatch(name)]
        if names and not wanted:
            continue
        if address == _OWN:
            yield Left(line, "the machine's own name is `networking.hostName`")
        elif wanted and is_address(address) and all(map(_NAME.fullmatch, wanted)):
            yield one(line, setting("networking.hosts", List(tuple(map(string, wanted))), below=(address,)))
        else:
            yield Left(line)
