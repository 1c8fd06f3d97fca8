"""A look at a whole project, in steps of milliseconds: who waits for it can do other things in between."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator

    from nix_lsp.analysis.graph import Graph


class Survey:
    """Finds out what answers about any file of a project rest on. It sees the files as they were when it began."""

    def __init__(
        self,
        listing: Iterable[str],
        build: Callable[[tuple[str, ...]], Generator[None, None, Graph]],
        declares: Callable[[str], bool],
    ) -> None:
        """Begin. `listing` yields the project's files, `build` makes its graph of them, `declares` reads one and tells whether it declares options."""
        self.listed: tuple[str, ...] = ()
        """The files of the project."""
        self.graph: Graph | None = None
        """The file graph, once the survey is done."""
        self.declaring: tuple[str, ...] = ()
        """The files that declare options."""
        self._steps = self._run(listing, build, declares)

    @property
    def is_done(self) -> bool:
        """All has been found out."""
        return self.graph is not None

    def advance(self) -> bool:
        """Do the next step; False where there was none left."""
        for _ in self._steps:
            return True
        return False

    def _run(
        self,
        listing: Iterable[str],
        build: Callable[[tuple[str, ...]], Generator[None, None, Graph]],
        declares: Callable[[str], bool],
    ) -> Iterator[None]:
        listed: list[str] = []
        for path in listing:
            listed.append(path)
            yield
        graph = yield from build(tuple(listed))
        declaring: list[str] = []
        for path in listed:
            if declares(path):
                declaring.append(path)
            yield
        self.listed, self.graph, self.declaring = tuple(listed), graph, tuple(declaring)
