"""What a project is pinned to, and what its files say: the ground that a workspace stands on."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, Any

from nix_lsp.analysis.absent import is_missing
from nix_lsp.analysis.files import find_root
from nix_lsp.analysis.pins.channels import Environment
from nix_lsp.analysis.pins.channels import read as read_channels
from nix_lsp.analysis.pins.choice import locking_folder, pins_at
from nix_lsp.analysis.pins.record import PinProblem
from nix_lsp.analysis.pins.table import FolderPins, read_folder
from nix_lsp.analysis.project import Settings
from nix_lsp.analysis.project_files import project_files
from nix_lsp.analysis.project_settings import FILE as SETTINGS_FILE
from nix_lsp.analysis.project_settings import NOTHING, ProjectSettings, read_project_settings
from nix_lsp.analysis.project_text import ProjectText
from nix_lsp.analysis.settings import with_project

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date
    from re import Pattern

    from nix_lsp.analysis.files import Files
    from nix_lsp.analysis.pin import Pin
    from nix_lsp.syntax.document import Document


class PinMemory:
    """What is known of folders and texts. Every entry names the objects it was found for, so that all snapshots share one."""

    def __init__(self) -> None:
        self.folders: dict[str, tuple[tuple[Document | None, ...], FolderPins]] = {}
        self.text = ProjectText()
        self.settings: tuple[Document | None, ProjectSettings] = (None, NOTHING)
        """What `.nix-lsp.toml` says."""


class PinnedProject:
    """The files below one root at one moment, their settings and their pins."""

    def __init__(self, root: str, files: Files, settings: Settings | None, environment: Environment | None) -> None:
        """Look at the files below `root` (an absolute folder). Nothing is read before it is asked for."""
        self.root = files.real(root)
        self._files: Files = files
        self._settings = settings or Settings()
        self._environment = environment or Environment()
        self._pins = PinMemory()
        self._listed: tuple[str, ...] | None = None
        self._channels: Mapping[str, Pin] | None = None
        self._combined: tuple[Mapping[str, Any], Settings] | None = None
        """What the project's file sets, and the settings with it."""

    @property
    def settings(self) -> Settings:
        """What the user has set, with what the project's own file says over it."""
        values = self._project_settings().values
        if self._combined is None or self._combined[0] is not values:
            self._combined = (values, with_project(self._settings, values) if values else self._settings)
        return self._combined[1]

    @property
    def environment(self) -> Environment:
        """What of the machine answers may depend on."""
        return self._environment

    @property
    def today(self) -> date | None:
        return self._environment.today

    @property
    def files(self) -> Files:
        """The files with the open documents over them."""
        return self._files

    def document(self, path: str) -> Document | None:
        """Return the open or on-disk document at an absolute path; None if there is none or it is no text."""
        return self._files.document(path)

    def nix_files(self) -> Iterator[Document]:
        """Yield the Nix files of the project, in the order of their paths."""
        paths = (path for path in self._listing() if path.endswith(".nix"))
        return filter(None, map(self._files.document, paths))

    def is_missing(self, path: str) -> bool:
        """Tell whether `import` of an absolute path surely fails since nothing is there."""
        return is_missing(self._files, self.root, path)

    def is_folder(self, path: str) -> bool:
        """Tell whether a folder stands at an absolute path."""
        return self._files.kind(path) == "folder"

    def locked(self, folder: str) -> FolderPins:
        """Return what the nearest folder upwards that locks sources locks."""
        return self.folder_pins(locking_folder(self._files, folder, self.root))

    def main_pins(self, folder: str | None = None) -> Mapping[str, Pin]:
        """Return the pin of each source that counts where no host says otherwise; `folder`: the workspace's root by default."""
        if (pin := self.settings.pin) and (ordered := pins_at(pin)):
            return ordered
        here = locking_folder(self._files, folder or self.root, self.root)
        return self.folder_pins(here).main() or self._channel_pins()

    def folder_pins(self, folder: str) -> FolderPins:
        """Return what a folder locks itself."""
        known = self._pins.folders.get(folder)
        if known is None or known[0] != self._texts(folder, known[1].files):
            pins = read_folder(self._files, folder)
            known = self._pins.folders[folder] = (self._texts(folder, pins.files), pins)
        return known[1]

    def problems(self) -> Sequence[PinProblem]:
        """Return what is wrong with the files that lock sources, each with the place where it stands."""
        folders = {self.root, *(posixpath.dirname(path) for path in self._flakes())}
        return [problem for folder in sorted(folders) for problem in self.folder_pins(folder).problems]

    def settings_problems(self) -> Sequence[PinProblem]:
        """Return what is wrong with the project's own settings file."""
        return self._project_settings().problems

    def stray_settings(self) -> Sequence[PinProblem]:
        """Return the settings files below the root, which nothing reads: a project has one."""
        said = f"not read: a project has one {SETTINGS_FILE}, at its root; `overrides` there have `paths`"
        found = (path for path in self._listing() if posixpath.basename(path) == SETTINGS_FILE)
        return [
            PinProblem(path, 0, said)
            for path in found
            if find_root(self._files, path) == self.root != posixpath.dirname(path)
        ]

    def mentions(self, word: bytes) -> bool:
        """Tell whether any Nix file of the project has a word."""
        return self.matches(re.compile(re.escape(word)))

    def matches(self, pattern: Pattern[bytes]) -> bool:
        """Tell whether a pattern occurs in any Nix file of the project."""
        return self._pins.text.has(pattern, self.nix_files())

    def _project_settings(self) -> ProjectSettings:
        document = self._files.document(posixpath.join(self.root, SETTINGS_FILE)) if self.root else None
        if self._pins.settings[0] is not document:
            self._pins.settings = (document, read_project_settings(document))
        return self._pins.settings[1]

    def _flakes(self) -> list[str]:
        return [path for path in self._listing() if posixpath.basename(path) == "flake.nix"]

    def _listing(self) -> tuple[str, ...]:
        if self._listed is None:
            self._listed = tuple(project_files(self._files, self.root))
        return self._listed

    def _texts(self, folder: str, names: Sequence[str]) -> tuple[Document | None, ...]:
        return tuple(self._files.document(posixpath.join(folder, name)) for name in names)

    def _channel_pins(self) -> Mapping[str, Pin]:
        if self._channels is None:
            self._channels = read_channels(self._files, self._environment).by_name
        return self._channels
