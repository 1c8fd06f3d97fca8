"""Options of another module set: home-manager's in a NixOS module, NixOS' in home-manager, nix-darwin's elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.analysis.lanes import HOME_MANAGER, NIX_DARWIN, NIXOS
from nix_lsp.ide.markdown import SET_NAMES, shown_path
from nix_lsp.ide.model import Severity, Tier
from nix_lsp.ide.rules.relocation import relocate
from nix_lsp.ide.rules.rule import Rule
from nix_lsp.syntax.layout import attrpath_text
from option_index.records import Standing

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from nix_lsp.ide.model import Diagnostic, Fix
    from nix_lsp.ide.rules.judgement import Judgement
    from nix_lsp.ide.rules.rule import Subject

    Names = tuple[str | None, ...]

_ABSENT = frozenset({Standing.UNKNOWN, Standing.UNLISTED})


class Counterpart(NamedTuple):
    """Options that do the same in several module sets, with values of the same form."""

    paths: tuple[tuple[str, str], ...]
    """Pairs of module set and dotted path; all that stands below a path goes along."""


COUNTERPARTS = tuple(
    Counterpart(pairs)
    for pairs in (
        (
            (NIXOS, "environment.systemPackages"),
            (NIX_DARWIN, "environment.systemPackages"),
            (HOME_MANAGER, "home.packages"),
        ),
        ((NIXOS, "environment.shellAliases"), (NIX_DARWIN, "environment.shellAliases"), (HOME_MANAGER, "home.shellAliases")),
        ((NIXOS, "environment.sessionVariables"), (HOME_MANAGER, "home.sessionVariables"), (NIX_DARWIN, "environment.variables")),
        ((NIXOS, "environment.variables"), (HOME_MANAGER, "home.sessionVariables")),
        ((NIXOS, "programs.zsh.ohMyZsh.enable"), (HOME_MANAGER, "programs.zsh.oh-my-zsh.enable")),
        ((NIXOS, "programs.zsh.ohMyZsh.plugins"), (HOME_MANAGER, "programs.zsh.oh-my-zsh.plugins")),
        ((NIXOS, "programs.zsh.ohMyZsh.theme"), (HOME_MANAGER, "programs.zsh.oh-my-zsh.theme")),
        ((NIXOS, "programs.zsh.autosuggestions.enable"), (HOME_MANAGER, "programs.zsh.autosuggestion.enable")),
        ((NIXOS, "programs.zsh.interactiveShellInit"), (NIX_DARWIN, "programs.zsh.interactiveShellInit"), (HOME_MANAGER, "programs.zsh.initContent")),
        ((NIXOS, "programs.bash.interactiveShellInit"), (NIX_DARWIN, "programs.bash.interactiveShellInit"), (HOME_MANAGER, "programs.bash.initExtra")),
        ((NIX_DARWIN, "system.defaults.CustomUserPreferences"), (HOME_MANAGER, "targets.darwin.defaults")),
    )
)  # fmt: skip


def _check(subject: Subject) -> Iterator[Diagnostic]:
    for judgement in subject.judgements:
        if sets := misplaced(subject, judgement):
            counterpart = _counterpart(judgement, judgement.definition.names, sets)
            fix = _rename(subject, judgement, sets) if counterpart else None
            listed = judgement.standing is Standing.UNLISTED
            where = judgement.definition.path[judgement.definition.own].span.cover(
                judgement.definition.path[judgement.last].span
            )
            message = _message(judgement, sets, counterpart)
            yield MISPLACED.at(where, message, [fix] if fix else [], severity=Severity.INFORMATION if listed else None)


def misplaced(subject: Subject, judgement: Judgement) -> tuple[str, ...]:
    """Return the other module sets that have all of what a judgement calls unknown; empty where it is simply unknown.

    Only files that surely belong to their lane are told so. A pin that is newer than the index may have gained the option, but hardly
    another set's first segment.
    """
    if judgement.standing not in _ABSENT or not judgement.is_sure or judgement.source is not None:
        return ()
    if judgement.standing is Standing.UNLISTED and judgement.last > 0:
        return ()
    paths = _leaves(judgement)
    here = {verdict.bench.options.set for verdict in judgement.verdicts}
    return tuple(
        module_set
        for module_set in SET_NAMES
        if module_set not in here and all(_has(subject, judgement, module_set, names) for names in paths)
    )


def _leaves(judgement: Judgement) -> list[Names]:
    """Return the paths that a judgement is about: a set's own options, where it is a set."""
    whole = judgement.definition.names
    if not judgement.definition.is_set:
        return [whole]
    inside = judgement.root.through(whole, judgement.definition.path[-1].span)
    below = [each.names for each in inside if not each.is_set and len(each.path) > len(whole)]
    return below or [whole]


def _has(subject: Subject, judgement: Judgement, module_set: str, names: Names) -> bool:
    """Tell whether another set surely has an option at a path, at the pins of every lane that judges it."""
    for verdict in judgement.verdicts:
        options = subject.project.options(verdict.bench.lanes[0].within(module_set))
        if options is None or options.resolve(names).standing not in {Standing.OPTION, Standing.INSIDE}:
            return False
    return True


def _counterpart(judgement: Judgement, names: Names, sets: Sequence[str]) -> tuple[str, ...] | None:
    """Return the path of the option that does the same in the file's own module set, if all its lanes have it."""
    here = {verdict.bench.options.set for verdict in judgement.verdicts}
    if len(here) != 1 or None in names:
        return None
    own = here.pop()
    for row in COUNTERPARTS:
        paths = dict(row.paths)
        if own not in paths:
            continue
        for module_set in sets:
            theirs = tuple(paths[module_set].split(".")) if module_set in paths else None
            if theirs is None or names[: len(theirs)] != theirs:
                continue
            ours = (*paths[own].split("."), *(str(name) for name in names[len(theirs) :]))
            if all(
                verdict.bench.options.resolve(ours).standing in {Standing.OPTION, Standing.INSIDE}
                for verdict in judgement.verdicts
            ):
                return ours
    return None


def _rename(subject: Subject, judgement: Judgement, sets: Sequence[str]) -> Fix | None:
    fix = relocate(
        subject.document,
        judgement.root,
        judgement.definition,
        lambda names: _counterpart(judgement, names, sets),
    )
    return fix._replace(tier=Tier.REVIEW, preferred=True) if fix else None


def _message(judgement: Judgement, sets: Sequence[str], counterpart: tuple[str, ...] | None) -> str:
    definition = judgement.definition
    path = shown_path(definition.names[: judgement.last + 1] if definition.is_set else definition.names)
    lane = judgement.verdicts[0].bench.lanes[0]
    own = SET_NAMES.get(lane.set, lane.set)
    theirs = " and ".join(SET_NAMES[each] for each in sets)
    host = f" ({lane.evidence})" if lane.evidence else ""
    said = (
        f"`{path}` is of {theirs}, and this is a module of {own}{host}, which has no such option; {judgement.pinned()}."
    )
    if counterpart:
        said += f" Its counterpart here is `{attrpath_text(counterpart)}`."
    if HOME_MANAGER in sets and lane.set != HOME_MANAGER:
        said += " In home-manager it stands below `home-manager.users.<name>`."
    return said


MISPLACED = Rule(
    id="option-lane",
    severity=Severity.ERROR,
    summary="The option is another module set's.",
    explanation=(
        "NixOS, home-manager and nix-darwin have options of their own, and an evaluation stops at one that it does not know: "
        "`home.packages` in a NixOS module, `environment.systemPackages` in a home-manager module, `homebrew` outside nix-darwin. The "
        "message says whose option it is, and which one does the same here, where there is one.\n\n"
        "Only files that a host imports are judged, or that say of which set they are (`# nix-lsp: set nixos`). A pin that is newer than "
        "the index may have gained options; there, only a first segment that the set does not have is reported, as information.\n\n"
        "The fix writes the counterpart, for the whole system instead of one user or the other way round: look at it first."
    ),
    bad="# nix-lsp: set nixos\n{ pkgs, ... }: { home.packages = [ pkgs.hello ]; }\n",
    good="# nix-lsp: set nixos\n{ pkgs, ... }: { environment.systemPackages = [ pkgs.hello ]; }\n",
    release="25.11",
    check=_check,
)

RULES = (MISPLACED,)
