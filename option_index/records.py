"""What the index holds, as plain frozen records."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from option_index.timeline import release_after

Path = tuple[str, ...]
"""An option path, one string a segment: `("users", "users", "<name>", "home")`.

In the index a segment may be a placeholder: `<name>` (any attribute of an `attrsOf`, whatever word stands in the angle brackets) or
`*` (any attribute or list element).
"""


def is_placeholder(segment: str) -> bool:
    """Tell whether a path segment of the index stands for any name."""
    return segment == "*" or segment.startswith("<")


class Source(NamedTuple):
    """A source besides the module set that declares options for it: an input of a flake."""

    name: str
    """`sops-nix`"""
    evidence: str
    """What locks it, for people: `flake.lock, input sops-nix`."""


class Declaration(NamedTuple):
    """A file that declares an option: its path inside the module set's repository, and a link to it where one is known."""

    file: str
    url: str | None = None
    source: Source | None = None
    """Where the file is from, if not from the module set's own repository."""


class Former(NamedTuple):
    """A type that an option does not have any more."""

    type: str
    until: Releases | None
    """The releases in which it can have got another one."""


class Option(NamedTuple):
    """One option of a module set, as one revision of the set has it."""

    path: Path
    type: str
    """The type sentence as the module system prints it, for example `null or list of string`."""
    default: str | None = None
    """Nix source text, or Markdown where the module gives only a description of its default."""
    example: str | None = None
    description: str | None = None
    """CommonMark; None where the source carries facts only."""
    declarations: tuple[Declaration, ...] = ()
    read_only: bool = False
    """Only one definition is taken, that of the module which declares it."""
    internal: bool = False
    types: tuple[str, ...] = ()
    """Every type sentence that it can have at the pin, one of which holds; empty where the pin may be a revision that is not known."""
    former: tuple[Former, ...] = ()
    """The types that it had in earlier releases, newest first, where that is known."""

    @property
    def declared_in(self) -> tuple[Declaration, ...]:
        """What declares it, the file that is called after it first: others add to a type (`users.users` in `sshd.nix`)."""
        if len(self.declarations) < 2:
            return self.declarations
        return tuple(sorted(dict.fromkeys(self.declarations), key=lambda each: -_kinship(self.path, each.file)))


def _kinship(path: Path, file: str) -> float:
    """Return which part of a file's name the segments of an option path are, from 0 to 1 and beyond."""
    *_, folder, name = ("", *file.lower().removesuffix(".nix").split("/"))
    called = folder if name == "default" else name
    return sum(len(part) for part in {part.lower() for part in path} if part in called) / max(len(called), 1)


class Child(NamedTuple):
    """One name below an option path."""

    name: str
    option: Option | None
    """The option of exactly this path, if it is one."""
    has_children: bool
    certain: bool = True
    """False where only one end of the interval a pin can lie in has it."""


class Releases(NamedTuple):
    """The releases in which a change can have come, both inclusive; equal where it is known exactly."""

    earliest: str
    latest: str

    def __str__(self) -> str:
        if self.earliest == self.latest:
            return self.earliest
        between = " or " if release_after(self.earliest) == self.latest else "–"
        return f"{self.earliest}{between}{self.latest}"


class MoveKind(Enum):
    RENAMED = "renamed"
    REMOVED = "removed"
    CHANGED = "changed"
    """Another name and another type: no mechanical rewrite."""
    ALIAS = "alias"
    """Both names are documented and silent."""


class Move(NamedTuple):
    """An option, or a whole subtree of options, that has left its place."""

    kind: MoveKind
    source: Path
    target: Path | None
    """Where it went, if one place replaces it."""
    since: Releases | None
    reason: str | None = None
    """Why, in our own words, where the index has any."""
    declared_in: Declaration | None = None
    """The module that declares the move: its text is the author's own reason."""


class Standing(Enum):
    """What an index can truthfully say of a path, for every revision the pin may be."""

    OPTION = "option"
    """The path is an option."""
    NAMESPACE = "namespace"
    """Options lie below the path."""
    INSIDE = "inside"
    """The path lies inside the value of an option whose type admits such attributes (freeform, attrsOf anything, …)."""
    RENAMED = "renamed"
    REMOVED = "removed"
    CHANGED = "changed"
    NOT_YET = "not-yet"
    """It exists only in a later release."""
    UNKNOWN = "unknown"
    """No revision known has it, and the pin is among them."""
    UNLISTED = "unlisted"
    """No revision known has it, but the pin is newer than all of them."""
    UNSURE = "unsure"
    """The index cannot tell: say nothing."""


class Resolution(NamedTuple):
    """What stands at a concrete option path."""

    standing: Standing
    matched: int
    """How many leading segments of the asked path the index understands; for an unknown path, the segment at this position is the unknown one."""
    option: Option | None = None
    """The option itself (OPTION), or the nearest option above (INSIDE)."""
    move: Move | None = None
    """Set for RENAMED, REMOVED, CHANGED. `move.target` is for the *asked* path: a renamed subtree is already joined with what stood below it."""
    since: Releases | None = None
    """NOT_YET: the release it comes in. OPTION: the release it came in, where known."""
    newest: str | None = None
    """UNLISTED: the newest revision known, for people: `26.11pre of 2026-06-28`."""
    source: Source | None = None
    """What says so, if not the module set itself."""


class Package(NamedTuple):
    """One package attribute of nixpkgs."""

    attr: str
    """Dotted from `pkgs`: `ripgrep`, `python313Packages.requests`."""
    version: str | None = None
    """`14.1.1`; `14.1.0 – 14.1.1` where the pin lies between two known revisions that have these."""
    description: str | None = None
    unfree: bool = False
    main_program: str | None = None


class PackageMove(NamedTuple):
    """A package attribute that nixpkgs' aliases rename or remove."""

    attr: str
    kind: MoveKind
    target: str | None
    since: Releases | None
    stops: bool = False
    """The old name stops the evaluation; otherwise it still works."""
    instead: tuple[str, ...] = ()
    """REMOVED: what nixpkgs' own message proposes."""


class AttributeKind(Enum):
    """What an attribute of `pkgs` is."""

    PACKAGE = "package"
    SET = "set"
    FUNCTION = "function"
    VALUE = "value"
    """A string, a path, a list, …"""
    GONE = "gone"
    """Its name is there to stop the evaluation with a message."""
    MEMBER = "member"
    """A name in a set, of which nothing else is known."""


class Attribute(NamedTuple):
    """A name that nixpkgs has in `pkgs`, or in a set below it."""

    attr: str
    """Dotted from `pkgs`: `python3Packages`."""
    kind: AttributeKind
    is_also: str | None = None
    """SET: the name with a version that it stands for: `python313Packages`."""
    size: int = 0
    """SET: how many names are known in it."""


class Builtin(NamedTuple):
    """A builtin function or constant of the Nix language."""

    name: str
    args: tuple[str, ...]
    """Parameter names in order; empty for constants."""
    type: str | None
    """`bool`, `set`, … for constants."""
    summary: str | None
    """One sentence in our own words."""
    global_scope: bool
    """Usable without the `builtins.` prefix."""
    since: str | None = None
    """The release of Nix that has brought it; None for what is older than all in use."""


class LibraryStanding(Enum):
    """What surely holds of a name below `lib`, for every revision the pin may be."""

    PRESENT = "present"
    DEPRECATED = "deprecated"
    """Nixpkgs warns of it."""
    REMOVED = "removed"
    """It is not there any more, or throws."""
    NOT_YET = "not-yet"
    UNSURE = "unsure"
    """It is there in some of the revisions that the pin may be: say nothing."""


class LibraryName(NamedTuple):
    """A name below nixpkgs' `lib`: a function, a set of functions, or a type."""

    path: Path
    """Below `lib`: `("strings", "concatMapStrings")`."""
    kind: str
    """`function`, `set`, `type` (an option type), `string`, `list`, `bool`, `int`, `null`, `path`."""
    args: tuple[str, ...]
    """The parameters in order, as far as the source shows them; one that is a set as `{a,b?}`."""
    signature: str | None
    """What the manual's `Type` says: `(a -> Bool) -> [a] -> Bool`."""
    standing: LibraryStanding
    target: Path | None = None
    """DEPRECATED, REMOVED: what nixpkgs recommends instead."""
    is_alias: bool = False
    """The target takes the same arguments: the name alone has to change."""
