import { fc } from "@fast-check/vitest";
import { parseHTML } from "linkedom";
import { expect, test } from "vitest";
import { escape, html, Html } from "./html.ts";

test("escaped text never opens a tag or ends an attribute", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      expect(escape(text)).not.toMatch(/[<>"']/);
    }),
  );
});

test("text comes back from a parser as it went in", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (text) => {
      const page = html`<!doctype html>
        <html>
          <body>
            <i title="${text}">${text}</i>
          </body>
        </html>`;
      const element: { textContent: string; getAttribute(name: string): string } = parseHTML(
        page.text,
      ).document.querySelector("i");
      expect(element.textContent).toBe(text);
      expect(element.getAttribute("title")).toBe(text);
    }),
  );
});

test("control characters become visible; newlines and tabs stay", () => {
  expect(escape("a\u0000b\u001bc\r\n\t")).toBe("a␀b␛c␍\n\t");
});

test("only Html is trusted; null and false leave nothing", () => {
  const inner = html`<b>${"<i>"}</b>`;
  expect(html`${inner}${["&", 0]}${null}${false}`.text).toBe("<b>&lt;i&gt;</b>&amp;0");
  expect(html`${new Html("<hr>")}`.text).toBe("<hr>");
});
