// @ts-check
// A person's verdict on a lead: chosen first, checked, then sent.

import * as api from "../api.js";
import { h } from "../dom.js";
import { COMPARED, say } from "../words.js";

/** @type {Verdict[]} */
const VERDICTS = ["positive", "negative", "unsure"];
/** Who judged last on this page; kept in memory only. */
const last = { by: "", agency: "" };

/** @param {Lead} lead @returns {Agency[]} */
function agencies(lead) {
  const all = [lead.report.agency, ...lead.recipients.map((one) => one.agency)];
  return all.filter((one, index) => all.findIndex((other) => other.id === one.id) === index);
}

/** @param {Lead} lead */
function fields(lead) {
  return h("div", { class: "grid" },
    h("label", {}, "查證人員", h("input", { name: "by", required: true, maxlength: 80, autocomplete: "off", value: last.by })),
    h("label", {}, "所屬單位", h("select", { name: "agency_id" }, ...agencies(lead).map((one) =>
      h("option", { value: one.id, selected: one.id === last.agency }, one.name)))),
    h("label", { class: "wide" }, "備註（可不填）", h("input", { name: "comment", maxlength: 500, autocomplete: "off" })));
}

/** @param {Verdict} verdict */
function ticks(verdict) {
  const required = verdict === "positive";
  return h("fieldset", {},
    h("legend", {}, required ? "已比對（必勾）" : "已比對"),
    ...COMPARED.map((one) => h("label", { class: "tick" }, h("input", { type: "checkbox", name: "compared", value: one }), say("compared", one))));
}

/** @param {FormData} given @param {Verdict} verdict @returns {JudgementBody} */
const body = (given, verdict) => ({
  verdict,
  by: String(given.get("by")).trim(),
  agency_id: String(given.get("agency_id")),
  comment: String(given.get("comment")).trim(),
  compared: given.getAll("compared").map(String),
});

/** What keeps a judgement from being sent. @param {JudgementBody} sent @returns {string} */
export function objection(sent) {
  if (sent.verdict === "positive" && sent.compared.length < COMPARED.length) return "判為相符前，請先比對車牌、車輛、清單，並勾選三項。";
  return sent.by ? "" : "請填查證人員。";
}

/** @param {HTMLFormElement} form @param {JudgementBody} sent */
function focusProblem(form, sent) {
  const unticked = /** @type {HTMLElement | null} */ (form.querySelector('[name="compared"]:not(:checked)'));
  const name = /** @type {HTMLElement | null} */ (form.querySelector('[name="by"]'));
  (sent.verdict === "positive" && sent.compared.length < COMPARED.length ? unticked : name)?.focus();
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
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.verdict === one));
    rest.replaceChildren(...(one ? [ticks(one), fields(lead), h("div", { class: "send" },
      h("button", { type: "submit", class: "primary" }, `送出：${say("verdict", one)}`),
      h("button", { type: "button", onclick: () => choose(null) }, "取消"))] : []));
  }
  const form = /** @type {HTMLFormElement} */ (h("form", { class: "judge", "aria-label": "查證結果", novalidate: true },
    h("div", { class: "verdicts" }, h("span", {}, "查證"), ...buttons), rest, error));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!verdict) return;
    const sent = body(new FormData(form), verdict);
    complain(objection(sent));
    if (objection(sent)) return focusProblem(form, sent);
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
