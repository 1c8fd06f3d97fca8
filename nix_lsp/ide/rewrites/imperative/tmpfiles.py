"""What systemd-tmpfiles makes: one path, and the options that say so (tmpfiles.d(5))."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nix_lsp.analysis.shell.word import Text
from nix_lsp.ide.rewrites.imperative.value import Attrs, List, Setting, Str, Value, string

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass
class Entry:
    """One path, and what is to be there; `None` leaves it to systemd-tmpfiles."""

    path: Str
    type: str = "z"
    """`d` makes a directory, `f` a file, `L` a link, `L+` one in place of what is there; `z` only sets owner and mode."""
    user: Str | None = None
    group: Str | None = None
    mode: str | None = None
    argument: Str | None = None

    @property
    def rule(self) -> Str:
        """The entry as a line of tmpfiles.d(5)."""
        fields = (
            string(self.type),
            self.path,
            string(self.mode or "-"),
            self.user or string("-"),
            self.group or string("-"),
            string("-"),
            *((self.argument,) if self.argument else ()),
        )
        return Str(tuple(piece for field in fields for piece in (Text(" "), *field.pieces))[1:])

    def setting(self, name: str) -> Setting:
        """Return the setting for it below `systemd.tmpfiles.settings`, in the file `10-<name>`."""
        attributes: list[tuple[str, Value]] = []
        if self.user:
            attributes.append(("user", self.user))
        if self.group:
            attributes.append(("group", self.group))
        if self.mode:
            attributes.append(("mode", string(self.mode)))
        if self.argument:
            attributes.append(("argument", self.argument))
        return Setting(
            ("systemd", "tmpfiles", "settings", f"10-{name}", self.path.text or "", self.type), Attrs(tuple(attributes))
        )

    @property
    def has_blanks(self) -> bool:
        """Tell whether a blank stands in one of the fields: a line would need quotes."""
        values = (self.path, self.user, self.group, self.argument)
        return any(" " in piece.text for value in values if value for piece in value.pieces if isinstance(piece, Text))


def choices(name: str, entries: Sequence[Entry]) -> tuple[tuple[Setting, ...], ...]:
    """Return the ways to declare entries, the current one first: as settings in the file `10-<name>`, or as lines."""
    found: list[tuple[Setting, ...]] = []
    if all(entry.path.text for entry in entries):
        found.append(tuple(entry.setting(name) for entry in entries))
    if not any(entry.has_blanks for entry in entries):
        found.append((Setting(("systemd", "tmpfiles", "rules"), List(tuple(entry.rule for entry in entries))),))
    return tuple(found)
