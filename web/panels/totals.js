// @ts-check
// The strip at the foot: how much there is, and of when.

import { byId, h } from "../dom.js";
import { count, day } from "../format.js";
import { LEAD_STATES, say } from "../words.js";

/** @param {string} term @param {string} value @param {string} [extra] */
const pair = (term, value, extra) => h("dl", {}, h("dt", {}, term), h("dd", {}, value), extra ? h("dd", { class: "tag" }, extra) : null);

/** @param {Summary} summary */
export function showTotals(summary) {
  const states = LEAD_STATES.filter((s) => summary.leads_by_state[s]).map((s) => `${say("state", s)} ${count(summary.leads_by_state[s] ?? 0)}`);
  byId("totals").replaceChildren(
    pair("報案", count(summary.reports), `未結 ${count(summary.open_reports)}`),
    pair("過車讀取", count(summary.reads)),
    pair("線索", count(summary.leads), states.join("・")),
    pair("通知", count(summary.deliveries)),
    h("span", { class: "grow" }, `資料期間 ${day(summary.first_at)}–${day(summary.last_at)}（臺北時間）`));
  byId("synthetic").hidden = !summary.synthetic;
}
