"""The language's own names: builtin functions and constants, the same for every project."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from option_index.records import Builtin


@cache
def builtins() -> Mapping[str, Builtin]:
    """Return Nix's builtin functions and constants by name."""
    from option_index.catalog import Catalog

    catalog = Catalog()
    try:
        return catalog.builtins()
    finally:
        catalog.close()
