// @ts-check
// One lead, explained: what was read and wanted, or what two reports tell; why they may
// be the same, what else it could be, and who was told.

import { byId, h, svg } from "../dom.js";
import { bits, distance, duration, fullTime, leastSpeed, percent, place, span } from "../format.js";
import { isHalfConfirmed, pairCaution, pairWords } from "../pairs.js";
import { say, sayRole, sayValue } from "../words.js";
import { judgementForm } from "./judgement.js";
import { between, contacts, twoReports } from "./pair.js";
import { markedPlate } from "./plates.js";
import { neutral, side, waterfall } from "./waterfall.js";

/** @param {(string | null | undefined | false)[]} parts */
const joined = (...parts) => parts.filter((part) => part && part !== "—").join("・") || "—";

/** A lead is never a verdict: what people must do first. @param {Lead} lead */
function caution(lead) {
  if (!lead.read) return pairCaution(lead);
  const overdue = lead.must_verify ? "名單逾期未更新：攔查前先向受理單位查證。" : "";
  const first = lead.state === "unverified" ? "前須由人員比對" : "前仍須由人員比對";
  return `${overdue}攔查${first}車牌、車輛與清單`;
}

/** @param {Lead} lead @param {() => void} close */
function head(lead, close) {
  const half = !lead.read && isHalfConfirmed(lead) ? "，一方已確認" : "";
  return h("div", { class: "detail-head" },
    h("h2", { id: "detail-title", tabindex: -1 }, `線索（${say("state", lead.state)}${half}）`, h("span", { class: "unseen" }, "— "), h("span", { class: "caution" }, caution(lead))),
    h("button", { type: "button", class: "close quiet", "aria-label": "關閉線索", onclick: close }, "×"));
}

/** @param {ReadLead} lead */
function pair({ read, report }) {
  const { vehicle } = report;
  const sure = read.confidence === null ? "" : `辨識信心 ${percent(read.confidence)}`;
  return h("dl", { class: "pair" },
    h("div", { class: "read" }, h("dt", {}, "辨識原文（未更改）"),
      h("dd", { class: "plate" }, ...markedPlate(read.plate_raw, vehicle.plate)),
      h("dd", { class: "note" }, joined(say("colour", read.colour), say("type", read.vehicle_type), sure))),
    h("div", { class: "wanted" }, h("dt", {}, "失竊車牌"),
      h("dd", { class: "plate" }, ...markedPlate(vehicle.plate, read.plate_raw)),
      h("dd", { class: "note" }, joined(say("colour", vehicle.colour), say("type", vehicle.type), [vehicle.make, vehicle.model].filter(Boolean).join(" ")))));
}

/** @param {string} value @param {string} label */
const big = (value, label) => h("div", {}, h("b", {}, value), h("small", {}, label));

/** @param {Lead} lead */
function headline(lead) {
  return h("div", { class: "headline" },
    big(percent(lead.probability), lead.read ? "同一車牌的機率" : `${pairWords(lead).one}的機率`),
    big(`${bits(lead.weight_bits)}`, "位元（證據合計）"),
    big(say("level", lead.level), "通知方式"));
}

/** @param {ReadLead} lead */
function facts(lead) {
  const { report, read } = lead;
  /** @type {[string, string][]} */
  const rows = [
    ["失竊", joined(place(report), report.place)],
    ["失竊時間", span(report.event_from, report.event_to)],
    ["讀取", joined(place(read), read.camera?.name)],
    ["讀取時間", `${fullTime(read.at)}${read.late ? "（補傳）" : ""}`],
    ["線索產生", lead.late_s === null ? "" : `${fullTime(lead.created_at)}，讀取後 ${duration(lead.late_s)}才產生，車輛可能已離開`],
    ["兩地之間", [`直線 ${distance(lead.distance_m)}`, duration(lead.seconds_since), leastSpeed(lead)].filter(Boolean).join("，")],
    ["案件", joined(report.case_number, report.agency.name, say("category", report.category), say("report", report.state))],
  ];
  return h("dl", { class: "facts" }, ...rows.filter(([, text]) => text).flatMap(([term, text]) => [h("dt", {}, term), h("dd", {}, text)]));
}

/** @param {string} name @param {string} whose @param {string | null} value @param {string | null} other */
function value(name, whose, value, other) {
  const plate = name === "plate" && value && other;
  return h("span", {}, h("small", {}, whose),
    plate ? h("bdi", { class: "plate" }, ...markedPlate(value, other)) : h("bdi", {}, sayValue(name, value)));
}

/** What a lead's comparisons are of, in the words of its kind. @param {Lead} lead */
function sidesOf(lead) {
  if (lead.read) return { heads: "報案／讀取", short: ["案", "讀"], before: "任一筆讀取恰為此車" };
  const { sides, short, before } = pairWords(lead);
  return { heads: sides.join("／"), short, before };
}

/** @param {Comparison} one @param {string[]} short */
function comparisonRow(one, [left, right]) {
  const which = side(one.bits);
  return h("tr", {},
    h("th", { scope: "row" }, one.label),
    h("td", { class: "values" }, value(one.name, left, one.left, one.right), value(one.name, right, one.right, one.left)),
    h("td", {}, which === "none" ? neutral(one.level_label) : one.level_label),
    h("td", { class: `number bits-${which}` }, which === "none" ? "0" : `${which === "for" ? "▲" : "▼"} ${bits(one.bits)}`));
}

/** @param {Lead} lead */
function why(lead) {
  const { explanation } = lead;
  const { heads, short, before } = sidesOf(lead);
  return [
    h("h3", {}, "為何列為線索 ", h("small", {}, `模型 ${explanation.model}；每 1 位元＝可能性加倍`)),
    waterfall(explanation, before),
    h("p", { class: "key" }, h("span", { class: "for" }, "■ ＋ 支持"), h("span", { class: "against" }, "▨ − 反對"), h("span", {}, "▏ 0 無資料可比，不加不減")),
    h("h3", {}, "逐項比對"),
    h("table", { class: "comparisons" },
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "證據"), h("th", { scope: "col" }, heads), h("th", { scope: "col" }, "程度"), h("th", { scope: "col", class: "number" }, "位元"))),
      h("tbody", {}, ...explanation.comparisons.map((one) => comparisonRow(one, short)))),
  ];
}

/** @param {{plate: string, probability: number}} rival @param {string} raw */
function rivalRow(rival, raw) {
  return h("tr", {},
    h("th", { scope: "row", class: "plate" }, ...markedPlate(rival.plate, raw)),
    h("td", {}, svg("svg", { class: "rival-bar", viewBox: "0 0 120 10", "aria-hidden": "true" },
      svg("rect", { class: "back", width: 120, height: 10, rx: 3 }),
      svg("rect", { class: "front", width: Math.max(1, 120 * rival.probability), height: 10, rx: 3 }))),
    h("td", { class: "number" }, percent(rival.probability)));
}

/** @param {ReadLead} lead */
function rivals({ explanation, read }) {
  return [
    h("h3", {}, "其他可能的車牌"),
    explanation.rivals.length
      ? h("table", { class: "rivals" },
        h("thead", { class: "unseen" }, h("tr", {}, h("th", { scope: "col" }, "車牌"), h("th", { scope: "col" }, "長條"), h("th", { scope: "col" }, "機率"))),
        h("tbody", {}, ...explanation.rivals.map((one) => rivalRow(one, read.plate_raw))))
      : h("p", { class: "tag" }, "清單上沒有其他相近的車牌。"),
  ];
}

/** @param {Lead} lead @param {Recipient} one */
function recipientRow(lead, one) {
  return h("li", {},
    h("div", { class: "row" },
      h("span", { class: `role ${one.role}` }, sayRole(lead, one.role)),
      h("span", {}, one.agency.name),
      h("span", { class: `tag ${one.action === "act" ? "action" : ""}` }, say("action", one.action)),
      h("span", { class: "state" }, say("delivery", one.state))),
    h("p", {}, one.reason));
}

/** @param {Lead} lead */
function told(lead) {
  return [
    h("h3", {}, "通知了誰，為什麼"),
    lead.recipients.length ? h("ul", { class: "told" }, ...lead.recipients.map((one) => recipientRow(lead, one))) : h("p", { class: "tag" }, "尚未通知任何單位。"),
  ];
}

/** @param {LeadRead} one */
function passedRow({ read, level, weight_bits: weight, explains, bridges }) {
  return h("li", {},
    h("div", { class: "row" },
      h("span", { class: "plate" }, read.plate_raw),
      h("span", {}, joined(place(read), read.camera?.name)),
      h("span", { class: `tag ${level === "action" ? "action" : ""}` }, say("level", level)),
      h("span", { class: "state" }, fullTime(read.at))),
    h("p", {}, joined(`${bits(weight)} 位元`, explains && "上列證據依此讀取", read.late && "補傳", bridges.length > 0 && "亦可能屬於另一條線索")));
}

/** @param {Lead} lead */
function passed({ reads }) {
  if (reads.length < 2) return [];
  return [
    h("h3", {}, "同一車輛的讀取 ", h("small", {}, `${reads.length} 筆，依時間排列`)),
    h("ul", { class: "told" }, ...reads.map(passedRow)),
  ];
}

/** @param {Lead} lead */
function onTheWay({ cameras_on_the_way: cameras = [] }) {
  if (!cameras.length) return [];
  const names = cameras.slice(0, 6).map((one) => one.name).join("、");
  return [
    h("h3", {}, "途中沒有讀到的攝影機 ", h("small", {}, `${cameras.length} 處；可能改道、未拍到或未辨識`)),
    h("p", { class: "tag" }, cameras.length > 6 ? `${names} 等` : names),
  ];
}

/** @param {Lead} lead */
function judged(lead) {
  if (!lead.judgements.length) return [];
  const own = [lead.report, lead.other_report].flatMap((one) => one?.agency ?? []);
  const names = new Map([...own, ...lead.recipients.map((one) => one.agency)].map((one) => [one.id, one.name]));
  return [
    h("h3", {}, "查證紀錄"),
    h("ul", { class: "told" }, ...lead.judgements.map((one) => h("li", {},
      h("div", { class: "row" },
        h("span", { class: `chip ${one.verdict}` }, say("verdict", one.verdict)),
        h("span", {}, joined(one.by, names.get(one.agency_id) ?? one.agency_id)),
        h("span", { class: "state" }, fullTime(one.at))),
      one.comment ? h("p", {}, one.comment) : null))),
  ];
}

/** @param {Lead} lead */
function parts(lead) {
  if (lead.read) return [pair(lead), headline(lead), facts(lead), ...why(lead), ...rivals(lead), ...passed(lead), ...told(lead), ...onTheWay(lead)];
  return [headline(lead), twoReports(lead), between(lead), ...(lead.kind === "person" ? contacts(lead) : []), ...why(lead), ...told(lead)];
}

/**
 * Show one lead.
 * @param {Lead} lead
 * @param {{close: () => void, onjudged: (lead: Lead) => void}} options
 */
export function showDetail(lead, { close, onjudged }) {
  const panel = byId("detail");
  const kept = panel.dataset.lead === lead.id ? panel.querySelector(".detail-scroll")?.scrollTop ?? 0 : 0;
  const reading = panel.contains(document.activeElement);
  const scroll = h("div", { class: "detail-scroll", tabindex: 0, role: "group", "aria-label": "線索說明" },
    head(lead, close), ...parts(lead), ...judged(lead));
  const over = h("p", { class: "judge" }, "線索已撤銷，不再查證。");
  panel.replaceChildren(scroll, lead.state === "withdrawn" ? over : judgementForm(lead, onjudged));
  panel.dataset.lead = lead.id;
  open(true);
  scroll.scrollTop = kept;
  if (reading) byId("detail-title").focus({ preventScroll: true });
}

/** Say that a lead is on its way, or why it is not. @param {string} title @param {string} text @param {() => void} close */
export function showDetailWords(title, text, close) {
  const panel = byId("detail");
  delete panel.dataset.lead;
  panel.replaceChildren(h("div", { class: "words" }, h("strong", { id: "detail-title", tabindex: -1 }, title), text,
    h("div", {}, h("button", { type: "button", onclick: close }, "關閉"))));
  open(true);
}

/** Say that a judgement is kept, where the reader now is. */
export function sayJudged() {
  const said = h("p", { class: "done", role: "status" }, "查證結果已記錄，可再更正。");
  byId("detail").querySelector(".judge")?.append(said);
  byId("detail-title").focus();
}

/** @param {boolean} is */
function open(is) {
  byId("detail").hidden = !is;
  byId("main").classList.toggle("with-detail", is);
}

/** Close the panel. */
export function hideDetail() {
  delete byId("detail").dataset.lead;
  byId("detail").replaceChildren();
  open(false);
}
