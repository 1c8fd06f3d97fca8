"""The cases of all rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .containers import CONTAINERS
from .files import FILES
from .foreign import FOREIGN
from .homes import HOMES
from .kernel import KERNEL
from .macs import MACS
from .network import NETWORK
from .nix import NIX
from .purity import PURITY
from .services import SERVICES
from .sessions import SESSIONS
from .shells import SHELLS
from .units import UNITS
from .users import USERS

if TYPE_CHECKING:
    from .case import Cases

CASES: tuple[Cases, ...] = (
    *NIX,
    *UNITS,
    *USERS,
    *NETWORK,
    *KERNEL,
    *FILES,
    *HOMES,
    *SESSIONS,
    *SHELLS,
    *CONTAINERS,
    *FOREIGN,
    *MACS,
    *SERVICES,
    *PURITY,
)
