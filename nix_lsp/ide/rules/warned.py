"""Options that modules still take, and warn of where they are given a value."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.analysis.lanes import HOME_MANAGER, NIX_DARWIN, NIXOS, SOURCES
from nix_lsp.analysis.pins.choice import point_of
from nix_lsp.ide.edits import remove
from nix_lsp.ide.markdown import SET_NAMES, shown_path
from nix_lsp.ide.model import FileEdit, Fix, Severity, Tag, Tier
from nix_lsp.ide.rules.guard import is_value_guarded
from nix_lsp.ide.rules.judgement import benches_of
from nix_lsp.ide.rules.rule import Rule
from nix_lsp.syntax.span import Span
from option_index.records import Standing
from option_index.static_values import Opaque

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from nix_lsp.analysis.definition import Definition, Root
    from nix_lsp.analysis.pin import Lane
    from nix_lsp.ide.model import Diagnostic
    from nix_lsp.ide.rules.judgement import Bench
    from nix_lsp.ide.rules.rule import Subject
    from option_index.records import Path
    from option_index.static_values import Value


class _Span(NamedTuple):
    """The revisions of a module set of which it is known when its modules warn."""

    names: frozenset[str]
    """Releases and snapshots."""
    first: date
    last: date
    """The days between which a revision of no release lies."""


_READ: Mapping[str, _Span] = {
    NIXOS: _Span(frozenset({"26.05pre", "26.05", "26.11pre"}), date(2025, 12, 28), date(2026, 6, 28)),
    HOME_MANAGER: _Span(frozenset({"25.11", "26.05"}), date(2025, 11, 30), date(2026, 8, 22)),
    NIX_DARWIN: _Span(frozenset({"25.05", "25.11", "26.05"}), date(2025, 5, 23), date(2026, 6, 18)),
}
"""Of each set, the trees in which the rows were read, and what lies between."""
ALWAYS = Opaque()
"""A module that warns of any definition."""
NOTHING: Mapping[str, Value] = {}
"""An empty set."""


class Warned(NamedTuple):
    """When a module warns of an option."""

    silent: str | bool | Mapping[str, Value] | Opaque | None
    """The value that it does not warn of, its default: null, false, an empty string or set."""
    instead: str
    """What takes its place; empty: nothing does, as it does nothing."""
    file: str
    """The module, below its set's folder of modules."""


WARNED: Mapping[tuple[str, Path], Warned] = {
    (module_set, tuple(option.split("."))): row
    for module_set, rows in {
        NIXOS: {
            "boot.loader.grub.version": Warned(ALWAYS, "", "system/boot/loader/grub/grub.nix"),
            "i18n.inputMethod.enabled": Warned(None, "i18n.inputMethod.{enable,type}", "i18n/input-method/default.nix"),
            "services.consul.forceIpv4": Warned(
                None, "services.consul.forceAddrFamily", "services/networking/consul.nix"
            ),
            "services.ddclient.use": Warned("", "services.ddclient.{usev4,usev6}", "services/networking/ddclient.nix"),
            "services.gitea.extraConfig": Warned(None, "services.gitea.settings", "services/misc/gitea.nix"),
            "services.matterbridge.configFile": Warned(
                ALWAYS, "services.matterbridge.configPath", "services/networking/matterbridge.nix"
            ),
            "services.nextcloud.poolConfig": Warned(
                None, "services.nextcloud.poolSettings", "services/web-apps/nextcloud.nix"
            ),
            "services.nfs.extraConfig": Warned("", "services.nfs.settings", "tasks/filesystems/nfs.nix"),
            "services.nfs.server.extraNfsdConfig": Warned("", "services.nfs.settings", "tasks/filesystems/nfs.nix"),
            "services.phpfpm.extraConfig": Warned(
                None, "services.phpfpm.settings", "services/web-servers/phpfpm/default.nix"
            ),
            "services.phpfpm.pools.<name>.extraConfig": Warned(
                None, "services.phpfpm.pools.<name>.settings", "services/web-servers/phpfpm/default.nix"
            ),
            "services.radicale.config": Warned("", "services.radicale.settings", "services/networking/radicale.nix"),
            "services.tlp.extraConfig": Warned("", "services.tlp.settings", "services/hardware/tlp.nix"),
            "virtualisation.containerd.configFile": Warned(
                None, "virtualisation.containerd.settings", "virtualisation/containerd.nix"
            ),
        },
        HOME_MANAGER: {
            "i18n.inputMethod.enabled": Warned(None, "i18n.inputMethod.{enable,type}", "i18n/input-method/default.nix"),
            "programs.firefox.enableGnomeExtensions": Warned(
                False, "programs.firefox.package", "programs/firefox/mkFirefoxModule.nix"
            ),
            "services.hyprsunset.transitions": Warned(
                NOTHING, "services.hyprsunset.settings", "services/hyprsunset.nix"
            ),
            "services.kanshi.extraConfig": Warned("", "services.kanshi.settings", "services/kanshi.nix"),
            "services.kanshi.profiles": Warned(NOTHING, "services.kanshi.settings", "services/kanshi.nix"),
        },
        NIX_DARWIN: {
            "programs.tmux.iTerm2": Warned(False, "", "programs/tmux.nix"),
            "services.gitlab-runner.configFile": Warned(
                None, "services.gitlab-runner.services", "services/gitlab-runner.nix"
            ),
        },
    }.items()
    for option, row in rows.items()
}
"""By module set and option. The modules say so in the trees of all that `_READ` names."""
_NAMES = frozenset(path[-1] for _, path in WARNED)
_WORDS = frozenset(map(str.encode, _NAMES))
_LONGEST = max(len(path) for _, path in WARNED)


def _check(subject: Subject) -> Iterator[Diagnostic]:
    document = subject.document
    if not any(word in document.source for word in _WORDS):
        return
    for root in subject.project.module(document).roots:
        benches = benches_of(subject.project, document, root)
        if not benches or not all(_is_read(lane) for bench in benches for lane in bench.lanes):
            continue
        told: set[tuple[str | None, ...]] = set()
        for definition, length in _warned(root, benches):
            row = _row(definition.names[:length], benches)
            names = definition.names[:length]
            if row is None or names in told or is_value_guarded(definition, root):
                continue
            if length < len(definition.names) or _is_told(subject, definition, row):
                told.add(names)
                path = definition.path
                yield WARNS.at(
                    Span(path[min(definition.own, length - 1)].span.start, path[length - 1].span.end),
                    _message(benches, names, row),
                    () if row.instead or length < len(definition.names) else _delete(subject, definition),
                )


def _warned(root: Root, benches: tuple[Bench, ...]) -> Iterator[tuple[Definition, int]]:
    """Yield the definitions of options that modules warn of in all lanes, or below them, and how many segments the option has."""
    given = tuple([bench.options for bench in benches])
    for piece in root.pieces:
        if piece.known.found("is not warned of", given):
            continue
        lengths = [_length(names, benches) for names, _ in piece.outlines]
        if any(lengths):
            yield from ((each, length) for each, length in zip(piece.definitions, lengths, strict=True) if length)
        else:
            piece.known.keep("is not warned of", given, True)


def _is_read(lane: Lane) -> bool:
    """Tell whether a pin lies between the trees in which the rows of its set were read."""
    span = _READ.get(lane.set)
    if span is None:
        return False
    point = point_of(lane.pins, SOURCES[lane.set])
    if named := point.snapshot or point.release:
        return named in span.names
    return point.date is not None and span.first <= point.date <= span.last


def _length(names: tuple[str | None, ...], benches: tuple[Bench, ...]) -> int:
    """Return how many segments of a path name an option that is warned of; 0 where none do."""
    for length in range(1, min(len(names), _LONGEST) + 1):
        if names[length - 1] in _NAMES and (row := _row(names[:length], benches)):
            return length if length == len(names) or row.silent == NOTHING else 0
    return 0


def _row(names: tuple[str | None, ...], benches: tuple[Bench, ...]) -> Warned | None:
    """Return the row of the option at a path, where every revision that the pins may be has it."""
    found: set[tuple[str, Path]] = set()
    for bench in benches:
        resolution = bench.options.resolve(names)
        option = resolution.option
        if resolution.standing is not Standing.OPTION or option is None or len(option.path) != len(names):
            return None
        found.add((bench.options.set, option.path))
    return WARNED.get(found.pop()) if len(found) == 1 else None


def _is_told(subject: Subject, definition: Definition, row: Warned) -> bool:
    """Tell whether a definition is surely of a value that the module warns of."""
    if row.silent == ALWAYS:
        return True
    if definition.value is None:
        return False
    from nix_lsp.analysis.static import StaticValues
    from option_index.static_values import kinds

    value = StaticValues(subject.document).value(definition.value)
    if row.silent is None:
        return "null" not in kinds(value)
    if row.silent is False:
        return value is True
    if row.silent == NOTHING:
        return isinstance(value, dict) and bool(value)
    return value != "" and (not isinstance(value, Opaque) or bool(value.start))


def _message(benches: tuple[Bench, ...], names: tuple[str | None, ...], row: Warned) -> str:
    name = shown_path(names)
    if row.silent == ALWAYS and not row.instead:
        return f"`{name}` has no effect any more; {SET_NAMES[benches[0].options.set]} warns of it in every evaluation."
    if not row.instead:
        return f"`{name}` has no effect any more; its module warns of it while it is in use."
    return f"`{name}` is deprecated: its module warns of it while it is in use, and asks for `{row.instead}`."


def _delete(subject: Subject, definition: Definition) -> list[Fix]:
    binding = definition.binding
    if binding.type != "binding" or binding.parent is None or binding.parent.type != "binding_set":
        return []
    edits = (FileEdit(subject.document.path, (remove(subject.document, binding),)),)
    return [Fix("Delete this definition", edits, Tier.MECHANICAL, preferred=True)]


WARNS = Rule(
    id="option-deprecated",
    severity=Severity.INFORMATION,
    summary="The option is deprecated: its module warns where it has a value.",
    explanation=(
        "Some modules take an old option still, and say so in a warning whenever the configuration is evaluated; a later release "
        "removes it. Which these are was read in the modules of nixpkgs (26.05pre and 26.11pre), home-manager and nix-darwin (from 25.11 and "
        "25.05 on), and is told for pins between the revisions that were read."
    ),
    bad="{ boot.loader.grub.version = 2; }",
    good="{ }",
    release="26.05",
    check=_check,
    lanes=(NIXOS, HOME_MANAGER, NIX_DARWIN),
    tags=(Tag.DEPRECATED,),
)

RULES = (WARNS,)
"""The family's rows."""
