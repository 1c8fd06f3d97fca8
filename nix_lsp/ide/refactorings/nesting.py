"""Nested sets and dotted paths: `a = { b = 1; };` and `a.b = 1;` are the same to Nix.

A set that is not `rec` opens no scope, and Nix joins all bindings that begin alike. So nothing but the layout changes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.ide.edits import combine, owned, remove, replace
from nix_lsp.ide.indentation import indentation_at, newline, reindent, reindent_fragment
from nix_lsp.ide.kinds import REWRITE
from nix_lsp.ide.model import TextEdit
from nix_lsp.ide.refactorings.inheriting import meant_binding, selectable
from nix_lsp.ide.refactorings.refactoring import Refactoring
from nix_lsp.ide.set_names import binding_path, literal_set, names_in
from nix_lsp.syntax.ast import BINDINGS, attrs, span, text
from nix_lsp.syntax.layout import indent_unit, quote_attr
from nix_lsp.syntax.span import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tree_sitter import Node

    from nix_lsp.ide.model import Fix
    from nix_lsp.ide.refactorings.refactoring import Place
    from nix_lsp.syntax.document import Document

_MOST = 500
"""So many bindings are packed or flattened."""
_LEVELS = 32
"""So many levels at once."""


def _meant(place: Place) -> Node | None:
    """Return the binding that the cursor is on the path or the opening brace of."""
    binding = meant_binding(place)
    value = binding.child_by_field_name("expression") if binding else None
    return binding if value is not None and place.span.start <= value.start_byte + 1 else None


# From a set to paths


def _flatten(place: Place) -> Iterator[Fix]:
    binding = _meant(place)
    path = binding.child_by_field_name("attrpath") if binding else None
    if binding is None or path is None or _has_comment(binding):
        return
    document = place.document
    title = f"Flatten `{text(path)}` to dotted paths"
    flat: list[list[str]] = []
    for levels in (1, _LEVELS):
        lines = list(_flat(document, binding, "", levels))
        if not lines or lines in flat or len(lines) > _MOST:
            continue
        flat.append(lines)
        before = document.source[document.line_starts[document.line_of(binding.start_byte)] : binding.start_byte]
        if before.strip() and (len(lines) > 1 and any("\n" in line or line.startswith("#") for line in lines)):
            continue
        indent = indentation_at(document, binding.start_byte)
        if before.strip():
            new = " ".join(lines)
        else:
            moved = (indent + reindent_fragment(line, indent, inside_set=True) if line else "" for line in lines)
            new = "\n".join(moved).lstrip().replace("\n", newline(document))
        yield place.fix(title if len(flat) == 1 else f"{title}, all levels", [TextEdit(span(binding), new)])


def _flat(document: Document, binding: Node, prefix: str, levels: int) -> Iterator[str]:
    """Yield the lines, or bindings, of a set with its path before each of its names; nothing if it has to stay as it is."""
    value = literal_set(binding)
    path = binding.child_by_field_name("attrpath")
    if value is None or path is None or "\n" in text(path) or not levels:
        return
    head = f"{prefix}{text(path)}."
    parts = _parts(value)
    if not any(part.type in BINDINGS for part in parts):
        return
    last_line = document.line_of(value.start_byte)
    previous: str | None = None
    for part in parts:
        line = document.line_of(part.start_byte)
        if part.type == "comment" and line == last_line and previous is not None:
            previous = f"{previous} {_comment(part)}"
            continue
        if previous is not None:
            yield previous
            previous = None
            if line > last_line + 1:
                yield ""
        last_line = document.line_of(part.end_byte)
        if part.type == "comment":
            yield reindent(document, span(part), indentation_at(document, part.start_byte), "").rstrip("\r")
            continue
        *whole, previous = _prefixed(document, part, head, levels)
        yield from whole
    if previous is not None:
        yield previous


def _prefixed(document: Document, part: Node, head: str, levels: int) -> list[str]:
    """Return a binding of a set with the set's path before its name."""
    if part.type == "binding":
        inner = list(_flat(document, part, head, levels - 1)) if levels > 1 and not _has_comment(part) else []
        if inner:
            return inner
        edit = TextEdit(Span(part.start_byte, part.start_byte), head)
        indent = indentation_at(document, part.start_byte)
        return [reindent(document, span(part), indent, "", [edit]).replace("\r\n", "\n")]
    names, source = part.child_by_field_name("attrs"), part.child_by_field_name("expression")
    base = f"{selectable(source)}." if source else ""
    found = [text(name) for name in names.named_children if name.type != "comment"] if names else []
    return [f"{head}{name} = {base}{name};" for name in found] or [""]


def _parts(owner: Node) -> list[Node]:
    """Return the comments and bindings of a set, in order."""
    found: list[Node] = []
    for child in owner.named_children:
        found += child.named_children if child.type == "binding_set" else [child]
    return found


def _comment(node: Node) -> str:
    return text(node).rstrip("\r")


def _can_flatten(owner: Node) -> bool:
    """Tell whether what a set inherits can be written as bindings, and nothing of it is broken."""
    for part in _parts(owner):
        if part.type == "binding":
            continue
        if part.type == "comment":
            continue
        names = part.child_by_field_name("attrs")
        if part.type not in BINDINGS or names is None or names.named_child_count == 0:
            return False
        source = part.child_by_field_name("expression")
        if any(name.is_missing or (source is None and name.type != "identifier") for name in names.named_children):
            return False
    return True


# From paths to a set


class _Item(NamedTuple):
    """A binding among those that begin alike."""

    binding: Node
    names: tuple[str | None, ...]
    starts: tuple[int, ...]
    """Where each segment of its path starts."""


def _pack(place: Place) -> Iterator[Fix]:
    binding = _meant(place)
    item = _item(binding) if binding else None
    if binding is None or item is None or len(item.names) < 2 or _has_comment(binding):
        return
    document = place.document
    cut = _cut(place, item)
    head = document.text(Span(item.starts[0], item.starts[cut])).rstrip(". \t")
    rest = reindent(
        document,
        Span(item.starts[cut], binding.end_byte),
        indentation_at(document, binding.start_byte),
        "",
    ).replace("\r\n", "\n")
    new = _set(document, head, [rest], one_line="\n" not in rest)
    indent = indentation_at(document, binding.start_byte)
    written = reindent_fragment(new, indent, inside_set=True).replace("\n", newline(document))
    yield place.fix(f"Pack into `{head} = {{ … }}`", [TextEdit(span(binding), written)])


def _pack_all(place: Place) -> Iterator[Fix]:
    binding = _meant(place)
    path = binding_path(binding) if binding else None
    owner = binding.parent.parent if binding and binding.parent else None
    if binding is None or owner is None or not path or path[0] is None:
        return
    items = [item for each in names_in(place.document, owner).at_or_below(path[:1]) if (item := _item(each))]
    if len(items) < 2 or len(items) > _MOST or any(_has_comment(each.binding) for each in items):
        return
    if any(len(each.names) == 1 and _contents(each.binding) is None for each in items):
        return
    document = place.document
    one_line = document.line_of(owner.start_byte) == document.line_of(owner.end_byte)
    head = quote_attr(path[0])
    plain = _set(document, head, list(_packed(document, items, 1, recursive=False)), one_line=one_line)
    deep = _set(document, head, list(_packed(document, items, 1, recursive=True)), one_line=one_line)
    for title, new in ((f"Pack all `{head}` bindings", plain), (f"Pack all `{head}` bindings, all levels", deep)):
        if title.endswith("levels") and new == plain:
            continue
        edits = combine(
            [
                replace(document, items[0].binding, new),
                *(_removed(document, each.binding) for each in items[1:]),
            ]
        )
        if edits is not None:
            yield place.fix(title, edits)


def _removed(document: Document, binding: Node) -> TextEdit:
    """Take out a binding that is not the only one."""
    edit = remove(document, binding)
    return edit if not edit.text else TextEdit(span(binding), "")


def _item(binding: Node) -> _Item | None:
    path = binding.child_by_field_name("attrpath")
    if path is None or any(child.type in {"comment", "ERROR"} for child in path.children):
        return None
    segments = attrs(path)
    return _Item(binding, tuple(each.name for each in segments), tuple(each.span.start for each in segments))


def _cut(place: Place, item: _Item) -> int:
    """Return how many segments of a path stay outside: up to the one under the cursor, which is the first if not on the path."""
    on = sum(start <= place.span.start for start in item.starts)
    return on if 0 < on < len(item.starts) and place.span.start < item.starts[-1] else 1


def _packed(document: Document, items: Sequence[_Item], cut: int, *, recursive: bool) -> Iterator[str]:
    """Yield what stands in the set that items make whose first segments are alike, without these."""
    if not recursive or cut >= _LEVELS:
        for item in items:
            yield from _cut_off(document, item, cut)
        return
    groups: dict[object, list[_Item]] = {}
    for item in items:
        name = item.names[cut] if len(item.names) > cut else None
        groups.setdefault(item.binding.id if name is None else name, []).append(item)
    for name, group in groups.items():
        if len(group) > 1 and isinstance(name, str) and _joins(group, cut + 1):
            inner = list(_packed(document, group, cut + 1, recursive=True))
            yield _set(document, quote_attr(name), inner, one_line=False)
            continue
        for item in group:
            yield from _cut_off(document, item, cut)


def _joins(group: Sequence[_Item], cut: int) -> bool:
    """Tell whether all of a group goes into one set."""
    return all(len(item.names) > cut or _contents(item.binding) is not None for item in group)


def _cut_off(document: Document, item: _Item, cut: int) -> Iterator[str]:
    """Yield a binding with its comments, without the first segments of its path; of a set with no other, what is in it."""
    if len(item.names) > cut:
        edit = TextEdit(Span(item.starts[0], item.starts[cut]), "")
        whole = owned(document, item.binding)
        indent = indentation_at(document, item.binding.start_byte)
        yield reindent(document, whole, indent, "", [edit]).replace("\r\n", "\n")
        return
    whole, inside = owned(document, item.binding), _contents(item.binding)
    if inside is None:
        return
    # Comments above the set and behind it stay with what was in it.
    if whole.start < item.binding.start_byte:
        above = Span(whole.start, item.binding.start_byte)
        yield reindent(document, above, indentation_at(document, above.start), "").rstrip().replace("\r\n", "\n")
    if inside.end > inside.start:
        yield reindent(document, inside, indentation_at(document, inside.start), "").rstrip().replace("\r\n", "\n")
    if whole.end > item.binding.end_byte:
        yield document.text(Span(item.binding.end_byte, whole.end)).strip()


def _contents(binding: Node) -> Span | None:
    """Return what stands between the braces of a binding's set, white space at the ends left out."""
    value = literal_set(binding)
    if value is None:
        return None
    parts = _parts(value)
    if not parts:
        return Span(value.start_byte + 1, value.start_byte + 1)
    return Span(parts[0].start_byte, parts[-1].end_byte)


def _set(document: Document, head: str, inner: Sequence[str], *, one_line: bool) -> str:
    """Return a binding of a set, its lines indented by one level."""
    if one_line and not any("\n" in each or each.startswith("#") or "#" in each for each in inner):
        return f"{head} = {{ {' '.join(inner)} }};"
    unit = indent_unit(document)
    lines = (unit + reindent_fragment(each, unit, inside_set=True) for each in inner)
    return "\n".join((f"{head} = {{", *lines, "};"))


def _has_comment(binding: Node) -> bool:
    """Tell whether a comment stands between the parts of a binding, or something is broken there."""
    return any(child.type in {"comment", "ERROR"} or child.is_missing for child in binding.children)


def _flatten_sound(place: Place) -> Iterator[Fix]:
    binding = _meant(place)
    value = literal_set(binding) if binding else None
    if value is not None and _can_flatten(value):
        yield from _flatten(place)


ROWS = (
    Refactoring(
        "flatten",
        REWRITE,
        "Writes the bindings of a nested set with its path before each; comments and blank lines stay where they are. For all levels at once, too.",
        "{\n  boot$0 = {\n    # fast\n    loader.timeout = 1;\n    initrd.verbose = false;\n  };\n}",
        "{\n  # fast\n  boot.loader.timeout = 1;\n  boot.initrd.verbose = false;\n}",
        _flatten_sound,
    ),
    Refactoring(
        "pack",
        REWRITE,
        "Makes a nested set of a dotted path; the cursor says at which segment.",
        "{ boot$0.loader.timeout = 1; }",
        "{ boot = { loader.timeout = 1; }; }",
        _pack,
    ),
    Refactoring(
        "pack-all",
        REWRITE,
        "Joins all bindings of a set whose paths begin alike into one nested set, with their comments; sets that stand there already are "
        "merged. For all levels at once, too.",
        "{\n  boot$0.loader.timeout = 1;\n  # quiet\n  boot.initrd.verbose = false;\n}",
        "{\n  boot = {\n    loader.timeout = 1;\n    # quiet\n    initrd.verbose = false;\n  };\n}",
        _pack_all,
    ),
)
