"""Which values in a file surely do not fit the types of their options, in any lane that evaluates it."""

from __future__ import annotations

import re
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, NamedTuple, cast

from nix_lsp.ide.rules.guard import is_value_guarded
from nix_lsp.ide.rules.judgement import benches_of
from nix_lsp.syntax.ast import attrs, bindings, span
from option_index.records import Standing, is_placeholder
from option_index.types import parse
from option_index.values import Opaque, Partial, misfits

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tree_sitter import Node

    from nix_lsp.analysis.definition import Definition, Root
    from nix_lsp.analysis.pieces import Piece
    from nix_lsp.analysis.project import Project
    from nix_lsp.analysis.static import StaticValues
    from nix_lsp.ide.rules.judgement import Bench
    from nix_lsp.syntax.document import Document
    from nix_lsp.syntax.span import Span
    from option_index.records import Former, Option
    from option_index.static_values import Value
    from option_index.values import Misfit

    Names = tuple[str | None, ...]

_ABSENT = frozenset({Standing.UNKNOWN, Standing.UNLISTED})
_SETS = frozenset({"attrset_expression", "rec_attrset_expression"})
_PACKAGE = Opaque("package")
_UNKNOWN = Opaque()
_HANDED_ON = rb"\bmkAlias(?:\w*Definitions|IfDef)\b[^;\n]*\b(?:%b)\b|\b(?:%b)\.definitions"


class Wrong(NamedTuple):
    """A value that surely does not fit."""

    definition: Definition
    names: Names
    """The option path that the value is given to."""
    span: Span
    """What is wrong: a part of the value, or the segment that makes a set of what is to be none."""
    node: Node | None
    """The expression to write anew, if there is a single one."""
    misfit: Misfit
    benches: tuple[Bench, ...]
    certain: bool
    """Every revision that a lane's pin may be is known; otherwise a later one may have another type."""
    until: Former | None = None
    """The last type that the option had in each lane which takes the value; None where there was none."""


class _Claim(NamedTuple):
    """One type that an option may have."""

    sentence: str
    below: Names
    """Segments of the definition's path below the option."""
    certain: bool
    """Every revision that the pin may be is known."""
    bench: Bench | None = None
    option: Option | None = None


def wrong_values(project: Project, document: Document) -> Iterator[Wrong]:
    """Yield the values in a file that no type takes that their option can have at the pins of its lanes."""
    from nix_lsp.analysis.static import StaticValues

    static: StaticValues | None = None
    for root in project.module(document).roots:
        benches = benches_of(project, document, root)
        if benches:
            static = static or StaticValues(document)
            yield from _Values(project, document, root, benches, static).wrong()


def benches_with_option(benches: Sequence[Bench], names: Names) -> list[Option] | None:
    """Return what each bench has exactly at a path; None where one of them has no option there, or one that no list publishes."""
    found: list[Option] = []
    for bench in benches:
        resolution = bench.options.resolve(names)
        if resolution.standing is not Standing.OPTION or resolution.option is None or resolution.option.internal:
            return None
        found.append(resolution.option)
    return found


class _Values:
    """The definitions of one root and the types of their options."""

    def __init__(
        self, project: Project, document: Document, root: Root, benches: tuple[Bench, ...], static: StaticValues
    ) -> None:
        self._project = project
        self._document = document
        self._root = root
        self._benches = benches
        self._static = static
        self._is_lasting = True
        """So far nothing was asked that another file or what stands round a piece has a say in."""

    def wrong(self) -> Iterator[Wrong]:
        given = tuple([bench.options for bench in self._benches])
        meaning = self._static.wrappers.meaning
        for piece in self._root.pieces:
            asked = piece.known.found("fits", given)
            if isinstance(asked, frozenset) and meaning.binds_none(cast("frozenset[bytes]", asked)):
                continue
            self._is_lasting, asked_for = True, meaning.attending()
            found = list(self._wrong_in(piece))
            asked = asked_for()
            if not found and asked is not None and self._is_lasting:
                piece.known.keep("fits", given, asked)
            yield from found

    def _wrong_in(self, piece: Piece) -> Iterator[Wrong]:
        for definition in piece.definitions:
            value = definition.value
            if value is None or (definition.is_set and value.type not in _SETS):
                continue
            names = definition.names
            claims = self._claims(names)
            if not claims or _fits_plainly(value, claims):
                continue
            if through := self._through(definition, names, claims):
                yield through
                continue
            for part in self._static.alternatives(value):
                found = self._misfits(definition, part, claims)
                self._is_lasting &= not found
                if found and not is_value_guarded(definition, self._root):
                    certain = all(claim.certain for claim in claims)
                    for each in self._without_own(names, part, found):
                        node = self._static.part(part, each.path)
                        former = self._former(definition, part, claims) if certain else None
                        yield Wrong(definition, names, span(node), node, each, self._benches, certain, former)

    def _former(self, definition: Definition, node: Node, claims: Sequence[_Claim]) -> Former | None:
        """Return the last type that took a value which no type takes now, where that is the same in all lanes."""
        options = {id(claim.bench): claim for claim in claims}.values()
        found: set[Former | None] = set()
        for claim in options:
            former = claim.option.former if claim.option else ()
            fits = (
                each for each in former if not self._misfits(definition, node, [claim._replace(sentence=each.type)])
            )
            found.add(next(fits, None))
        return found.pop() if len(found) == 1 else None

    def _through(self, definition: Definition, names: Names, claims: Sequence[_Claim]) -> Wrong | None:
        """Return the first of a path's own segments that makes a set of what is to be none: `settings.a.b = 1` where `a` is a string."""
        least = min(len(claim.below) for claim in claims)
        for depth in range(least - 1, 0, -1):
            length = len(names) - depth
            if length <= definition.own:
                return None
            above = [claim._replace(below=claim.below[:-depth]) for claim in claims]
            found = _agreed(Partial(names[length], _UNKNOWN), above)
            self._is_lasting &= not found
            if found and not found[0].path and not is_value_guarded(definition, self._root):
                at, certain = definition.path[length - 1].span, all(claim.certain for claim in claims)
                misfit = found[0]._replace(found=Opaque("set"))
                own = self._without_own(names[:length], None, [misfit])
                return Wrong(definition, names[:length], at, None, misfit, self._benches, certain) if own else None
        return None

    def _claims(self, names: Names) -> list[_Claim]:
        """Return the types that the option at or above a path can have; none where one of them is not known."""
        if not names or "_module" in names:
            return []
        claims: list[_Claim] = []
        absent = 0
        for bench in self._benches:
            resolution = bench.options.resolve(names)
            option = resolution.option
            inside = resolution.standing is Standing.INSIDE
            absent += resolution.standing in _ABSENT
            if option is None or option.internal or not (inside or resolution.standing is Standing.OPTION):
                continue
            if any(
                name is None and not is_placeholder(segment) for name, segment in zip(names, option.path, strict=False)
            ):
                continue
            if self._document.path.endswith(tuple(f"/{each.file}" for each in option.declarations)):
                # nixpkgs itself: what stands here may be newer than what is known of it.
                return self._own_claims(names)
            if not inside or (resolution.move is None and len(option.path) < len(names)):
                below = names[len(option.path) :] if inside else ()
                certain, sentences = bool(option.types), option.types or (option.type,)
                claims += [_Claim(sentence, below, certain, bench, option) for sentence in sentences]
        if absent == len(self._benches):
            return self._own_claims(names)
        return claims if len({id(claim.bench) for claim in claims}) == len(self._benches) else []

    def _own_claims(self, names: Names) -> list[_Claim]:
        """Return the types of the options that the workspace itself declares at or above a path."""
        self._is_lasting = False
        lanes = {lane.set: lane for bench in self._benches for lane in bench.lanes}.values()
        every = [self._project.declared(lane) for lane in lanes]
        if not any(every):
            return []
        for length in range(len(names), 0, -1):
            if declared := [option for options in every for option in options.at(names[:length])]:
                claims = [_Claim(option.type, names[length:], True) for option in declared if option.type]
                return claims if len(claims) == len(declared) else []
        return []

    def _misfits(self, definition: Definition, node: Node, claims: Sequence[_Claim]) -> list[Misfit]:
        if definition.is_set:
            # What stands in the set is judged by itself.
            heads = _heads(node)
            shape: dict[str, Value] = {name: _UNKNOWN for name in heads or ()}  # noqa: C420 -- its values are of any kind
            return [each for each in _agreed(Opaque("set") if heads is None else shape, claims) if not each.path]
        if b"pkgs" in (node.text or b"") and any(_refuses_packages(claim.sentence) for claim in claims):
            self._is_lasting = False
            return _agreed(self._with_packages.value(node), claims)
        value = self._static.value(node)
        return [] if value == _UNKNOWN else _agreed(value, claims)

    @cached_property
    def _with_packages(self) -> StaticValues:
        """The same values, with the packages among them known: that costs a search in the index for each."""
        from nix_lsp.analysis.static import StaticValues

        sets = [
            packages for bench in self._benches for lane in bench.lanes if (packages := self._project.packages(lane))
        ]
        return StaticValues(
            self._document,
            lambda name: bool(sets) and all(packages.package(name) is not None for packages in sets),
            self._static.wrappers,
        )

    def _without_own(self, names: Names, node: Node | None, found: Sequence[Misfit]) -> Sequence[Misfit]:
        """Leave out what another type in the workspace may take: of a declaration of its own, of another module in the option's place."""
        lanes = {lane.set: lane for bench in self._benches for lane in bench.lanes}.values()
        if any(self._project.declared(lane).covers(names) for lane in lanes) and self._is_handed_on(names):
            return ()
        if any(self._project.declared(lane).at(names) for lane in lanes):
            own = self._own_claims(names)
            value = self._static.value(node) if node else Opaque("set")
            refused = {each.path for each in _agreed(value, own)} if own else set[object]()
            found = [each for each in found if each.path in refused]
        return found

    def _is_handed_on(self, names: Names) -> bool:
        """Tell whether the project gives an option's definitions to another one as they are, and asks the option's own type nothing.

        `mkAliasDefinitions` and its kin (nixpkgs lib/modules.nix) take the definitions of an option, not its value.
        """
        named = b"|".join(re.escape(name.encode()) for name in names if name is not None)
        return self._project.matches(re.compile(_HANDED_ON % (named, named)))


_STRINGS = frozenset({"string", "null or string", 'strings concatenated with "\\n"'})
_BOOLEANS = frozenset({"boolean", "null or boolean"})
_PLAIN: Mapping[str, tuple[frozenset[str], frozenset[bytes] | None]] = {
    "string_expression": (_STRINGS, None),
    "indented_string_expression": (_STRINGS, None),
    "variable_expression": (_BOOLEANS, frozenset({b"true", b"false"})),
}
"""By the kind of node: the types that it fits whatever it says, or if it says one of these. Most definitions are of these kinds."""


def _fits_plainly(value: Node, claims: Sequence[_Claim]) -> bool:
    """Tell at a glance, without reading it, that a value fits one of the types."""
    plain = _PLAIN.get(value.type)
    if plain is None or not any(claim.sentence in plain[0] and not claim.below for claim in claims):
        return False
    return plain[1] is None or value.text in plain[1]


def _heads(owner: Node) -> list[str] | None:
    """Return the first names of a set's bindings; None where one of them is not static."""
    found: list[str] = []
    for binding in bindings(owner):
        paths = binding.child_by_field_name("attrpath" if binding.type == "binding" else "attrs")
        names = attrs(paths) if paths else ()
        for segment in names[:1] if binding.type == "binding" else names:
            if segment.name is None:
                return None
            found.append(segment.name)
    return found


@lru_cache(maxsize=1024)
def _refuses_packages(sentence: str) -> bool:
    """Tell whether a package, alone or in a list, is surely no value of a type."""
    type_ = parse(sentence)
    return bool(misfits(type_, _PACKAGE) or misfits(type_, [_PACKAGE]))


def _agreed(value: Value, claims: Sequence[_Claim]) -> list[Misfit]:
    """Return where a value fits none of the types; empty where it may fit one."""
    agreed: dict[tuple[int | str | None, ...], Misfit] = {}
    for number, (sentence, below, *_) in enumerate(claims):
        wrapped = value
        for name in reversed(below):
            wrapped = Partial(name, wrapped)
        type_, depth = parse(sentence), len(below)
        found = {
            each.path[depth:]: each._replace(path=each.path[depth:])
            for each in misfits(type_, wrapped)
            if each.path[:depth] == below
        }
        if not found:
            return []
        if number:
            # Where no part is refused by all, it is the whole that fits none.
            common = {path: each for path, each in found.items() if path in agreed}
            found = common or {(): next(iter(found.values()))._replace(path=(), found=value)}
        agreed = found
    return list(agreed.values())
