"""Where a value goes: who reads an attribute of a set, who calls a function, across the files of a project.

It follows a value outwards: to the names it is bound to, the files that import it, the functions it is handed to. What it is given to
and cannot be followed into is an `Escape`, so that whoever changes a name knows that somebody else may read it.
"""

from __future__ import annotations

import posixpath
import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.analysis.occurrences import SCOPED, Variable, occurrences, words
from nix_lsp.analysis.reach import CALLERS, DEPTH, SETS, Reach
from nix_lsp.analysis.scope import With, resolve_name
from nix_lsp.syntax.ast import application, attr, select_path

if TYPE_CHECKING:
    from tree_sitter import Node

    from nix_lsp.analysis.reach import Files
    from nix_lsp.syntax.document import Document

_CLIMB = 400
"""Expressions round a value."""
_THROUGH = frozenset({"parenthesized_expression"})
_BODIES = frozenset({"let_expression", "with_expression", "assert_expression"})
_LISTED = re.compile(rb"readDir|listFilesRecursive|FromDirectory|import-tree|importTree|haumea")
"""What a project says that imports files without naming them."""
_ENTRIES = ("default.nix", "flake.nix", "overlay.nix", "release.nix", "shell.nix")
"""Files at the root of a project that Nix, and other projects, know by their names."""


class Attribute(NamedTuple):
    """An attribute that an expression holds: of a set, or a name that a `let`, a recursive set or a function binds."""

    document: Document
    owner: Node
    path: tuple[str, ...]
    """From the owner: `("a", "b")` in `a.b = 1;`."""

    @property
    def key(self) -> tuple[str, int, int, tuple[str, ...]]:
        """What tells it from others, at one state of the files."""
        return (self.document.path, self.owner.start_byte, self.owner.end_byte, self.path)


class Use(NamedTuple):
    """A place that reads an attribute, or hands it on under its name."""

    document: Document
    node: Node
    """The name."""
    is_bare: bool
    """It stands alone, its set being that of a `with`."""


class Escape(NamedTuple):
    """A place where a value goes that cannot be followed."""

    document: Document
    node: Node
    why: str
    """What is done with it there, for people: `it is an element of a list`."""


class Call(NamedTuple):
    """A call of a function."""

    document: Document
    node: Node
    """The whole `apply_expression`."""
    argument: Node | None
    """None where the function is handed to what calls it with arguments of its own: `callPackage`."""


class Flow:
    """Follows values. Either the readers of attributes are collected (`uses`), or the calls of a function (`calls`)."""

    def __init__(self, project: Files, *, is_called: bool = False, reach: Reach | None = None) -> None:
        self.project = project
        self.reach = reach or Reach(project)
        self.is_called = is_called
        """Calls are looked for, not reading."""
        self.uses: list[Use] = []
        self.calls: list[Call] = []
        self.escapes: list[Escape] = []
        self.environments: list[tuple[Document, Node]] = []
        """The `with` whose names the attribute is one of."""
        self.formals: list[Attribute] = []
        """Named arguments that the attribute becomes."""
        self._seen: set[tuple[object, ...]] = set()

    def attribute(self, document: Document, owner: Node, path: tuple[str, ...], depth: int = 0) -> None:
        """Follow an attribute of a set, or what a name stands for."""
        key = (document.path, owner.start_byte, owner.end_byte, path)
        if key in self._seen:
            return
        self._seen.add(key)
        if depth > DEPTH:
            self._escape(document, owner, "it goes too far to be followed")
            return
        if owner.type in SCOPED or owner.type == "function_expression":
            for node, role in occurrences(document, Variable(path[0], owner)):
                if role == "variable":
                    self._reached(document, node, node.parent or node, path[1:], depth)
                elif role == "taken":
                    self._handed_on(document, node, path[1:], depth)
        if owner.type in SETS:
            self.value(document, owner, path, depth + 1)
        elif owner.type == "let_attrset_expression" and path[0] == "body":
            self._escape(document, owner, "it is the value of a `let { … }`")

    def _reached(self, document: Document, name: Node, node: Node, rest: tuple[str, ...], depth: int) -> None:
        """Note a place that has come to the end of the path, or follow what is left of it."""
        if rest or self.is_called:
            self.value(document, node, rest, depth + 1)
        else:
            self.uses.append(Use(document, name, is_bare=node.type == "with_expression"))

    def _handed_on(self, document: Document, name: Node, rest: tuple[str, ...], depth: int) -> None:
        """Note or follow what an `inherit` hands on."""
        if not rest and not self.is_called:
            self.uses.append(Use(document, name, is_bare=False))
            return
        binding = name.parent.parent if name.parent is not None else None
        above = binding.parent if binding is not None else None
        owner = above.parent if above is not None and above.type == "binding_set" else above
        handed = attr(name).name
        if owner is not None and handed is not None:
            self.attribute(document, owner, (handed, *rest), depth + 1)

    def value(self, document: Document, node: Node, names: tuple[str, ...], depth: int = 0) -> None:
        """Follow the value of an expression outwards: who reads the attribute that `names` selects, or calls it."""
        for _ in range(_CLIMB):
            above = node.parent
            if not self.reach.spend(depth):
                self._escape(document, node, "it goes too far to be followed")
                return
            if above is None:
                return
            kind = above.type
            if (
                kind in _THROUGH
                or (kind in _BODIES and above.child_by_field_name("body") == node)
                or (kind == "if_expression" and above.child_by_field_name("condition") != node)
            ):
                node = above
                continue
            self._into(document, node, above, names, depth)
            return
        self._escape(document, node, "it is nested too deep to be followed")

    def _into(self, document: Document, node: Node, above: Node, names: tuple[str, ...], depth: int) -> None:
        """Follow a value into what stands round it."""
        kind = above.type
        if kind == "binding":
            self._bound(document, node, above, names, depth)
        elif kind == "select_expression":
            self._selected(document, node, above, names, depth)
        elif kind == "has_attr_expression" and names and above.child_by_field_name("expression") == node:
            self._tested(document, above, names)
        elif kind == "inherit_from":
            self._inherited(document, above, names, depth)
        elif kind == "with_expression":
            self._environment(document, above, names, depth)
        elif kind == "apply_expression":
            self._applied(document, node, above, names, depth)
        elif kind == "function_expression":
            self._returned(document, above, names, depth)
        elif kind == "source_code":
            self._imported(document, above, names, depth)
        elif kind == "list_expression":
            self._escape(document, node, "it is an element of a list")
        else:
            self._escape(document, node, "it is part of a larger expression")

    def _bound(self, document: Document, node: Node, binding: Node, names: tuple[str, ...], depth: int) -> None:
        path, above = binding.child_by_field_name("attrpath"), binding.parent
        owner = above.parent if above is not None and above.type == "binding_set" else above
        if path is None or owner is None:
            return
        own = tuple(attr(each).name for each in path.children_by_field_name("attr"))
        static = tuple(name for name in own if name is not None)
        if len(static) < len(own):
            self._escape(document, node, "it is bound to a name that is computed")
        else:
            self.attribute(document, owner, (*static, *names), depth + 1)

    def _selected(self, document: Document, node: Node, select: Node, names: tuple[str, ...], depth: int) -> None:
        path = select.child_by_field_name("attrpath")
        if select.child_by_field_name("expression") != node or path is None:
            self.value(document, select, names, depth + 1)  # the default
            return
        segments = path.children_by_field_name("attr")
        for place, segment in enumerate(segments):
            if place >= len(names):
                return
            name = attr(segment).name
            if name is None:
                self._escape(document, segment, "an attribute of it is selected whose name is computed")
                return
            if name != names[place]:
                return
            if place == len(names) - 1:
                if not self.is_called:
                    self.uses.append(Use(document, segment, is_bare=False))
                elif place == len(segments) - 1:
                    self.value(document, select, (), depth + 1)
                return
        self.value(document, select, names[len(segments) :], depth + 1)

    def _tested(self, document: Document, test: Node, names: tuple[str, ...]) -> None:
        path = test.child_by_field_name("attrpath")
        segments = path.children_by_field_name("attr") if path is not None else []
        for place, segment in enumerate(segments[: len(names)]):
            name = attr(segment).name
            if name is None:
                self._escape(document, segment, "it is asked for an attribute whose name is computed")
            if name != names[place]:
                return
            if place == len(names) - 1 and not self.is_called:
                self.uses.append(Use(document, segment, is_bare=False))

    def _inherited(self, document: Document, binding: Node, names: tuple[str, ...], depth: int) -> None:
        listed = binding.child_by_field_name("attrs")
        for name in listed.named_children if listed is not None and names else ():
            if attr(name).name == names[0]:
                self._handed_on(document, name, names[1:], depth)

    def _environment(self, document: Document, with_: Node, names: tuple[str, ...], depth: int) -> None:
        body, environment = with_.child_by_field_name("body"), with_.child_by_field_name("environment")
        if body is None or environment is None or not names:
            return
        if len(names) == 1:
            self.environments.append((document, with_))
        for node in words(document, names[0], body.start_byte, body.end_byte):
            above = node.parent
            binding = above.parent if above is not None and above.type == "inherited_attrs" else None
            inherits = binding is not None and binding.type == "inherit"
            if above is None or not (inherits or above.type == "variable_expression"):
                continue
            found = resolve_name(document, node, named=names[0])
            if not isinstance(found, With) or environment not in found.environments:
                continue
            if found.environments[0] != environment or len(found.environments) > 1:
                self._escape(document, node, "more than one `with` may give it")
            elif inherits:
                self._handed_on(document, node, names[1:], depth)
            elif names[1:] or self.is_called:
                self.value(document, above, names[1:], depth + 1)
            else:
                self.uses.append(Use(document, node, is_bare=True))

    def _applied(self, document: Document, node: Node, apply: Node, names: tuple[str, ...], depth: int) -> None:
        if apply.child_by_field_name("function") == node:
            if self.is_called and not names:
                self.calls.append(Call(document, apply, apply.child_by_field_name("argument")))
            elif names:
                self._escape(document, node, "it is called")
            return
        function, arguments = application(apply)
        name = (select_path(function) or (None,))[-1]
        if name in CALLERS and len(arguments) == 1 and self.is_called and not names:
            self._called_package(document, apply)
            return
        if name in CALLERS and len(arguments) == 2:
            called = self.reach.file_called(document, function, arguments)
            functions = list(self.reach.of(called[0], called[1], (), depth + 1)) if called is not None else []
        else:
            given = apply.child_by_field_name("function")
            functions = list(self.reach.of(document, given, (), depth + 1)) if given is not None else []
        functions = [each for each in functions if each.node.type == "function_expression"]
        for each in functions:
            self._parameter(each.document, each.node, names, depth)
        if not functions:
            self._escape(document, node, "it is handed to a function that cannot be followed")

    def _parameter(self, document: Document, function: Node, names: tuple[str, ...], depth: int) -> None:
        """Follow what a function is given."""
        if universal := function.child_by_field_name("universal"):
            for node, role in occurrences(document, Variable(attr(universal).name or "", function)):
                if role == "variable":
                    self.value(document, node.parent or node, names, depth + 1)
                elif role == "taken":
                    self._handed_on(document, node, names, depth)
        formals = function.child_by_field_name("formals")
        for formal in formals.children_by_field_name("formal") if formals is not None and names else ():
            name = formal.child_by_field_name("name")
            if name is None or attr(name).name != names[0]:
                continue
            if len(names) == 1 and not self.is_called:
                self.formals.append(Attribute(document, function, (names[0],)))
            else:
                self.attribute(document, function, names, depth + 1)

    def _returned(self, document: Document, function: Node, names: tuple[str, ...], depth: int) -> None:
        """Follow the result of a function to its calls."""
        found = calls(self.project, document, function, self.reach, depth + 1)
        self.escapes += found.escapes
        for call in found.calls:
            self.value(call.document, call.node, names, depth + 1)
        if not found.calls and not found.escapes:
            self._escape(document, function, "it is what a function returns that nobody is seen to call")

    def _imported(self, document: Document, root: Node, names: tuple[str, ...], depth: int) -> None:
        """Follow what a file gives to the files that import it."""
        places = self.project.named_at(document.path)
        if self.project.matches(_LISTED) and self._may_be_listed(document.path):
            self._escape(document, root, "the project imports files by listing folders")
        elif document.path in {posixpath.join(self.project.root, name) for name in _ENTRIES}:
            self._escape(document, root, "the file is there for others to import")
        elif self.project.matches(_in_strings(document.path)):
            self._escape(document, root, "the file may be named in a string")
        if not places:
            self._escape(document, root, "it is what the file gives, and no file of the project is seen to import it")
        for other, offset in places:
            path = _path_at(other, offset)
            apply = path.parent if path is not None else None
            while apply is not None and apply.type == "parenthesized_expression":
                apply = apply.parent
            function = apply.child_by_field_name("function") if apply is not None else None
            if path is None or apply is None or apply.type != "apply_expression" or function is None:
                if path is not None:
                    self._escape(other, path, "the file is named, and not by `import`")
                continue
            named = (select_path(function) or (None,))[-1]
            if named == "import":
                self.value(other, apply, names, depth + 1)
            elif named in CALLERS and self.is_called and not names:
                self._called_package(other, apply)
            elif named in CALLERS:
                outer = apply.parent
                if outer is not None and outer.type == "apply_expression":
                    self.value(other, outer, names, depth + 1)
            else:
                self._escape(other, path, f"the file is handed to `{named or 'a function'}`")

    def _may_be_listed(self, path: str) -> bool:
        """Tell whether a folder round a file is named other than to import its default.nix: its files may be imported all at once."""
        root, folder = self.project.root, posixpath.dirname(path)
        while folder.startswith(root) and len(folder) >= len(root):
            has_default = self.project.document(posixpath.join(folder, "default.nix")) is not None
            if not all(has_default and _is_import(*place) for place in self.project.named_at(folder)):
                return True
            if self.project.matches(_in_strings(posixpath.join(folder, "default.nix"))):
                return True
            if folder == posixpath.dirname(folder):
                break
            folder = posixpath.dirname(folder)
        return False

    def _called_package(self, document: Document, apply: Node) -> None:
        """Note that `callPackage` calls a function; `apply` is `callPackage f`."""
        outer = apply.parent
        is_whole = (
            outer is not None and outer.type == "apply_expression" and outer.child_by_field_name("function") == apply
        )
        argument = outer.child_by_field_name("argument") if outer is not None and is_whole else None
        self.calls.append(Call(document, outer if outer is not None and is_whole else apply, argument))
        self.escapes.append(Escape(document, apply, "`callPackage` gives the arguments by their names"))

    def _escape(self, document: Document, node: Node, why: str) -> None:
        self.escapes.append(Escape(document, node, why))


def calls(project: Files, document: Document, function: Node, reach: Reach | None = None, depth: int = 0) -> Flow:
    """Return the flow of a function (a `function_expression`) with its calls; `reach` is of the question that this is part of."""
    flow = Flow(project, is_called=True, reach=reach)
    key = (document.path, function.start_byte, function.end_byte)
    if key in flow.reach.calling:
        flow.escapes.append(Escape(document, function, "the function calls itself"))
        return flow
    flow.reach.calling.add(key)
    flow.value(document, function, (), depth + 1)
    flow.reach.calling.discard(key)
    return flow


@lru_cache(maxsize=64)
def _in_strings(path: str) -> re.Pattern[bytes]:
    """Return what finds a file named below the project's root: `"${self}/lib/x.nix"`, `self + "/lib"`."""
    folder, name = posixpath.split(path)
    name = posixpath.basename(folder) if name == "default.nix" else name
    root = rb"(?:self|flake|root|inputs|src)"
    return re.compile(
        rb"(?:\$\{[^}\n]*"
        + root
        + rb"[^}\n]*\}|"
        + root
        + rb"[\w.]*\s*\+\s*\")/(?:[^\"\n]*/)?"
        + re.escape(name.encode())
        + rb"(?![\w.-])"
    )


def _is_import(document: Document, offset: int) -> bool:
    """Tell whether a path is that of a module, or of what `import` and its like take."""
    path = _path_at(document, offset)
    above = path.parent if path is not None else None
    if above is None or above.type != "apply_expression":
        return above is not None and above.type == "list_expression"
    name = (select_path(application(above)[0]) or (None,))[-1]
    return name == "import" or name in CALLERS


def _path_at(document: Document, offset: int) -> Node | None:
    node = document.root.descendant_for_byte_range(offset, offset + 1)
    for _ in range(3):
        if node is None or node.type in {"path_expression", "hpath_expression"}:
            return node
        node = node.parent
    return None
