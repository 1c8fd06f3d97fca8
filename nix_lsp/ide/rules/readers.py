"""Whether anything in a project reads an option's value: what is converted has to be converted there, too."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from option_index.records import is_placeholder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nix_lsp.analysis.project import Project

_CONFIG = rb"[\w.'-]*[cC]onfig(?:\.[\w'\"${}-]+)*"
"""`config`, `osConfig`, `config.home-manager.users.me`."""
_IS_READ = rb"(?![\w'-])(?!(?:\.[\w'\"${}-]+)*\s*=(?!=))"
"""Behind a path that is not being defined."""


def is_read(project: Project, path: Sequence[str]) -> bool:
    """Tell whether a file of the project reads an option or what is below it: `config.a.b`, `cfg.b`, `inherit (config.a) b;`."""
    pattern = _readers_of(tuple(path))
    return pattern is not None and project.matches(pattern)


@lru_cache(maxsize=64)
def _readers_of(path: tuple[str, ...]) -> re.Pattern[bytes] | None:
    """Return what reads an option, by the text alone; None for a path that begins with any name."""
    names = [name.encode() for name in path]
    length = next((index for index, name in enumerate(path) if is_placeholder(name)), len(path))
    if not length:
        return None
    forms = [_CONFIG + rb"\." + _dotted(names[:length]) + _IS_READ]
    for cut in range(1, length):
        owner, rest = _dotted(names[:cut]), _dotted(names[cut:length])
        forms += [
            rb"(?s:\b(?P<name%d>[\w'-]+)\s*=\s*" % cut
            + _CONFIG
            + rb"\."
            + owner
            + rb"\s*;.*?(?<![\w.'-])(?P=name%d)\.)" % cut
            + rest
            + _IS_READ,
            rb"inherit\s*\(\s*"
            + _CONFIG
            + rb"\."
            + owner
            + rb"\s*\)[^;]*(?<![\w'-])"
            + re.escape(names[cut])
            + rb"(?![\w'-])",
        ]
    return re.compile(b"|".join(forms))


def _dotted(names: Sequence[bytes]) -> bytes:
    return rb"\.".join(map(re.escape, names))
