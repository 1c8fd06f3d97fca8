"""Which rules count for a file, and how much: what the settings say, with ids and patterns of ids."""

from __future__ import annotations

import posixpath
from functools import lru_cache
from typing import TYPE_CHECKING

from nix_lsp.ide.model import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from nix_lsp.analysis.gitignore import Patterns
    from nix_lsp.analysis.project import Project, Settings
    from nix_lsp.syntax.document import Document


class Choice:
    """What holds for one file."""

    def __init__(self, settings: Settings, path: str) -> None:
        """Choose for the file at `path`, relative to the project's root."""
        overrides = [each for each in settings.overrides if _patterns(tuple(each.paths)).cover(path)]
        self._selected = settings.selected_rules
        self._ignored = settings.ignored_rules.union(*(each.ignored_rules for each in overrides))
        self._severities = (*settings.severities, *(pair for each in overrides for pair in each.severities))
        self.is_excluded = bool(settings.exclude) and _patterns(tuple(sorted(settings.exclude))).cover(path)
        """Nothing is reported about the file."""

    def asks(self, rule: str) -> bool:
        """Tell whether findings of a rule are wanted."""
        return not _names(self._ignored, rule) and (not self._selected or _names(self._selected, rule))

    def names(self, rule: str) -> bool:
        """Tell whether the settings ask for a rule by its id: by selecting it, or by giving it a severity."""
        return rule in self._selected or any(name == rule for name, _ in self._severities)

    def severity(self, rule: str) -> Severity | None:
        """Return the severity that a rule was given, None where it keeps its own."""
        for pattern, severity in reversed(self._severities):
            if _names((pattern,), rule):
                return Severity[severity.upper()]
        return None


def choice(project: Project, document: Document) -> Choice:
    """Return what holds for a document."""
    settings = project.settings
    speaks_of_paths = settings.overrides or settings.exclude
    return Choice(settings, posixpath.relpath(document.path, project.root or "/") if speaks_of_paths else "")


def unknown_names(names: Iterable[str]) -> Mapping[str, str | None]:
    """Return those of some ids and patterns that name no rule, each with the id that was probably meant."""
    from difflib import get_close_matches

    from nix_lsp.ide.rules import rule_summaries

    known = rule_summaries()
    return {
        name: next(iter(get_close_matches(name, known, 1)), None)
        for name in names
        if not any(_names((name,), rule) for rule in known)
    }


def named_in(settings: Settings) -> Sequence[str]:
    """Return the ids and patterns that settings name."""
    names = [*sorted(settings.ignored_rules), *(name for name, _ in settings.severities)]
    for each in settings.overrides:
        names += [*sorted(each.ignored_rules), *(name for name, _ in each.severities)]
    return list(dict.fromkeys(names))


def _names(patterns: Iterable[str], rule: str) -> bool:
    """Tell whether a rule is among ids and patterns."""
    if rule in patterns:
        return True
    for pattern in patterns:
        if "*" in pattern or "?" in pattern or "[" in pattern:
            from fnmatch import fnmatchcase

            if fnmatchcase(rule, pattern):
                return True
    return False


@lru_cache(maxsize=64)
def _patterns(lines: tuple[str, ...]) -> Patterns:
    from nix_lsp.analysis.gitignore import Patterns

    return Patterns(lines)
