"""An immutable text with its syntax tree.

Lines end at `\\r\\n`, `\\n` and `\\r` and at nothing else (LSP 3.17, "Text Documents").
"""

from __future__ import annotations

from bisect import bisect_right
from functools import cached_property
from itertools import accumulate, islice
from typing import TYPE_CHECKING, NamedTuple, TypeVar, cast

from nix_lsp.syntax.span import Span

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tree_sitter import Node, Tree

Kept = TypeVar("Kept")

_LINE_FEED = 10
_LARGE = 128 * 1024
"""Bytes; to parse as many takes 10 ms."""


class Change(NamedTuple):
    """Replace the bytes of `span` by `text`."""

    span: Span
    text: bytes


class Sound(NamedTuple):
    """The last version of a text that was Nix, and what has changed since."""

    source: bytes
    tree: Tree
    changed: Span | None = None
    """The bytes of that version that have something else in their place; None: it is the text as it is."""
    new_end: int = 0
    """Where what is in their place ends now."""

    def then(self, change: Change) -> Sound:
        """Return the same after one more change to the text as it is now."""
        start, end = change.span
        if self.changed is None:
            return self._replace(changed=change.span, new_end=start + len(change.text))
        before, old_end = self.changed
        new_end = max(self.new_end, end)
        old_end += new_end - self.new_end
        changed = Span(min(before, start), old_end)
        return self._replace(changed=changed, new_end=new_end + len(change.text) - (end - start))

    def parse(self, edited: bytes) -> Tree:
        """Parse the text as it is now, with all that has not changed taken from the old tree."""
        from nix_lsp.syntax.parse import parse_after

        if self.changed is None:
            return self.tree
        return parse_after(self.source, self.tree, self.changed, edited, self.new_end)


class Lineage:
    """What was found out of parts of a text, for those of the next versions that have the same parts.

    Each finder has a class of its own for that, which says for how long it holds; all versions of an open file share one lineage.
    """

    def __init__(self) -> None:
        self._kept: dict[type[object], object] = {}

    def of(self, kind: type[Kept]) -> Kept:
        """Return what a finder has kept, made with nothing in it at first."""
        if (found := self._kept.get(kind)) is None:
            found = self._kept[kind] = kind()
        return cast("Kept", found)


class Document:
    """One version of one file. `source` is its UTF-8 text; every offset in the program is a byte offset into it."""

    __slots__ = ("__dict__", "_tree", "lineage", "path", "source", "version")

    def __init__(
        self,
        path: str,
        source: bytes,
        version: int | None = None,
        tree: Tree | None = None,
        sound: Sound | None = None,
        lineage: Lineage | None = None,
    ) -> None:
        self.path = path
        """Absolute file path, or a URI for what is no file."""
        self.source = source
        self.version = version
        """The editor's version number; None for a file read from disk."""
        self.lineage = lineage or Lineage()
        self._tree = tree
        self._sound = sound
        self._is_examined = False

    @property
    def tree(self) -> Tree:
        """The syntax tree, parsed on first use.

        How tree-sitter recovers from an error depends on the tree it had before. So that an answer depends on the text alone, a broken
        text is parsed afresh, unless it is too large for that on every keystroke.
        """
        if self._tree is None:
            from nix_lsp.syntax.parse import parse

            # What is broken now was not then: to go from there is faster than from one broken tree to the next.
            tree = self._sound.parse(self.source) if self._sound is not None else None
            if tree is None or (tree.root_node.has_error and len(self.source) <= _LARGE):
                tree = parse(self.source)
            self._tree = tree
            self._examine()
        return self._tree

    def _examine(self) -> None:
        """Find out whether the text as it is parses."""
        if self._tree is not None and not self._is_examined:
            self._is_examined = True
            if not self.faults:
                self._sound = Sound(self.source, self._tree)

    @property
    def root(self) -> Node:
        return self.tree.root_node

    @cached_property
    def faults(self) -> tuple[Node, ...]:
        """Where the tree says that the text is no Nix (`nix_lsp.syntax.faults`), in order."""
        from nix_lsp.syntax.faults import faults

        return tuple(faults(self.root))

    @cached_property
    def line_starts(self) -> tuple[int, ...]:
        """Byte offset of each line's first byte."""
        lines = self.source.splitlines(keepends=True)  # of bytes: at these three and nothing else
        if not lines:
            return (0,)
        ends = accumulate(map(len, lines))
        return (0, *ends) if lines[-1].endswith((b"\n", b"\r")) else (0, *islice(ends, len(lines) - 1))

    def line_of(self, offset: int) -> int:
        """Return the zero-based line that holds a byte offset."""
        return bisect_right(self.line_starts, offset) - 1

    def text(self, part: Span | Node) -> str:
        """Return the text of a span or node."""
        if isinstance(part, Span):
            return self.source[part.start : part.end].decode("utf-8", "replace")
        return self.source[part.start_byte : part.end_byte].decode("utf-8", "replace")

    @property
    def sound(self) -> Sound | None:
        """The last version that is known to be without faults, this one perhaps; None if none is known without parsing anew."""
        self._examine()
        return self._sound

    @property
    def is_broken(self) -> bool:
        """Tell whether the text is no Nix, where it has been: no more of it is parsed than has changed since."""
        if self._tree is None and self._sound is not None:
            tree = self._sound.parse(self.source)
            if tree.root_node.has_error:
                return True
            self._tree = tree
        sound = self.sound
        return sound is None or sound.changed is not None

    @property
    def is_sound(self) -> bool:
        """Whether the text is Nix without faults; it is parsed to find out."""
        _ = self.tree
        return not self.is_broken

    def edited(self, changes: Iterable[Change], version: int | None) -> Document:
        """Return the next version: changes apply one after another, each to the result of the one before.

        Nothing is parsed yet, if the text has ever been sound: whoever asks what can stand at the cursor tries what may be meant.
        """
        from nix_lsp.syntax.parse import reparse

        source, tree, sound = self.source, self._tree, self.sound
        lines = self.__dict__.get("line_starts")
        for change in changes:
            lines = _moved(lines, source, change) if lines is not None else None
            if sound is None:
                source, tree = reparse(source, tree, change)
            else:
                sound, tree = sound.then(change), None
                source = source[: change.span.start] + change.text + source[change.span.end :]
        if tree is not None and tree.root_node.has_error and len(source) <= _LARGE:
            tree = None
        document = Document(self.path, source, version, tree, sound, self.lineage)
        if lines is not None:
            document.line_starts = lines
        return document

    def tried(self, at: int, text: bytes) -> Document:
        """Return the document with a text put in at a byte offset, to see how that would read."""
        source = self.source[:at] + text + self.source[at:]
        if (sound := self.sound) is not None:
            return Document(self.path, source, self.version, sound.then(Change(Span(at, at), text)).parse(source))
        from nix_lsp.syntax.parse import reparse

        source, tree = reparse(self.source, self._tree, Change(Span(at, at), text))
        return Document(self.path, source, self.version, tree)


def _moved(starts: tuple[int, ...], source: bytes, change: Change) -> tuple[int, ...] | None:
    """Return where lines begin after a change to `source`; None where that has to be looked at anew: `\\r` and `\\n` are one line end."""
    if b"\r" in source or b"\r" in change.text:
        return None
    start, end = change.span
    by = len(change.text) - (end - start)
    new = (start + offset + 1 for offset, byte in enumerate(change.text) if byte == _LINE_FEED)
    return (*starts[: bisect_right(starts, start)], *new, *map(by.__add__, starts[bisect_right(starts, end) :]))
