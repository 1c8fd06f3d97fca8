"""NixOS tests among a flake's outputs: each of their nodes is a host (nixpkgs, nixos/lib/testing)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nix_lsp.analysis.partial.value import Attrset, Call, Choice, Lambda, Listing, Symbol, Thunk, Value, given

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nix_lsp.analysis.partial.evaluate import Evaluator

_TESTERS = frozenset({"runNixOSTest", "nixosTest", "runTest", "makeTest", "simpleTest"})
_FILES = ("/nixos/tests/make-test-python.nix", "/nixos/lib/testing-python.nix")
_NODES = ("nodes", "containers")
_SINGLE = ("machine",)
"""What older tests call their only node."""
_ARGUMENTS = given(Attrset({name: given(Symbol((name,))) for name in ("pkgs", "lib", "config")}, exact=False))


def nodes_of(evaluator: Evaluator, value: Value) -> Iterator[tuple[str, Thunk, Symbol]]:
    """Yield the nodes of a test: name, modules, and what runs it; nothing for what is no test."""
    if isinstance(value, Choice):
        for each in value.values:
            if isinstance(here := each.force(), Call):
                yield from nodes_of(evaluator, here)
        return
    if not isinstance(value, Call) or (found := _test(value)) is None:
        return
    tester, argument = found
    test = argument.force()
    if isinstance(test, Lambda):
        test = evaluator.apply(test, _ARGUMENTS)
    if not isinstance(test, Attrset):
        return
    shared = [test.attrs["defaults"]] if "defaults" in test.attrs else []
    nodes = {name: test.attrs[name] for name in _SINGLE if name in test.attrs}
    for place in _NODES:
        if place in test.attrs:
            nodes |= evaluator.as_set(test.attrs[place].force()).attrs
    for name, node in nodes.items():
        yield name, given(Listing((node, *shared))), tester


def _test(call: Call) -> tuple[Symbol, Thunk] | None:
    """Return what runs a test, and the test that it is given."""
    if call.function.path[-1] in _TESTERS and call.args:
        return call.function, call.args[0]
    if call.function.path[-1] == "import" and len(call.args) > 1:
        source = call.args[0].force()
        if isinstance(source, Symbol) and source.path[-1] in _FILES:
            return source, call.args[1]
    return None
