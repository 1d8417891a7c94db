// @ts-check
// What the address bar remembers: the lead, the filters, the layers, the view.

import { LEAD_KINDS, LEAD_STATES, SITE_KINDS } from "./words.js";

/** @type {SiteKind[]} */
const SHOWN_AT_FIRST = ["camera"];

/** @param {string | null} text */
function readView(text) {
  const [zoom, lat, lng] = (text ?? "").split("/").map(Number);
  const sound = [zoom, lat, lng].every(Number.isFinite) && Math.abs(lng) <= 180 && Math.abs(lat) <= 85;
  return sound ? { zoom, lat, lng } : null;
}

/**
 * Read a location hash; what is not understood is left out.
 * @param {string} hash
 * @returns {Bookmark}
 */
export function readBookmark(hash) {
  const given = new URLSearchParams(hash.replace(/^#/, ""));
  const state = given.get("state") ?? "";
  const level = given.get("level") ?? "";
  const kind = given.get("kind") ?? "";
  const layers = given.get("layers");
  return {
    lead: given.get("lead") ?? "",
    filters: {
      state: LEAD_STATES.some((known) => known === state) ? state : "",
      county: given.get("county") ?? "",
      level: ["action", "advice"].includes(level) ? level : "",
      kind: LEAD_KINDS.some((known) => known === kind) ? kind : "",
    },
    layers: layers === null ? SHOWN_AT_FIRST : SITE_KINDS.filter((kind) => layers.split(",").includes(kind)),
    view: readView(given.get("map")),
  };
}

/**
 * Write a location hash; what is as at first is left out.
 * @param {Bookmark} bookmark
 * @returns {string}
 */
export function writeBookmark({ lead, filters, layers, view }) {
  const kept = new URLSearchParams();
  if (lead) kept.set("lead", lead);
  for (const [key, value] of Object.entries(filters)) if (value) kept.set(key, value);
  if (layers.join() !== SHOWN_AT_FIRST.join()) kept.set("layers", layers.join());
  if (view) kept.set("map", `${view.zoom.toFixed(2)}/${view.lat.toFixed(5)}/${view.lng.toFixed(5)}`);
  return `#${kept.toString().replaceAll("%2F", "/").replaceAll("%2C", ",")}`;
}
