// @ts-check
// Pairs of reports: what each kind calls its two sides, and who must say that they
// tell of one thing. Pure functions.

import { duration } from "./format.js";
import { nameOf } from "./people.js";
import { plateOf } from "./vehicles.js";
import { say } from "./words.js";

/**
 * @typedef {object} PairWords
 * @property {[string, string]} sides
 * @property {[string, string]} whose who tells it
 * @property {[string, string]} short a character for each side
 * @property {string} one what both would be
 * @property {string} before what the prior is of
 * @property {string} letter what stands in its mark on the map
 * @property {string} confirmed what follows when both sides say yes
 */

/** @type {Record<PairKind, PairWords>} */
const PAIRS = {
  person: {
    sides: ["失蹤", "尋獲"], whose: ["家屬所述", "現場所見"], short: ["失", "尋"], one: "同一人",
    before: "任一尋獲者恰為此人", letter: "人", confirmed: "確認並結案",
  },
  vehicle: {
    sides: ["失竊", "尋獲"], whose: ["報案人所述", "現場所見"], short: ["失", "尋"], one: "同一車輛",
    before: "任一尋獲車恰為此車", letter: "車", confirmed: "確認並結案",
  },
  incident: {
    sides: ["先受理", "後受理"], whose: ["", ""], short: ["先", "後"], one: "同一事件",
    before: "任一他案恰為此事件", letter: "案", confirmed: "確認為同一事件，兩案都不結案",
  },
};

/** @param {PairLead} lead */
export const pairWords = ({ kind }) => PAIRS[kind];

/** @param {LeadKind} kind */
export const letterOf = (kind) => (kind === "read" ? "" : PAIRS[kind].letter);

/** Which of them it is, in a few words. @param {PairLead} lead @param {Report} report */
function called({ kind }, report) {
  if (kind === "person") return report.person ? nameOf(report.person) : "";
  return kind === "vehicle" ? plateOf(report) : `${report.agency.name} ${report.case_number}`;
}

/** Both sides in a line: 失竊 BKO-5826 ↔ 尋獲 無車牌. @param {PairLead} lead */
export function bothSides(lead) {
  const [left, right] = pairWords(lead).sides;
  return `${left} ${called(lead, lead.report)} ↔ ${right} ${called(lead, lead.other_report)}`;
}

/**
 * The agencies that have a pair's reports, each once, with its last verdict.
 * @param {PairLead} lead
 * @returns {{agency: Agency, whose: string, verdict: Verdict | null}[]}
 */
export function sides(lead) {
  const { report, other_report: other, judgements } = lead;
  const [left, right] = pairWords(lead).sides;
  const last = new Map(judgements
    .toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at))
    .map((one) => /** @type {[string, Verdict]} */ ([one.agency_id, one.verdict])));
  const verdict = (/** @type {Report} */ { agency }) => last.get(agency.id) ?? null;
  return report.agency.id === other.agency.id
    ? [{ agency: report.agency, whose: `${left}、${right}`, verdict: verdict(report) }]
    : [{ agency: report.agency, whose: left, verdict: verdict(report) }, { agency: other.agency, whose: right, verdict: verdict(other) }];
}

/** Has one of two agencies confirmed, and the other said nothing yet? @param {PairLead} lead */
export function isHalfConfirmed(lead) {
  const said = sides(lead).map((one) => one.verdict);
  return lead.state === "unverified" && said.includes("positive");
}

/** Can this page tell of a lead? A later service may send kinds that it does not know. @param {Lead} lead */
export function isTellable({ kind, read, report, other_report: other }) {
  if (kind === "read") return Boolean(read);
  if (kind === "person") return Boolean(report.person && other.person);
  return Object.hasOwn(PAIRS, kind) && Boolean(other);
}

/**
 * Two reports of one theft stand in the order in which they were filed; the service has
 * them in that of what they say happened.
 * @template {Lead} T
 * @param {T} lead
 * @returns {T}
 */
export function firstFiledFirst(lead) {
  const { kind, report, other_report: other, explanation } = lead;
  if (kind !== "incident" || !other || Date.parse(report.reported_at) <= Date.parse(other.reported_at)) return lead;
  const comparisons = explanation.comparisons.map((one) => ({ ...one, left: one.right, right: one.left }));
  return { ...lead, report: other, other_report: report, explanation: { ...explanation, comparisons } };
}

/** The time between what two reports of one theft say; their spans may well overlap. @param {IncidentLead} lead */
function apart({ report, other_report: other }) {
  const last = Math.max(Date.parse(report.event_from), Date.parse(other.event_from));
  const first = Math.min(Date.parse(report.event_to), Date.parse(other.event_to));
  return last <= first ? "案發時段重疊" : `案發相隔 ${duration((last - first) / 1000)}`;
}

/** How long after the first the second happened. @param {PairLead} lead */
export function elapsed(lead) {
  if (lead.kind === "incident") return apart(lead);
  const { kind, seconds_since: seconds } = lead;
  const said = duration(Math.abs(seconds));
  if (seconds >= 0) return kind === "person" ? `相隔 ${said}` : `失竊後 ${said}尋獲`;
  return kind === "person" ? `尋獲比最後目擊早 ${said}` : `尋獲比失竊早 ${said}`;
}

/** What people must do before they act on a pair. @param {PairLead} lead */
export function pairCaution({ kind, state }) {
  if (kind === "vehicle") return "線索不是結論：核對車身與引擎號碼前不得據以處置";
  if (kind === "incident") return "線索不是結論：先比對再併案，勿計為連續案件";
  const first = state === "unverified" ? "前須由人員比對" : "前仍須由人員比對";
  return `線索不是結論：通知家屬${first}身分、外觀特徵與案件內容`;
}

/** An agency as officers call it: 新北市警局. @param {Agency} agency */
export const shortAgency = ({ name }) => name.replace(/(政府)?警察局$/, "警局");

/** A case by agency, number and state. @param {Report} report */
export const caseLine = ({ agency, case_number: number, state }) => `${agency.name}・${number}・${say("report", state)}`;
