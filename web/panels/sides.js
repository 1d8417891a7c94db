// @ts-check
// A pair in a row of the list: its two sides, each in three lines at most.

import { h } from "../dom.js";
import { pairWords, shortAgency } from "../pairs.js";
import { nameOf, sexAndAge } from "../people.js";
import { NO_PLATE, look, plateOf, stolen, vehicleOf } from "../vehicles.js";
import { markedName } from "./names.js";
import { markedPlate } from "./plates.js";

/** @typedef {{whose: string, title: string, name: Node, about: string[]}} Side */

/** @param {string} whose @param {PersonReport} report @param {PersonReport} other @returns {Side} */
const person = (whose, report, other) => ({
  whose, title: nameOf(report.person), name: h("bdi", {}, ...markedName(report.person, other.person)), about: [sexAndAge(report)],
});

/** A plate, unlike characters marked where there are two. @param {Report} report @param {Report} other */
export function plateBeside(report, other) {
  const [shown, beside] = [vehicleOf(report).plate, vehicleOf(other).plate];
  if (!shown) return h("span", { class: "no-plate" }, NO_PLATE);
  return h("bdi", { class: "plate" }, ...(beside ? markedPlate(shown, beside) : [shown]));
}

/** @param {string} whose @param {Report} report @param {Report} other @returns {Side} */
const vehicle = (whose, report, other) => ({
  whose: `${whose}車`, title: plateOf(report), name: plateBeside(report, other), about: [look(vehicleOf(report)) || "車款、顏色不詳"],
});

/** @param {string} whose @param {Report} report @returns {Side} */
const filed = (whose, report) => ({
  whose, title: report.agency.name, name: h("bdi", { class: "agency" }, shortAgency(report.agency)), about: [report.case_number, stolen(report)],
});

/** @param {PairLead} lead @returns {Side[]} */
function sidesOf(lead) {
  const [left, right] = pairWords(lead).sides;
  if (lead.kind === "person") return [person(left, lead.report, lead.other_report), person(right, lead.other_report, lead.report)];
  if (lead.kind === "vehicle") return [vehicle(left, lead.report, lead.other_report), vehicle(right, lead.other_report, lead.report)];
  return [filed(left, lead.report), filed(right, lead.other_report)];
}

/** @param {Side} side */
const drawn = ({ whose, title, name, about }) => h("span", {},
  h("span", { class: "name", title }, h("small", {}, `${whose} `), name),
  ...about.map((line) => h("span", { class: "about", title: line }, line)));

/** @param {PairLead} lead */
export function twoSides(lead) {
  const [left, right] = sidesOf(lead).map(drawn);
  return h("span", { class: `plates pair-sides ${lead.kind}` }, left, h("span", { class: "versus", "aria-hidden": "true" }, "↔"), right);
}
