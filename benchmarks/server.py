"""What an editor feels of the server: start-up, answers, diagnostics after a keystroke, memory.

    python benchmarks/server.py [ROUNDS]

Times are the client's wall time in milliseconds, as median and 95th percentile, and as a ratio to starting a bare interpreter on the
same machine at the same time. Modules are compiled first, as an installer does it. With `NIXPKGS` set to a source tree of nixpkgs,
its largest file is measured too.
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
from typing import TYPE_CHECKING, Any, cast

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
        uri = document["textDocument"]["uri"]

        def wanted(message: Json) -> bool:
            params = cast("Json", message.get("params") or {})
            return params.get("uri") == uri and params.get("version") == version

        return self.wait_for(wanted)["params"]["diagnostics"]

    def memory(self) -> float:
        """Return the resident memory in MiB, from Linux' /proc."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS"))) / 1024

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


def report(what: str, times: list[float], unit: float) -> None:
    ordered = sorted(times)
    tail = ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]
    print(f"{what:46} {statistics.median(times):8.1f} {tail:8.1f} {statistics.median(times) / unit:7.2f}×")


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
    interpreter, initialized, local, option, memory = [list[float]() for _ in range(5)]
    for _ in range(rounds):
        interpreter.append(bare())
        for typed, rest, times in (("  services.caddy.httpPort = por", ";", local), ("  services.", "", option)):
            lines = module(30).split("\n")
            lines.insert(5, typed + rest)
            place = {"line": 5, "character": len(typed)}
            with server() as running:
                running.initialize()
                initialized.append(running.elapsed())
                document = running.open(path, "\n".join(lines))
                found = running.request("textDocument/completion", {**document, "position": place})
                times.append(running.elapsed())
                assert found["items"], "nothing was proposed"
    with server() as running:
        running.initialize()
        running.diagnostics(running.open(path, module(100)), 1)
        time.sleep(1.0)
        memory.append(running.memory())
    unit = statistics.median(interpreter)
    report("bare interpreter (python -I -c pass)", interpreter, unit)
    report("start → initialize answered", initialized, unit)
    report("start → first completion of a local name", local, unit)
    report("start → first completion of an option", option, unit)
    print(f"{'resident after start, a small module open':46} {memory[0]:8.1f} MiB")
    return unit


def measure_file(path: Path, text: str, place: tuple[int, str], rounds: int, unit: float) -> None:
    """Measure answers in one open file, and what follows a keystroke; `place` is a line and what is typed in it."""
    line, typed = place
    with server() as running:
        running.initialize()
        document = running.open(path, text)
        found = running.diagnostics(document, 1)
        print(f"\n{path.name}: {len(text) // 1024} KiB, {text.count(chr(10))} lines, {len(found)} diagnostics")
        time.sleep(1.0)
        hover, symbols, diagnosed, completed = [list[float]() for _ in range(4)]
        version = 1
        for _ in range(rounds):
            start = time.perf_counter()
            running.request("textDocument/hover", {**document, "position": {"line": line, "character": 5}})
            hover.append(milliseconds(start))
        for _ in range(max(3, rounds // 10)):
            start = time.perf_counter()
            running.request("textDocument/documentSymbol", document)
            symbols.append(milliseconds(start))
        here = {"line": line, "character": 0}
        for column in range(rounds):
            character = typed[column % len(typed)]
            if column % len(typed) == 0:
                version = edit(running, document, version, here, here, "\n")
                here = {"line": line, "character": 0}
            start = time.perf_counter()
            version = edit(running, document, version, here, here, character)
            here = {"line": line, "character": here["character"] + 1}
            running.request("textDocument/completion", {**document, "position": here})
            completed.append(milliseconds(start))
            running.diagnostics(document, version)
            diagnosed.append(milliseconds(start))
        report("hover", hover, unit)
        report("document symbols", symbols, unit)
        report("keystroke → completion", completed, unit)
        report("keystroke → diagnostics", diagnosed, unit)
        print(f"{'resident afterwards':46} {running.memory():8.1f} MiB")


def edit(running: Server, document: Json, version: int, start: Json, end: Json, text: str) -> int:
    identifier = {**document["textDocument"], "version": version + 1}
    changes = [{"range": {"start": start, "end": end}, "text": text}]
    running.send("textDocument/didChange", {"textDocument": identifier, "contentChanges": changes})
    return version + 1


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    for package in ("nix_lsp", "option_index"):
        compileall.compile_dir(Path(__file__).parents[1] / package, quiet=1)
    print(f"{'milliseconds':46} {'median':>8} {'p95':>8} {'ratio':>8}")
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder)
        (project / "flake.nix").write_text(FLAKE)
        (project / "flake.lock").write_text(json.dumps(LOCK))
        (project / "configuration.nix").write_text(module(1_000))
        unit = measure_start(project, rounds)
        typed = "  services.openssh.enable = true;"
        measure_file(project / "configuration.nix", module(1_000), (5, typed), rounds * 3, unit)
        if nixpkgs := os.environ.get("NIXPKGS"):
            source = Path(nixpkgs, "pkgs/top-level/all-packages.nix").read_text()
            text = source.split("\n")
            middle = next(number for number in range(len(text) // 2, len(text)) if text[number] == "")
            measure_file(
                project / "all-packages.nix", source, (middle, "  hello-2 = callPackage ./hello { };"), rounds * 2, unit
            )


if __name__ == "__main__":
    main()
