"""Who may import whom (docs/architecture.md): arrows point down, and start-up pays for nothing that is not used."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FRAMEWORKS = ("asyncio", "attrs", "cattrs", "lsprotocol", "pygls", "subprocess", "urllib.request")
BELOW = {
    "option_index": ("option_index",),
    "nix_lsp/syntax": ("nix_lsp.syntax",),
    "nix_lsp/analysis": ("nix_lsp.analysis", "nix_lsp.syntax", "option_index"),
    "nix_lsp/ide": ("nix_lsp.ide", "nix_lsp.analysis", "nix_lsp.syntax", "option_index"),
}
"""For each layer, whose modules of ours it may import."""


def loaded_by(code: str) -> set[str]:
    """Return the names of all modules that a fresh interpreter has loaded after some code."""
    ran = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys; print(*sys.modules)"], capture_output=True, text=True, check=True
    )
    return set(ran.stdout.split())


def modules(folder: str) -> list[str]:
    """Return the names of all modules in a folder."""
    files = sorted((ROOT / folder).rglob("*.py"))
    return [".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__") for file in files]


def imported(file: Path) -> set[str]:
    """Return the names that a file imports anywhere, in functions and for type checkers too."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


def within(name: str, packages: tuple[str, ...]) -> bool:
    return any(name == package or name.startswith(f"{package}.") for package in packages)


@pytest.mark.parametrize("folder", BELOW)
def test_a_layer_names_nothing_above_it(folder: str) -> None:
    wrong = {
        f"{file.relative_to(ROOT)} imports {name}"
        for file in (ROOT / folder).rglob("*.py")
        for name in imported(file)
        if within(name, ("nix_lsp", "option_index")) and not within(name, BELOW[folder])
    }

    assert not wrong


def test_only_the_server_knows_the_protocols_libraries() -> None:
    wrong = {
        f"{file.relative_to(ROOT)} imports {name}"
        for folder in ("nix_lsp", "option_index")
        for file in (ROOT / folder).rglob("*.py")
        if "lsp" not in file.relative_to(ROOT / folder).parts
        for name in imported(file)
        if within(name, ("asyncio", "lsprotocol", "pygls"))
    }

    assert not wrong


@pytest.mark.parametrize("folder", ["nix_lsp/syntax", "nix_lsp/analysis", "nix_lsp/ide"])
def test_what_knows_nix_loads_no_framework(folder: str) -> None:
    loaded = loaded_by("\n".join(f"import {module}" for module in modules(folder)))

    assert not loaded & {*FRAMEWORKS, "nix_lsp.lsp", "nix_lsp.cli"}


def test_the_index_loads_nothing_of_ours() -> None:
    loaded = loaded_by("import option_index.catalog, option_index.query, option_index.types")

    assert not {name for name in loaded if within(name, ("nix_lsp",))}
    assert not loaded & set(FRAMEWORKS)


def test_the_first_answers_load_no_framework() -> None:
    handlers = "".join(f"import {module}\n" for module in modules("nix_lsp/lsp/handlers"))
    loaded = loaded_by(f"import nix_lsp.lsp.first\n{handlers}")

    assert not loaded & {*FRAMEWORKS, "logging", "tree_sitter", "sqlite3"}


def test_the_first_completion_loads_nothing_slow() -> None:
    code = """
from nix_lsp.analysis.files import MemoryFiles
from nix_lsp.analysis.workspace import Workspace
from nix_lsp.ide.completion import complete
from option_index.catalog import Catalog
text = "{ services.ope }"
workspace = Workspace("/", MemoryFiles({"/configuration.nix": text, "/flake.nix": "{ }"}), Catalog())
assert complete(workspace, workspace.document("/configuration.nix"), text.index(" }"))
"""
    loaded = loaded_by(code)

    assert "nix_lsp.analysis.module" in loaded
    assert not loaded & {*FRAMEWORKS, "ast", "dataclasses", "hashlib", "inspect", "logging", "tokenize"}


def test_a_command_is_found_without_loading_anything() -> None:
    bare = loaded_by("import nix_lsp")

    assert loaded_by("import nix_lsp.__main__") - bare == {"nix_lsp.__main__", "__future__"}
