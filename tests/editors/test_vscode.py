"""The extension in the real VS Code: built, installed into code-server, and used through Chromium as a user would.

`scripts/provision-vscode` installs what this needs. With NIX_LSP_PICTURES=docs/pictures the same runs write the screenshots there.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import brotli  # pyright: ignore[reportMissingTypeStubs]
import pytest

from nix_lsp.analysis.settings import SETTINGS
from tests.machine import missing
from tests.option_index.channel_server import ChannelServer, serving

HERE = Path(__file__).parent
EXTENSION = HERE.parents[1] / "editors" / "vscode"
SECONDS_PER_STEP = 30
LISTENING = re.compile(r"HTTP server listening on (http://\S+?)/?$")

CONFIGURATION = """\
{ config, pkgs, ... }:
{
  hardware.opengl.enable = true;

  services.openss
}
"""

# Nothing but the editor on the screen, no text that changes under a test, and a fixed font for the pictures.
LOOKS: dict[str, Any] = {
    "breadcrumbs.enabled": False,
    "chat.disableAIFeatures": True,
    "editor.fontFamily": "JetBrains Mono",
    "editor.fontSize": 16,
    "editor.lineHeight": 1.5,
    "editor.minimap.enabled": False,
    "files.autoSave": "off",
    "window.commandCenter": False,
    "workbench.layoutControl.enabled": False,
    "workbench.secondarySideBar.defaultVisibility": "hidden",
    "workbench.activityBar.location": "hidden",
    "workbench.colorTheme": "Default Dark Modern",
    "workbench.startupEditor": "none",
    "workbench.tips.enabled": False,
}

FUNCTION = "rgb(220, 220, 170)"
"""The colour of functions in VS Code's dark themes."""

Step = Mapping[str, str | int]


class VSCode:
    """VS Code with our extension, on one project."""

    def __init__(self, find: Callable[[str], Path], vsix: Path, project: Path, environment: Mapping[str, str]) -> None:
        self.node = find("node")
        self.code_server = find("code-server")
        self.chromium = find("chromium")
        self.project = project
        # A VS Code that was started by the `code` command takes PATH as it is; otherwise it asks the login shell for another.
        self.environment = {**environment, "VSCODE_CLI": "1"}
        self.arguments = ["--disable-workspace-trust", "--disable-telemetry", "--disable-update-check"]
        self.user_data = project.parent / "user-data"
        self.folders = ["--user-data-dir", self.user_data, "--extensions-dir", project.parent / "extensions"]
        self.configure({})
        self.run_code_server("--install-extension", vsix)

    def configure(self, settings: Mapping[str, Any]) -> None:
        """Write the user's settings; a remote window reads those that belong to its machine from a second file."""
        for layer in ("User", "Machine"):
            (self.user_data / layer).mkdir(parents=True, exist_ok=True)
            (self.user_data / layer / "settings.json").write_text(json.dumps({**LOOKS, **settings}))

    def run_code_server(self, *arguments: str | Path) -> None:
        command = [self.code_server, *self.folders, *arguments]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, done.stdout + done.stderr

    @contextmanager
    def serving(self) -> Generator[str]:
        """Serve the editor on a free port and give its address; every process it started ends with it."""
        command = [self.code_server, *self.folders, "--auth", "none", "--bind-addr", "127.0.0.1:0"]
        command += [*self.arguments, self.project]
        log = self.project.parent / "code-server.log"
        with (
            log.open("w") as errors,
            subprocess.Popen(
                command,
                env=self.environment,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                start_new_session=True,
            ) as server,
        ):
            try:
                assert server.stdout is not None
                heard: list[str] = []
                for line in server.stdout:
                    heard.append(line)
                    if found := LISTENING.search(line.rstrip()):
                        yield found[1]
                        return
                pytest.fail("code-server did not start:\n" + "".join(heard) + log.read_text())
            finally:
                os.killpg(server.pid, signal.SIGTERM)
                try:
                    server.wait(timeout=10)
                except subprocess.TimeoutExpired:
                    os.killpg(server.pid, signal.SIGKILL)

    def use(self, *steps: Step) -> list[dict[str, Any]]:
        """Open `configuration.nix`, do the steps of `vscode_driver.mjs`, and return what was seen after each of them."""
        pictures = os.environ.get("NIX_LSP_PICTURES")
        failure = self.project.parent / "failure.png"
        with self.serving() as url:
            plan = {
                "url": f"{url}/?folder={self.project}",
                "chromium": str(self.chromium),
                "pictures": pictures and str(Path(pictures).resolve()),
                "failure": str(failure),
                "timeout": SECONDS_PER_STEP * 1000,
                "steps": [{"do": "open", "file": "configuration.nix"}, {"do": "press", "key": "Control+B"}, *steps],
            }
            done = subprocess.run(
                [self.node, HERE / "vscode_driver.mjs"],
                input=json.dumps(plan),
                env=self.environment,
                capture_output=True,
                text=True,
                timeout=60 + SECONDS_PER_STEP * len(steps),
                check=False,
            )
        assert done.returncode == 0, f"{done.stderr}\nseen before: {done.stdout}\nscreenshot: {failure}\n{self.log()}"
        return [json.loads(line) for line in done.stdout.splitlines()][2:]

    def log(self) -> str:
        """What the extension and the server wrote to the output channel."""
        return "".join(path.read_text() for path in self.user_data.glob("logs/**/nix-lsp.log"))

    def saved(self) -> str:
        return (self.project / "configuration.nix").read_text()


@pytest.fixture(scope="session")
def vsix(program: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The extension, type-checked and packed as it is for publication."""
    node, npm = program("node"), program("npm")
    if not (EXTENSION / "node_modules").is_dir():
        missing("the extension's own packages are not installed: run scripts/provision-vscode")
    target = tmp_path_factory.mktemp("vsix") / "nix-lsp.vsix"
    done = subprocess.run(
        [npm, "run", "package", "--", "--out", target],
        cwd=EXTENSION,
        env={**os.environ, "PATH": os.pathsep.join([str(node.parent), os.environ["PATH"]])},
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return target


@pytest.fixture
def vscode(program: Callable[[str], Path], vsix: Path, project: Path, environment: Mapping[str, str]) -> VSCode:
    (project / "configuration.nix").write_text(CONFIGURATION)
    return VSCode(program, vsix, project, environment)


def test_completes_a_half_typed_option(vscode: VSCode) -> None:
    *_, completion, _, _, _ = vscode.use(
        {"do": "squiggles", "severity": "warning"},
        {"do": "go", "line": 5, "column": 18},
        {"do": "complete", "shows": "openssh"},
        {"do": "picture", "name": "vscode-completion.png"},
        {"do": "press", "key": "Enter"},
        {"do": "save"},
    )

    assert completion["items"][0].startswith("openssh")
    assert "  services.openssh" in vscode.saved()


READING = """\
{ pkgs, ... }:
let
  greet = name: "hello ${name}";
in
{
  imports = [
    ./parts
  ];
  hardware.opengl.enable = true;
  environment.systemPackages = with pkgs; [ hello ];
  users.motd = greet "desk";
}
"""
"""A module with something to fold, to colour, to open and to say beside it."""


def test_folds_colours_hints_and_links(vscode: VSCode) -> None:
    (vscode.project / "configuration.nix").write_text(READING)
    (vscode.project / "parts").mkdir()
    (vscode.project / "parts" / "default.nix").write_text("{ }\n")
    vscode.configure({"nix-lsp.hints.closingNames": 3, "nix-lsp.hints.packageVersions": True})

    *_, links, _, lines = vscode.use(
        {"do": "squiggles", "severity": "warning"},
        {"do": "colour", "text": "greet", "is": FUNCTION},
        {"do": "text", "shows": "];imports"},
        {"do": "text", "shows": "hello2.12"},
        {"do": "picture", "name": "vscode-reading.png"},
        {"do": "links", "shows": "./parts"},
        {"do": "run", "command": "Fold All"},
        {"do": "lines"},
    )

    assert "./parts" in links["texts"]
    assert [line.rstrip("⋯ ") for line in lines["lines"]][:5] == ["{ pkgs, ... }:", "let", "in", "{", "}"]


def test_colours_what_is_on_the_screen_of_a_very_large_text(vscode: VSCode) -> None:
    padding = f"# {80 * '-'}\n" * 2_000
    (vscode.project / "configuration.nix").write_text(READING + padding)

    vscode.use({"do": "squiggles", "severity": "warning"}, {"do": "colour", "text": "greet", "is": FUNCTION})


def test_a_code_lens_shows_what_it_has_counted(vscode: VSCode) -> None:
    (vscode.project / "configuration.nix").write_text(READING)
    vscode.configure({"nix-lsp.lenses.references": True})

    (lens,) = vscode.use({"do": "lens", "shows": "1 reference"})

    assert any("users.motd" in row.replace("\xa0", " ") for row in lens["rows"])


PORTS = """\
{
  webPort = 8080;
}
"""

NAMES = """\
{ pkgs, ... }:
let
  inherit (import ./ports.nix) webPort;
  greet = name: greeting: "${greeting}, ${name}";
in
{
  networking.firewall.allowedTCPPorts = [ webPort ];
  users.motd = greet "desk" ;
  hardware.opengl.enable = true;
  services.nginx = {
    enable = true;
  };
  environment.shells = [ pkgs.zsh ];
}
"""
"""A module with a name from another file, a call to finish, a set to flatten and a value to move out."""


def test_finds_renames_and_refactors_across_files(vscode: VSCode) -> None:
    (vscode.project / "ports.nix").write_text(PORTS)
    (vscode.project / "configuration.nix").write_text(NAMES)

    seen = vscode.use(
        {"do": "squiggles", "severity": "warning"},
        {"do": "go", "line": 8, "column": 29},
        {"do": "signature", "shows": "greet"},
        {"do": "type", "text": '"hello"'},
        {"do": "go", "line": 10, "column": 14},
        {"do": "fixes", "shows": "Flatten"},
        {"do": "apply", "title": "Flatten"},
        {"do": "text", "shows": "services.nginx.enable"},
        {"do": "go", "line": 11, "column": 24},
        {"do": "select", "count": 12},
        {"do": "fixes", "shows": "./shells.nix"},
        {"do": "apply", "title": "./shells.nix"},
        {"do": "text", "shows": "import ./shells.nix"},
        {"do": "open", "file": "configuration.nix"},
        {"do": "go", "line": 7, "column": 45},
        {"do": "define", "file": "ports.nix"},
        {"do": "rename", "name": "httpPort"},
        {"do": "text", "shows": "httpPort = 8080"},
        {"do": "saveAll"},
    )

    signature = seen[2]
    assert "greet name greeting" in signature["text"]
    assert signature["argument"] == "greeting"
    assert seen[16]["before"] == "webPort"
    assert (vscode.project / "ports.nix").read_text() == "{\n  httpPort = 8080;\n}\n"
    assert (vscode.project / "shells.nix").read_text() == "{ pkgs }:\n\n[ pkgs.zsh ]\n"
    lines = vscode.saved().splitlines()
    assert lines[2] == "  webPort = (import ./ports.nix).httpPort;"
    assert lines[7:] == [
        '  users.motd = greet "desk" "hello";',
        "  hardware.opengl.enable = true;",
        "  services.nginx.enable = true;",
        "  environment.shells = import ./shells.nix { inherit pkgs; };",
        "}",
    ]


def test_hovers_over_an_option(vscode: VSCode) -> None:
    *_, hover, _ = vscode.use(
        {"do": "go", "line": 5, "column": 18},
        {"do": "type", "text": "h.enable = true;"},
        {"do": "go", "line": 5, "column": 22},
        {"do": "hover", "shows": "boolean"},
        {"do": "picture", "name": "vscode-hover.png"},
    )

    assert "services.openssh.enable" in hover["text"]
    assert "25.11" in hover["text"]


def test_marks_the_renamed_option_and_replaces_it(vscode: VSCode) -> None:
    squiggles, problems, _, _, hover, _, _, fixes, *_ = vscode.use(
        {"do": "squiggles", "severity": "warning"},
        {"do": "problems", "shows": "hardware.graphics.enable"},
        {"do": "press", "key": "Control+J"},
        {"do": "go", "line": 3, "column": 20},
        {"do": "hover", "shows": "option-renamed"},
        {"do": "picture", "name": "vscode-diagnostics.png"},
        {"do": "press", "key": "Escape"},
        {"do": "fixes", "shows": "hardware.graphics.enable"},
        {"do": "picture", "name": "vscode-fix.png"},
        {"do": "apply", "title": "hardware.graphics.enable"},
        {"do": "text", "shows": "hardware.graphics.enable"},
        {"do": "save"},
    )

    assert squiggles["count"] == 1
    (problem,) = [row for row in problems["rows"] if "hardware.opengl" in row]
    assert problem.startswith("Warning: ")
    assert problem.endswith("generated by nix-lsp")
    assert "option-renamed" in hover["text"]
    assert any("hardware.graphics.enable" in title for title in fixes["titles"])
    assert "  hardware.graphics.enable = true;\n" in vscode.saved()
    assert "opengl" not in vscode.saved()


def test_a_setting_silences_a_rule(vscode: VSCode) -> None:
    vscode.configure({"nix-lsp.diagnostics.ignore": ["option-renamed"]})

    # Another mistake is typed, so that there is something to wait for.
    *_, problems = vscode.use(
        {"do": "go", "line": 5, "column": 18},
        {"do": "type", "text": "h.enabel = true;"},
        {"do": "problems", "shows": "enabel"},
    )

    assert not [row for row in problems["rows"] if "hardware.opengl" in row]


def test_indents_and_closes_what_is_typed(vscode: VSCode) -> None:
    vscode.configure({"nix-lsp.server.path": "/nonexistent/nix-lsp", "editor.quickSuggestions": {"other": "off"}})

    vscode.use(
        {"do": "go", "line": 5, "column": 18},
        {"do": "type", "text": "h = {\ninherit (lib) x;\nbanner = ''\nHello ${name"},
        {"do": "save"},
    )

    assert vscode.saved().splitlines()[4:] == [
        "  services.openssh = {",
        "    inherit (lib) x;",
        "    banner = ''",
        "      Hello ${name}",
        "    ''",
        "  }",
        "}",
    ]


def test_says_how_to_install_a_server_that_is_missing(vscode: VSCode) -> None:
    vscode.environment["PATH"] = os.defpath

    (message,) = vscode.use({"do": "message", "shows": "nix-lsp"})

    assert "uv tool install --compile-bytecode nix-lsp" in message["text"]
    assert message["buttons"] == ["Restart", "How to Install", "Open Setting"]


def test_names_the_program_that_does_not_start(vscode: VSCode) -> None:
    vscode.configure({"nix-lsp.server.path": ["/nonexistent/nix-lsp", "serve"]})

    (message,) = vscode.use({"do": "message", "shows": "/nonexistent/nix-lsp serve did not start"})

    assert message["buttons"] == ["Show Log"]


def test_a_project_that_is_not_trusted_cannot_choose_the_program(vscode: VSCode) -> None:
    trap = vscode.project / "trap"
    trap.write_text(f"#!/bin/sh\ntouch {trap}.sprung\n")
    trap.chmod(0o755)
    (vscode.project / ".vscode").mkdir()
    (vscode.project / ".vscode" / "settings.json").write_text(json.dumps({"nix-lsp.server.path": str(trap)}))
    vscode.configure({"security.workspace.trust.startupPrompt": "never"})
    vscode.arguments.remove("--disable-workspace-trust")

    vscode.use({"do": "squiggles", "severity": "warning"})

    assert not trap.with_suffix(".sprung").exists()
    assert f"starting {trap}" not in vscode.log()


def test_a_project_that_is_trusted_chooses_the_program(vscode: VSCode) -> None:
    (vscode.project / ".vscode").mkdir()
    settings = {"nix-lsp.server.path": "${workspaceFolder}/missing"}
    (vscode.project / ".vscode" / "settings.json").write_text(json.dumps(settings))

    vscode.use({"do": "message", "shows": f"{vscode.project}/missing did not start"})


def test_restarts_the_server(vscode: VSCode, servers: Callable[[], list[int]]) -> None:
    vscode.use(
        {"do": "squiggles", "severity": "warning"},
        {"do": "run", "command": "nix-lsp: Restart Server"},
        {"do": "clean", "severity": "warning"},
        {"do": "squiggles", "severity": "warning"},
    )

    assert vscode.log().count("starting ") == 2
    deadline = time.monotonic() + 5
    while servers():
        assert time.monotonic() < deadline, "a server outlived the editor"
        time.sleep(0.05)


HOVER_SSH: tuple[Step, ...] = (
    {"do": "go", "line": 5, "column": 18},
    {"do": "type", "text": "h.enable = true;"},
    {"do": "go", "line": 5, "column": 22},
    {"do": "hover", "shows": "boolean"},
)
"""Somebody looks at an option whose description is not at hand."""


@pytest.fixture
def channels(tmp_path: Path, environment: dict[str, str]) -> Generator[ChannelServer]:
    """A channel server of this machine, which the editor's server is told to use, with one option and one package."""
    folder = tmp_path / "channels" / "nixos-25.11"
    folder.mkdir(parents=True)
    (folder / "git-revision").write_text("1" * 40)
    option = {"type": "boolean", "loc": ["services", "openssh", "enable"], "declarations": [], "readOnly": False}
    option["description"] = "Whether strangers may knock."
    package: dict[str, Any] = {"pname": "hello", "version": "1", "meta": {}}
    lists: dict[str, Any] = {
        "options.json.br": {"services.openssh.enable": option},
        "packages.json.br": {"version": 2, "packages": {"hello": package}},
    }
    for name, content in lists.items():
        (folder / name).write_bytes(brotli.compress(json.dumps(content).encode()))  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]
    with serving(tmp_path / "channels") as server:
        environment["NIX_LSP_CHANNEL_SERVER"] = server.url
        yield server


def test_asks_once_and_fetches_descriptions(channels: ChannelServer, vscode: VSCode) -> None:
    *_, question, _, _, _, hover = vscode.use(
        *HOVER_SSH,
        {"do": "message", "shows": "May nix-lsp fetch the lists of the channel nixos-25.11"},
        {"do": "picture", "name": "vscode-consent.png"},
        {"do": "answer", "button": "Fetch"},
        {"do": "go", "line": 5, "column": 22},
        {"do": "hover", "shows": "strangers"},
    )

    assert question["buttons"] == ["Fetch", "Not now", "Never"]
    assert "nothing" not in question["text"]
    assert "Whether strangers may knock." in hover["text"]
    assert "/nixos-25.11/options.json.br" in channels.sent


def test_who_says_never_is_not_asked_again(channels: ChannelServer, vscode: VSCode) -> None:
    vscode.use(
        *HOVER_SSH, {"do": "message", "shows": "May nix-lsp"}, {"do": "answer", "button": "Never"}, {"do": "save"}
    )
    kept = json.loads((Path(vscode.environment["HOME"]) / ".local/state/nix-lsp/consent.json").read_text())

    # The window opens again with the file as it was saved.
    *_, messages = vscode.use(
        *HOVER_SSH[2:], {"do": "hover", "shows": "boolean"}, {"do": "messages", "about": "May nix-lsp"}
    )

    assert kept["fetch"] == {"allowed": False}
    assert messages["count"] == 0
    assert channels.sent == []


def test_previews_an_upgrade_and_ends_it(vscode: VSCode) -> None:
    (vscode.project / "configuration.nix").write_text('{\n  services.resolved.dnssec = "true";\n}\n')

    preview, *_, after = vscode.use(
        {"do": "run", "command": "nix-lsp: Preview an Upgrade…"},
        {"do": "choose", "asked": "Show what would break", "entry": "26.05"},
        {"do": "problems", "shows": "services.resolved.settings.Resolve.DNSSEC"},
        {"do": "picture", "name": "vscode-preview.png"},
        {"do": "run", "command": "nix-lsp: Preview an Upgrade…"},
        {"do": "choose", "asked": "Show what would break", "entry": "Off"},
        {"do": "solved", "text": "services.resolved"},
    )[2:]

    (problem,) = [row for row in preview["rows"] if "services.resolved.dnssec" in row]
    assert "nix-lsp → 26.05" in problem
    assert not [row for row in after["rows"] if "services.resolved" in row]


def test_has_a_host_s_options_evaluated(tmp_path: Path, environment: dict[str, str], vscode: VSCode) -> None:
    nix = tmp_path / "bin" / "nix-instantiate"
    nix.parent.mkdir()
    nix.write_text("#!/bin/sh\necho 'error: no stars tonight' >&2; exit 1\n")
    nix.chmod(0o755)
    vscode.environment["PATH"] = os.pathsep.join([str(nix.parent), environment["PATH"]])

    *_, message = vscode.use(
        {"do": "squiggles", "severity": "warning"},
        {"do": "run", "command": "nix-lsp: Evaluate This Host's Options"},
        {"do": "message", "shows": "could not evaluate the options of nixosConfigurations.desk"},
    )

    assert "no stars tonight" in message["text"]


def test_offers_every_setting_of_the_server() -> None:
    manifest = json.loads((EXTENSION / "package.json").read_text())
    offered = manifest["contributes"]["configuration"]["properties"]

    for setting in SETTINGS:
        schema = {**setting.schema, "default": setting.default, "markdownDescription": setting.summary}
        assert schema.items() <= offered.pop(f"nix-lsp.{setting.name}").items()
    assert set(offered) == {"nix-lsp.server.path", "nix-lsp.trace.server"}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (
            "{ lib, pkgs ? null, ... }@args: args",
            {"lib": "variable.parameter", "null": "constant.language", "args": "variable"},
        ),
        (
            "{ a.b-c = 1; }",
            {"a": "variable.other.property", "b-c": "variable.other.property", "1": "constant.numeric"},
        ),
        ("let x = with lib; y; in x", {"let": "keyword", "with": "keyword", "y": "variable.other", "in": "keyword"}),
        (
            "[ ./a.nix <nixpkgs/lib> ~/c ]",
            {"./a.nix": "string.unquoted.path", "<nixpkgs/lib>": "string", "~/c": "string"},
        ),
        ("a // b", {"a": "variable", "//": "keyword.operator.update", "b": "variable"}),
        ('"a\\n${f "b"} $${c}"', {"\\n": "constant.character.escape", "f": "variable", "b": "string", "{c}": "string"}),
        (
            "''\n a ''${b} ''' ${c}\n''",
            {"''$": "constant.character.escape", "'''": "constant.character.escape", "c": "variable"},
        ),
        ("'''' + x", {"+": "keyword.operator", "x": "variable"}),
        ("a.or or null", {"null": "constant.language", "or": "keyword.operator.word"}),
        ("map builtins.head foldl'", {"map": "support.function", "head": "support.function", "foldl'": "variable"}),
        ("/* a\n b */ c # d", {"b": "comment.block", "c": "variable", "d": "comment.line"}),
        (
            "x: if x then 1.5 else -2",
            {"x": "variable", "if": "keyword.control", "1.5": "constant.numeric", "2": "constant.numeric"},
        ),
    ],
)
def test_highlights(program: Callable[[str], Path], source: str, expected: dict[str, str]) -> None:
    if not (EXTENSION / "node_modules").is_dir():
        missing("the extension's own packages are not installed: run scripts/provision-vscode")
    done = subprocess.run(
        [program("node"), HERE / "vscode_tokens.mjs"],
        input=source,
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )

    scopes: dict[str, str] = dict(json.loads(line) for line in done.stdout.splitlines())
    for token, scope in expected.items():
        assert scopes[token].startswith(scope), f"{token}: {scopes}"
