"""Reading the modules that an input exports: their options, and all that they import, as far as that is static."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.analysis.flake import MODULE_OUTPUTS, read_outputs
from nix_lsp.analysis.inputs.declarations import (
    MOVERS,
    Place,
    is_from_modules_path,
    maker_of,
    moves_of,
    read_option,
    unknown_option,
)
from nix_lsp.analysis.inputs.definitions import Definitions, option_of
from nix_lsp.analysis.inputs.evaluated import evaluated
from nix_lsp.analysis.left_out import left_out
from nix_lsp.analysis.nested_modules import NESTED
from nix_lsp.analysis.partial.evaluate import Evaluator
from nix_lsp.analysis.partial.value import (
    ANY,
    UNKNOWN,
    Attrset,
    Call,
    Choice,
    Lambda,
    Listing,
    NixPath,
    Symbol,
    Thunk,
    Unknown,
    Value,
    given,
)
from option_index.layered import Declared
from option_index.records import Source

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping

    from nix_lsp.analysis.files import Files
    from nix_lsp.analysis.inputs.sources import InputSource
    from nix_lsp.syntax.document import Document
    from option_index.records import Move, Option, Path

    Locate = Callable[[tuple[str, ...]], InputSource]

READING = 2
"""To be raised when modules are read to another result: what was kept of them before counts no longer."""
STEPS = 600_000
"""Expressions that may be looked at for one input: five seconds or so. The largest, nixvim, takes 450,000, and most less than 10,000."""
MOST_MODULES = 15_000
"""Modules that one exported module may consist of, submodules of its options among them."""
MOST_OPTIONS = 20_000
_NESTING = 40
"""Modules inside modules, and options inside options."""
_ARGUMENTS = ("config", "lib", "pkgs", "options", "modulesPath", "osConfig", "utils", "name", "specialArgs")
_SET_OF_OUTPUT: Mapping[tuple[str, ...], str] = dict(MODULE_OUTPUTS)
_BODY = frozenset({"config", "options"})


class Reading(NamedTuple):
    """What a module of an input declares, by module set: it may be one of NixOS that brings in modules of home-manager."""

    source: InputSource
    output: tuple[str, ...]
    """Where the input exports it: `("nixosModules", "disko")`."""
    sets: Mapping[str, Declared]
    gaps: tuple[str, ...]
    """Why its options are not all known, for people; empty: they are."""
    read: Mapping[str, Document]
    """The files that it was read from."""
    disabled: frozenset[str] = frozenset()
    """Modules that it leaves out, by the ends of their files' paths."""
    inner: Mapping[tuple[str, ...], str | None] = {}
    """Where the input's own inputs are that were asked for, by their names from it on; None: not on this machine."""

    def is_whole(self, module_set: str) -> bool:
        """Tell whether all that it declares for a module set is known, but for the insides of single options."""
        declared = self.sets.get(module_set)
        return not self.gaps if declared is None else () not in declared.open


def set_of(output: tuple[str, ...], module_set: str) -> str:
    """Return the module set that an exported module is of: as its place among the outputs says, else that of who imports it."""
    return _SET_OF_OUTPUT.get(output[:1]) or _SET_OF_OUTPUT.get(output[:2]) or module_set


def read_module_of(
    files: Files, source: InputSource, output: tuple[str, ...], module_set: str, locate: Locate
) -> Generator[None, None, Reading]:
    """Read the module at `output` of an input, in small steps.

    Args:
        files: where to read.
        source: where the input is; its folder is there.
        output: names of flake outputs, or paths below the source, which begin with `/`.
        module_set: the set of the module that imports it.
        locate: finds the sources of the input's own inputs, by their names from the project's root.
    """
    reader = _Reader(files, locate)
    shown = Source(source.repository, source.evidence)
    context = _Context(reader, source, shown)
    yield
    reader.begin(context, output, set_of(output, module_set))
    while (reader.pending or reader.take_up()) and reader.count < MOST_MODULES:
        reader.module(reader.pending.pop())
        yield
    if reader.pending:
        reader.gap(set_of(output, module_set), (), f"it consists of more than {MOST_MODULES} modules")
    names = {*reader.options, *reader.open, *reader.moves}
    return Reading(
        source,
        output,
        {
            name: Declared(
                shown,
                tuple(reader.options.get(name, {}).values()),
                tuple(reader.moves.get(name, ())),
                frozenset(reader.open.get(name, ())),
            )
            for name in names
        },
        tuple(dict.fromkeys(reader.gaps)),
        reader.read_files(),
        frozenset(reader.disabled),
        {names[len(source.names) :]: found and found.source.folder for names, found in reader.contexts.items()},
    )


class _Context:
    """One input while its modules are read: its flake's outputs, and what `self` and `inputs` mean in it."""

    def __init__(self, reader: _Reader, source: InputSource, shown: Source) -> None:
        self.source = source
        self.shown = shown
        self.root = posixpath.join(source.folder or "", source.entry) if source.entry else source.folder or ""
        self._outputs, self.evaluator = read_outputs(reader.files, posixpath.join(self.root, "flake.nix"))
        self.evaluator.shared.steps = STEPS

    def output(self, names: tuple[str, ...]) -> Value:
        """Return what the flake has at a place; a name that begins with `/` is a path below the source."""
        value: Value | None = None
        for name in names:
            if name.startswith("/"):
                value = NixPath(posixpath.normpath(f"{self.source.folder}{name}"))
            elif isinstance(value, NixPath):
                value = self.evaluator.select(self.evaluator.file(value.path), name)
            else:
                value = self.evaluator.select(self._outputs.force() if value is None else value, name)
        if value is None:
            # `imports = [ inputs.x ]`: a flake is imported as its folder, a source without one, too.
            return NixPath(self.source.folder or "")
        return value


class _Task(NamedTuple):
    """A module that is still to be read."""

    value: Value
    context: _Context
    set: str
    prefix: Path
    """The option that it is a submodule of."""
    depth: int
    place: Place = Place()


class _Computed(NamedTuple):
    """An option that a function in `config` makes."""

    task: _Task
    call: Call
    path: Path
    depth: int


class _Reader:
    def __init__(self, files: Files, locate: Locate) -> None:
        self.files = files
        self.locate = locate
        self.pending: list[_Task] = []
        self.below: list[_Task] = []
        """Submodules, for when the modules round them have been read."""
        self.count = 0
        self.options: dict[str, dict[Path, Option]] = {}
        self.moves: dict[str, list[Move]] = {}
        self.open: dict[str, set[Path]] = {}
        self.gaps: list[str] = []
        self.disabled: set[str] = set()
        self.seen: set[tuple[str, str, Path]] = set()
        self.places: dict[tuple[str, str], set[Path]] = {}
        """The options that modules are read for, by module set and where the module is written."""
        self.contexts: dict[tuple[str, ...], _Context | None] = {}
        self.evaluators: list[Evaluator] = []
        self.definitions = Definitions()
        self.put_off: list[_Task | _Computed] = []
        """Modules and options that depend on what others define, for when all others have been read."""
        self.arguments = {name: given(Symbol((name,))) for name in _ARGUMENTS}
        """What the module system passes to a module, and what the modules add with `_module.args`; there may be more."""

    def read_files(self) -> dict[str, Document]:
        contexts = [context for context in self.contexts.values() if context]
        paths = {path for context in contexts for path in context.evaluator.read}
        paths |= {path for evaluator in self.evaluators for path in evaluator.read}
        return {path: document for path in sorted(paths) if (document := self.files.document(path))}

    def gap(self, module_set: str, prefix: Path, reason: str) -> None:
        """Note that more may be declared below a path."""
        self.open.setdefault(module_set, set()).add(prefix)
        if not prefix:
            self.gaps.append(reason)

    def begin(self, context: _Context, output: tuple[str, ...], module_set: str) -> None:
        """Begin with the module at an output."""
        made = evaluated(context.evaluator, context.source, output, module_set)
        if made is None:
            self.pending.append(_Task(context.output(output), context, module_set, (), 0))
            return
        self.arguments["lib"] = made.lib
        place = Place(posixpath.join(context.root, "flake.nix"), 1)
        option = unknown_option(made.option, place, context.source, context.shown)._replace(type="submodule")
        self.options[module_set] = {made.option: option}
        self.pending.append(_Task(made.modules, context, module_set, made.option, 0, place))

    def take_up(self) -> bool:
        """Take up what was put off, and tell whether there are modules to read now."""
        while not self.pending and (self.below or self.put_off):
            if self.below:
                self.pending, self.below = self.below, []
                continue
            each = self.put_off.pop()
            if isinstance(each, _Computed):
                made = self.definitions.called(each.task.set, each.call)
                here = each.task._replace(place=each.task.place._replace(is_caller=True))
                self.tree(here, UNKNOWN if made is None else made, each.path, each.depth + 1)
            elif isinstance(each.value, Symbol):
                self.read_only(each, option_of(each.value))
        return bool(self.pending)

    def read_only(self, task: _Task, path: Path) -> None:
        """Take in the module that a read-only option holds; into another the project may put a module, too."""
        for module_set, options in self.options.items():
            value = self.definitions.at(module_set, path) if path in options and options[path].read_only else None
            if value is not None:
                self.push(task, value)
                return
        self.gap(task.set, task.prefix, _seen_at(task, f"`config.{'.'.join(path)}`"))

    # Modules

    def module(self, task: _Task) -> None:
        self.count += 1
        if task.prefix:
            task.context.evaluator.shared.ration()
        value, context = task.value, task.context
        if context.evaluator not in self.evaluators:
            self.evaluators.append(context.evaluator)
        if task.depth > _NESTING:
            self.gap(task.set, task.prefix, "its modules are nested too deeply")
        elif isinstance(value, NixPath) or (isinstance(value, str) and value.startswith("/")):
            self.file(task, value.path if isinstance(value, NixPath) else value)
        elif isinstance(value, Listing | Choice):
            self.several(task, value)
        elif isinstance(value, Lambda):
            if self.is_within_itself(task, f"{value.scope.file}:{value.node.start_byte}"):
                self.gap(task.set, task.prefix, "")
                return
            # What a function of no module arguments is given, its caller knows; all others are given these.
            self.push(task, context.evaluator.apply(value, given(Attrset(self.arguments, exact=False))), _place(value))
        elif isinstance(value, Attrset):
            self.body(task, value)
        elif isinstance(value, Symbol):
            self.symbol(task, value)
        elif isinstance(value, Call):
            self.call(task, value)
        else:
            self.gap(task.set, task.prefix, _seen_at(task, "a module that is computed"))

    def push(self, task: _Task, value: Value, place: Place | None = None) -> None:
        self.pending.append(task._replace(value=value, depth=task.depth + 1, place=place or task.place))

    def file(self, task: _Task, path: str) -> None:
        evaluator = task.context.evaluator
        file = evaluator.file_of(path)
        root = posixpath.join(task.context.source.folder or "", "")
        if file is None or not file.startswith((root, posixpath.join(self.files.real(root.rstrip("/")), ""))):
            self.gap(task.set, task.prefix, f"{path} is not there")
            return
        if (task.set, file, task.prefix) in self.seen:
            return
        self.seen.add((task.set, file, task.prefix))
        if self.is_within_itself(task, file):
            self.gap(task.set, task.prefix, "")
            return
        evaluator.shared.ration()
        self.push(task, evaluator.file(file), Place(file, 1))

    def is_within_itself(self, task: _Task, module: str) -> bool:
        """Tell whether a module is read again for an option that it declares itself, and note where it is read.

        Submodules that hold themselves have no end (disko's partitions, the files of nixvim).
        """
        places = self.places.setdefault((task.set, module), set())
        places.add(task.prefix)
        return any(task.prefix[:length] in places for length in range(len(task.prefix)))

    def several(self, task: _Task, value: Listing | Choice) -> None:
        items = task.context.evaluator.items(value) if isinstance(value, Listing) else Listing(value.values)
        if not items.exact:
            self.gap(task.set, task.prefix, _seen_at(task, "a list of modules that is computed"))
        for item in items.items:
            self.push(task, item.force())

    def symbol(self, task: _Task, symbol: Symbol) -> None:
        """Take in a module of one of the input's own inputs."""
        head, *rest = symbol.path
        if head == "inputs" and rest and rest[0] != "self" and (found := self.context_of(task.context, rest[0])):
            output = found.output(tuple(rest[1:]))
            if not isinstance(output, Unknown):
                self.pending.append(
                    _Task(output, found, set_of(tuple(rest[1:]), task.set), task.prefix, task.depth + 1)
                )
                return
        if option_of(symbol):
            self.put_off.append(task._replace(value=symbol))
        elif not is_from_modules_path(symbol):
            self.gap(task.set, task.prefix, _seen_at(task, f"`{'.'.join(symbol.path)}`"))

    def context_of(self, context: _Context, name: str) -> _Context | None:
        names = (*context.source.names, name)
        if names not in self.contexts:
            source = self.locate(names)
            known = source.folder is not None and len(names) < _NESTING
            self.contexts[names] = _Context(self, source, context.shown) if known else None
        return self.contexts[names]

    def call(self, task: _Task, call: Call) -> None:
        name = call.function.path[-1]
        if name in MOVERS:
            place, context = task.place, task.context
            moves = moves_of(context.evaluator, call, task.prefix, place, context.source, context.shown)
            if moves is None:
                self.gap(task.set, task.prefix, _seen_at(task, f"`{name}` with computed paths"))
            self.moves.setdefault(task.set, []).extend(moves or ())
            return
        argument = call.args[0].force()
        if name == "import" and isinstance(argument, Symbol):
            self.symbol(task, argument)
            return
        self.gap(task.set, task.prefix, _seen_at(task, f"what `{'.'.join(call.function.path)}` returns"))

    def body(self, task: _Task, body: Attrset) -> None:
        context = task.context
        if body.file:
            task = task._replace(place=_place(body))
        if imported := body.attrs.get("imports"):
            self.push(task, imported.force())
        if (disabled := body.attrs.get("disabledModules")) and not task.prefix:
            out = left_out(context.evaluator, disabled.force())
            self.disabled |= out.modules
            if not out.is_whole:
                self.gap(task.set, (), _seen_at(task, "`disabledModules` that are computed"))
        explicit = bool(body.attrs.keys() & _BODY)
        config = body.attrs.get("config") if explicit else given(body)
        if config and not task.prefix:
            self.module_arguments(context.evaluator, config)
            self.definitions.add(task.set, context.evaluator, config)
        if "freeformType" in body.attrs:
            self.gap(task.set, task.prefix, _seen_at(task, "a type for options that are not declared"))
        if options := body.attrs.get("options"):
            self.tree(task, options.force(), task.prefix, 0)
        if not body.exact and ANY not in body.attrs:
            self.gap(task.set, task.prefix, _seen_at(task, "a module that is computed"))
        if config and not task.prefix:
            for path, nested_set in NESTED.items():
                self.nested(task, config.force(), path, nested_set or task.set)

    def module_arguments(self, evaluator: Evaluator, config: Thunk) -> None:
        """Note what `_module.args` adds; functions that were given the arguments before see it too, as they look when they need it."""
        added = evaluator.as_set(evaluator.select(evaluator.select(config.force(), "_module"), "args"))
        for name, thunk in added.attrs.items():
            self.arguments.setdefault(name, thunk)

    def nested(self, task: _Task, config: Value, path: tuple[str | None, ...], module_set: str) -> None:
        """Take in the modules that a module of one set gives to another: `home-manager.sharedModules = [ … ]`."""
        if isinstance(config, Choice):
            for each in config.values:
                self.nested(task, each.force(), path, module_set)
        elif isinstance(config, Attrset):
            head, rest = path[0], path[1:]
            thunks = config.attrs.values() if head is None else [config.attrs[head]] if head in config.attrs else []
            for thunk in thunks:
                if rest:
                    self.nested(task, thunk.force(), rest, module_set)
                elif module_set != task.set or isinstance(thunk.force(), NixPath | Listing):
                    self.pending.append(task._replace(value=thunk.force(), set=module_set, depth=task.depth + 1))

    # Options

    def tree(self, task: _Task, value: Value, path: Path, depth: int) -> None:
        """Read what stands at or below a path of `options`."""
        options = self.options.setdefault(task.set, {})
        context = task.context
        if depth > _NESTING or len(options) >= MOST_OPTIONS:
            self.gap(task.set, path, "it has too many options")
        elif call := maker_of(value):
            found = read_option(context.evaluator, value, call, path, task.place, context.source, context.shown)
            first = options.setdefault(path, found.option)
            if first.types != found.option.types:
                # Types of several declarations are merged.
                options[path] = first._replace(types=())
            for below, module in found.modules:
                if _is_place(below):
                    self.gap(task.set, below, "")
                else:
                    self.below.append(task._replace(value=module, prefix=below, depth=task.depth + 1))
        elif isinstance(value, Attrset):
            here = task._replace(place=_place(value)) if value.file else task
            if not value.exact or ANY in value.attrs:
                self.gap(task.set, path, _seen_at(here, "options with computed names"))
            for name, thunk in value.attrs.items():
                self.tree(here, thunk.force(), (*path, "<name>" if name == ANY else name), depth + 1)
        elif isinstance(value, Choice) and any(isinstance(each.force(), Attrset) for each in value.values):
            for each in value.values:
                self.tree(task, each.force(), path, depth + 1)
        elif isinstance(value, Call) and option_of(value.function):
            self.put_off.append(_Computed(task, value, path, depth))
        else:
            self.gap(task.set, path, _seen_at(task, "options that are computed"))
            if path != task.prefix:
                options.setdefault(path, unknown_option(path, task.place, context.source, context.shown))


def _place(value: Attrset | Lambda) -> Place:
    if isinstance(value, Lambda):
        return Place(value.scope.file, value.node.start_point.row + 1)
    return Place(value.file, value.node.start_point.row + 1 if value.node else 0)


def _seen_at(task: _Task, what: str) -> str:
    if not task.place.file:
        return what
    root = posixpath.join(task.context.source.folder or "", "")
    line = f":{task.place.line}" if task.place.line else ""
    return f"{what}, in {task.place.file.removeprefix(root)}{line}"


def _is_place(path: Path) -> bool:
    """Tell whether what stands at a path are modules of a set of its own (`home-manager.users.<name>`), which that set's index knows."""
    return any(
        len(place) == len(path) and all(one is None or one == name for one, name in zip(place, path, strict=True))
        for place in NESTED
    )
