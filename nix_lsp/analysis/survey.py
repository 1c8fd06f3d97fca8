"""A look at a whole project, in steps of milliseconds: who waits for it can do other things in between."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator

    from nix_lsp.analysis.graph import Graph
    from nix_lsp.analysis.pin import Lane


class Survey:
    """Finds out what answers about any file of a project rest on. It sees the files as they were when it began."""

    def __init__(
        self,
        listing: Iterable[str],
        build: Callable[[tuple[str, ...], dict[str, list[Lane]]], Generator[None, None, Graph]],
        declares: Callable[[str], bool],
    ) -> None:
        """Begin. `listing` yields the project's files, `build` makes its graph of them and tells the lanes of files as it finds them, `declares` reads one and tells whether it declares options."""
        self.listed: tuple[str, ...] = ()
        """The files of the project."""
        self.graph: Graph | None = None
        """The file graph, once the survey is done."""
        self.declaring: tuple[str, ...] = ()
        """The files that declare options."""
        self.built: Graph | None = None
        """The file graph, as soon as there is one."""
        self._reached: dict[str, list[Lane]] = {}
        self._steps = self._run(listing, build, declares)

    @property
    def is_done(self) -> bool:
        """All has been found out."""
        return self.graph is not None

    def graph_over(self, known: Graph) -> Graph:
        """Return the graph that there is so far: the whole one, or a known one with the files that hosts have been seen to import since."""
        reached = {path: tuple(lanes) for path, lanes in self._reached.items() if path not in known.lanes}
        return self.built or (known._replace(lanes={**known.lanes, **reached}) if reached else known)

    def has_placed(self, path: str) -> bool:
        """Tell whether it is known what imports a file."""
        return self.built is not None or path in self._reached

    def advance(self) -> bool:
        """Do the next step; False where there was none left."""
        for _ in self._steps:
            return True
        return False

    def _run(
        self,
        listing: Iterable[str],
        build: Callable[[tuple[str, ...], dict[str, list[Lane]]], Generator[None, None, Graph]],
        declares: Callable[[str], bool],
    ) -> Iterator[None]:
        listed: list[str] = []
        for path in listing:
            listed.append(path)
            yield
        graph = self.built = yield from build(tuple(listed), self._reached)
        declaring: list[str] = []
        for path in listed:
            if declares(path):
                declaring.append(path)
            yield
        self.listed, self.graph, self.declaring = tuple(listed), graph, tuple(declaring)
