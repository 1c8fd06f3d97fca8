"""Settings as clients send them.

They come nested (`{"index": {"fetch": true}}`) or flat (`{"index.fetch": true}`), with our section round them or without, as
`initializationOptions`, as the answer to `workspace/configuration`, or inside `workspace/didChangeConfiguration`. What there is to set
stands in `nix_lsp.analysis.settings`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from nix_lsp.analysis import settings
from nix_lsp.analysis.settings import Reading

if TYPE_CHECKING:
    from nix_lsp.lsp.wire import Json

SECTION = "nix-lsp"

EDITORS_OWN = frozenset({"server", "trace"})
"""Settings of the same section that are meant for the editor's extension."""


def read(payload: object) -> Reading:
    """Read settings as any client sends them; anything that is no JSON object sets nothing."""
    reading = settings.read(_section(payload))
    return reading._replace(
        unknown=tuple(name for name in reading.unknown if name.partition(".")[0] not in EDITORS_OWN)
    )


def _section(payload: object) -> Json:
    """Take our section out of the payload if it is there; else the payload is the section."""
    if not isinstance(payload, dict):
        return {}
    given = cast("Json", payload)
    section = given.get(SECTION)
    if isinstance(section, dict):
        return cast("Json", section)
    prefix = f"{SECTION}."
    own = {name.removeprefix(prefix): value for name, value in given.items() if name.startswith(prefix)}
    return own or given
