"""Drive the real server over the protocol on the example projects and print a readable transcript.

Stands in for an editor: it opens files, types half a line, asks for completion and hover, and applies every fix offered.
"""

from __future__ import annotations

import difflib
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markdown import Markdown
from rich.padding import Padding
from rich.syntax import Syntax

ROOT = Path(__file__).resolve().parents[1]
EXAMPLES = ROOT / "examples"
SEVERITIES = {1: "[bold red]error", 2: "[bold yellow]warning", 3: "[bold blue]information", 4: "[bold cyan]hint"}

out = Console(highlight=False, width=118)


@dataclass(frozen=True)
class Typing:
    """Half a line that a person types in place of `before` (or after it), and how many proposals to show."""

    file: str
    after: str
    text: str


@dataclass(frozen=True)
class Project:
    folder: str
    what: str
    files: tuple[str, ...]
    typing: tuple[Typing, ...]
    hover: tuple[tuple[str, str], ...]
    """(file, text): the hover at the end of the first occurrence of the text."""


PROJECTS = (
    Project(
        "laptop",
        "NixOS 25.11 with home-manager as a module",
        ("configuration.nix", "home.nix"),
        (
            Typing("configuration.nix", 'system.stateVersion = "24.05";', "\n  services.openss"),
            Typing(
                "configuration.nix",
                'system.stateVersion = "24.05";',
                "\n  services.openssh.settings.PermitRootLogin = ",
            ),
            Typing("configuration.nix", "    ripgrep\n", "    ripg"),
            Typing("home.nix", "home.packages = [ pkgs.htop ];", "\n  programs.zs"),
        ),
        (("configuration.nix", "settings.PermitRootLogin"), ("home.nix", "programs.git"), ("home.nix", "pkgs.htop")),
    ),
    Project(
        "mac",
        "nix-darwin from its master branch",
        ("configuration.nix",),
        (Typing("configuration.nix", "system.stateVersion = 5;", "\n  system.defaults.dock.auto"),),
        (("configuration.nix", "automatic"),),
    ),
    Project(
        "server",
        "NixOS 26.05 pinned with npins, no flake",
        ("configuration.nix",),
        (
            Typing(
                "configuration.nix", 'system.stateVersion = "25.11";', '\n  services.nginx.virtualHosts."example.org".'
            ),
        ),
        (("configuration.nix", "enableACME"),),
    ),
)


class Server:
    """The language server as a child process, spoken to over stdio."""

    def __init__(self, root: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "nix_lsp", "serve", "--stdio"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self.diagnostics: dict[str, tuple[int | None, list[dict[str, Any]]]] = {}
        self.last_id = 0
        self.versions: dict[str, int] = {}
        capabilities = {
            "general": {"positionEncodings": ["utf-16"]},
            "workspace": {"workspaceEdit": {"documentChanges": True}},
            "textDocument": {
                "completion": {"completionItem": {"snippetSupport": False, "documentationFormat": ["markdown"]}},
                "hover": {"contentFormat": ["markdown"]},
                "codeAction": {"codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["quickfix"]}}},
                "publishDiagnostics": {"versionSupport": True},
            },
        }
        self.request("initialize", {"processId": None, "rootUri": root.as_uri(), "capabilities": capabilities})
        self.notify("initialized", {})

    def send(self, message: dict[str, Any]) -> None:
        assert self.process.stdin
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self.process.stdin.flush()

    def receive(self) -> dict[str, Any]:
        assert self.process.stdout
        length = 0
        while (line := self.process.stdout.readline()) != b"\r\n":
            if not line:
                sys.exit("The server has gone.")
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        message: dict[str, Any] = json.loads(self.process.stdout.read(length))
        if message.get("method") == "textDocument/publishDiagnostics":
            params = message["params"]
            self.diagnostics[params["uri"]] = (params.get("version"), params["diagnostics"])
        elif "method" in message and "id" in message:
            self.send({"id": message["id"], "result": None})
        return message

    def notify(self, method: str, params: Any) -> None:
        self.send({"method": method, "params": params})

    def request(self, method: str, params: Any) -> Any:
        self.last_id += 1
        self.send({"id": self.last_id, "method": method, "params": params})
        while True:
            message = self.receive()
            if message.get("id") == self.last_id and "method" not in message:
                if "error" in message:
                    sys.exit(f"{method}: {message['error']['message']}")
                return message["result"]

    def open(self, path: Path) -> str:
        uri = path.as_uri()
        self.versions[uri] = 1
        document = {"uri": uri, "languageId": "nix", "version": 1, "text": path.read_text()}
        self.notify("textDocument/didOpen", {"textDocument": document})
        return uri

    def change(self, uri: str, text: str) -> None:
        self.versions[uri] += 1
        self.notify(
            "textDocument/didChange",
            {"textDocument": {"uri": uri, "version": self.versions[uri]}, "contentChanges": [{"text": text}]},
        )

    def published(self, uri: str) -> list[dict[str, Any]]:
        """Wait for the diagnostics of the version that was sent last."""
        while self.diagnostics.get(uri, (None, []))[0] != self.versions[uri]:
            self.receive()
        return self.diagnostics[uri][1]

    def close(self) -> None:
        self.request("shutdown", None)
        self.notify("exit", None)
        self.process.wait(5)


def position(text: str, offset: int) -> dict[str, int]:
    """Return an LSP position; the examples hold ASCII only, so a character is a UTF-16 unit."""
    return {"line": text.count("\n", 0, offset), "character": offset - (text.rfind("\n", 0, offset) + 1)}


def offset_of(text: str, place: dict[str, int]) -> int:
    lines = text.splitlines(keepends=True)
    return sum(len(line) for line in lines[: place["line"]]) + place["character"]


def edited(text: str, edits: list[dict[str, Any]]) -> str:
    for edit in sorted(edits, key=lambda edit: -offset_of(text, edit["range"]["start"])):
        start, end = (offset_of(text, edit["range"][side]) for side in ("start", "end"))
        text = text[:start] + edit["newText"] + text[end:]
    return text


def show_typing(server: Server, folder: Path, typing: Typing) -> None:
    path = folder / typing.file
    original = path.read_text()
    cut = original.index(typing.after) + len(typing.after)
    text = original[:cut] + typing.text + original[cut:]
    uri = path.as_uri()
    server.change(uri, text)
    place = {"textDocument": {"uri": uri}, "position": position(text, cut + len(typing.text))}
    answer = server.request("textDocument/completion", place)
    items: list[dict[str, Any]] = answer["items"]
    more = " (more with another letter)" if answer["isIncomplete"] else ""
    out.print(f"  [bold]{typing.text.strip()}[/bold]█   → {len(items)} proposals{more}")
    items.sort(key=lambda item: item.get("sortText", item["label"]))
    for item in items[:5]:
        details: dict[str, Any] = item.get("labelDetails") or {}
        detail = item.get("detail") or details.get("description") or ""
        out.print(f"      {item['label']:<42} [dim]{detail}")
    server.change(uri, original)


def show_hover(server: Server, folder: Path, file: str, needle: str) -> None:
    path = folder / file
    text = path.read_text()
    place = {"textDocument": {"uri": path.as_uri()}, "position": position(text, text.index(needle) + len(needle) - 1)}
    answer = server.request("textDocument/hover", place)
    out.print(f"  [bold]{file}: {needle}")
    contents = answer["contents"]["value"] if answer else "*nothing*"
    out.print(Padding(Markdown(contents), (0, 0, 1, 6)))


def show_fixes(server: Server, folder: Path, file: str) -> None:
    path = folder / file
    text, uri = path.read_text(), path.as_uri()
    server.change(uri, text)
    for diagnostic in server.published(uri):
        place = diagnostic["range"]["start"]
        out.print(
            f"  {SEVERITIES[diagnostic['severity']]}[/] [bold]{diagnostic['code']}[/] "
            f"{file}:{place['line'] + 1}:{place['character'] + 1}\n      {diagnostic['message']}"
        )
        actions = server.request(
            "textDocument/codeAction",
            {
                "textDocument": {"uri": uri},
                "range": diagnostic["range"],
                "context": {"diagnostics": [diagnostic], "only": ["quickfix"]},
            },
        )
        for action in actions or ():
            if diagnostic["code"] in {each["code"] for each in action.get("diagnostics", ())}:
                show_diff(server, action, text, file)


def show_diff(server: Server, action: dict[str, Any], text: str, file: str) -> None:
    if "edit" not in action:
        action = server.request("codeAction/resolve", action)
    edits = [edit for change in action["edit"]["documentChanges"] for edit in change["edits"]]
    diff = difflib.unified_diff(text.splitlines(), edited(text, edits).splitlines(), file, file, "", "", 1, "")
    out.print(f"      [green]fix: {action['title']}")
    body = "\n".join(list(diff)[2:])
    out.print(Padding(Syntax(body, "diff", theme="ansi_dark", background_color="default"), (0, 0, 1, 6)))


def main() -> None:
    for project in PROJECTS:
        folder = EXAMPLES / project.folder
        out.rule(f"[bold]examples/{project.folder}[/bold] — {project.what}")
        server = Server(folder)
        for uri in [server.open(folder / file) for file in project.files]:
            server.published(uri)
        out.print("\n[bold underline]Typing")
        for typing in project.typing:
            show_typing(server, folder, typing)
        out.print("\n[bold underline]Hover")
        for file, needle in project.hover:
            show_hover(server, folder, file, needle)
        out.print("[bold underline]Diagnostics and fixes")
        for file in project.files:
            show_fixes(server, folder, file)
        server.close()
    out.rule("[bold]Your editor")
    server = Path(sys.executable).parent / "nix-lsp"
    out.print(f"The server is [bold]{server}[/bold]: put it on your PATH, then")
    out.print("  VS Code   editors/vscode/README.md    build and install the extension")
    out.print("  Neovim    editors/neovim/README.md    copy lsp/nix_lsp.lua, then vim.lsp.enable('nix_lsp')")
    out.print("  Helix     editors/helix/README.md     add the fragment to languages.toml")
    out.print(f"Or stay here: {server} check examples/laptop")


if __name__ == "__main__":
    main()
