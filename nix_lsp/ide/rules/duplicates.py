"""What is defined twice: an attribute in one set, which is no Nix; an option whose type cannot join two values."""

from __future__ import annotations

import posixpath
import re
from functools import cache, lru_cache, partial
from itertools import islice
from typing import TYPE_CHECKING, cast

from nix_lsp.analysis.companions import companions, is_certain
from nix_lsp.ide.edits import append, remove
from nix_lsp.ide.markdown import shown_path
from nix_lsp.ide.model import FileEdit, Fix, Related, Severity, TextEdit, Tier
from nix_lsp.ide.rules.judgement import benches_of, pinned
from nix_lsp.ide.rules.rule import Rule
from nix_lsp.syntax.ast import static_string, text, unparenthesized
from nix_lsp.syntax.duplicates import duplicates, mixed, value_of
from nix_lsp.syntax.layout import attrpath_text
from nix_lsp.syntax.span import Span
from option_index.records import Standing

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tree_sitter import Node

    from nix_lsp.analysis.definition import Definition, Root
    from nix_lsp.analysis.pieces import Piece
    from nix_lsp.ide.model import Diagnostic
    from nix_lsp.ide.rules.judgement import Bench
    from nix_lsp.ide.rules.rule import Subject
    from nix_lsp.syntax.document import Document
    from nix_lsp.syntax.duplicates import Duplicate

    Path = tuple[str, ...]

_SCALARS = frozenset(
    {
        "boolean",
        "string",
        "string without spaces",
        "signed integer",
        "integer",
        "floating point number",
        "absolute path",
    }
)
"""Types that take equal values only (nixpkgs lib/types.nix, `mergeEqualOption`), beside enumerations and ranges of integers."""


_MOST = 10
"""So many are reported for one file: Nix itself stops at the first."""
_COMPARED = 50
"""So many definitions of one option are held against each other."""
_WORD = re.compile(rb"[A-Za-z_][\w'-]*")
_STRONGER = rb"\A(?s:(?=.*\bmk(?:Force|Override|VMOverride|ImageMediaOverride)\b)(?=.*(?<![\w'-])%b(?![\w'-])))"


def _check(subject: Subject) -> Iterator[Diagnostic]:
    yield from _attributes(subject.document)
    for root in subject.project.module(subject.document).roots:
        yield from _options(subject, root)
    yield from _across_files(subject)


def _attributes(document: Document) -> Iterator[Diagnostic]:
    """Report what Nix' parser refuses."""
    for found in islice(duplicates(document), _MOST):
        second = found.second
        if b"\n" in document.source[second.span.start : second.span.end]:
            # Half-typed: `services.` has taken the next line's name for its own.
            continue
        line = document.line_of(found.first.span.start) + 1
        name = attrpath_text(second.path)
        message = f"`{name}` is defined already in line {line}: Nix refuses to read the file."
        related = Related(document.path, found.first.span, f"`{name}` is defined here first")
        yield DUPLICATE.at(second.span, message, _fixes(document, found))._replace(related=(related,))


def _fixes(document: Document, found: Duplicate) -> list[Fix]:
    fixes: list[Fix] = []
    joined = _joined(document, found)
    if joined:
        fixes.append(Fix("Join the two lists", joined, Tier.REVIEW, preferred=True))
    delete = _deletion(document, found.second.binding)
    if delete:
        edits = (FileEdit(document.path, (delete,)),)
        fixes.append(Fix("Delete this definition", edits, Tier.REVIEW, preferred=not fixes))
    return fixes


def _joined(document: Document, found: Duplicate) -> tuple[FileEdit, ...] | None:
    """Return the edits that append a second list to the first; None where one of them is no list, or has comments inside."""
    first, second = value_of(found.first), value_of(found.second)
    if first is None or second is None or first.type != "list_expression" or second.type != "list_expression":
        return None
    if any(child.type == "comment" for child in second.children):
        return None
    elements = [text(element) for element in second.children_by_field_name("element")]
    edit = append(document, first, elements)
    return (FileEdit(document.path, (edit, remove(document, found.second.binding))),) if edit else None


def _deletion(document: Document, binding: Node) -> TextEdit | None:
    if binding.type == "binding":
        return remove(document, binding)
    names = binding.parent
    inherit = names.parent if names else None
    if names is None or inherit is None:
        return None
    if len(names.named_children) == 1:
        return remove(document, inherit)
    before = binding.prev_sibling
    return TextEdit(Span(before.end_byte if before else binding.start_byte, binding.end_byte), "")


def _options(subject: Subject, root: Root) -> Iterator[Diagnostic]:
    """Report values that one evaluation has for certain, and that its option's type cannot join."""
    if not _may_repeat(root):
        return
    groups: dict[tuple[str, ...], list[tuple[Definition, str]]] = {}
    for definition in root.definitions:
        names = _plain_names(definition)
        value = _scalar(definition.value) if names else None
        if value is not None:
            groups.setdefault(names, []).append((definition, value))
    benches = benches_of(subject.project, subject.document, root)
    for names, group in groups.items():
        if len({value for _, value in group}) < 2 or not _takes_one(subject, benches, names):
            continue
        known = [(definition, value) for definition, value in group[:_COMPARED] if is_certain(definition.binding)]
        if not known:
            continue
        (first, value), *others = known
        for definition, other in others:
            if other != value:
                yield _conflict(subject, benches, (first, value), (definition, other))


def _across_files(subject: Subject) -> Iterator[Diagnostic]:
    """Report values that another file gives otherwise which is surely a module of the same evaluation."""
    project, document = subject.project, subject.document
    view, lanes = project.module(document), project.lanes(document)
    if not view.is_module or not view.roots or not all(lane.is_sure and lane.host for lane in lanes):
        return
    root = view.roots[0]
    names = {each for piece in root.pieces for each in _plain_paths(piece)} if root.set is None else ()
    sets = {lane.set for lane in lanes}
    if not names or len(sets) != 1:
        return
    benches = benches_of(project, document, root)
    single = cache(partial(_takes_one, subject, benches))
    for path in companions(project, document):
        other = project.document(path)
        words = _words(other.source) if other else frozenset[bytes]()
        shared = [each for each in names if all(name.encode() in words for name in each[-2:] if _is_word(name))]
        if other is None or not any(map(single, shared)) or {lane.set for lane in project.lanes(other)} != sets:
            continue
        there = project.module(other)
        if not there.is_module or not there.roots or there.roots[0].set is not None:
            continue
        for each in shared:
            here, elsewhere = _certain_value(root, each), _certain_value(there.roots[0], each)
            if not here or not elsewhere or here[1] == elsewhere[1] or not single(each):
                continue
            if not project.matches(re.compile(_STRONGER % re.escape(each[-1].encode()))):
                yield _conflict(subject, benches, elsewhere, here, other)


def _certain_value(root: Root, names: Path) -> tuple[Definition, str] | None:
    """Return the one definition of an option that a module surely has, and its value."""
    found = root.at(names)
    value = _scalar(found[0].value) if len(found) == 1 and _plain_names(found[0]) else None
    return (found[0], value) if value is not None and is_certain(found[0].binding) else None


def _is_word(name: str) -> bool:
    return _WORD.fullmatch(name.encode()) is not None


@lru_cache(maxsize=1024)
def _words(source: bytes) -> frozenset[bytes]:
    """Return every word of a text that may be a name: most files share no option with another one, and need not be read to see it."""
    return frozenset(_WORD.findall(source))


def _may_repeat(root: Root) -> bool:
    """Tell whether an option is given more than one value."""
    seen: set[tuple[str, ...]] = set()
    count = 0
    for piece in root.pieces:
        defined = _plain_paths(piece)
        seen.update(defined)
        count += len(defined)
    return len(seen) < count


def _plain_paths(piece: Piece) -> Sequence[Path]:
    """Return the options that a piece surely gives a value."""
    defined = cast("Sequence[Path] | None", piece.known.found("values", ()))
    if defined is None:
        defined = [names for each in piece.definitions if (names := _plain_names(each))]
        piece.known.keep("values", (), defined)
    return defined


def _plain_names(definition: Definition) -> tuple[str, ...]:
    """Return the path of a definition that surely gives an option a value; empty where it may not, or gives it a set."""
    if definition.is_set or definition.conditional or definition.indirect or definition.wrappers:
        return ()
    names = tuple([name for name in definition.names if name is not None and name != "*"])
    return names if len(names) == len(definition.path) else ()


def _conflict(
    subject: Subject,
    benches: Sequence[Bench],
    first: tuple[Definition, str],
    second: tuple[Definition, str],
    other_file: Document | None = None,
) -> Diagnostic:
    document, there_in = subject.document, other_file or subject.document
    (before, value), (definition, other) = first, second
    path = f"`{shown_path(definition.names)}`"
    line = there_in.line_of(before.binding.start_byte) + 1
    place = f"line {line}"
    if other_file:
        place += f" of `{posixpath.relpath(other_file.path, posixpath.dirname(document.path))}`"
    message = (
        f"{path} is `{other}` here and `{value}` in {place}: the option takes one value, and the evaluation stops; "
        f"this project pins {pinned(benches)}."
    )
    edits = (FileEdit(document.path, (remove(document, definition.binding),)),)
    fix = Fix("Delete this definition", edits, Tier.REVIEW, preferred=True)
    where = Span(definition.path[definition.own].span.start, definition.path[-1].span.end)
    there = Span(before.path[before.own].span.start, before.path[-1].span.end)
    related = Related(there_in.path, there, f"{path} is defined here {'too' if other_file else 'first'}")
    return DUPLICATE.at(where, message, [fix])._replace(related=(related,))


def _takes_one(subject: Subject, benches: Sequence[Bench], names: tuple[str, ...]) -> bool:
    """Tell whether every lane has the option, and none can join two different values."""
    from option_index.types import Integer, OneOf, Pattern, parse

    for bench in benches:
        resolution = bench.options.resolve(names)
        if resolution.standing is not Standing.OPTION or resolution.option is None:
            return False
        sentence = resolution.option.type.removeprefix("null or ")
        if sentence not in _SCALARS and not isinstance(parse(sentence), Integer | OneOf | Pattern):
            return False
        if any(subject.project.declared(lane).covers(names) for lane in bench.lanes):
            return False
    return bool(benches)


def _scalar(value: Node | None) -> str | None:
    """Return a value that is written out as Nix source, equal values alike; None where only evaluation knows it."""
    if value is None:
        return None
    value = unparenthesized(value)
    if value.type == "string_expression":
        content = static_string(value)
        return None if content is None else f'"{content}"'
    if value.type == "integer_expression" or text(value) in {"true", "false"}:
        return text(value)
    return None


DUPLICATE = Rule(
    id="option-duplicate",
    severity=Severity.ERROR,
    summary="Something is defined twice where it can only be defined once.",
    explanation=(
        "Nix does not read a file in which a set defines an attribute twice, whatever the values. Paths below one name are no second "
        "definition, and sets that are written out are joined: `a.b = 1; a.c = 2;` is right, and so is `a = { b = 1; }; a.c = 2;`.\n\n"
        "The module system joins the definitions of an option from different places, but there are types that take one value only: two "
        "different booleans, numbers, strings or choices stop the evaluation, unless one has a higher priority (`mkForce`, `mkDefault`). "
        "That is reported where both stand in one file, or in two that one list imports, or of which one imports the other, and "
        "nothing may leave one of them out.\n\n"
        "The fix appends the second list to the first, or deletes the second definition: see first which one is meant."
    ),
    bad="{ services.openssh.ports = [ 22 ]; services.openssh.ports = [ 2222 ]; }",
    good="{ services.openssh.ports = [ 22 2222 ]; }",
    release=None,
    check=_check,
    lanes=(),
)


def _mixed(subject: Subject) -> Iterator[Diagnostic]:
    """Report sets that Nix joins though one of them is a `rec`."""
    document = subject.document
    if b"rec" not in document.source:
        return
    for found in islice(mixed(document), _MOST):
        name, line = attrpath_text(found.second.path), document.line_of(found.first.span.start) + 1
        value = value_of(found.first)
        is_first = value is not None and unparenthesized(value).type == "rec_attrset_expression"
        message = (
            f"`{name}` goes into the `rec` set of line {line}: the names of that one are in scope here."
            if is_first
            else f"The `rec` is lost: `{name}` is joined with the set of line {line}, which is none."
        )
        related = Related(document.path, found.first.span, "the first definition")
        yield MIXED_REC.at(found.second.span, message)._replace(related=(related,))


MIXED_REC = Rule(
    id="mixed-rec",
    severity=Severity.WARNING,
    summary="Two definitions of a set are joined, of which one alone is a `rec`.",
    explanation="The first one decides for both: what is written later is read with its names in scope, or without its own.",
    bad="{ a = rec { b = 1; c = b; }; a.d = 2; }",
    good="{ a = rec { b = 1; c = b; d = 2; }; }",
    release=None,
    check=_mixed,
    lanes=(),
    has_fix=False,
    file="a.nix",
)

RULES = (DUPLICATE, MIXED_REC)
