// @ts-check
// A person's verdict on a lead: chosen first, checked, then sent.

import * as api from "../api.js";
import { h } from "../dom.js";
import { pairWords, sides } from "../pairs.js";
import { say, sayCompared, toCompare } from "../words.js";

/** @type {Verdict[]} */
const VERDICTS = ["positive", "negative", "unsure"];
/** What is asked for by the number of ticks. */
const HOW_MANY = ["", "勾選", "勾選兩項", "勾選三項"];
/** Who judged last on this page; kept in memory only. */
const last = { by: "", agency: "" };

/** Who may judge: of a pair only the agencies of its two reports. @param {Lead} lead @returns {Agency[]} */
function agencies(lead) {
  if (!lead.read) return sides(lead).map((one) => one.agency);
  const all = [lead.report.agency, ...lead.recipients.map((one) => one.agency)];
  return all.filter((one, index) => all.findIndex((other) => other.id === one.id) === index);
}

/** Of two agencies that both count, none is chosen for the reader. @param {Lead} lead */
function agencyChoice(lead) {
  const all = agencies(lead);
  const blank = !lead.read && all.length > 1 && h("option", { value: "" }, "請選擇");
  return h("select", { name: "agency_id", required: true }, blank, ...all.map((one) =>
    h("option", { value: one.id, selected: one.id === last.agency }, one.name)));
}

/** @param {Lead} lead */
function fields(lead) {
  return h("div", { class: "grid" },
    h("label", {}, "查證人員", h("input", { name: "by", required: true, maxlength: 80, autocomplete: "off", value: last.by })),
    h("label", {}, "所屬單位", agencyChoice(lead)),
    h("label", { class: "wide" }, "備註（可不填）", h("input", { name: "comment", maxlength: 500, autocomplete: "off" })));
}

/** @param {Lead} lead @param {Verdict} verdict */
function ticks(lead, verdict) {
  const required = verdict === "positive";
  return h("fieldset", {},
    h("legend", {}, required ? "已比對（必勾）" : "已比對"),
    ...toCompare(lead).map((one) => h("label", { class: "tick" }, h("input", { type: "checkbox", name: "compared", value: one }), sayCompared(lead, one))));
}

/** Who has confirmed a pair, and who has not yet. @param {Lead} lead */
function confirmations(lead) {
  if (lead.read) return null;
  const all = sides(lead);
  const { confirmed } = pairWords(lead);
  return h("div", { class: "sides" },
    h("p", {}, all.length > 1 ? `雙方單位都判為相符，才算${confirmed}` : `兩案由同一單位受理，該單位判為相符即${confirmed}`),
    h("ul", {}, ...all.map(({ agency, whose, verdict }) => h("li", {},
      h("span", {}, whose),
      h("span", { class: "agency" }, agency.name),
      h("span", { class: `chip ${verdict ?? "none"}` }, verdict ? `${verdict === "positive" ? "✓ " : ""}已判${say("verdict", verdict)}` : "尚未查證")))));
}

/** @param {FormData} given @param {Verdict} verdict @returns {JudgementBody} */
const body = (given, verdict) => ({
  verdict,
  by: String(given.get("by")).trim(),
  agency_id: String(given.get("agency_id")),
  comment: String(given.get("comment")).trim(),
  compared: given.getAll("compared").map(String),
});

/**
 * What keeps a judgement from being sent, and the field to see to.
 * @param {JudgementBody} sent
 * @param {Lead} lead
 * @returns {{why: string, field: string} | null}
 */
export function objection(sent, lead) {
  const wanted = toCompare(lead);
  const names = wanted.map((one) => sayCompared(lead, one)).join("、");
  if (sent.verdict === "positive" && sent.compared.length < wanted.length) {
    return { why: `判為相符前，請先比對${names}，並${HOW_MANY[wanted.length]}。`, field: '[name="compared"]:not(:checked)' };
  }
  if (!sent.by) return { why: "請填查證人員。", field: '[name="by"]' };
  return sent.agency_id ? null : { why: "請選所屬單位。", field: '[name="agency_id"]' };
}

/**
 * Make the form that judges a lead.
 * @param {Lead} lead
 * @param {(judged: Lead) => void} onjudged
 */
export function judgementForm(lead, onjudged) {
  const error = h("p", { class: "field-error", role: "alert", hidden: true });
  const rest = h("div", {});
  /** @type {Verdict | null} */
  let verdict = null;
  const complain = (/** @type {string} */ why) => {
    error.hidden = !why;
    error.textContent = why;
  };
  const buttons = VERDICTS.map((one) => h("button", { type: "button", "data-verdict": one, "aria-pressed": "false", onclick: () => choose(one) }, say("verdict", one)));
  /** @param {Verdict | null} one */
  function choose(one) {
    verdict = one;
    complain("");
    form.querySelector(".done")?.remove();
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.verdict === one));
    rest.replaceChildren(...(one ? [ticks(lead, one), fields(lead), h("div", { class: "send" },
      h("button", { type: "submit", class: "primary" }, `送出：${say("verdict", one)}`),
      h("button", { type: "button", onclick: () => choose(null) }, "取消"))] : []));
  }
  const form = /** @type {HTMLFormElement} */ (h("form", { class: "judge", "aria-label": "查證結果", novalidate: true },
    confirmations(lead),
    h("div", { class: "verdicts" }, h("span", {}, "查證"), ...buttons), rest, error));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!verdict) return;
    const sent = body(new FormData(form), verdict);
    const wrong = objection(sent, lead);
    complain(wrong?.why ?? "");
    if (wrong) return /** @type {HTMLElement | null} */ (form.querySelector(wrong.field))?.focus();
    Object.assign(last, { by: sent.by, agency: sent.agency_id });
    const submit = form.querySelector('[type="submit"]');
    submit?.setAttribute("disabled", "");
    try {
      onjudged(await api.judge(lead.id, sent));
    } catch (problem) {
      submit?.removeAttribute("disabled");
      complain(problem instanceof Error ? problem.message : String(problem));
    }
  });
  return form;
}
