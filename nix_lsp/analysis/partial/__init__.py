"""A small, lazy, bounded evaluation of Nix, to see which modules a flake's outputs and a module's `imports` name.

What cannot be known without evaluating nixpkgs stays a `Symbol` (a name and what was selected from it), a `Call` of one, or
`UNKNOWN`. Both branches of a condition that is not known are kept (`Choice`): the question here is what *may* be part of a host.
Nothing is fetched or built; files are read through `Files` only. `value`: what comes out; `expressions` and `functions`: two tables.
"""
