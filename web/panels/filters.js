// @ts-check
// Four drop-downs: kind, state, county, and whether the lead asks for action.

import { byId, h } from "../dom.js";
import { LEAD_KINDS, LEAD_STATES, say } from "../words.js";

/** @param {string} name @param {string} label @param {[string, string][]} options @param {string} value */
function choice(name, label, options, value) {
  const select = h("select", { name },
    ...options.map(([key, text]) => h("option", { value: key, selected: key === value }, text)));
  return h("label", {}, label, select);
}

/**
 * Draw the filters.
 * @param {{filters: Filters, counties: Named[], byState: Summary["leads_by_state"]}} shown
 */
export function showFilters({ filters, counties, byState }) {
  const form = byId("filters");
  const held = /** @type {HTMLSelectElement | null} */ (form.contains(document.activeElement) ? document.activeElement : null)?.name;
  /** @param {LeadState} state */
  const counted = (state) => (byState[state] === undefined ? "" : ` ${byState[state]}`);
  form.replaceChildren(
    choice("kind", "種類", [["", "全部"], ...LEAD_KINDS.map((k) => /** @type {[string, string]} */ ([k, say("lead", k)]))], filters.kind),
    choice("state", "狀態", [["", "全部"], ...LEAD_STATES.map((s) => /** @type {[string, string]} */ ([s, say("state", s) + counted(s)]))], filters.state),
    choice("county", "案主／發現縣市", [["", "全部"], ...counties.map((c) => /** @type {[string, string]} */ ([c.code, c.name]))], filters.county),
    choice("level", "通知方式", [["", "全部"], ["action", say("level", "action")], ["advice", say("level", "advice")]], filters.level));
  if (held) /** @type {HTMLElement | null} */ (form.querySelector(`[name="${held}"]`))?.focus();
}

/** @param {(filters: Filters) => void} onchange */
export function startFilters(onchange) {
  const form = /** @type {HTMLFormElement} */ (byId("filters"));
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("change", () => {
    const given = new FormData(form);
    const chosen = (/** @type {string} */ name) => String(given.get(name));
    onchange({ state: chosen("state"), county: chosen("county"), level: chosen("level"), kind: chosen("kind") });
  });
}
