"""sysctl.d(5) as `boot.kernel.sysctl`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nix_lsp.ide.importing.foreign import Left, one, plain_lines
from nix_lsp.ide.rewrites.imperative.rewrite import setting
from nix_lsp.ide.rewrites.imperative.rows.drop_ins import sysctl_key
from nix_lsp.ide.rewrites.imperative.value import number_or_string

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nix_lsp.ide.importing.foreign import Foreign, Piece

_LINE = re.compile(r"-?([\w./*-]+)\s*=\s*(.*)")


def read(file: Foreign, _set: str) -> Iterator[Piece]:
    """Read assignments; what begins with `-` may fail, and is set all the same where it can be."""
    for line in plain_lines(file.text, "#;"):
        found = _LINE.fullmatch(line)
        if found is None or "*" in found[1]:
            yield Left(line)
            continue
        key, value = found[1].strip("/"), " ".join(found[2].split())
        yield one(line, setting("boot.kernel.sysctl", number_or_string(value), below=(sysctl_key(key),)))
