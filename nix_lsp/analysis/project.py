"""The snapshot that features ask: documents, lanes, indexes, settings."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date
    from re import Pattern

    from nix_lsp.analysis.declared import DeclaredOptions
    from nix_lsp.analysis.definition import ModuleView
    from nix_lsp.analysis.files import Files
    from nix_lsp.analysis.overlays import Additions
    from nix_lsp.analysis.partial.value import Thunk
    from nix_lsp.analysis.pin import Lane
    from nix_lsp.analysis.pins.channels import Environment
    from nix_lsp.analysis.pins.table import FolderPins
    from nix_lsp.analysis.taken import Use
    from nix_lsp.syntax.document import Document
    from option_index.query import LibrarySet, OptionSet, PackageSet


class Override(NamedTuple):
    """What is different for some of a project's files."""

    paths: tuple[str, ...]
    """Patterns as in `.gitignore`, relative to the project's root."""
    ignored_rules: frozenset[str] = frozenset()
    severities: tuple[tuple[str, str], ...] = ()


class Settings(NamedTuple):
    """What a user can set; every field has a default that works.

    A rule is named by its id, or with others by a pattern: `option-*`.
    """

    pin: str | None = None
    """A release, `unstable`, a date, a revision or a snapshot label that overrides what the project says."""
    pin_is_ordered: bool = False
    """The pin is that of a command, which a project's own settings do not change."""
    ignored_rules: frozenset[str] = frozenset()
    """Rules that are switched off."""
    selected_rules: frozenset[str] = frozenset()
    """The only rules that are asked; empty for all. Of a command, not of an editor."""
    severities: tuple[tuple[str, str], ...] = ()
    """Rules with another severity than their own: `error`, `warning`, `information` or `hint`. The last that matches counts."""
    exclude: frozenset[str] = frozenset()
    """Files about which nothing is reported: patterns as in `.gitignore`, relative to the project's root."""
    overrides: tuple[Override, ...] = ()
    """What is different for some files; later ones add to earlier ones."""
    fetch_indexes: bool | None = None
    """Consent to fetch exact indexes from the channel server; None: what the user answers when asked counts."""
    evaluate: bool | None = None
    """Consent to run the local Nix over the pinned nixpkgs source; None: what the user answers when asked counts."""
    fix_all_imperative: bool = False
    """Whether `source.fixAll` applies imperative-to-declarative rewrites too."""
    formatter: tuple[str, ...] = ("nixfmt",)
    """The program that formats, with its arguments: it reads the text and writes the formatted one."""
    format_on_type: bool = False
    closing_names: int = 25
    """Lines from which on a binding shows its name where it is closed; 0: never."""
    version_hints: bool = False
    """Whether elements of lists that are packages show their versions."""
    default_hints: bool = False
    """Whether definitions show the default of their option."""
    argument_hints: bool = False
    """Whether arguments show the names of the parameters that they are given to."""
    reference_lenses: bool = False
    """Whether how often a name is used is shown above it."""
    definition_lenses: bool = False
    """Whether how often an option is defined is shown above its declaration."""
    """Whether closing brackets are put in their place as they are typed."""


class Project(Protocol):
    """Everything that is known at one moment. Answers are cached per document and cheap to ask again."""

    @property
    def settings(self) -> Settings:
        """What the user has set, with what the project's own file says over it."""
        ...

    @property
    def today(self) -> date | None:
        """The day by which releases are past their support; None where nobody told."""
        ...

    @property
    def environment(self) -> Environment:
        """What of the machine answers may depend on: NIX_PATH, the home folder."""
        ...

    @property
    def root(self) -> str:
        """The absolute path of the project's folder."""
        ...

    @property
    def files(self) -> Files:
        """The files of the project, with the open documents over them."""
        ...

    def document(self, path: str) -> Document | None:
        """Return the open or on-disk document at an absolute path; None if there is none or it is no text."""
        ...

    def nix_files(self) -> Iterator[Document]:
        """Yield the Nix files of the project, in the order of their paths."""
        ...

    def is_missing(self, path: str) -> bool:
        """Tell whether `import` of an absolute path surely fails since nothing is there (`nix_lsp.analysis.absent`)."""
        ...

    def is_folder(self, path: str) -> bool:
        """Tell whether a folder stands at an absolute path."""
        ...

    def importers(self, path: str) -> Sequence[str]:
        """Return the files that may bring in the file at an absolute path as a module."""
        ...

    def evaluations(self, path: str) -> frozenset[tuple[int, int]]:
        """Return which hosts and exported modules the file at an absolute path is a part of, as numbers that can be compared."""
        ...

    def module(self, document: Document) -> ModuleView:
        """Return the document read as a module; one that other files take definitions from has those, below the options that they define."""
        ...

    def arguments(self, document: Document) -> Mapping[str, Sequence[Thunk]]:
        """Return what hosts hand to a module beside what the module system gives to all: by name, what each of some hosts gives."""
        ...

    def outputs(self, flake: str) -> Thunk | None:
        """Return the outputs of the project's flake.nix at an absolute path, as far as partial evaluation tells; None where none is there."""
        ...

    def named_at(self, path: str) -> Sequence[tuple[Document, int]]:
        """Return where Nix files of the project name the file at an absolute path, or the folder that it is the default.nix of: byte offsets of paths."""
        ...

    def taken_from(self, document: Document) -> Sequence[Use]:
        """Return which values of a document other files take for definitions; nothing for a module."""
        ...

    def lanes(self, document: Document) -> Sequence[Lane]:
        """Return every lane whose evaluation includes the file; empty where that is unsure or the file is no module."""
        ...

    def options(self, lane: Lane) -> OptionSet | None:
        """Return the options of the lane's module set at its pin; None where nothing is known of it."""
        ...

    def packages(self, lane: Lane | None) -> PackageSet | None:
        """Return nixpkgs' packages at the lane's pin (None: at the project's main pin)."""
        ...

    def additions(self, lane: Lane | None) -> Additions:
        """Return what may be in `pkgs` beside what nixpkgs has: the project's overlays, and those of its inputs."""
        ...

    def library(self, lane: Lane | None) -> LibrarySet | None:
        """Return nixpkgs' `lib` at the lane's pin (None: at the project's main pin)."""
        ...

    def declared(self, lane: Lane) -> DeclaredOptions:
        """Return the options that files of the workspace declare for this lane's evaluation."""
        ...

    def foreign(self, lane: Lane, namespace: str) -> bool:
        """Tell whether a source outside the module set may declare options below a first segment (or a dotted path), so that nothing there is unknown."""
        ...

    def locked(self, folder: str) -> FolderPins:
        """Return what the nearest folder upwards that locks sources locks."""
        ...

    def hosts(self) -> Sequence[Lane]:
        """Return one lane per host that the project builds."""
        ...

    def matches(self, pattern: Pattern[bytes]) -> bool:
        """Tell whether a pattern occurs in any Nix file of the project."""
        ...

    def own_names(self, wanted: frozenset[str], *, quoted: bool = False) -> frozenset[str]:
        """Return those of some names that the project's files bind, inherit or call a package by; with `quoted` also those in quotes."""
        ...

    def mentions(self, word: bytes) -> bool:
        """Tell whether any Nix file of the project has a word."""
        ...
