"""Loading a tree-sitter grammar without its Python package's start-up cost."""

from __future__ import annotations

import os
import warnings
from importlib.machinery import ExtensionFileLoader, PathFinder
from importlib.util import module_from_spec, spec_from_file_location
from typing import Any

from tree_sitter import Language


def load(package: str) -> Language:
    """Load the grammar of a `tree_sitter_*` package by its `_binding` extension alone.

    Falls back to importing the package where the extension has another name (nixpkgs builds one).

    Raises:
        ImportError: the package is not installed.
    """
    module = _binding(package)
    if module is None:
        from importlib import import_module

        module = import_module(package)
    with warnings.catch_warnings():
        # nixpkgs' generated binding returns an integer, which py-tree-sitter accepts with a DeprecationWarning.
        warnings.simplefilter("ignore", DeprecationWarning)
        return Language(module.language())  # pyright: ignore[reportDeprecated]


def _binding(package: str) -> Any:
    spec = PathFinder.find_spec(package)
    for folder in (spec.submodule_search_locations if spec else None) or ():
        for name in os.listdir(folder):  # noqa: PTH208 -- pathlib costs 4 ms at start-up
            if not name.startswith("_binding") or not name.endswith((".so", ".pyd")):
                continue
            file = os.path.join(folder, name)  # noqa: PTH118 -- the same
            binding = spec_from_file_location(
                f"{package}._binding", file, loader=ExtensionFileLoader(f"{package}._binding", file)
            )
            if binding and binding.loader:
                module = module_from_spec(binding)
                binding.loader.exec_module(module)
                return module
    return None
