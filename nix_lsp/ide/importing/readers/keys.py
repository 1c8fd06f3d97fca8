"""authorized_keys (sshd(8)) as the keys of a user."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nix_lsp.ide.importing.foreign import SECRET, Left, one, plain_lines
from nix_lsp.ide.rewrites.imperative.rewrite import setting
from nix_lsp.ide.rewrites.imperative.value import List, string

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nix_lsp.ide.importing.foreign import Foreign, Piece

_KEY = re.compile(
    r"(?:.*[\s,])?(?:ssh-(?:ed25519|rsa|dss)|ecdsa-sha2-\S+|sk-\S+@openssh\.com) AAAA[0-9A-Za-z+/]+=*(?: .*)?"
)


def read(file: Foreign, _set: str) -> Iterator[Piece]:
    """Read one public key a line. A file with a private key in it is not read any further."""
    for line in plain_lines(file.text):
        if "PRIVATE KEY" in line:
            yield Left("a private key", SECRET)
            return
        if not _KEY.fullmatch(line):
            yield Left(line)
        elif file.user is None:
            yield Left(line, "whose key it is, neither the path nor `--user` says")
        else:
            path = (file.user, "openssh", "authorizedKeys", "keys")
            yield one(line, setting("users.users", List((string(line),)), below=path))
