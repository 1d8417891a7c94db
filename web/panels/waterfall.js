// @ts-check
// The waterfall: from the prior, over each comparison, to the total, in bits.

import { svg } from "../dom.js";
import { bits, percent } from "../format.js";

const WIDTH = 352;
const ROW = 27;
const BARS = { from: 96, to: 282 };

/** @typedef {{label: string, said: string, bits: number, from: number, to: number, kind: "prior" | "step" | "total"}} Bar */

/**
 * Lay the bars of an explanation end to end.
 * @param {Explanation} explanation
 * @param {string} before what the prior is of
 * @returns {Bar[]}
 */
export function bars({ prior_bits: prior, comparisons, total_bits: total }, before) {
  /** @type {Bar[]} */
  const laid = [{ label: "比對之前", said: before, bits: prior, from: 0, to: prior, kind: "prior" }];
  let at = prior;
  for (const one of comparisons) {
    laid.push({ label: one.label, said: one.level_label, bits: one.bits, from: at, to: at + one.bits, kind: "step" });
    at += one.bits;
  }
  return [...laid, { label: "合計", said: "", bits: total, from: 0, to: total, kind: "total" }];
}

/** @param {number} value */
export const side = (value) => (Math.abs(value) < 0.05 ? "none" : value > 0 ? "for" : "against");

/** Why something counts for nothing, in words. @param {string} said */
export const neutral = (said) => `${said || "無資料可比"}，0 位元`;

/** @param {Bar[]} laid @returns {(value: number) => number} */
function scale(laid) {
  const ends = laid.flatMap((bar) => [bar.from, bar.to]);
  const [low, high] = [Math.min(0, ...ends), Math.max(0, ...ends)];
  const width = high - low || 1;
  return (value) => BARS.from + ((value - low) / width) * (BARS.to - BARS.from);
}

/** Never more label than there is room for. @param {string} label */
const short = (label) => ([...label].length > 7 ? `${[...label].slice(0, 6).join("")}…` : label);

/** @param {Bar} bar @param {number} y @param {(value: number) => number} x */
function shape(bar, y, x) {
  const which = side(bar.bits);
  if (which === "none") return svg("line", { class: "none", x1: x(bar.from), x2: x(bar.from), y1: y + 5, y2: y + ROW - 5 });
  const box = {
    x: Math.min(x(bar.from), x(bar.to)), y: y + 5, height: ROW - 10, rx: 2,
    width: Math.max(1.5, Math.abs(x(bar.to) - x(bar.from))),
  };
  return svg("rect", which === "for" ? { ...box, class: "for" } : { ...box, class: "against", fill: "url(#against-hatch)" });
}

/** @param {Bar} bar @param {number} index @param {Explanation} explanation @param {(value: number) => number} x */
function line(bar, index, explanation, x) {
  const y = index * ROW + (bar.kind === "total" ? 8 : 0);
  const which = side(bar.bits);
  const chance = bar.kind === "total" ? `，機率 ${percent(explanation.probability)}` : "";
  const said = which === "none" && bar.kind === "step" ? `${bar.label}：${neutral(bar.said)}` : `${bar.label}：${bar.said} ${bits(bar.bits)} 位元${chance}`;
  const next = bar.kind === "total" ? null
    : svg("line", { class: "link", x1: x(bar.to), x2: x(bar.to), y1: y + ROW - 5, y2: y + ROW + 5 });
  return svg("g", { class: `bar ${bar.kind}`, "data-bits": bar.bits, "data-kind": bar.kind },
    svg("title", {}, said),
    svg("text", { x: 0, y: y + ROW / 2 + 4 }, short(bar.label)),
    shape(bar, y, x),
    next,
    svg("text", { x: WIDTH, y: y + ROW / 2 + 4, "text-anchor": "end", class: which === "none" ? "soft" : which },
      which === "none" && bar.kind === "step" ? (bar.said.startsWith("無資料") ? "無資料 0" : "0") : bits(bar.bits)));
}

/** The hatching that tells "against" without colour. */
function hatch() {
  return svg("defs", {},
    svg("pattern", { id: "against-hatch", width: 6, height: 6, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" },
      svg("rect", { width: 6, height: 6, class: "hatch-ground" }),
      svg("line", { x1: 0, x2: 0, y1: 0, y2: 6, class: "hatch" })));
}

/**
 * Draw the waterfall of one explanation.
 * @param {Explanation} explanation
 * @param {string} before what the prior is of
 */
export function waterfall(explanation, before) {
  const laid = bars(explanation, before);
  const x = scale(laid);
  const bottom = laid.length * ROW + 8;
  const total = `合計 ${bits(explanation.total_bits)} 位元，機率 ${percent(explanation.probability)}`;
  return svg("svg", { class: "waterfall", viewBox: `0 0 ${WIDTH} ${bottom + 18}`, role: "img", "aria-label": `證據瀑布圖：${total}。下表有相同的數字。` },
    hatch(),
    svg("line", { class: "axis", x1: x(0), x2: x(0), y1: 0, y2: bottom }),
    svg("line", { class: "total-line", x1: 0, x2: WIDTH, y1: bottom - ROW - 2, y2: bottom - ROW - 2 }),
    ...laid.map((bar, index) => line(bar, index, explanation, x)),
    svg("text", { class: "soft", x: Math.min(Math.max(x(0), BARS.from + 34), BARS.to - 34), y: bottom + 13, "text-anchor": "middle" }, "0 位元＝50 %"));
}
