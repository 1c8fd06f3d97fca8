"""Small projects written inline.

    project('''
        #- /flake.nix
        { … }
        #- /configuration.nix
        { services.ng$0 }
    ''')

A line `#- /path` begins a file; text without one is `/configuration.nix`. `$0` is the cursor and is taken out. Common indentation
goes, but that of what follows a header is the file's own.
"""

from __future__ import annotations

import re
import textwrap
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.analysis.files import MemoryFiles
from nix_lsp.analysis.project import Settings
from nix_lsp.analysis.workspace import IndexCatalog, Workspace

if TYPE_CHECKING:
    from nix_lsp.analysis.pins.channels import Environment
    from nix_lsp.syntax.document import Document

_HEADER = re.compile(r"^#- (/\S+)[ \t]*\n", re.MULTILINE)
CURSOR = "$0"


class Fixture(NamedTuple):
    """A project, the document that has the cursor (else the last one), and the cursor's byte offset (else 0)."""

    workspace: Workspace
    document: Document
    offset: int


class Texts(NamedTuple):
    """The files of a fixture, and where its cursor is."""

    files: dict[str, str]
    cursor: str
    offset: int


def texts(fixture: str, path: str = "/configuration.nix") -> Texts:
    """Split a fixture into files; `path` is that of a fixture without headers."""
    if not _HEADER.search(textwrap.dedent(fixture)):
        files = {path: textwrap.dedent(fixture) if fixture.startswith("\n") else fixture}
    else:
        parts = _HEADER.split(textwrap.dedent(fixture))
        files = dict(zip(parts[1::2], parts[2::2], strict=True))
    cursor, offset = list(files)[-1], 0
    for name, text in files.items():
        before, mark, after = text.partition(CURSOR)
        if mark:
            files[name] = before + after
            cursor, offset = name, len(before.encode())
    return Texts(files, cursor, offset)


@cache
def language_rules() -> frozenset[str]:
    """Return the ids of the rules that judge names and expressions, whatever they are for."""
    from nix_lsp.ide.rules import expressions, undefined_names, unused_names

    return frozenset(rule.id for rule in (*undefined_names.RULES, *unused_names.RULES, *expressions.rules()))


def project(
    fixture: str,
    *,
    pin: str | None = None,
    path: str = "/configuration.nix",
    root: str = "/",
    catalog: IndexCatalog | None = None,
    settings: Settings | None = None,
    environment: Environment | None = None,
) -> Fixture:
    """Make a project of a fixture: `pin` is the setting of that name, `root` its folder, `catalog` by default the real one.

    Without `settings`, the rules about the language itself are off: most fixtures are fragments, with names from nowhere.
    """
    if catalog is None:
        from option_index.catalog import Catalog

        catalog = Catalog()
    files, cursor, offset = texts(fixture, path)
    chosen = settings or Settings(pin=pin, ignored_rules=language_rules())
    workspace = Workspace(root, MemoryFiles(files), catalog, chosen, environment)
    document = workspace.document(cursor)
    assert document is not None, cursor
    return Fixture(workspace, document, offset)
