import { execFile } from "node:child_process";
import { accessSync, constants, statSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, isAbsolute, join } from "node:path";
import { type ExtensionContext, type LogOutputChannel, Uri, commands, env, window, workspace } from "vscode";
import {
  LanguageClient,
  type LanguageClientOptions,
  type Location,
  type Position,
  type ServerOptions,
} from "vscode-languageclient/node";

/** The settings section, the client's id (languageclient reads `nix-lsp.trace.server` by it) and the program's name. */
const NAME = "nix-lsp";

/** A program and its arguments: what starts the server. */
type Command = readonly [program: string, ...args: string[]];

let client: LanguageClient | undefined;
/** The release whose upgrade the server previews. */
let previewed: string | null = null;

export async function activate(context: ExtensionContext): Promise<void> {
  const log = window.createOutputChannel(NAME, { log: true });
  const documentation = String(context.extension.packageJSON.homepage);
  // Restarts are queued: two at once would leave a server behind that nobody stops.
  let running = Promise.resolve();
  const restart = (): Promise<void> => (running = running.then(stop).then(() => start(log, documentation)));

  context.subscriptions.push(
    log,
    commands.registerCommand(`${NAME}.restartServer`, restart),
    commands.registerCommand(`${NAME}.showLog`, () => log.show()),
    commands.registerCommand(`${NAME}.previewUpgrade`, previewUpgrade),
    commands.registerCommand(`${NAME}.indexHost`, indexHost),
    commands.registerCommand(`${NAME}.showReferences`, showReferences),
    workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration(`${NAME}.server.path`)) void restart();
    }),
  );
  await restart();
}

export function deactivate(): Promise<void> {
  return stop();
}

async function start(log: LogOutputChannel, documentation: string): Promise<void> {
  const command = await findServer();
  if (!command) return reportMissingServer(log, documentation);
  log.info(`starting ${command.join(" ")}`);

  const [program, ...args] = command;
  const server: ServerOptions = { command: program, args };
  const options: LanguageClientOptions = {
    documentSelector: [
      { language: "nix", scheme: "file" },
      { language: "nix", scheme: "untitled" },
    ],
    // Settings are not sent from here: the server asks for them, and registers to hear of changes.
    outputChannel: log,
  };
  client = new LanguageClient(NAME, NAME, server, options);
  client.registerFeature({
    fillClientCapabilities: (capabilities) => {
      capabilities.experimental = { ...capabilities.experimental, nixLsp: { showReferences: true } };
    },
    initialize: () => undefined,
    getState: () => ({ kind: "static" }),
    clear: () => undefined,
  });
  try {
    await client.start();
  } catch (error) {
    const message = `nix-lsp: ${command.join(" ")} did not start`;
    log.error(`${message}: ${error instanceof Error ? error.message : String(error)}`);
    offer(message, { "Show Log": () => log.show() });
  }
}

async function stop(): Promise<void> {
  const stopping = client;
  client = undefined;
  previewed = null;
  // A client that failed to start or whose server died refuses to stop; there is nothing left to stop then.
  await stopping?.dispose().catch(() => undefined);
}

/** Ask for a release and show what an upgrade to it would bring, beside the diagnostics of today. */
async function previewUpgrade(): Promise<void> {
  const off = { label: "Off", description: "only what holds for the release that is pinned", release: null };
  const known = releases().map((release) => ({ label: release, release }));
  const choice = await window.showQuickPick(previewed ? [off, ...known] : [...known, off], {
    placeHolder: "Show what would break or warn after an upgrade to …",
  });
  if (!choice || !client) return;
  // The same release again would end the preview: the choice here is what is to be shown.
  await client.sendRequest("workspace/executeCommand", { command: `${NAME}.drift.preview`, arguments: [] });
  previewed = choice.release;
  if (choice.release) {
    await client.sendRequest("workspace/executeCommand", { command: `${NAME}.drift.preview`, arguments: [choice.release] });
  }
}

/** Show the places that a code lens has counted, at the lens. */
async function showReferences(uri: string, position: Position, locations: Location[]): Promise<void> {
  if (!client) return;
  const { asLocation, asPosition } = client.protocol2CodeConverter;
  const places = locations.map((location) => asLocation(location));
  await commands.executeCommand("editor.action.showReferences", Uri.parse(uri), asPosition(position), places);
}

/** Have the server evaluate all options of a host that the open file is part of, those of other inputs' modules included. */
async function indexHost(): Promise<void> {
  const document = window.activeTextEditor?.document;
  if (!client || document?.languageId !== "nix") {
    void window.showInformationMessage("nix-lsp: open a file of the host first.");
    return;
  }
  const uri = client.code2ProtocolConverter.asUri(document.uri);
  const execute = (command: string, ...args: string[]): Promise<unknown> | undefined =>
    client?.sendRequest("workspace/executeCommand", { command: `${NAME}.${command}`, arguments: [uri, ...args] });
  const hosts = (await execute("hosts")) as string[];
  if (hosts.length === 0) {
    void window.showInformationMessage("nix-lsp: no host of a flake is seen to be built from this file.");
    return;
  }
  const host = hosts.length > 1 ? await window.showQuickPick(hosts, { placeHolder: "Evaluate all options of …" }) : hosts[0];
  if (host) await execute("index.host", host);
}

/** `unstable`, and the releases of the last two years: nixpkgs releases in May and in November. */
function releases(today = new Date()): string[] {
  const names: string[] = [];
  for (let year = today.getFullYear() - 2; year <= today.getFullYear(); year++) {
    for (const month of [5, 11]) {
      if (new Date(year, month - 1, 1) <= today) names.push(`${year % 100}.${String(month).padStart(2, "0")}`);
    }
  }
  return ["unstable", ...names.reverse()];
}

/** The first of: the `nix-lsp.server.path` setting, `nix-lsp` on PATH, a Python on PATH that can import `nix_lsp`. */
async function findServer(): Promise<Command | undefined> {
  const setting = workspace.getConfiguration(NAME).get<string | string[] | null>("server.path");
  const [program, ...args] = [setting ?? []].flat().map(expand);
  if (program) return [program, ...args];

  const installed = onPath(NAME);
  if (installed) return [installed];

  for (const name of ["python3", "python"]) {
    const python = onPath(name);
    // -P keeps Python from importing a `nix_lsp` folder of the opened project.
    if (python && (await succeeds(python, ["-P", "-c", "import nix_lsp"]))) return [python, "-P", "-m", "nix_lsp"];
  }
  return undefined;
}

/** Replace `${workspaceFolder}` by the first folder's path and a leading `~` by the home folder. */
function expand(text: string): string {
  const folder = workspace.workspaceFolders?.[0]?.uri.fsPath ?? "";
  return text.replaceAll("${workspaceFolder}", folder).replace(/^~(?=$|[\\/])/, homedir());
}

/** The absolute path of an executable on PATH; relative PATH entries would reach into the opened project and are skipped. */
function onPath(program: string): string | undefined {
  const suffixes = process.platform === "win32" ? [".exe", ".cmd", ".bat"] : [""];
  return (process.env["PATH"] ?? "")
    .split(delimiter)
    .filter(isAbsolute)
    .flatMap((folder) => suffixes.map((suffix) => join(folder, program + suffix)))
    .find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function succeeds(program: string, args: string[]): Promise<boolean> {
  return new Promise((resolve) => {
    execFile(program, args, { timeout: 5_000, cwd: homedir() }, (error) => resolve(error === null));
  });
}

function reportMissingServer(log: LogOutputChannel, documentation: string): void {
  const message =
    "The nix-lsp server is not installed. Run `uv tool install --compile-bytecode nix-lsp` or `pipx install nix-lsp`, " +
    `or name its program in the setting ${NAME}.server.path; then choose Restart.`;
  log.error(message);
  offer(message, {
    Restart: () => commands.executeCommand(`${NAME}.restartServer`),
    "How to Install": () => env.openExternal(Uri.parse(documentation)),
    "Open Setting": () => commands.executeCommand("workbench.action.openSettings", `${NAME}.server.path`),
  });
}

/** Show an error with buttons and return at once: activation and restarts must not wait for the user's answer. */
function offer(message: string, buttons: Readonly<Record<string, () => unknown>>): void {
  void window.showErrorMessage(message, ...Object.keys(buttons)).then((choice) => choice && buttons[choice]?.());
}
