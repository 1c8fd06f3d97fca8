"""Names that nobody uses: bindings, arguments, a `with`, a `rec`."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from nix_lsp.analysis.name_scopes import Scope
from nix_lsp.ide.model import FileEdit, Fix, Severity, Tag, TextEdit, Tier
from nix_lsp.ide.rules.rule import Rule
from nix_lsp.syntax.ast import descent
from nix_lsp.syntax.broken import words_round_faults
from nix_lsp.syntax.span import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tree_sitter import Node

    from nix_lsp.analysis.names import Bound, Placed
    from nix_lsp.ide.model import Diagnostic
    from nix_lsp.ide.rules.rule import Subject
    from nix_lsp.syntax.document import Document

_MOST = 200
"""So many are reported of one file."""
_RESULTS = frozenset({"list_expression", "attrset_expression"})


def _unused_bindings(subject: Subject) -> Iterator[Diagnostic]:
    for bound in islice(_unused(subject), _MOST):
        if bound.place.scope.kind == "let":
            users = subject.names.uses(bound)
            is_used = "is used by what is not used itself, and by nothing else" if users else "is not used"
            fixes = _without(subject.document, bound, users)
            yield UNUSED_BINDING.at(bound.spans[0], f"`{bound.name}` {is_used}.", fixes)


def _unused(subject: Subject) -> Iterator[Bound]:
    if not subject.document.faults:
        yield from subject.names.unused()
        return
    # What is no Nix hides uses: whatever has the form of a name there may be one.
    hidden = words_round_faults(subject.document)
    yield from (bound for bound in subject.names.unused() if bound.name.encode() not in hidden)


def _without(document: Document, bound: Bound, users: Sequence[Span]) -> list[Fix]:
    """Return the fix that takes an unused binding out of its `let`; none as long as others that nobody uses name it."""
    from nix_lsp.ide.edits import remove

    if len(bound.spans) != 1:
        return []
    chain = descent(document.root, bound.spans[0].start)
    binding = next((node for node in reversed(chain) if node.type in {"binding", "inherit", "inherit_from"}), None)
    if binding is None or binding.has_error:
        return []
    if any(not (binding.start_byte <= user.start < binding.end_byte) for user in users):
        return []
    names = binding.child_by_field_name("attrs")
    if names is not None and names.named_child_count > 1:
        own = next((name for name in names.named_children if name.start_byte == bound.spans[0].start), None)
        if own is None or any(child.type == "comment" for child in names.children):
            return []
        edit = _without_name(document, own)
    else:
        owner = next((node for node in reversed(chain) if node.type == "let_expression"), None)
        if owner is None:
            return []
        edit = remove(document, binding)
    return [Fix(f"Remove `{bound.name}`", (FileEdit(document.path, (edit,)),), preferred=True)]


def _without_name(document: Document, name: Node) -> TextEdit:
    """Take one of several names out of an `inherit`, with its line if it has one of its own."""
    source, start, end = document.source, name.start_byte, name.end_byte
    line = document.line_starts[document.line_of(start)]
    if not source[line:start].strip():
        rest = source[end:].split(b"\n", 1)[0]
        if not rest.strip():
            return TextEdit(Span(line, min(end + len(rest) + 1, len(source))), "")
        return TextEdit(Span(start, end + len(rest) - len(rest.lstrip(b" \t"))), "")
    before = source[line:start]
    return TextEdit(Span(start - (len(before) - len(before.rstrip(b" \t"))), end), "")


def _unused_arguments(subject: Subject) -> Iterator[Diagnostic]:
    document = subject.document
    for bound in islice(_unused(subject), _MOST):
        scope = bound.place.scope
        if scope.kind != "function" or (bound.kind == "formal" and not _is_hidden(scope)):
            continue
        function = _node(document, bound.place.span, "function_expression")
        if function is None:
            continue
        formals = function.child_by_field_name("formals")
        has_rest = formals is not None and any(child.type == "ellipses" for child in formals.named_children)
        if bound.kind == "formal" and not has_rest and _is_outputs(document, function):
            continue  # a flake's outputs get all inputs and `self`: without `...` each must be named
        yield UNUSED_ARGUMENT.at(
            bound.spans[0],
            f"The argument `{bound.name}` is not used.",
            () if subject.names.uses(bound) else _without_argument(document, bound, function, has_rest=has_rest),
        )


def _is_hidden(scope: Scope) -> bool:
    """Tell whether no `args@` shows the arguments once more."""
    aliases = [name for name, sites in scope.bound.items() if sites[0][0] == "alias"]
    return all(name in scope.dead for name in aliases)


def _is_outputs(document: Document, function: Node) -> bool:
    if not document.path.endswith("flake.nix"):
        return False
    binding = function.parent
    path = binding.child_by_field_name("attrpath") if binding is not None and binding.type == "binding" else None
    return path is not None and path.text == b"outputs"


def _without_argument(document: Document, bound: Bound, function: Node, *, has_rest: bool) -> list[Fix]:
    name, where = bound.name, bound.spans[0]
    if bound.kind == "argument":
        edit = TextEdit(where, f"_{name}")
        return [Fix(f"Write `_{name}`: not used on purpose", (FileEdit(document.path, (edit,)),))]
    formals = function.child_by_field_name("formals")
    if formals is None or any(child.type == "comment" for child in formals.children):
        return []
    if bound.kind == "alias":
        at = next((child for child in function.children if child.type == "@"), None)
        if at is None:
            return []
        taken = Span(min(where.start, formals.end_byte), max(where.end, formals.start_byte))
        return [Fix(f"Remove `{name}`", (FileEdit(document.path, (TextEdit(taken, ""),)),), preferred=True)]
    # The grammar does not know a comma behind the last one: it sees another argument without a name.
    parts = [part for part in formals.children if part.end_byte > part.start_byte]
    index = next((i for i, part in enumerate(parts) if part.type == "formal" and part.start_byte == where.start), None)
    if index is None:
        return []
    behind = next((part for part in parts[index + 1 :] if part.type in {"formal", "ellipses"}), None)
    before = next((part for part in reversed(parts[:index]) if part.type == "formal"), None)
    if behind is not None:
        taken = Span(where.start, behind.start_byte)
    elif before is not None:
        taken = Span(before.end_byte, parts[index].end_byte)
    else:
        taken = Span(parts[0].end_byte, parts[-1].start_byte)
    new = "" if behind is not None or before is not None else " "
    tier = Tier.MECHANICAL if has_rest else Tier.REVIEW
    return [Fix(f"Remove `{name}`", (FileEdit(document.path, (TextEdit(taken, new),)),), tier)]


def _node(document: Document, span: Span, kind: str, *, body: bool = False) -> Node | None:
    """Return the node of a kind that covers exactly some bytes, or whose body does."""
    for node in descent(document.root, span.start):
        if node.type != kind:
            continue
        part = node.child_by_field_name("body") if body else node
        if part is not None and part.start_byte == span.start and part.end_byte == span.end:
            return node
    return None


def _unused_withs(subject: Subject) -> Iterator[Diagnostic]:
    document = subject.document
    for place in islice(_sure(subject, subject.names.idle_withs()), _MOST):
        found = _with_of(document, place)
        if found is None:
            continue
        node, body = found
        environment = node.child_by_field_name("environment")
        if environment is None or environment.has_error:
            continue
        semicolon = next((child for child in node.children if child.type == ";"), environment)
        head = Span(node.start_byte, semicolon.end_byte)
        # `with pkgs; [ ]` waits for what will be put in.
        is_empty = body.type in _RESULTS and not [child for child in body.named_children if child.type != "comment"]
        fix = Fix(
            "Remove the `with`",
            (FileEdit(document.path, (TextEdit(Span(node.start_byte, body.start_byte), ""),)),),
            preferred=not is_empty,
        )
        fixes = [] if any(child.type == "comment" for child in node.children) else [fix]
        severity = Severity.HINT if is_empty else None
        yield UNUSED_WITH.at(
            head, "No name comes from this `with`: all in it are bound otherwise.", fixes, severity=severity
        )


def _with_of(document: Document, place: Placed) -> tuple[Node, Node] | None:
    """Return the `with` expression of a scope, and its body."""
    span = place.span
    found: tuple[Node, Node] | None = None
    for node in descent(document.root, span.start):
        body = node.child_by_field_name("body") if node.type == "with_expression" else None
        if body is not None and body.start_byte == span.start and body.end_byte == span.end:
            found = node, body
    return found


def _sure(subject: Subject, places: Iterator[Placed]) -> Iterator[Placed]:
    """Leave out what broken text stands in."""
    if not subject.document.faults:
        return places
    broken = [fault.start_byte for fault in subject.document.faults]
    return (place for place in places if not any(place.span.start <= at <= place.span.end for at in broken))


def _unused_recs(subject: Subject) -> Iterator[Diagnostic]:
    document = subject.document
    for place in islice(_sure(subject, subject.names.idle_recs()), _MOST):
        node = _node(document, place.span, "rec_attrset_expression")
        if node is None or "__overrides" in place.scope.bound:
            continue
        brace = next((child for child in node.children if child.type == "{"), None)
        if brace is None or any(child.type == "comment" for child in node.children):
            continue
        fix = Fix(
            "Remove `rec`",
            (FileEdit(document.path, (TextEdit(Span(node.start_byte, brace.start_byte), ""),)),),
            preferred=True,
        )
        yield UNUSED_REC.at(
            Span(node.start_byte, node.start_byte + 3),
            "No attribute of this set uses another one of it: `rec` does nothing.",
            [fix],
        )


UNUSED_BINDING = Rule(
    id="unused-binding",
    severity=Severity.WARNING,
    summary="A name is bound by a `let` and not used.",
    explanation=(
        "What only unused bindings use is not used either. Names that begin with `_` are not reported. The fix takes the binding out, with "
        "its comments; what is not used is never evaluated, so that nothing changes."
    ),
    bad='let\n  port = 80;\n  name = "a";\nin\n{ networking.hostName = name; }\n',
    good='let\n  name = "a";\nin\n{ networking.hostName = name; }\n',
    release=None,
    check=_unused_bindings,
    lanes=(),
    tags=(Tag.UNNECESSARY,),
)

UNUSED_ARGUMENT = Rule(
    id="unused-argument",
    severity=Severity.HINT,
    summary="A function does not use one of its arguments.",
    explanation=(
        "Shown faded. Names that begin with `_` are not reported, nor those of `args@{ a, b }:` where `args` is used, nor those that a "
        "flake's `outputs` must name because it has no `...`.\n\n"
        "The fix takes a name out of `{ a, b, ... }:`. Without `...` whoever calls the function with that argument has to be changed too: "
        "look there first. An argument of its own, `x:`, becomes `_x:`."
    ),
    bad="{ config, pkgs, ... }@args: { environment.systemPackages = [ pkgs.hello config.boot.kernelPackages.perf ]; }",
    good="{ config, pkgs, ... }: { environment.systemPackages = [ pkgs.hello config.boot.kernelPackages.perf ]; }",
    release=None,
    check=_unused_arguments,
    lanes=(),
    tags=(Tag.UNNECESSARY,),
)

UNUSED_WITH = Rule(
    id="unused-with",
    severity=Severity.WARNING,
    summary="No name comes from a `with`.",
    explanation=(
        "Every name in its body is bound by a `let`, a `rec` or a function, or is global: those are found before a `with` is asked. The fix "
        "takes it out. Where the body is an empty list or set, this is a hint."
    ),
    bad='{ lib, pkgs, ... }: with lib; { environment.systemPackages = [ pkgs.hello ]; system.name = lib.mkDefault "a"; }',
    good='{ lib, pkgs, ... }: { environment.systemPackages = [ pkgs.hello ]; system.name = lib.mkDefault "a"; }',
    release=None,
    check=_unused_withs,
    lanes=(),
    tags=(Tag.UNNECESSARY,),
)

UNUSED_REC = Rule(
    id="unused-rec",
    severity=Severity.WARNING,
    summary="A `rec` set uses none of its own attributes.",
    explanation="The fix takes `rec` out. Then nobody has to look for the name that makes the set recursive.",
    bad='{ networking = rec { hostName = "a"; domain = "b"; }; }',
    good='{ networking = { hostName = "a"; domain = "b"; }; }',
    release=None,
    check=_unused_recs,
    lanes=(),
    tags=(Tag.UNNECESSARY,),
)

RULES = (UNUSED_BINDING, UNUSED_ARGUMENT, UNUSED_WITH, UNUSED_REC)
