"""Options that modules still take, and warn of where they are given a value."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.analysis.lanes import NIXOS
from nix_lsp.analysis.pins.choice import point_of
from nix_lsp.analysis.pins.reference import NIXPKGS
from nix_lsp.ide.edits import remove
from nix_lsp.ide.markdown import shown_path
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
    from nix_lsp.ide.model import Diagnostic
    from nix_lsp.ide.rules.judgement import Bench
    from nix_lsp.ide.rules.rule import Subject
    from option_index.records import Path
    from option_index.timeline import Point

_FIRST, _LAST = date(2025, 12, 28), date(2026, 6, 28)
"""The days of the trees in which the rows were read."""
_READ = frozenset({"26.05pre", "26.05", "26.11pre"})
"""What these are called, and the release between."""
ALWAYS = Opaque()
"""A module that warns of any definition."""


class Warned(NamedTuple):
    """When a module of NixOS warns of an option."""

    silent: str | Opaque | None
    """The value that it does not warn of, its default: null or an empty string."""
    instead: str
    """What takes its place; empty: nothing does, as it does nothing."""
    file: str
    """The module, below nixos/modules."""


WARNED: Mapping[Path, Warned] = {
    tuple(option.split(".")): row
    for option, row in {
        "boot.loader.grub.version": Warned(ALWAYS, "", "system/boot/loader/grub/grub.nix"),
        "i18n.inputMethod.enabled": Warned(None, "i18n.inputMethod.{enable,type}", "i18n/input-method/default.nix"),
        "services.consul.forceIpv4": Warned(None, "services.consul.forceAddrFamily", "services/networking/consul.nix"),
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
    }.items()
}
"""By the option. The modules say so in the trees of both snapshots, 26.05pre and 26.11pre."""
_NAMES = frozenset(path[-1] for path in WARNED)
_WORDS = frozenset(map(str.encode, _NAMES))


def _check(subject: Subject) -> Iterator[Diagnostic]:
    document = subject.document
    if not any(word in document.source for word in _WORDS):
        return
    for root in subject.project.module(document).roots:
        benches = benches_of(subject.project, document, root)
        if not benches or not all(
            _is_read(lane.set, point_of(lane.pins, NIXPKGS)) for b in benches for lane in b.lanes
        ):
            continue
        for definition, row in _warned(root, benches):
            if _is_told(subject, definition, row) and not is_value_guarded(definition, root):
                path = definition.path
                yield WARNS.at(
                    Span(path[definition.own].span.start, path[-1].span.end),
                    _message(definition, row),
                    () if row.instead else _delete(subject, definition),
                )


def _warned(root: Root, benches: tuple[Bench, ...]) -> Iterator[tuple[Definition, Warned]]:
    """Yield the definitions of options that modules warn of in all lanes."""
    given = tuple([bench.options for bench in benches])
    for piece in root.pieces:
        if piece.known.found("is not warned of", given):
            continue
        rows = [_row(names, benches) for names, _ in piece.outlines]
        if any(rows):
            yield from ((each, row) for each, row in zip(piece.definitions, rows, strict=True) if row)
        else:
            piece.known.keep("is not warned of", given, True)


def _is_read(module_set: str, point: Point) -> bool:
    """Tell whether a pin lies between the trees in which the rows were read."""
    if module_set != NIXOS:
        return False
    if named := point.snapshot or point.release:
        return named in _READ
    return point.date is not None and _FIRST <= point.date <= _LAST


def _row(names: tuple[str | None, ...], benches: tuple[Bench, ...]) -> Warned | None:
    """Return the row of the option at a path, where every revision that the pins may be has it."""
    if names[-1] not in _NAMES:
        return None
    found: set[Path] = set()
    for bench in benches:
        resolution = bench.options.resolve(names)
        option = resolution.option
        if resolution.standing is not Standing.OPTION or option is None:
            return None
        found.add(option.path)
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
    return value != "" and (not isinstance(value, Opaque) or bool(value.start))


def _message(definition: Definition, row: Warned) -> str:
    name = shown_path(definition.names)
    if not row.instead:
        return f"`{name}` has no effect any more; NixOS warns of it in every evaluation."
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
        "removes it. Which these are was read in nixpkgs' modules of 26.05pre and 26.11pre, and is told for pins between the two."
    ),
    bad="{ boot.loader.grub.version = 2; }",
    good="{ }",
    release="26.05",
    check=_check,
    lanes=(NIXOS,),
    tags=(Tag.DEPRECATED,),
)

RULES = (WARNS,)
"""The family's rows."""
