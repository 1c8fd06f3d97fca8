"""`sysctl -w`: kernel parameters set at run time."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nix_lsp.analysis.shell.invocation import Tool
from nix_lsp.ide.rewrites.imperative.rewrite import ROOT_PLACES, Match, Reading, Rewrite
from nix_lsp.ide.rewrites.imperative.value import Setting, scalar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nix_lsp.analysis.shell.word import Word

SYSCTL = Tool("sysctl", flags="wqen", long={"write": "w", "quiet": "q", "ignore": "e", "values": "n"})
"""sysctl(8) of procps; reading files (`-p`, `--system`) and printing (`-a`) are not listed."""

_KEY = re.compile(r"[a-z][\w-]*(?:[./][\w:*+-]+)+")
_ACTS = frozenset({"vm.drop_caches", "vm.compact_memory", "net.ipv4.route.flush", "net.ipv6.route.flush"})
"""What the kernel does when it is written to, and does not keep (Documentation/admin-guide/sysctl/vm.rst)."""


def _match(reading: Reading) -> Iterator[Match]:
    for command, invocation, run in reading.lines(SYSCTL):
        settings = [_assignment(word) for word in invocation.operands]
        known = tuple(found for found in settings if found)
        if known and len(known) == len(settings) and not run.user and not reading.service_user:
            yield Match((command,), (known,))


def _assignment(word: Word) -> Setting | None:
    parts = word.split("=")
    if parts is None or (key := parts[0].value) is None or not _KEY.fullmatch(key):
        return None
    value = scalar(parts[1])
    # sysctl(8): the first separator says which of `.` and `/` separates; the other then stands for the first one inside a name.
    first = re.search(r"[./]", key)
    if first and first[0] == "/":
        key = key.translate({ord("/"): ".", ord("."): "/"})
    return None if value is None or acts_at_once(key) else Setting(("boot", "kernel", "sysctl", key), value)


def acts_at_once(key: str) -> bool:
    """Tell whether a kernel parameter is no setting: what is written to it is done, once."""
    return key in _ACTS


WRITE = Rewrite(
    id="imp-sysctl",
    summary="The kernel parameter can be declared as an option",
    why="A parameter set by a command holds until something sets it again; nothing says which of several scripts had the last word.",
    keep="Keep it where the parameter exists only after a module is loaded or a device appears, or must be changed for a while.",
    before='systemd.services.sysctl-after-boot.script = "sysctl -w kernel.hardlockup_panic=1";',
    after='boot.kernel.sysctl."kernel.hardlockup_panic" = 1;',
    lanes=frozenset({"nixos"}),
    places=ROOT_PLACES,
    tools=frozenset({"sysctl"}),
    match=_match,
    options=("boot.kernel.sysctl",),
)
