// @ts-check
// The legend, in words, with the layer switches and their counts.

import { byId, h, svg } from "../dom.js";
import { count, day } from "../format.js";
import { letterOf } from "../pairs.js";
import { SITE_KINDS, say } from "../words.js";
import { rolesOf } from "./boundaries.js";

/** @param {string} letter */
const lettered = (letter) => svg("g", {}, svg("path", { d: "M10 0 20 10 10 20 0 10Z", fill: "var(--lead)" }),
  svg("text", { x: 10, y: 13.6, "text-anchor": "middle", "font-size": 10, "font-weight": 700, fill: "var(--surface)" }, letter));

/** @type {Record<string, () => Element>} */
const SYMBOLS = {
  camera: () => svg("circle", { cx: 10, cy: 10, r: 6, fill: "var(--camera)" }),
  gantry: () => svg("path", { d: "M10 3 17 8.200 14.300 16H5.700L3 8.200Z", fill: "var(--gantry)" }),
  "speed-camera": () => svg("path", { d: "M10 3 16 6.500V13.500L10 17 4 13.500V6.500Z", fill: "var(--speed-camera)" }),
  station: () => svg("path", { d: "M10 3 17 16H3Z", fill: "var(--station)" }),
  atm: () => svg("rect", { x: 4, y: 4, width: 12, height: 12, fill: "var(--atm)" }),
  lead: () => svg("path", { d: "M10 2 18 10 10 18 2 10Z", fill: "var(--lead)" }),
  person: () => lettered(letterOf("person")),
  vehicle: () => lettered(letterOf("vehicle")),
  incident: () => lettered(letterOf("incident")),
  match: () => lettered("✓"),
  spent: () => svg("path", { d: "M10 3 17 10 10 17 3 10Z", fill: "var(--surface)", stroke: "var(--neutral)", "stroke-width": 2 }),
  theft: () => svg("path", { d: "m10 2 2.4 5.2 5.6.6-4.2 3.8 1.2 5.6-5-2.9-5 2.9 1.2-5.6L2 7.800l5.600-.6Z", fill: "var(--case)" }),
  missed: () => svg("path", { d: "M10 4a6 6 0 1 0 .01 0ZM7.500 7.500l5 5m0-5-5 5", fill: "none", stroke: "var(--camera)", "stroke-width": 1.8 }),
  owner: () => svg("rect", { x: 2, y: 4, width: 16, height: 12, fill: "var(--case)", "fill-opacity": 0.25, stroke: "var(--case)", "stroke-width": 1.8 }),
  scene: () => svg("rect", { x: 2, y: 4, width: 16, height: 12, fill: "var(--lead)", "fill-opacity": 0.2, stroke: "var(--lead)", "stroke-width": 1.8 }),
  transit: () => svg("path", { d: "M2 4h16v12H2ZM2 12l8-8M4 16 16 4M12 16l6-6", fill: "none", stroke: "var(--transit)", "stroke-width": 1.4 }),
};

/** @param {string} name */
const symbol = (name) => svg("svg", { viewBox: "0 0 20 20", "aria-hidden": "true" }, SYMBOLS[name]());

/** @param {string} name @param {string} text */
const line = (name, text) => h("li", {}, symbol(name), text);

/** What the open lead's mark and counties are. @type {Record<LeadKind, {theft: string, owner: string, scene: string}>} */
const OPEN = {
  read: { theft: "失竊地點", owner: "案主縣市（受理報案）", scene: "發現地縣市（讀到車牌）" },
  person: { theft: "失蹤地點（最後目擊）", owner: "案主縣市（受理報案）", scene: "尋獲地縣市" },
  vehicle: { theft: "失竊地點", owner: "案主縣市（受理報案）", scene: "尋獲地縣市" },
  incident: { theft: "先受理一案的地點", owner: "先受理一案的縣市", scene: "後受理一案的縣市" },
};

/** @param {Lead | null} lead */
function open(lead) {
  if (!lead) return [];
  const roles = new Set([...rolesOf(lead).values()].flat());
  const { theft, owner, scene } = OPEN[lead.kind];
  /** @type {[Role, string][]} */
  const words = [["owner", owner], ["scene", scene], ["transit", "途經縣市"]];
  return [
    h("h3", {}, "開啟的線索"),
    h("ul", {},
      line("theft", theft),
      lead.cameras_on_the_way?.length ? line("missed", `途中未讀到 ${lead.cameras_on_the_way.length}`) : null,
      ...words.filter(([role]) => roles.has(role)).map(([role, text]) => line(role, text))),
  ];
}

/**
 * Draw the legend.
 * @param {{summary: Summary | null, layers: SiteKind[], lead: Lead | null, onlayers: (layers: SiteKind[]) => void}} shown
 */
export function showLegend({ summary, layers, lead, onlayers }) {
  const box = byId("legend");
  const held = /** @type {HTMLInputElement | null} */ (box.contains(document.activeElement) ? document.activeElement : null)?.value;
  const switches = SITE_KINDS.filter((kind) => layers.includes(kind) || !summary || summary.sites[kind]).map((kind) => {
    const tick = /** @type {HTMLInputElement} */ (h("input", { type: "checkbox", value: kind, checked: layers.includes(kind) }));
    tick.addEventListener("change", () => onlayers(SITE_KINDS.filter((one) => (one === kind ? tick.checked : layers.includes(one)))));
    return h("li", {}, h("label", {}, tick, symbol(kind), say("kind", kind), h("span", { class: "n" }, summary ? count(summary.sites[kind] ?? 0) : "…")));
  });
  const body = h("div", { class: "body" },
    ...open(lead),
    h("h3", {}, "線索（讀取、尋獲或案發位置）"),
    h("ul", { class: "kinds" }, line("lead", "車輛讀取"), line("person", "人"), line("vehicle", "尋獲車"), line("incident", "重複受理"),
      line("match", "相符"), line("spent", "無法判斷、不符、已撤銷")),
    h("h3", {}, "站點"),
    h("ul", {}, ...switches),
    h("p", { class: "source" }, summary ? `資料至 ${day(summary.last_at)}` : "載入中…"));
  box.querySelector(".body")?.remove();
  box.append(body);
  if (held) /** @type {HTMLElement | null} */ (box.querySelector(`input[value="${held}"]`))?.focus();
}
