"""From a row to the edit: the definition leaves its old place, and those that say the same stand where they belong."""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.ide.difference import words_changed
from nix_lsp.ide.edits import append, apply, find, insert, place, remove, replace, set_of
from nix_lsp.ide.indentation import indentation_at, newline, reindent, reindent_fragment
from nix_lsp.ide.model import FileEdit, Fix, TextEdit, Tier
from nix_lsp.ide.rewrites.drift.conversion import Entry, Old
from nix_lsp.ide.rewrites.drift.table import row_of
from nix_lsp.ide.rules.relocation import Link, comments_of, emptied, links_of, relocate
from nix_lsp.ide.set_names import literal_set
from nix_lsp.syntax.ast import ATTRSETS, application, bindings, select_path, span, unparenthesized
from nix_lsp.syntax.document import Document
from nix_lsp.syntax.layout import attrpath_text, indent_unit
from nix_lsp.syntax.span import Span
from option_index.records import Standing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tree_sitter import Node

    from nix_lsp.analysis.definition import Definition, Root
    from nix_lsp.ide.rewrites.drift.conversion import Conversion
    from nix_lsp.ide.rules.judgement import Judgement

_THERE = frozenset({Standing.OPTION, Standing.INSIDE, Standing.NAMESPACE})


class _Home(NamedTuple):
    """The attribute set that the old and the new place share."""

    owner: Node
    lead: tuple[str, ...]
    """Names in its bindings before the option's path: `config`."""
    start: int
    """Index of the path's first segment below it."""
    chain: tuple[Node, ...]
    """The bindings from the definition's up to the one in the set."""


def convert(document: Document, judgement: Judgement) -> Fix | None:
    """Return the fix that writes a moved option's definition anew, or None where no row knows how."""
    definition = judgement.definition
    names = tuple(name for name in definition.names if name is not None)
    module_sets = {verdict.bench.options.set for verdict in judgement.verdicts}
    if len(names) < len(definition.path) or len(module_sets) != 1:
        return None
    row = row_of(module_sets.pop(), names)
    value = definition.value
    if row is None or (judgement.last + 1 < len(names) and row.target is None):
        return None
    if value is None or definition.indirect or definition.binding.type != "binding":
        return None
    if _is_merge(value) or (entries := row.convert(Old(value))) is None:
        return None
    tier = Tier.REVIEW if set(definition.wrappers) - {"mkIf"} else row.tier
    if not entries and row.target and tier is not row.tier:
        return None  # `mkForce ""` takes away what other modules say
    if not entries:
        links = links_of(definition)
        clean = takewhile(lambda link: link.is_clean, links[1:])
        gone = emptied(document, (definition.binding, *(link.binding for link in clean)))
        edits = (remove(document, gone),)
        return Fix("Delete: it says what holds anyhow", (FileEdit(document.path, edits),), tier, preferred=True)
    target = row.target_of(names, _told(judgement))
    if target is None or not all(_is_there(judgement, (*target, *entry.path)) for entry in entries):
        return None
    fix = _written(document, judgement.root, definition, row, target, entries)
    if fix is None:
        return None
    defines = (*target, *entries[0].path) if len(entries) == 1 else target
    title = fix.title if fix.title.startswith("Join") else f"Write as `{attrpath_text(defines)}`"
    return fix._replace(title=title, tier=tier, defines=defines)


def _told(judgement: Judgement) -> tuple[str, ...] | None:
    """Return where all indexes say that the option went."""
    targets = {verdict.resolution.move.target if verdict.resolution.move else None for verdict in judgement.verdicts}
    return targets.pop() if len(targets) == 1 else None


def _is_there(judgement: Judgement, path: tuple[str, ...]) -> bool:
    return all(verdict.bench.options.resolve(path).standing in _THERE for verdict in judgement.verdicts)


def _is_merge(value: Node) -> bool:
    function, _ = application(value)
    path = select_path(function)
    return path is not None and path[-1] == "mkMerge"


def _written(
    document: Document,
    root: Root,
    definition: Definition,
    row: Conversion,
    target: tuple[str, ...],
    entries: Sequence[Entry],
) -> Fix | None:
    defined = root.at(target)
    if defined and row.joins and not entries[0].path:
        return _joined(document, definition, defined, target, entries[0]) if len(defined) == 1 else None
    paths = [(*target, *entry.path) for entry in entries]
    if any(root.defines(path) for path in paths) or not all(each.is_set for each in defined):
        return None
    if len(entries) == 1 and not entries[0].comments and not defined:
        path = paths[0]
        inner = _changed(document, definition, entries[0].value)
        return relocate(
            document, root, definition, lambda names: path if names == definition.names else None, inner or None
        )
    return _replaced(document, root, definition, target, entries)


def _changed(document: Document, definition: Definition, value: str) -> tuple[TextEdit, ...]:
    """Return the edits that turn the value into another: round it, where it goes on in the other."""
    node = definition.value
    if node is None:
        return ()
    old = document.text(node)
    if old == value:
        return (TextEdit(Span(node.end_byte, node.end_byte), ""),)
    before, found, behind = value.partition(old)
    if found and ("\n" in old or len(old) > 2):
        edits = [TextEdit(Span(node.start_byte, node.start_byte), before)] if before else []
        return (*edits, TextEdit(Span(node.end_byte, node.end_byte), behind)) if behind else tuple(edits)
    return (TextEdit(span(node), value),)


def _replaced(
    document: Document, root: Root, definition: Definition, target: tuple[str, ...], entries: Sequence[Entry]
) -> Fix | None:
    """Write several definitions: as one set where nothing of it stands, else each beside what stands there."""
    links = links_of(definition)
    home = _home(definition, links, target)
    if home is None:
        return None
    taken = (*home.lead, *target[home.start :])
    stands = root.has_below(target)
    gone = emptied(document, home.chain)
    comments = tuple(comments_of(document, home.chain[0]))
    if gone != home.chain[0]:
        comments = (*comments_of(document, gone), *comments)
    if not stands and (found := place(document, home.owner, taken, home.chain[-1])):
        text = _binding(document, definition, found.path, entries, comments)
        if found.owner == set_of(gone):
            edits: list[TextEdit] = [replace(document, gone, text)]
        else:
            edits = [remove(document, gone), insert(document, found.owner, text, found.after)]
        changed = apply(document.source, edits)
    else:
        merged = _merged(document, definition, home, taken, entries, comments)
        if merged is None:
            return None
        changed = merged
    if Document(document.path, changed).root.has_error and not document.root.has_error:
        return None
    return _fix(document, f"Write as `{attrpath_text(target)}`", changed)


def _binding(
    document: Document,
    definition: Definition,
    path: tuple[str, ...],
    entries: Sequence[Entry],
    comments: tuple[str, ...],
) -> str:
    if len(entries) == 1:
        entry = entries[0]
        value = _wrapped(document, definition, entry.value)
        return "".join(f"{line}\n" for line in (*comments, *entry.comments)) + (
            f"{attrpath_text((*path, *entry.path))} = {value};"
        )
    unit = indent_unit(document)
    lines: list[str] = []
    done: set[tuple[str, ...]] = set()
    for entry in entries:
        head = entry.path[:-1]
        if head in done:
            continue
        done.add(head)
        group = [each for each in entries if each.path[:-1] == head]
        inner = [
            line for each in group for line in (*each.comments, f"{attrpath_text(each.path[-1:])} = {each.value};")
        ]
        if head:
            lines += [f"{attrpath_text(head)} = {{", *(f"{unit}{line}" for line in inner), "};"]
        else:
            lines += inner
    body = "".join(f"{unit}{line}\n" for line in lines)
    value = _wrapped(document, definition, f"{{\n{body}}}")
    return "".join(f"{line}\n" for line in comments) + f"{attrpath_text(path)} = {value};"


def _wrapped(document: Document, definition: Definition, value: str) -> str:
    """Put a value into the `mkIf c` that the old one stood in."""
    whole = definition.binding.child_by_field_name("expression")
    if whole is None or definition.value is None or not definition.wrappers:
        return value
    before = document.text(Span(whole.start_byte, definition.value.start_byte))
    return before + value + document.text(Span(definition.value.end_byte, whole.end_byte))


def _merged(
    document: Document,
    definition: Definition,
    home: _Home,
    taken: tuple[str, ...],
    entries: Sequence[Entry],
    comments: tuple[str, ...],
) -> bytes | None:
    """Write each definition beside what stands there, one after another, and take the old one out."""
    start = home.owner.start_byte
    current = document
    for number, entry in enumerate(entries):
        owner = _set_at(current, start)
        found = place(current, owner, (*taken, *entry.path)) if owner else None
        if found is None:
            return None
        above = (*comments, *entry.comments) if number == 0 else entry.comments
        value = _wrapped(document, definition, entry.value)
        text = "".join(f"{line}\n" for line in above) + f"{attrpath_text(found.path)} = {value};"
        current = Document(document.path, apply(current.source, [insert(current, found.owner, text, found.after)]))
    owner = _set_at(current, start)
    names = (*home.lead, *(name or "" for name in definition.names[home.start :]))
    old = find(current, owner, names) if owner else None
    if old is None:
        return None
    while (outer := _alone_in(old)) and outer.start_byte > start:
        old = outer
    return apply(current.source, [remove(current, old)])


def _home(definition: Definition, links: Sequence[Link], target: tuple[str, ...]) -> _Home | None:
    for level, link in enumerate(links):
        if level and not link.is_clean:
            return None
        if definition.names[: link.start] == target[: link.start]:
            owner = set_of(link.binding)
            if owner is None or owner.type != "attrset_expression":
                return None
            return _Home(owner, link.lead, link.start, tuple(each.binding for each in links[: level + 1]))
    return None


def _alone_in(binding: Node) -> Node | None:
    """Return the binding whose set holds nothing but a binding."""
    owner = set_of(binding)
    outer = owner.parent if owner else None
    if owner is None or outer is None or outer.type != "binding" or literal_set(outer) != owner:
        return None
    has_comment = any(child.type == "comment" for part in (owner, *owner.named_children) for child in part.children)
    return outer if len(list(bindings(owner))) == 1 and not has_comment else None


def _set_at(document: Document, start: int) -> Node | None:
    node = document.root.descendant_for_byte_range(start, start + 1)
    while node and node.start_byte == start and node.type not in ATTRSETS:
        node = node.parent
    return node if node and node.type in ATTRSETS and node.start_byte == start else None


def _joined(
    document: Document,
    definition: Definition,
    defined: Sequence[Definition],
    target: tuple[str, ...],
    entry: Entry,
) -> Fix | None:
    """Add the value to the definition that stands at the target, by `lib.mkMerge`."""
    twin = defined[0]
    there = twin.binding.child_by_field_name("expression")
    node = definition.value
    if there is None or node is None or twin.binding.type != "binding" or twin.indirect or twin.conditional:
        return None
    if definition.conditional or not Old(there).has("lib") or twin.path[: twin.own] != definition.path[: twin.own]:
        return None
    base = reindent(document, span(node), indentation_at(document, node.start_byte), "")
    value = _wrapped(document, definition, entry.value.replace(document.text(node), base))
    value = value if entry.value == document.text(node) and not definition.wrappers else f"({value})"
    if comments := comments_of(document, definition.binding):
        value = "".join(f"{line}\n" for line in comments) + value
    function, arguments = application(there)
    head = select_path(function)
    if head and head[-1] == "mkMerge" and len(arguments) == 1 and arguments[0].type == "list_expression":
        added = append(document, arguments[0], [value])
        edits = [added] if added else []
    else:
        old = reindent(document, span(there), indentation_at(document, there.start_byte), "")
        old = old if unparenthesized(there).type not in {"apply_expression", "binary_expression"} else f"({old})"
        unit = indent_unit(document)
        items = "".join(f"{unit}{reindent_fragment(each, unit, inside_set=False)}\n" for each in (value, old))
        whole = f"lib.mkMerge [\n{items}]"
        indent = indentation_at(document, twin.binding.start_byte)
        text = reindent_fragment(whole, indent, inside_set=False).replace("\n", newline(document))
        edits = [TextEdit(span(there), text)]
    edits.append(remove(document, definition.binding))
    changed = apply(document.source, edits)
    if Document(document.path, changed).root.has_error and not document.root.has_error:
        return None
    return _fix(document, f"Join with `{attrpath_text(target)}`", changed)


def _fix(document: Document, title: str, changed: bytes) -> Fix:
    return Fix(title, (FileEdit(document.path, words_changed(document.source, changed)),), preferred=True)
