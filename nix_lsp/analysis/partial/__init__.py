"""A small, lazy, bounded evaluation of Nix, to see which modules a flake's outputs and a module's `imports` name.

What cannot be known without evaluating nixpkgs stays a `Symbol` (a name and what was selected from it), a `Call` of one, or
`UNKNOWN`. Both branches of a condition that is not known are kept (`Choice`): the question here is what *may* be part of a host.
Nothing is fetched or built; files are read through `Files` only.

`value` is what comes out; `evaluate` holds the state; `expressions` and `functions` are two tables. A function of nixpkgs is a Python
function `(evaluator, arguments) -> value` in one of the `*_functions` modules and a row in the table.
"""
