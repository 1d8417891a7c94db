// @ts-check
// Two reports that may tell of one thing, side by side: a missing and a found person, a
// stolen and a found vehicle, one theft filed twice; how far apart they are; and whom
// to call once both agencies have confirmed that it is one person.

import { h } from "../dom.js";
import { bits, distance, fullTime, place, span } from "../format.js";
import { bothSides, caseLine, elapsed, pairWords } from "../pairs.js";
import { age } from "../people.js";
import { makeAndModel, vehicleOf } from "../vehicles.js";
import { say } from "../words.js";
import { markedName } from "./names.js";
import { plateBeside } from "./sides.js";
import { side } from "./waterfall.js";

/**
 * @template {Report} T
 * @typedef {(report: T, other: T) => Node | string | null} Cell
 */
/**
 * What a report tells: the word for it, the comparisons that weigh it, and how it is said.
 * @template {Report} T
 * @typedef {[string, string[], Cell<T>]} Told
 */

/** @param {string | null} text */
const known = (text) => (text ? h("bdi", {}, text) : null);

/** @param {PersonReport} report */
function born(report) {
  const { birth_date: day } = report.person;
  return [age(report), day && `生於 ${day.replaceAll("-", "/")}`].filter(Boolean).join("，");
}

/** @type {(report: PersonReport) => string} */
const height = ({ person }) => (person.height_cm === null ? "" : `${Math.round(person.height_cm)} 公分`);

/** @param {PersonReport} report */
const health = ({ person: { dementia } }) => (dementia === null ? "" : dementia ? "失智" : "無失智");

/** The county is said once, though an address often begins with it. @param {Report} report */
function address({ county, town, place: at }) {
  if (at && county && at.startsWith(county.name)) return at;
  const known = county || town ? place({ county, town }) : null;
  return [known, at].filter(Boolean).join("・");
}

/** Marks, and what else was said: each in a line. @param {(string | null | undefined)[]} parts */
function lines(...parts) {
  const said = parts.filter(Boolean);
  return said.length ? h("div", { class: "lines" }, ...said.map((part) => h("bdi", {}, part ?? ""))) : null;
}

/** @type {Cell<Report>} */
const where = (report) => known(address(report));
/** @type {Cell<Report>} */
const when = (report) => known(span(report.event_from, report.event_to));
/** @type {Told<Report>} */
const CASE = ["案件", [], (report) => known(caseLine(report))];

/** @type {Told<PersonReport>[]} */
const OF_PERSONS = [
  ["姓名", ["name"], (report, other) => h("bdi", { class: "who" }, ...markedName(report.person, other.person))],
  ["性別", ["sex"], ({ person }) => person.sex && say("sex", person.sex)],
  ["年齡", ["birth_date", "age"], (report) => known(born(report))],
  ["身高", ["height"], (report) => known(height(report))],
  ["體型", ["build"], ({ person }) => person.build && say("build", person.build)],
  ["衣著", ["clothing", "clothing_later"], ({ person }) => known(person.clothing)],
  ["特徵經過", ["description"], ({ person, text }) => lines(person.marks, text)],
  ["健康", [], (report) => known(health(report))],
  ["地點", ["whereabouts"], where],
  ["時間", ["elapsed"], when],
  CASE,
];

/** @type {Told<Report>[]} */
const OF_VEHICLES = [
  ["車牌", ["plate"], (report, other) => h("span", { class: "who" }, plateBeside(report, other))],
  ["車種", ["type"], ({ vehicle }) => (vehicle?.type ? say("type", vehicle.type) : null)],
  ["顏色", ["colour"], ({ vehicle }) => (vehicle?.colour ? say("colour", vehicle.colour) : null)],
  ["廠牌車款", ["model"], (report) => known(makeAndModel(vehicleOf(report)))],
  ["特徵經過", ["description"], ({ vehicle, text }) => lines(vehicle?.marks, text)],
  ["地點", ["place"], where],
  ["時間", ["time"], when],
  CASE,
];

/** @type {Told<Report>[]} */
const OF_INCIDENTS = [
  ["類別", [], ({ kind }) => say("reported", kind)],
  ...OF_VEHICLES,
  ["受理時間", [], (report) => known(fullTime(report.reported_at))],
];

/** What the evidence makes of it: agreement, disagreement, or nothing. @param {Comparison[]} weighed @param {string} one */
function mark(weighed, one) {
  const sum = weighed.reduce((total, part) => total + part.bits, 0);
  const which = side(sum);
  if (which === "none") return null;
  const word = `${which === "for" ? "支持" : "反對"}${one}`;
  return h("span", { class: `bits-${which}`, title: `${word}，${bits(sum)} 位元` },
    h("span", { "aria-hidden": "true" }, which === "for" ? "▲" : "▼"), h("span", { class: "unseen" }, word));
}

/**
 * @template {Report} T
 * @param {PairLead & {report: T, other_report: T}} lead
 * @param {Told<T>} told
 */
function toldRow(lead, [word, names, cell]) {
  const { report, other_report: other, explanation } = lead;
  const weighed = explanation.comparisons.filter((one) => names.includes(one.name));
  const [left, right] = [cell(report, other), cell(other, report)];
  if (!left && !right) return null;
  const unsaid = () => h("span", { class: "tag" }, "未提供");
  return h("tr", {},
    h("th", { scope: "row" }, word, " ", mark(weighed, pairWords(lead).one)),
    h("td", { class: "left" }, left || unsaid()),
    h("td", { class: "right" }, right || unsaid()));
}

/** The plates of thefts are not shown where neither had a vehicle. @param {Told<Report>} told @param {IncidentLead} lead */
const isOfTheft = ([word], { report, other_report: other }) => word !== "車牌" || Boolean(report.vehicle ?? other.vehicle);

/** @param {PairLead} lead */
function rows(lead) {
  if (lead.kind === "person") return OF_PERSONS.map((told) => toldRow(lead, told));
  if (lead.kind === "vehicle") return OF_VEHICLES.map((told) => toldRow(lead, told));
  return OF_INCIDENTS.filter((told) => isOfTheft(told, lead)).map((told) => toldRow(lead, told));
}

/** The two reports side by side. @param {PairLead} lead */
export function twoReports(lead) {
  const { sides, whose } = pairWords(lead);
  const head = (/** @type {number} */ at) => h("th", { scope: "col", class: at ? "right" : "left" },
    h("b", {}, sides[at]), whose[at] && h("small", {}, whose[at]));
  return h("table", { class: "told-twice" },
    h("caption", { class: "unseen" }, bothSides(lead)),
    h("thead", {}, h("tr", {}, h("td", {}), head(0), head(1))),
    h("tbody", {}, ...rows(lead)));
}

/** How far apart, how long after, and since when both are known. @param {PairLead} lead */
export function between(lead) {
  return h("dl", { class: "facts" },
    h("dt", {}, "兩地之間"),
    h("dd", {}, [lead.distance_m === null ? "距離不明（缺坐標）" : `直線 ${distance(lead.distance_m)}`, elapsed(lead)].join("，")),
    h("dt", {}, "兩案齊備"), h("dd", {}, `${fullTime(lead.at)}（較晚一案受理）`));
}

/** @param {PersonLead} lead @param {Contact} one */
function contactRow({ report }, one) {
  return h("li", {}, h("div", { class: "row" },
    h("span", { class: "tag" }, one.report_id === report.id ? "失蹤案" : "尋獲案"),
    h("b", {}, one.relation ? `${one.name}（${one.relation}）` : one.name),
    h("span", { class: "phone" }, one.phone)));
}

/** Whom to call; kept back until both agencies have confirmed. @param {PersonLead} lead */
export function contacts(lead) {
  const none = lead.state === "positive" ? "雙方已確認，但兩案都沒有留下聯絡人。" : "雙方確認後顯示聯絡人。";
  return [
    h("h3", {}, "聯絡人"),
    lead.contacts.length
      ? h("ul", { class: "told contacts" }, ...lead.contacts.map((one) => contactRow(lead, one)))
      : h("p", { class: "tag" }, none),
  ];
}
