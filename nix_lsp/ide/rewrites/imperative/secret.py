"""What looks like a secret: such text is never moved, and never shown in a message."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nix_lsp.analysis.shell.word import Text

if TYPE_CHECKING:
    from nix_lsp.analysis.shell.word import Word
    from nix_lsp.ide.rewrites.imperative.value import Str

_NAMES = re.compile(
    r"pass(?:word|wd|phrase)|secret|token|api[-_]?key|private[-_]?key|auth[-_]?key|credential(?!\.helper)|\bpsk\b|extraheader",
    re.IGNORECASE,
)
_VALUES = re.compile(
    r"gh[pousr]_\w{20}|github_pat_\w|glpat-|tskey-|xox[abp]-|AKIA[0-9A-Z]{12}|-----BEGIN|AGE-SECRET-KEY|\bBearer\s|://[^/\s:@]+:[^/\s@]+@|\$[0-9y]\w*\$"
)
_COMMANDS = re.compile(
    r"\b(?:curl|wget)\b.*\s(?:-u|--user)[ =]?['\"]?[^\s:$'\"]+:[^\s$'\"]|\bsshpass\s+-p\s*[^\s$]|\bAuthorization:\s*Basic\s"
    r"|(?:password|passwd|token|secret|api_?key)=(?!['\"]?[$/])[^\s'\"]{6}",
    re.IGNORECASE,
)
"""Command lines that give one to a program: a user with a password, a variable or an option that is named for it."""


def looks_secret(name: str, *values: Str | Word | str) -> bool:
    """Tell whether a setting's name, or the text of a value, is what secrets look like."""
    texts = [name]
    for value in values:
        texts += (
            [value] if isinstance(value, str) else [piece.text for piece in value.pieces if isinstance(piece, Text)]
        )
    return bool(_NAMES.search(name)) or any(_VALUES.search(text) or _COMMANDS.search(text) for text in texts)
