"""sysctl.d(5) as `boot.kernel.sysctl`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nix_lsp.ide.importing.foreign import Left, one, plain_lines
from nix_lsp.ide.rewrites.imperative.rewrite import setting
from nix_lsp.ide.rewrites.imperative.value import number_or_string

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nix_lsp.ide.importing.foreign import Foreign, Piece

_LINE = re.compile(r"-?([\w./*-]+)\s*=\s*(.*)")


def read(file: Foreign, _set: str) -> Iterator[Piece]:
    """Read assignments. A key whose first separator is a slash has its dots and slashes swapped (sysctl.d(5), "Configuration Format")."""
    for line in plain_lines(file.text, "#;"):
        found = _LINE.fullmatch(line)
        if found is None or "*" in found[1]:
            yield Left(line)
            continue
        key, value = found[1].strip("/"), " ".join(found[2].split())
        slash, dot = key.find("/"), key.find(".")
        if slash >= 0 and (dot < 0 or slash < dot):
            key = key.translate(str.maketrans("/.", "./"))
        yield one(line, setting("boot.kernel.sysctl", number_or_string(value), below=(key,)))
