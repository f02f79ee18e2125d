/**
 * Opens a report in a browser at 1280 and 390 pixels, light and dark: no error, no request, no sideways scrolling, and
 * every chart has a size.
 *
 *     node scripts/check-report.mjs REPORT.html PLAYWRIGHT_FOLDER [PICTURES]
 *
 * PLAYWRIGHT_FOLDER is where `npm i playwright-core` was run; the browser is Debian's chromium.
 */
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [report, playwrightFolder, pictures] = process.argv.slice(2);
const require = createRequire(join(resolve(playwrightFolder), "package.json"));
const { chromium } = require("playwright-core");

const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
});
let failed = 0;
let passed = 0;
for (const width of [1280, 390]) {
  for (const colorScheme of ["light", "dark"]) {
    const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
    const wrong = [];
    page.on("pageerror", (error) => wrong.push(`error: ${error.message}`));
    page.on(
      "console",
      (message) => message.type() === "error" && wrong.push(`console: ${message.text()}`),
    );
    page.on(
      "request",
      (request) => request.url().startsWith("http") && wrong.push(`request: ${request.url()}`),
    );
    await page.goto(pathToFileURL(resolve(report)).href);
    const found = await page.evaluate(() => ({
      overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
      charts: [...document.querySelectorAll("svg")].filter(
        (svg) => svg.getBoundingClientRect().width > 0,
      ).length,
      heading: document.querySelector("h1")?.textContent ?? "",
    }));
    if (found.overflow > 0) wrong.push(`scrolls sideways by ${found.overflow} px`);
    if (found.charts < 3) wrong.push(`only ${found.charts} charts`);
    if (found.heading === "") wrong.push("no heading");
    if (pictures)
      await page.screenshot({
        path: join(pictures, `${width}-${colorScheme}.png`),
        fullPage: true,
      });
    await page.close();
    if (wrong.length > 0) failed += 1;
    else passed += 1;
    console.log(
      `${wrong.length > 0 ? "FAIL" : "ok  "}  report at ${width} px, ${colorScheme} ${wrong.join("; ")}`,
    );
  }
}
await browser.close();
console.log(`report in a browser: ${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
