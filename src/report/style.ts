/** The page's stylesheet. One set of variables colours page and charts, in light and dark. */
import { PALETTE } from "./series.ts";

/** Series that can be picked in a legend; the rest stay as they are. */
const PICKABLE = 32;

const colors = (theme: keyof typeof PALETTE) =>
  PALETTE[theme].map((color, i) => `--c${i}: ${color};`).join(" ");

const LIGHT = `
  color-scheme: light;
  --page: #faf9f6; --surface: #ffffff; --ink: #1c1b19; --ink-soft: #5d5a53; --rule: #e4e1d8;
  --context: #c7c3b8; --accent: #2b59c8; --right: #1e6b4f; --wrong: #a3341f;
  --caution: #fdf3dc; --caution-rule: #d9a62e; --code: #f3f1ea;
  ${colors("light")}`;

const DARK = `
  color-scheme: dark;
  --page: #121418; --surface: #191c22; --ink: #eceae4; --ink-soft: #a5a49c; --rule: #2e323a;
  --context: #4d525c; --accent: #8fb2ff; --right: #6fd3a8; --wrong: #ff9a85;
  --caution: #2a2414; --caution-rule: #b98f2c; --code: #20242b;
  ${colors("dark")}`;

/** Picking series N in a legend dims the marks and legend entries of all others. */
const dimming = Array.from(
  { length: PICKABLE },
  (_, i) => `[data-pick="${i}"] .s:not(.s-${i})`,
).join(",\n");

export const STYLE = `
:root {${LIGHT}
  --serif: Charter, "Bitstream Charter", "Iowan Old Style", "Palatino Linotype", Georgia, serif;
  --sans: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
  --mono: ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
}
@media (prefers-color-scheme: dark) { :root {${DARK} } }
@media print { :root {${LIGHT} --page: #fff; } }

*, *::before, *::after { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; scroll-behavior: smooth; }
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.6 var(--sans); overflow-wrap: break-word; }
main, header, footer { max-width: 1160px; margin: 0 auto; padding: 0 clamp(16px, 4vw, 40px); }
a { color: var(--accent); text-underline-offset: 2px; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 3px; }
.skip { position: absolute; left: -999px; }
.skip:focus { left: 16px; top: 8px; background: var(--surface); padding: 6px 12px; z-index: 1; }

h1, h2, h3 { font-family: var(--serif); line-height: 1.2; text-wrap: balance; font-weight: 600; }
h1 { font-size: clamp(34px, 6vw, 54px); letter-spacing: -0.015em; margin: 4px 0 12px; }
h2 { font-size: clamp(25px, 3.6vw, 33px); letter-spacing: -0.01em; margin: 0 0 10px; }
h3 { font-size: 20px; margin: 30px 0 10px; }
div > h3:first-child { margin-top: 0; }
h4 { font-size: 14px; margin: 0 0 6px; }
p { margin: 0 0 14px; }
.prose { max-width: 68ch; }
.prose.lede { font: 20px/1.55 var(--serif); }
.soft { color: var(--ink-soft); }
.eyebrow { font-size: 13px; letter-spacing: 0.09em; text-transform: uppercase; color: var(--ink-soft); margin: 0; }
.num, td, .facts dd { font-variant-numeric: tabular-nums; }
section { padding: 44px 0 8px; border-top: 1px solid var(--rule); margin-top: 36px; }
header { padding-top: clamp(28px, 6vw, 64px); }
nav ol { display: flex; flex-wrap: wrap; gap: 4px 20px; list-style: none; margin: 18px 0 0; padding: 0; font-size: 14px; }
footer { padding-top: 28px; padding-bottom: 56px; font-size: 14px; color: var(--ink-soft); }

.grid { display: grid; gap: 24px; grid-template-columns: repeat(auto-fit, minmax(min(100%, 320px), 1fr)); align-items: start; }
.grid.two { grid-template-columns: repeat(auto-fit, minmax(min(100%, 400px), 1fr)); }
.grid.small { gap: 14px; grid-template-columns: repeat(auto-fill, minmax(min(100%, 160px), 1fr)); }
.grid.health { gap: 18px; grid-template-columns: repeat(auto-fill, minmax(min(100%, 280px), 1fr)); }
.grid > *, .card { min-width: 0; }
.card { background: var(--surface); border: 1px solid var(--rule); border-radius: 10px; padding: 20px clamp(14px, 2.4vw, 24px); }
.card > :last-child { margin-bottom: 0; }
.stack > * + * { margin-top: 24px; }

.accuracy { display: grid; gap: 18px 28px; grid-template-columns: minmax(0, 1fr); }
.grid + .beside { margin-top: 22px; }
.beside { display: grid; gap: 12px 28px; grid-template-columns: minmax(0, 1fr); align-items: center; }
@media (min-width: 900px) { .grid + .beside { margin-top: 22px; }
.beside { grid-template-columns: minmax(0, 2fr) minmax(0, 3fr); } }
@media (min-width: 900px) { .accuracy:not(.many) { grid-template-columns: minmax(0, 5fr) minmax(0, 7fr); align-items: start; } }

.verdict { font: 600 20px/1.45 var(--serif); }
.facts { display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); gap: 12px 16px; margin: 0 0 14px; }
.facts div { display: flex; flex-direction: column-reverse; justify-content: flex-end; }
.facts dt { font-size: 13px; color: var(--ink-soft); }
.facts dd { margin: 0; font-size: 24px; font-weight: 600; line-height: 1.25; }
.caution { background: var(--caution); border-left: 4px solid var(--caution-rule); border-radius: 0 6px 6px 0; padding: 9px 14px; margin: 0 0 10px; font-size: 15px; line-height: 1.5; }
.caution strong { font-weight: 600; }

figure { margin: 0; }
figcaption { font-size: 14px; line-height: 1.45; color: var(--ink-soft); }
figcaption b { color: var(--ink); font-weight: 600; display: block; }
figcaption.under { margin-top: 8px; }
figure svg { display: block; width: 100%; max-width: 540px; height: auto; font: 11px var(--sans); fill: currentColor; font-variant-numeric: tabular-nums; }

svg text { white-space: pre; }
.small figcaption b { font-size: 13.5px; }

.legend { display: flex; flex-wrap: wrap; gap: 4px 8px; list-style: none; padding: 0; margin: 0 0 18px; font-size: 14px; }
.legend button, .legend span { display: inline-flex; align-items: center; gap: 8px; font: inherit; color: inherit; background: none; border: 1px solid transparent; border-radius: 99px; padding: 3px 10px 3px 6px; }
.legend svg { width: 40px; height: 14px; flex: none; }
.legend .control { font-weight: 600; }
.scripted .legend button { cursor: pointer; border-color: var(--rule); }
.legend button[aria-pressed="true"] { border-color: var(--ink); }
.s { transition: opacity 0.12s; }
${dimming} { opacity: 0.12; }
[data-pick] .legend button[aria-pressed="false"] { opacity: 0.6; }

/* Shadows at an edge behind which there is more: the page-coloured ends move with the table and cover them. */
.scroll { overflow-x: auto; max-width: 100%;
  background:
    linear-gradient(to right, var(--page) 30%, transparent) 0 0 / 36px 100% no-repeat local,
    linear-gradient(to left, var(--page) 30%, transparent) 100% 0 / 36px 100% no-repeat local,
    linear-gradient(to right, var(--context), transparent) 0 0 / 10px 100% no-repeat scroll,
    linear-gradient(to left, var(--context), transparent) 100% 0 / 10px 100% no-repeat scroll; }
.scroll:focus-visible { outline-offset: 0; }
table { border-collapse: collapse; width: 100%; font-size: 14px; line-height: 1.4; }
caption { text-align: left; font-size: 14px; color: var(--ink-soft); padding-bottom: 6px; }
th, td { padding: 6px 12px 6px 0; text-align: right; white-space: nowrap; border-bottom: 1px solid var(--rule); }
th { font-weight: 600; }
thead th { white-space: normal; color: var(--ink-soft); font-weight: 500; vertical-align: bottom; }
th[scope="row"], th.text, td.text { text-align: left; }
tr.control th[scope="row"] { font-weight: 700; }
tr:not(.control) > th[scope="row"] { font-weight: 400; }
th:last-child, td:last-child { padding-right: 0; }
.tag { font-size: 12px; font-weight: 500; border: 1px solid currentColor; border-radius: 99px; padding: 0 8px; margin-left: 6px; white-space: nowrap; display: inline-block; line-height: 1.6; }

.split { margin: 18px 0 0; }
.split dt { font-weight: 600; display: flex; align-items: baseline; gap: 8px; flex-wrap: wrap; }
.split dt i { width: 11px; height: 11px; border-radius: 2px; flex: none; }
.split dd { margin: 2px 0 12px; font-size: 15px; line-height: 1.5; }

details { border-top: 1px solid var(--rule); padding: 8px 0; }
section details:last-of-type { border-bottom: 1px solid var(--rule); }
summary { cursor: pointer; font-weight: 600; padding: 4px 0; }
details > :not(summary) { margin-top: 10px; }
pre { font: 13px/1.5 var(--mono); background: var(--code); border-radius: 6px; padding: 12px 14px; margin: 0 0 16px; overflow-x: auto; tab-size: 2; }
code { font-family: var(--mono); font-size: 0.92em; }
pre.text { white-space: pre-wrap; overflow-wrap: anywhere; unicode-bidi: isolate; max-height: 360px; overflow-y: auto; }

.problem { margin: 0 0 30px; }
.problem > h4 { font-size: 16px; }
.problem[hidden] { display: none; }
.answers { display: grid; gap: 12px; grid-template-columns: repeat(auto-fill, minmax(min(100%, 245px), 1fr)); margin: 12px 0 0; }
.answer { min-width: 0; background: var(--surface); border: 1px solid var(--rule); border-radius: 8px; padding: 10px 12px 12px; }
.answer.before { border-style: dashed; border-color: var(--ink-soft); }
.answer header { max-width: none; padding: 0; margin: 0 0 8px; font-size: 14px; display: flex; flex-wrap: wrap; gap: 2px 10px; align-items: baseline; }
.answer header b { flex: 1 0 100%; }
.answer pre { font-size: 12.5px; padding: 9px 11px; margin: 0; }
.answer .num { font-size: 13px; margin: 0 0 8px; display: flex; flex-wrap: wrap; gap: 0 14px; }
.right { color: var(--right); font-weight: 600; }
.wrong { color: var(--wrong); font-weight: 600; }
.picker { display: none; flex-wrap: wrap; gap: 6px; margin: 0 0 16px; }
.scripted .picker { display: flex; }
.picker button { font: inherit; font-size: 14px; color: inherit; background: var(--surface); border: 1px solid var(--rule); border-radius: 99px; padding: 4px 14px; cursor: pointer; }
.picker button[aria-pressed="true"] { background: var(--ink); color: var(--page); border-color: var(--ink); }

@media print {
  body { font-size: 10.5pt; }
  * { print-color-adjust: exact; }
  .picker, nav, .skip { display: none !important; }
  .problem[hidden] { display: block; }
  section { break-before: auto; padding-top: 20px; }
  figure, .card, .answer, tr { break-inside: avoid; }
  h2, h3, h4 { break-after: avoid; }
  pre.text { max-height: none; }
  pre { white-space: pre-wrap; }
}
`;
