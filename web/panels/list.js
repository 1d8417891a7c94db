// @ts-check
// The leads, newest first. The list is also the table that stands for the map's leads.

import { byId, h } from "../dom.js";
import { bits, count, percent, place, shortTime } from "../format.js";
import { isHalfConfirmed } from "../pairs.js";
import { say } from "../words.js";
import { twoSides } from "./sides.js";
import { markedPlate } from "./plates.js";

/** @param {Lead} lead */
function where(lead) {
  if (lead.read) return `${place(lead.read)}・${lead.read.camera?.name ?? "攝影機不明"}`;
  const [from, to] = [place(lead.report), place(lead.other_report)];
  if (lead.kind !== "incident") return `${from} → ${to}`;
  return from === to ? from : `${from} ↔ ${to}`;
}

/** @param {ReadLead} lead */
function plates({ read, report }) {
  const { plate_raw: raw } = read;
  const { plate } = report.vehicle;
  return h("span", { class: "plates" },
    h("span", {}, h("span", { class: "unseen" }, "辨識原文 "), h("span", { class: "plate" }, ...markedPlate(raw, plate))),
    h("span", { class: "versus", "aria-hidden": "true" }, "↔"),
    h("span", {}, h("span", { class: "unseen" }, "失竊車牌 "), h("span", { class: "plate" }, ...markedPlate(plate, raw))));
}

/** @param {Lead} lead @param {string} href */
function row(lead, href) {
  return h("li", {},
    h("a", { class: "lead", href, "data-lead": lead.id, tabindex: -1 },
      h("span", { class: "row" },
        h("span", { class: `chip ${lead.state}` }, say("state", lead.state)),
        h("span", { class: `tag ${lead.level}` }, say("level", lead.level)),
        lead.read?.late && h("span", { class: "tag" }, "補傳"),
        lead.kind === "incident" && h("span", { class: "tag same" }, "同一事件？"),
        !lead.read && isHalfConfirmed(lead) && h("span", { class: "tag half" }, "一方已確認"),
        h("time", { class: "time", datetime: lead.at }, shortTime(lead.at))),
      lead.read ? plates(lead) : twoSides(lead),
      h("span", { class: "row" },
        h("span", { class: "where", title: where(lead) }, where(lead)),
        h("span", { class: "weight" }, h("b", {}, percent(lead.probability)), `　${bits(lead.weight_bits)} 位元`))));
}

/** @type {Record<LeadKind, [string, string]>} */
const COLUMNS = { read: ["辨識原文", "失竊車牌"], person: ["失蹤", "尋獲"], vehicle: ["失竊車", "尋獲車"], incident: ["先受理", "後受理"] };

/** What the two columns hold. Among several kinds only reads need it: pairs say it in their rows. @param {Lead[]} leads */
function columns(leads) {
  const kinds = [...new Set(leads.map((lead) => lead.kind))];
  const shown = kinds.length < 2 ? kinds[0] : kinds.find((one) => one === "read");
  byId("columns").hidden = !shown;
  if (!shown) return;
  const [left, right] = COLUMNS[shown];
  byId("columns").replaceChildren(h("span", {}, kinds.length < 2 ? left : `讀取：${left}`), h("span", {}, "↔"), h("span", {}, right));
}

/** @param {HTMLElement} list @param {KeyboardEvent} event */
function walk(list, event) {
  const rows = /** @type {HTMLElement[]} */ ([...list.querySelectorAll(".lead")]);
  const at = rows.indexOf(/** @type {HTMLElement} */ (document.activeElement));
  const to = { ArrowDown: Math.min(at + 1, rows.length - 1), ArrowUp: Math.max(at - 1, 0), Home: 0, End: rows.length - 1 }[event.key];
  if (to === undefined || !rows.length) return;
  event.preventDefault();
  stop(rows, rows[to]);
  rows[to].focus();
}

/** Make one row the list's tab stop. @param {HTMLElement[]} rows @param {HTMLElement | undefined} chosen */
function stop(rows, chosen) {
  for (const one of rows) one.tabIndex = one === chosen ? 0 : -1;
}

/**
 * Show the leads.
 * @param {Lead[]} leads
 * @param {{link: (id: string) => string, more: (() => void) | null, total: number | undefined, untold: number}} options
 */
export function showList(leads, { link, more, total, untold }) {
  const list = byId("leads");
  const held = /** @type {HTMLElement | null} */ (list.contains(document.activeElement) ? document.activeElement : null)?.dataset.lead;
  columns(leads);
  list.replaceChildren(...leads.map((lead) => row(lead, link(lead.id))));
  const rows = /** @type {HTMLElement[]} */ ([...list.querySelectorAll(".lead")]);
  stop(rows, rows[0]);
  rows.find((one) => held && one.dataset.lead === held)?.focus();
  const known = total !== undefined && total > leads.length ? `，全部 ${count(total)} 筆` : "";
  const others = untold ? `；另有 ${count(untold)} 筆這一頁還不能顯示` : "";
  byId("list-count").textContent = `顯示 ${count(leads.length)} 筆${known}${others}`;
  byId("list-foot").replaceChildren(...(more ? [h("button", { type: "button", onclick: more }, "載入更早的線索")] : []));
  if (!leads.length) list.replaceChildren(words("沒有符合的線索", "換一個篩選條件；有新線索時這裡會自動出現。"));
}

/** Mark the row that is open. @param {string} id */
export function markSelected(id) {
  const rows = /** @type {HTMLElement[]} */ ([...byId("leads").querySelectorAll(".lead")]);
  for (const one of rows) {
    if (one.dataset.lead === id) one.setAttribute("aria-current", "true");
    else one.removeAttribute("aria-current");
  }
  const open = rows.find((one) => one.dataset.lead === id);
  if (!open) return;
  stop(rows, open);
  open.scrollIntoView({ block: "nearest" });
}

/** @param {string} title @param {string} text @param {(() => void) | null} retry */
function words(title, text, retry = null) {
  return h("li", { class: `words${retry ? " bad" : ""}` }, h("strong", {}, title), text,
    retry && h("div", {}, h("button", { type: "button", onclick: retry }, "再試一次")));
}

/** Say that the leads are on their way. */
export function showLoading() {
  byId("list-count").textContent = "載入中…";
  if (!byId("leads").children.length) byId("leads").replaceChildren(words("正在載入線索", "請稍候。"));
}

/** Say why there are no leads. @param {string} why @param {() => void} retry */
export function showListError(why, retry) {
  byId("list-count").textContent = "載入失敗";
  byId("list-foot").replaceChildren();
  byId("leads").replaceChildren(words("線索讀取失敗", why, retry));
}

/** Let the arrow keys walk the list. */
export function startList() {
  const list = byId("leads");
  list.addEventListener("keydown", (event) => walk(list, event));
}
