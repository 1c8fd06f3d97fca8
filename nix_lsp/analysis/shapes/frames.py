"""The scopes of names that expressions are read in."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from nix_lsp.analysis.shapes.shape import Attribute, Lazy
    from nix_lsp.syntax.document import Document


class Frame:
    """Names that one expression binds, and the scopes round it."""

    __slots__ = ("_names", "_read", "document", "environment", "parent")

    def __init__(
        self,
        document: Document,
        parent: Frame | None = None,
        read: Callable[[], Mapping[str, Attribute]] | None = None,
        environment: Lazy | None = None,
    ) -> None:
        """`read` gives the names when one is first looked up; `environment` is that of a `with`."""
        self.document = document
        self.parent = parent
        self.environment = environment
        self._read = read
        self._names: Mapping[str, Attribute] = {}

    @property
    def names(self) -> Mapping[str, Attribute]:
        """What is bound here."""
        if self._read is not None:
            read, self._read = self._read, None
            self._names = read()
        return self._names

    def bound(self, name: str) -> tuple[Attribute | None, list[Lazy]]:
        """Return what a name is bound to here or further out, and the environments of the `with`s round it, innermost first."""
        environments: list[Lazy] = []
        here: Frame | None = self
        while here is not None:
            if found := here.names.get(name):
                return found, environments
            if here.environment is not None:
                environments.append(here.environment)
            here = here.parent
        return None, environments
