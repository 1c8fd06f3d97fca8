"""What features answer with: plain data, byte offsets."""

from __future__ import annotations

from enum import Enum, IntEnum
from typing import NamedTuple

from nix_lsp.syntax.span import Span


class Severity(IntEnum):
    """How bad a finding is; smaller is worse. The numbers are the protocol's."""

    ERROR = 1
    WARNING = 2
    INFORMATION = 3
    HINT = 4


class TextEdit(NamedTuple):
    """Replace the bytes of `span` by `text`."""

    span: Span
    text: str


class FileEdit(NamedTuple):
    """Edits to one file, none overlapping another, in any order."""

    path: str
    edits: tuple[TextEdit, ...]


class NewFile(NamedTuple):
    """A file to be made: its absolute path, where nothing is yet, and what it holds."""

    path: str
    text: str


class Tag(Enum):
    """What else a client may show a finding as: faded, struck through."""

    UNNECESSARY = "unnecessary"
    DEPRECATED = "deprecated"


class Tier(Enum):
    """How far an edit can be trusted."""

    MECHANICAL = "mechanical"
    """It means the same, or what the pinned release would warn about: *fix all* may apply it."""
    REVIEW = "review"
    """A person should look at it first."""
    EXPLAINED = "explained"
    """There is no edit: what could be done is said in words."""


class Fix(NamedTuple):
    """An edit offered to the user. Applying it twice changes nothing."""

    title: str
    edits: tuple[FileEdit, ...]
    tier: Tier = Tier.MECHANICAL
    preferred: bool = False
    defines: tuple[str, ...] = ()
    """The option path that it defines anew, or above all that it does; empty where it defines none."""
    creates: tuple[NewFile, ...] = ()
    """Files that it makes; only clients that can make files are offered it."""


class Related(NamedTuple):
    """Another place that explains a diagnostic."""

    path: str
    span: Span
    message: str


class Diagnostic(NamedTuple):
    """One finding. `rule` is the id under which it is documented and switched off."""

    rule: str
    span: Span
    severity: Severity
    message: str
    tags: tuple[Tag, ...] = ()
    related: tuple[Related, ...] = ()
    fixes: tuple[Fix, ...] = ()


class CompletionKind(Enum):
    """What a proposal is."""

    OPTION = "option"
    NAMESPACE = "namespace"
    VALUE = "value"
    PACKAGE = "package"
    BUILTIN = "builtin"
    VARIABLE = "variable"
    ATTRIBUTE = "attribute"
    KEYWORD = "keyword"
    PATH = "path"
    FOLDER = "folder"


class CompletionItem(NamedTuple):
    """One proposal, a tuple because there are thousands. Documentation comes from `nix_lsp.ide.completion.resolve` with `key`."""

    label: str
    kind: CompletionKind
    insert: str
    """The text to insert, or an LSP snippet if `is_snippet`."""
    is_snippet: bool = False
    plain: str | None = None
    """What to insert where the client takes no snippets; None: `insert` (or `label` for a snippet)."""
    filter: str | None = None
    """What typed text is matched against, if not the label."""
    detail: str | None = None
    """Short text beside the label: the type, the version."""
    sort: str | None = None
    key: tuple[str, ...] = ()
    """What `resolve` needs to find the documentation again: JSON-able strings."""
    deprecated: bool = False


class Completion(NamedTuple):
    """All proposals at a place."""

    items: tuple[CompletionItem, ...]
    replace: Span
    """The bytes that an accepted item replaces."""
    insert: Span
    """The bytes replaced in insert mode: from the same start up to the cursor."""
    is_incomplete: bool = False


class Hover(NamedTuple):
    """CommonMark about the bytes of `span`."""

    span: Span
    markdown: str
    is_bare: bool = False
    """It tells of an option or a package that has a description, which is not at hand."""


class SymbolKind(Enum):
    """What a binding's value is."""

    NAMESPACE = "namespace"
    PROPERTY = "property"
    FUNCTION = "function"
    BOOLEAN = "boolean"
    STRING = "string"
    NUMBER = "number"
    ARRAY = "array"
    VARIABLE = "variable"


class Symbol(NamedTuple):
    """A binding in a document's outline."""

    name: str
    detail: str | None
    kind: SymbolKind
    span: Span
    name_span: Span
    children: tuple[Symbol, ...] = ()
