// A user of VS Code, played in headless Chromium: test_vscode.py starts the editor, says what to do and judges what was seen.
//
//   node vscode_driver.mjs < plan.json
//
// The plan: {url, chromium, pictures: folder | null, failure: file, timeout: ms, steps: [{do, …}]}. Prints one JSON object per step,
// in order: what the user sees after it. A step that does not come true in time ends the run with exit code 1, the reason on stderr
// and a screenshot in `failure`.

import { createRequire } from "node:module";
import { join } from "node:path";
import { text } from "node:stream/consumers";

const { chromium } = createRequire(new URL("../../editors/vscode/package.json", import.meta.url))("playwright-core");
const plan = JSON.parse(await text(process.stdin));

// A small window at twice the density: its text stays legible where a README shows the picture at half its size.
const browser = await chromium.launch({ executablePath: plan.chromium, args: ["--no-sandbox", "--force-color-profile=srgb"] });
const context = await browser.newContext({ viewport: { width: 900, height: 420 }, deviceScaleFactor: 2, colorScheme: "dark" });
const page = await context.newPage();
page.setDefaultTimeout(plan.timeout);

const labels = (selector) =>
  page.locator(selector).evaluateAll((rows) => rows.map((row) => row.getAttribute("aria-label") ?? row.textContent ?? ""));

async function palette(entry) {
  await page.keyboard.press("F1");
  await page.locator(".quick-input-widget input").waitFor();
  await page.keyboard.type(entry);
  await page.locator(".quick-input-widget .monaco-list-row", { hasText: entry.replace(/^.*: /, "") }).first().waitFor();
  await page.keyboard.press("Enter");
}

/** Wait until some element of `selector` contains `shows`, then return the labels of all of them. */
async function seen(selector, shows, timeout = plan.timeout) {
  await page.locator(selector).filter({ hasText: shows }).first().waitFor({ timeout });
  return labels(selector);
}

/** Ask the editor by its keys, as often as it takes until the answer is there: the server may still be starting. */
async function answer(keys, selector, shows) {
  for (const end = Date.now() + plan.timeout; ; ) {
    for (const key of keys) await page.keyboard.press(key);
    try {
      return await seen(selector, shows, 3_000);
    } catch (error) {
      if (Date.now() > end) throw error;
      await page.keyboard.press("Escape");
    }
  }
}

const actions = {
  /** Open a file by name. */
  async open({ file }) {
    for (const end = Date.now() + plan.timeout; ; ) {
      await page.keyboard.press("Control+P");
      await page.locator(".quick-input-widget input").waitFor();
      await page.keyboard.type(file);
      try {
        await page.locator(".quick-input-widget .monaco-list-row", { hasText: file }).first().waitFor({ timeout: 10_000 });
        break;
      } catch (error) {
        if (Date.now() > end) throw error; // a window that is still starting may search for ever
        await page.keyboard.press("Escape");
      }
    }
    await page.keyboard.press("Enter");
    await page.locator(`.tab.active[data-resource-name="${file}"]`).waitFor();
    await page.locator(".editor-instance .view-line").first().waitFor();
  },
  /** Put the cursor at a line and column, both counted from 1. */
  async go({ line, column }) {
    await page.keyboard.press("Control+G");
    await page.locator(".quick-input-widget input").waitFor();
    await page.keyboard.type(`${line}:${column}`);
    await page.keyboard.press("Enter");
    await page.locator(".quick-input-widget").waitFor({ state: "hidden" });
  },
  async type({ text }) {
    for (const [number, line] of text.split("\n").entries()) {
      if (number > 0) await page.keyboard.press("Enter");
      await page.keyboard.type(line, { delay: 20 });
    }
  },
  async press({ key }) {
    await page.keyboard.press(key);
  },
  /** Run a command by its title. */
  run: ({ command }) => palette(command),
  async complete({ shows }) {
    return { items: await answer(["Control+Space"], ".suggest-widget.visible .monaco-list-row", shows) };
  },
  async hover({ shows }) {
    const parts = await answer(["Control+K", "Control+I"], ".monaco-hover .hover-contents", shows);
    return { text: parts.join("\n") };
  },
  async problems({ shows }) {
    await palette("Problems: Focus on Problems View");
    return { rows: await seen(".markers-panel .monaco-list-row", shows) };
  },
  /** Wait until no problem that is shown has a text. */
  async solved({ text }) {
    await page.locator(".markers-panel .monaco-list-row", { hasText: text }).first().waitFor({ state: "detached" });
    return { rows: await labels(".markers-panel .monaco-list-row") };
  },
  async squiggles({ severity }) {
    const squiggles = page.locator(`.editor-instance .squiggly-${severity}`);
    await squiggles.first().waitFor();
    return { count: await squiggles.count() };
  },
  /** Wait until no squiggle is left. */
  async clean({ severity }) {
    await page.locator(`.editor-instance .squiggly-${severity}`).first().waitFor({ state: "detached" });
  },
  async fixes({ shows }) {
    return { titles: await answer(["Control+."], ".action-widget .monaco-list-row.action", shows) };
  },
  /** Apply one of the fixes that are shown. */
  async apply({ title }) {
    await page.locator(".action-widget .monaco-list-row.action", { hasText: title }).first().click();
  },
  /** Wait until the editor shows the text. */
  async text({ shows }) {
    await seen(".editor-instance .view-line", shows);
  },
  async save() {
    await page.locator(".tab.active.dirty").waitFor();
    await page.keyboard.press("Control+S");
    await page.locator(".tab.active.dirty").waitFor({ state: "detached" });
  },
  /** Wait for a pop-up message. */
  async message({ shows }) {
    const message = page.locator(".notifications-toasts .notification-toast", { hasText: shows }).first();
    await message.waitFor();
    return { text: await message.innerText(), buttons: await message.locator(".monaco-button").allInnerTexts() };
  },
  /** Press a button of the message that is shown, and wait until the message is gone. */
  async answer({ button }) {
    const message = page.locator(".notifications-toasts .notification-toast").filter({ has: page.locator(".monaco-button", { hasText: button }) });
    await message.locator(".monaco-button", { hasText: button }).first().click();
    await message.first().waitFor({ state: "detached" });
  },
  /** Choose an entry of the list that asks. */
  async choose({ asked, entry }) {
    await page.locator(`.quick-input-widget input[placeholder^="${asked}"]:focus`).waitFor();
    await page.keyboard.type(entry);
    await page.locator(".quick-input-widget .monaco-list-row", { hasText: entry }).first().click();
    await page.locator(".quick-input-widget").waitFor({ state: "hidden" });
  },
  /** Count the messages with a text. */
  async messages({ about }) {
    return { count: await page.locator(".notifications-toasts .notification-toast", { hasText: about }).count() };
  },
  /** Wait until a text has a colour, "rgb(r, g, b)"; where it is another one, say which. */
  async colour({ text, is }) {
    const spans = page.locator(".editor-instance .view-line span > span").filter({ hasText: new RegExp(`^\\s*${text}\\s*$`) });
    const colour = () => spans.first().evaluate((span) => getComputedStyle(span).color);
    for (const end = Date.now() + plan.timeout; ; await page.waitForTimeout(100)) {
      const shown = (await spans.count()) > 0 ? await colour() : "not shown";
      if (shown === is) return { colour: shown };
      if (Date.now() > end) throw new Error(`${text} is ${shown}`);
    }
  },
  /** Press a code lens, and say where the places are that it shows. */
  async lens({ shows }) {
    const lens = page.locator(".codelens-decoration a", { hasText: shows }).first();
    const rows = page.locator(".reference-zone-widget .monaco-list-row");
    for (const end = Date.now() + plan.timeout; ; ) {
      await lens.click();
      try {
        await rows.first().waitFor({ timeout: 3_000 }); // lenses that come anew take no click
        break;
      } catch (error) {
        if (Date.now() > end) throw error;
      }
    }
    const texts = await rows.allInnerTexts();
    await page.keyboard.press("Escape");
    return { rows: texts };
  },
  /** Wait for a link with a text, and say which there are. */
  async links({ shows }) {
    return { texts: await seen(".editor-instance .detected-link, .editor-instance .detected-link-active", shows) };
  },
  /** Say which lines are shown. */
  async lines() {
    await page.waitForTimeout(500);
    const lines = await page.locator(".editor-instance .view-line").evaluateAll((rows) =>
      rows.map((row) => ({ top: row.getBoundingClientRect().top, text: row.textContent.replaceAll("\u00a0", " ") })),
    );
    return { lines: lines.sort((one, other) => one.top - other.top).map((line) => line.text) };
  },
  /** Select so many characters from the cursor on. */
  async select({ count }) {
    for (let each = 0; each < count; each++) await page.keyboard.press("Shift+ArrowRight");
    await page.locator(".statusbar", { hasText: `(${count} selected)` }).waitFor();
  },
  /** Rename what is under the cursor, and say what the box had. */
  async rename({ name }) {
    const box = page.locator(".rename-box input.rename-input");
    for (const end = Date.now() + plan.timeout; ; ) {
      await page.keyboard.press("F2");
      try {
        await box.waitFor({ timeout: 3_000 });
        break;
      } catch (error) {
        if (Date.now() > end) throw error;
      }
    }
    const before = await box.inputValue();
    await box.fill(name);
    await box.press("Enter");
    return { before };
  },
  /** Go to the definition of what is under the cursor, in a file. */
  async define({ file }) {
    await page.keyboard.press("F12");
    await page.locator(`.tab.active[data-resource-name="${file}"]`).waitFor();
    await page.locator(".editor-instance .monaco-editor.focused .view-line").first().waitFor();
  },
  /** Ask for the signature of the call that is written. */
  async signature({ shows }) {
    await answer(["Control+Shift+Space"], ".parameter-hints-widget.visible .signature", shows);
    return {
      text: await page.locator(".parameter-hints-widget .signature").first().innerText(),
      argument: await page.locator(".parameter-hints-widget .signature .parameter.active").first().innerText(),
    };
  },
  async saveAll() {
    await palette("File: Save All");
    await page.locator(".tab.dirty").first().waitFor({ state: "detached" });
  },
  async picture({ name }) {
    if (plan.pictures) await page.screenshot({ path: join(plan.pictures, name) });
  },
};

try {
  await page.goto(plan.url);
  await page.locator(".monaco-workbench .statusbar").waitFor();
  for (const step of plan.steps) {
    const started = Date.now();
    try {
      console.log(JSON.stringify({ ...(await actions[step.do](step)), ms: Date.now() - started }));
    } catch (error) {
      throw new Error(`${JSON.stringify(step)}: ${error.message}`);
    }
  }
} catch (error) {
  console.error(error.message);
  await page.screenshot({ path: plan.failure });
  if (plan.failure) await page.screenshot({ path: plan.failure });
  process.exitCode = 1;
} finally {
  await browser.close();
}
