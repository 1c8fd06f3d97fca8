// Read Nix from stdin and print what the extension's grammar makes of it, one JSON array [text, innermost scope] per token.

import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { text } from "node:stream/consumers";

const extension = new URL("../../editors/vscode/", import.meta.url);
const require = createRequire(new URL("package.json", extension));
const { INITIAL, Registry, parseRawGrammar } = require("vscode-textmate");
const oniguruma = require("vscode-oniguruma");

await oniguruma.loadWASM(readFileSync(require.resolve("vscode-oniguruma/release/onig.wasm")));
const file = new URL("syntaxes/nix.tmLanguage.json", extension);
const registry = new Registry({
  onigLib: Promise.resolve({
    createOnigScanner: (patterns) => new oniguruma.OnigScanner(patterns),
    createOnigString: (line) => new oniguruma.OnigString(line),
  }),
  loadGrammar: async (scope) => (scope === "source.nix" ? parseRawGrammar(readFileSync(file, "utf8"), file.pathname) : null),
});

const grammar = await registry.loadGrammar("source.nix");
let state = INITIAL;
for (const line of (await text(process.stdin)).split("\n")) {
  const { tokens, ruleStack } = grammar.tokenizeLine(line, state);
  state = ruleStack;
  for (const { startIndex, endIndex, scopes } of tokens) {
    const token = line.slice(startIndex, endIndex).trim();
    if (token) console.log(JSON.stringify([token, scopes.at(-1)]));
  }
}
