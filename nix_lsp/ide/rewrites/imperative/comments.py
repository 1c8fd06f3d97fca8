"""Commands in comments of a module, such as `# sudo loginctl enable-linger alice`: told on hover only.

Nobody runs them, and most comments with such words are prose or code that is switched off: there is no diagnostic.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nix_lsp.analysis.shell.parse import parse_script
from nix_lsp.ide.model import Diagnostic, Tier
from nix_lsp.ide.rewrites.imperative.choosing import advice, declarable
from nix_lsp.ide.rewrites.imperative.findings import advising, message, tools
from nix_lsp.ide.rewrites.imperative.rewrite import Place, Reading
from nix_lsp.syntax.ast import descent
from nix_lsp.syntax.span import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nix_lsp.analysis.project import Project
    from nix_lsp.ide.rewrites.imperative.rewrite import Match, Rewrite
    from nix_lsp.syntax.document import Document

_PLACES = {
    "nixos": (Place.ACTIVATION, ("system", "activationScripts", "comment")),
    "nix-darwin": (Place.ACTIVATION, ("system", "activationScripts", "comment", "text")),
    "home-manager": (Place.HOME_ACTIVATION, ("home", "activation", "comment")),
}
"""The script of each module set that a command is read as a line of, and its option path."""
_COMMAND = re.compile(
    rb"#+[ \t]*(?:(?:run|then|e\.g\.|example)[ \t]*:[ \t]*)?(?:[$#][ \t]+)?(?:sudo[ \t]+)?", re.IGNORECASE
)
"""What stands before a command."""
_PROSE = re.compile(
    rb"(?<![\w./=-])(?:a|an|and|are|as|be|because|by|can|does|for|from|has|if|in|is|it|its|may|must|no|not|of|on|or|should|since|so|that|the"
    rb"|then|this|to|we|when|which|will|with|you)(?![\w./=-])|[.,:;?!]$|\.\.\."
)
"""What a sentence has, and hardly ever a command."""


def find_in_comment(project: Project, document: Document, offset: int) -> Iterator[Diagnostic]:
    """Yield what rows of the catalogue say of the command that is all of the comment at a byte offset; nothing where the lane is unsure."""
    comment = descent(document.root, offset)[-1]
    before = document.source[document.line_starts[document.line_of(comment.start_byte)] : comment.start_byte]
    prefix = _COMMAND.match(comment.text or b"") if comment.type == "comment" and not before.strip() else None
    if prefix is None:
        return
    lanes = project.lanes(document)
    sets = {lane.set for lane in lanes}
    module_set = sets.pop() if len(sets) == 1 else ""
    if module_set not in _PLACES:
        return
    content = (comment.text or b"")[prefix.end() :].rstrip()
    script = parse_script(content) if tools().match(content) and not _PROSE.search(content) else None
    if script is None:
        return
    place, path = _PLACES[module_set]
    reading = Reading(script, place, module_set, path, {}, tools())
    start = comment.start_byte + prefix.end()
    span = Span(start, start + len(content))
    matches = list(_matches(reading))
    for rewrite, match in matches:
        if match.tier is Tier.EXPLAINED and (named := advice(project, match, lanes)) is not None:
            yield Diagnostic(rewrite.id, span, rewrite.severity, advising(rewrite, match, named))
    for rewrite, match, choice in declarable(project, document, lanes, matches):
        yield Diagnostic(rewrite.id, span, rewrite.severity, message(rewrite, match, choice, ""))


def _matches(reading: Reading) -> Iterator[tuple[Rewrite, Match]]:
    """Yield what the rows know of a comment's only command."""
    from nix_lsp.ide.rewrites.imperative.table import REWRITES

    whole = Span(0, len(reading.script.content))
    for rewrite in REWRITES:
        if reading.place in rewrite.places and reading.lane in rewrite.lanes and reading.use.named & rewrite.tools:
            for match in rewrite.match(reading):
                if [command.span for command in match.commands] == [whole]:
                    yield rewrite, match
