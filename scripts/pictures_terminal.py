"""Take the pictures of Neovim and Helix in docs/pictures again: the real editors on examples/laptop, in a real terminal.

    python scripts/pictures_terminal.py [NAME…]     all of them, or those named, such as neovim-hover

Needs what scripts/provision unpacks, the `nix-lsp` of the Python that runs this, and from Debian:
xvfb xterm imagemagick fonts-jetbrains-mono gcc.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.editors.terminal import Terminal  # noqa: E402
from tests.editors.waiting import wait_until  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping

PICTURES = ROOT / "docs" / "pictures"
COLUMNS, ROWS = 120, 28
DISPLAY = ":97"
SCREEN = "1600x1200x24"

# Helix comes from Debian without a grammar of Nix, and its queries are for another one than this.
GRAMMAR = "tree-sitter-nix==0.1.0"

NEOVIM_INIT = """
vim.o.number = true
vim.o.scrolloff = 4
vim.o.signcolumn = 'yes'
vim.o.ruler = false
vim.o.showmode = false
vim.o.shortmess = vim.o.shortmess .. 'I'
vim.o.winborder = 'rounded'
vim.o.swapfile = false
vim.o.shadafile = 'NONE' -- nothing is written when the terminal is closed
vim.o.hlsearch = false
"""

HELIX_HIGHLIGHTS = """
(comment) @comment
(identifier) @variable
(binding attrpath: (attrpath (identifier) @variable.other.member))
(select_expression attrpath: (attrpath (identifier) @variable.other.member))
(formal name: (identifier) @variable.parameter)
["assert" "else" "if" "in" "inherit" "let" "or" "rec" "then" "with"] @keyword
[(string_expression) (indented_string_expression)] @string
(path_expression) @string.special.path
[(integer_expression) (float_expression)] @constant.numeric
((identifier) @constant.builtin.boolean (#any-of? @constant.builtin.boolean "true" "false"))
"""

HELIX_CONFIG = """
theme = "onedark"
"""


class Editor(NamedTuple):
    """How an editor is started, and how it is made a user's in an empty home folder."""

    program: str
    background: str
    install: Callable[[Path], None]


def install_neovim(home: Path) -> None:
    source = ROOT / "editors" / "neovim"
    config = home / ".config" / "nvim"
    shutil.copytree(source / "lsp", config / "lsp")
    documented = re.findall(r"```lua\n(.*?)```", (source / "README.md").read_text(), re.DOTALL)[0]
    (config / "init.lua").write_text(documented + NEOVIM_INIT)


def install_helix(home: Path) -> None:
    config = home / ".config" / "helix"
    (config / "runtime" / "grammars").mkdir(parents=True)
    shutil.copy(ROOT / "editors" / "helix" / "languages.toml", config)
    (config / "config.toml").write_text(HELIX_CONFIG)
    pip = [
        sys.executable,
        "-m",
        "pip",
        "--quiet",
        "download",
        "--no-deps",
        "--no-binary=:all:",
        f"--dest={home}",
        GRAMMAR,
    ]
    subprocess.run(pip, check=True)
    shutil.unpack_archive(next(home.glob("*.tar.gz")), home)
    source = next(path for path in home.glob("tree_sitter_nix-*") if path.is_dir())
    queries = config / "runtime" / "queries" / "nix"
    queries.mkdir(parents=True)
    (queries / "highlights.scm").write_text(HELIX_HIGHLIGHTS)
    compile_grammar = ["cc", "-O1", "-shared", "-fPIC", "-Isrc", "src/parser.c", "src/scanner.c"]
    subprocess.run([*compile_grammar, "-o", config / "runtime" / "grammars" / "nix.so"], cwd=source, check=True)


NEOVIM = Editor("nvim", "#14161b", install_neovim)
HELIX = Editor("hx", "#282c34", install_helix)


class Picture(NamedTuple):
    """One picture: what the user types until it is taken."""

    name: str
    editor: Editor
    act: Callable[[Terminal], None]


def command(terminal: Terminal, keys: str) -> None:
    terminal.type(keys)
    terminal.press("Enter")


def neovim_diagnostics(terminal: Terminal) -> None:
    command(terminal, "/enable")
    terminal.type("gra")
    terminal.wait_for(r"1: ")


def neovim_hover(terminal: Terminal) -> None:
    command(terminal, "/PermitRoot")
    terminal.press("C-l")  # takes the search off the last line
    terminal.type("ztK")
    terminal.wait_for(r"╭")


def neovim_completion(terminal: Terminal) -> None:
    command(terminal, "/resolved")
    terminal.type("ztOservices.resolved.")
    terminal.wait_for("dnssec")
    terminal.press("C-n")


def helix_diagnostics(terminal: Terminal) -> None:
    command(terminal, "/enable")
    terminal.type(" a")
    terminal.wait_for("graphics.*\n.*graphics")


def helix_hover(terminal: Terminal) -> None:
    command(terminal, "/PermitRoot")
    terminal.type("zt k")
    terminal.wait_for("Type|one of")


def helix_completion(terminal: Terminal) -> None:
    command(terminal, "/resolved")
    terminal.type("ztOservices.resolved.")
    terminal.wait_for("dnssec")
    terminal.press("Tab")


ALL = (
    Picture("neovim-diagnostics", NEOVIM, neovim_diagnostics),
    Picture("neovim-hover", NEOVIM, neovim_hover),
    Picture("neovim-completion", NEOVIM, neovim_completion),
    Picture("helix-diagnostics", HELIX, helix_diagnostics),
    Picture("helix-hover", HELIX, helix_hover),
    Picture("helix-completion", HELIX, helix_completion),
)


@contextmanager
def display() -> Generator[None]:
    """An X display without a screen, for as long as the block runs."""
    server = subprocess.Popen(["Xvfb", DISPLAY, "-screen", "0", SCREEN, "-nolisten", "tcp"], stderr=subprocess.DEVNULL)
    try:
        assert wait_until(Path(f"/tmp/.X11-unix/X{DISPLAY[1:]}").exists, seconds=10), "Xvfb does not start"
        yield
    finally:
        server.terminate()
        server.wait()


@contextmanager
def window(terminal: Terminal, background: str, environment: Mapping[str, str]) -> Generator[None]:
    """An xterm named `picture` that shows the terminal."""
    look = ["-fa", "JetBrains Mono", "-fs", "13", "-b", "14", "-bg", background, "-fg", "#e0e2ea", "+sb", "-bw", "0"]
    attach = ["tmux", "-S", terminal.socket, "attach"]
    xterm = subprocess.Popen(
        ["xterm", "-T", "picture", "-geometry", f"{COLUMNS}x{ROWS}+0+0", *look, "-e", *attach],
        env={**environment, "DISPLAY": DISPLAY},
    )
    try:
        yield
    finally:
        xterm.terminate()
        xterm.wait()


def take(picture: Picture, folder: Path) -> None:
    project = folder / "laptop"
    home = folder / "home"
    home.mkdir()
    shutil.copytree(ROOT / "examples" / "laptop", project)
    picture.editor.install(home)
    path = [str(Path(sys.executable).parent), str(tools()), os.environ.get("PATH", os.defpath)]
    environment = {"HOME": str(home), "PATH": os.pathsep.join(path), "LANG": "C.UTF-8", "COLORTERM": "truecolor"}
    program = [picture.editor.program, "configuration.nix"]
    with (
        Terminal(
            Path("tmux"), program, folder=project, environment=environment, columns=COLUMNS, rows=ROWS
        ) as terminal,
        window(terminal, picture.editor.background, environment),
    ):
        terminal.wait_for("hardware.graphics")  # in a diagnostic: the server is there
        picture.act(terminal)
        wait_until(lambda: False, seconds=1.5)  # documentation beside a menu comes a moment later, unannounced
        path = PICTURES / f"{picture.name}.png"
        shot = ["import", "-display", DISPLAY, "-window", "picture", "-strip", "-colors", "128", f"PNG8:{path}"]
        subprocess.run(shot, check=True)
        print(path.relative_to(ROOT), path.stat().st_size)


def tools() -> Path:
    """Where scripts/provision puts the editors."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(os.environ.get("NIX_LSP_TOOLS") or Path(cache) / "nix-lsp-tools") / "bin"


def main(names: list[str]) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    with display():
        for picture in ALL:
            if not names or picture.name in names:
                with tempfile.TemporaryDirectory() as folder:
                    take(picture, Path(folder))


if __name__ == "__main__":
    main(sys.argv[1:])
