"""What an editor feels of the server: start-up, answers, diagnostics after a keystroke, memory.

    python benchmarks/server.py [ROUNDS]

Prints a Markdown table: milliseconds, median / 95th percentile; first what a person waits, then (on Linux) what the server computes,
which another program on the same machine does not change much; and the wait as a ratio to starting a bare interpreter on the same
machine at the same time. Modules are compiled first, as an installer does it. With `NIXPKGS` set to a source tree of nixpkgs, its
largest file is measured too.
"""

from __future__ import annotations

import compileall
import json
import os
import select
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

Json = dict[str, Any]

CLIENT: Json = {
    "general": {"positionEncodings": ["utf-8", "utf-16"]},
    "textDocument": {
        "completion": {
            "completionItem": {"snippetSupport": True, "insertReplaceSupport": True, "labelDetailsSupport": True},
            "completionList": {"itemDefaults": ["editRange", "insertTextFormat", "data"]},
        },
        "hover": {"contentFormat": ["markdown"]},
        "documentSymbol": {"hierarchicalDocumentSymbolSupport": True},
        "codeAction": {"codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["quickfix"]}}},
    },
}
FLAKE = """\
{
  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-25.11";
  outputs = { nixpkgs, ... }: {
    nixosConfigurations.desk = nixpkgs.lib.nixosSystem { modules = [ ./configuration.nix ]; };
  };
}
"""
LOCK: Json = {
    "nodes": {
        "nixpkgs": {
            "locked": {
                "lastModified": 1767100000,
                "narHash": "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
                "owner": "NixOS",
                "repo": "nixpkgs",
                "rev": "0123456789abcdef0123456789abcdef01234567",
                "type": "github",
            },
            "original": {"owner": "NixOS", "ref": "nixos-25.11", "repo": "nixpkgs", "type": "github"},
        },
        "root": {"inputs": {"nixpkgs": "nixpkgs"}},
    },
    "root": "root",
    "version": 7,
}
SILENCE = 30.0


class Server:
    """A running server, seen from the editor."""

    def __init__(self) -> None:
        self.started = time.perf_counter()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "nix_lsp"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        assert self.process.stdin
        assert self.process.stdout
        self._stdin, self._stdout = self.process.stdin, self.process.stdout.fileno()
        self._buffer = b""
        self._requests = 0
        self._published: dict[tuple[str, int], list[Json]] = {}
        """Diagnostics that came while something else was awaited."""

    def send(self, method: str, params: Json, number: int | None = None) -> None:
        message = {"jsonrpc": "2.0", "method": method, "params": params}
        body = json.dumps(message if number is None else {**message, "id": number}).encode()
        self._stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        self._stdin.flush()

    def wait_for(self, wanted: Callable[[Json], bool]) -> Json:
        """Return the first message of a kind; others are passed over."""
        while True:
            head, separator, rest = self._buffer.partition(b"\r\n\r\n")
            length = int(head.split(b"Content-Length:")[1].split(b"\r\n")[0]) if separator else 0
            if not separator or len(rest) < length:
                if not select.select([self._stdout], [], [], SILENCE)[0]:
                    raise TimeoutError("the server is silent")
                self._buffer += os.read(self._stdout, 1 << 20)
                continue
            self._buffer = rest[length:]
            message = json.loads(rest[:length])
            if message.get("method") == "textDocument/publishDiagnostics" and "version" in message["params"]:
                params = message["params"]
                self._published[params["uri"], params["version"]] = params["diagnostics"]
            if wanted(message):
                return message

    def request(self, method: str, params: Json) -> Any:
        self._requests += 1
        number = self._requests
        self.send(method, params, number)
        answer = self.wait_for(lambda message: message.get("id") == number and "method" not in message)
        return answer["result"]

    def initialize(self) -> None:
        self.request("initialize", {"processId": None, "capabilities": CLIENT})
        self.send("initialized", {})

    def open(self, path: Path, text: str) -> Json:
        uri = path.as_uri()
        self.send(
            "textDocument/didOpen", {"textDocument": {"uri": uri, "languageId": "nix", "version": 1, "text": text}}
        )
        return {"textDocument": {"uri": uri}}

    def diagnostics(self, document: Json, version: int) -> list[Json]:
        place = (document["textDocument"]["uri"], version)
        if place not in self._published:
            self.wait_for(lambda _: place in self._published)
        return self._published[place]

    def memory(self) -> float:
        """Return the resident memory in MiB, from Linux' /proc."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS"))) / 1024

    def computed(self) -> float | None:
        """Return the milliseconds that the server has computed so far, all threads together; None where the system does not say."""
        try:
            threads = Path(f"/proc/{self.process.pid}/task").iterdir()
            return sum(int((thread / "schedstat").read_text().split()[0]) for thread in threads) / 1e6
        except OSError:
            return None

    def elapsed(self) -> float:
        return milliseconds(self.started)

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()


@contextmanager
def server() -> Generator[Server]:
    running = Server()
    try:
        yield running
    finally:
        running.stop()


def milliseconds(since: float) -> float:
    return (time.perf_counter() - since) * 1000


def bare() -> float:
    """Return the time that an interpreter takes to do nothing."""
    start = time.perf_counter()
    subprocess.run([sys.executable, "-I", "-c", "pass"], check=True)
    return milliseconds(start)


class Times:
    """One row of the table."""

    def __init__(self, what: str, must: str = "") -> None:
        self.what = what
        self.must = must
        self.waited: list[float] = []
        self.computed: list[float] = []

    @contextmanager
    def one(self, running: Server) -> Generator[None]:
        """Measure one answer."""
        before, start = running.computed(), time.perf_counter()
        yield
        self.waited.append(milliseconds(start))
        after = running.computed()
        if before is not None and after is not None:
            self.computed.append(after - before)

    def note(self, running: Server) -> None:
        """Note how long a server has taken since it was started."""
        self.waited.append(running.elapsed())
        if (computed := running.computed()) is not None:
            self.computed.append(computed)

    def show(self, unit: float) -> None:
        ratio = f"{statistics.median(self.waited) / unit:.1f}×"
        print(f"| {self.what} | {self.must} | {_spread(self.waited)} | {_spread(self.computed)} | {ratio} |")


def _spread(times: list[float]) -> str:
    """Return median and 95th percentile for people."""
    if not times:
        return ""
    ordered = sorted(times)
    tail = ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]
    if len(times) == 1:
        return _figure(tail)
    return f"{_figure(statistics.median(times))} / {_figure(tail)}"


def _figure(milliseconds_: float) -> str:
    return f"{milliseconds_:.1f}" if milliseconds_ < 10 else f"{milliseconds_:.0f}"


def show_memory(what: str, must: str, mebibytes: float) -> None:
    print(f"| {what} | {must} | {mebibytes:.0f} MiB | | |")


def module(lines: int) -> str:
    """Return a module of about so many lines: services with settings, lists and comments."""
    text = ["{ config, lib, pkgs, ... }:", "let", "  port = 8080;", "in", "{"]
    for number in range(lines // 10):
        text += [
            f"  # virtual host {number}",
            f'  services.nginx.virtualHosts."host{number}.example.org" = {{',
            "    enableACME = true;",
            "    forceSSL = true;",
            '    locations."/" = {',
            '      proxyPass = "http://127.0.0.1:${toString port}";',
            "      proxyWebsockets = true;",
            "    };",
            "  };",
            f"  environment.etc.\"file{number}\".text = lib.mkDefault ''some text'';",
        ]
    return "\n".join([*text, "}", ""])


def measure_start(project: Path, rounds: int) -> float:
    """Measure start-ups, each beside a bare interpreter; returns the latter's median."""
    path = project / "configuration.nix"
    interpreter = Times("a bare interpreter (`python -I -c pass`)")
    initialized = Times("start → initialize answered")
    local = Times("start → first completion of a local name", "200, 6×")
    option = Times("start → first completion of an option", "250")
    for _ in range(rounds):
        interpreter.waited.append(bare())
        for typed, rest, times in (("  services.caddy.httpPort = por", ";", local), ("  services.", "", option)):
            lines = module(30).split("\n")
            lines.insert(5, typed + rest)
            place = {"line": 5, "character": len(typed)}
            with server() as running:
                running.initialize()
                initialized.note(running)
                document = running.open(path, "\n".join(lines))
                found = running.request("textDocument/completion", {**document, "position": place})
                times.note(running)
                assert found["items"], "nothing was proposed"
    unit = statistics.median(interpreter.waited)
    for times in (interpreter, initialized, local, option):
        times.show(unit)
    with server() as running:
        running.initialize()
        running.diagnostics(running.open(path, module(100)), 1)
        time.sleep(1.0)
        show_memory("resident after start, a small module open", "60", running.memory())
    return unit


class Typing(NamedTuple):
    """What is typed into a file, letter by letter."""

    line: int
    texts: tuple[str, ...]


class Must(NamedTuple):
    """What is asked of the answers in one file, in milliseconds at the 95th percentile."""

    name: str = ""
    """Of what is asked about one name: hover, definition, highlight."""
    symbols: str = ""
    tokens: str = ""
    visible: str = ""
    """Of the tokens of what a window shows."""
    keystroke: str = ""
    completion: str = ""
    diagnostics: str = ""
    memory: str = ""


_OF_A_NAME = (
    ("hover", "textDocument/hover"),
    ("definition", "textDocument/definition"),
    ("highlight", "textDocument/documentHighlight"),
)
_WINDOW = 60
"""Lines that an editor shows."""


def measure_looking(
    running: Server, document: Json, name: str, lines: list[str], must: Must, rounds: int
) -> list[Times]:
    """Measure what is asked of a file that nobody edits."""
    named = [number for number, line in enumerate(lines) if line.strip().endswith(("= {", "= true;", "{ };"))]
    measured: list[Times] = []
    for what, method in _OF_A_NAME:
        times = Times(f"{name}: {what}", must.name)
        for number in range(rounds):
            line = named[number * 7 % len(named)]
            column = len(lines[line]) - len(lines[line].lstrip())
            with times.one(running):
                running.request(method, {**document, "position": {"line": line, "character": column}})
        measured.append(times)
    for what, method, limit in (
        ("document symbols", "textDocument/documentSymbol", must.symbols),
        ("folding ranges", "textDocument/foldingRange", ""),
        ("semantic tokens", "textDocument/semanticTokens/full", must.tokens),
    ):
        times = Times(f"{name}: {what}", limit)
        for _ in range(max(3, rounds // 20)):
            with times.one(running):
                running.request(method, document)
        measured.append(times)
    visible = Times(f"{name}: semantic tokens of a window", must.visible)
    for number in range(rounds):
        first = number * 7 * _WINDOW % max(1, len(lines) - _WINDOW)
        window = {"start": {"line": first, "character": 0}, "end": {"line": first + _WINDOW, "character": 0}}
        with visible.one(running):
            running.request("textDocument/semanticTokens/range", {**document, "range": window})
    return [*measured, visible]


def measure_project(folder: Path, files: int, rounds: int, unit: float) -> None:
    """Measure what is asked across a project of modules that import each other, and what the server holds then."""
    (folder / "lib.nix").write_text("{ lib }:\nrec {\n  port = 8080;\n  open = p: lib.optional (p != null) p;\n}\n")
    paths = [folder / f"module{number}.nix" for number in range(files)]
    for number, path in enumerate(paths):
        path.write_text(
            "{ config, lib, pkgs, ... }:\nlet\n  own = import ./lib.nix { inherit lib; };\nin\n{\n"
            f'  options.my.service{number}.enable = lib.mkEnableOption "it";\n'
            f"  config.networking.firewall.allowedTCPPorts = own.open (own.port + {number});\n"
            f'  config.environment.etc."file{number}".enable = config.my.service0.enable;\n'
            "}\n"
        )
    imports = " ".join(f"./{path.name}" for path in paths)
    (folder / "configuration.nix").write_text(f"{{ imports = [ {imports} ]; }}\n")
    references = Times(f"{files:,} files: references of a function in another file", "300")
    option = Times(f"{files:,} files: references of an option", "300")
    rename = Times(f"{files:,} files: rename in all of them", "300")
    symbols = Times(f"{files:,} files: workspace symbols", "100")
    with server() as running:
        running.initialize()
        document = running.open(paths[0], paths[0].read_text())
        running.diagnostics(document, 1)
        function = {**document, "position": {"line": 6, "character": 53}}
        declared = {**document, "position": {"line": 5, "character": 22}}
        for times, method, params in (
            (references, "textDocument/references", {**function, "context": {"includeDeclaration": True}}),
            (option, "textDocument/references", {**declared, "context": {"includeDeclaration": True}}),
            (rename, "textDocument/rename", {**function, "newName": "opened"}),
            (symbols, "workspace/symbol", {"query": "service"}),
        ):
            running.request(method, params)
            for _ in range(rounds):
                with times.one(running):
                    answer = running.request(method, params)
                assert answer, f"{method}: nothing was found"
            times.show(unit)
        show_memory(f"{files:,} files: resident afterwards", "120", running.memory())


def measure_file(path: Path, text: str, typing: Typing, must: Must, rounds: int, unit: float) -> None:
    """Measure answers in one open file, and what follows a keystroke."""
    name = path.name if path.name == "all-packages.nix" else f"{round(text.count(chr(10)), -2):,}-line module"
    keystroke = Times(f"{name}: a keystroke itself", must.keystroke)
    completed = Times(f"{name}: keystroke → completion", must.completion)
    diagnosed = Times(f"{name}: keystroke → diagnostics", must.diagnostics)
    with server() as running:
        running.initialize()
        document = running.open(path, text)
        running.diagnostics(document, 1)
        time.sleep(1.0)
        looked = measure_looking(running, document, name, text.split("\n"), must, rounds)
        version = 1
        for number in range(-(-rounds // sum(map(len, typing.texts)))):
            for typed in typing.texts:
                version = replace(running, document, version, text)
                running.diagnostics(document, version)
                version = insert(running, document, version, typing.line, 0, "\n")
                running.diagnostics(document, version)
                for column, character in enumerate(typed):
                    here = {"line": typing.line, "character": column + 1}
                    if number == 0 and column % 8 == 0:
                        with keystroke.one(running):
                            version = insert(running, document, version, typing.line, column, character)
                            running.request("textDocument/hover", {**document, "position": {"line": 0, "character": 0}})
                        running.diagnostics(document, version)
                        continue
                    with diagnosed.one(running):
                        with completed.one(running):
                            version = insert(running, document, version, typing.line, column, character)
                            running.request("textDocument/completion", {**document, "position": here})
                        running.diagnostics(document, version)
        for times in (*looked, keystroke, completed, diagnosed):
            times.show(unit)
        show_memory(f"{name}: resident afterwards", must.memory, running.memory())


def insert(running: Server, document: Json, version: int, line: int, column: int, text: str) -> int:
    here = {"line": line, "character": column}
    return change(running, document, version, {"range": {"start": here, "end": here}, "text": text})


def replace(running: Server, document: Json, version: int, text: str) -> int:
    return change(running, document, version, {"text": text})


def change(running: Server, document: Json, version: int, edit: Json) -> int:
    identifier = {**document["textDocument"], "version": version + 1}
    running.send("textDocument/didChange", {"textDocument": identifier, "contentChanges": [edit]})
    return version + 1


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    for package in ("nix_lsp", "option_index"):
        compileall.compile_dir(Path(__file__).parents[1] / package, quiet=1)
    print("| | must | waited, ms | computed, ms | |")
    print("|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder)
        (project / "flake.nix").write_text(FLAKE)
        (project / "flake.lock").write_text(json.dumps(LOCK))
        (project / "configuration.nix").write_text(module(1_000))
        unit = measure_start(project, rounds)
        typing = Typing(
            5, ("  services.openssh.enable = true;", "  environment.systemPackages = with pkgs; [ hello ];")
        )
        must = Must(name="10", tokens="40", visible="15", completion="10", diagnostics="60", memory="60")
        measure_file(project / "configuration.nix", module(1_000), typing, must, rounds * 8, unit)
        if nixpkgs := os.environ.get("NIXPKGS"):
            source = Path(nixpkgs, "pkgs/top-level/all-packages.nix").read_text()
            text = source.split("\n")
            middle = next(number for number in range(len(text) // 2, len(text)) if text[number] == "")
            typing = Typing(middle, ("  hello-2 = callPackage ./hello { };",))
            must = Must(name="10", symbols="500", visible="15", keystroke="20", diagnostics="60", memory="120")
            measure_file(project / "all-packages.nix", source, typing, must, rounds * 4, unit)
        for files in (300, 2_000):
            below = project / str(files)
            below.mkdir()
            for name in ("flake.nix", "flake.lock"):
                (below / name).write_text((project / name).read_text())
            measure_project(below, files, rounds, unit)


if __name__ == "__main__":
    main()
