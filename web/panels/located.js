// @ts-check
// The locate box: a longitude and a latitude in, the county, town and village out.

import * as api from "../api.js";
import { byId, h } from "../dom.js";
import { distance } from "../format.js";
import { say } from "../words.js";

/**
 * Read "121.5645,25.0337", however it is separated.
 * @param {string} text
 * @returns {[number, number] | null}
 */
export function readPlace(text) {
  const half = text.normalize("NFKC").replace(/[、;]/g, ",");
  const numbers = half.split(/[\s,]+/).filter(Boolean).map(Number);
  return numbers.length === 2 && numbers.every(Number.isFinite) ? [numbers[0], numbers[1]] : null;
}

/** @param {string} why */
function complain(why) {
  byId("place").setAttribute("aria-invalid", String(Boolean(why)));
  byId("place-error").hidden = !why;
  byId("place-error").textContent = why;
}

/** @param {Located} found */
function title(found) {
  const names = [found.county?.name, found.town?.name, found.village?.name].filter(Boolean).join(" ");
  return names || say("note", found.note);
}

/** @param {Located} found @param {NearSite[]} near @param {() => void} close */
function card(found, near, close) {
  const both = found.counties.length > 1 ? `所在縣市：${found.counties.map((c) => c.name).join("、")}` : "";
  return [
    h("h2", {}, title(found)),
    h("button", { type: "button", class: "close quiet", "aria-label": "關閉定位結果", onclick: close }, "×"),
    h("p", {}, `${say("note", found.note)}。${found.why_zh || ""}`),
    both && h("p", {}, both),
    found.border && h("p", { class: "why" }, `距 ${found.border.county.name} 界線 ${distance(found.border.metres)}`),
    near.length ? h("ul", { "aria-label": "最近的警察機關" }, ...near.map((site) =>
      h("li", {}, h("span", {}, site.name), h("span", {}, distance(site.metres))))) : null,
  ];
}

/**
 * Let the locate box work.
 * @param {(found: {lng: number, lat: number} | null) => void} onfound
 */
export function startLocate(onfound) {
  const form = /** @type {HTMLFormElement} */ (byId("locate"));
  const out = byId("located");
  const close = () => {
    out.hidden = true;
    onfound(null);
    byId("place").focus();
  };
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const asked = readPlace(String(new FormData(form).get("place")));
    if (!asked) return complain("請輸入「經度,緯度」，例如 121.5645,25.0337");
    complain("");
    try {
      const found = await api.locate(...asked);
      const near = found.county ? (await api.nearest(...asked, "station", 3).catch(() => ({ sites: [] }))).sites : [];
      out.replaceChildren(.../** @type {(Node | string)[]} */ (card(found, near, close).filter(Boolean)));
      out.hidden = false;
      onfound(Number.isFinite(found.lng) && Number.isFinite(found.lat) ? found : null);
    } catch (error) {
      complain(error instanceof Error ? error.message : String(error));
    }
  });
}
