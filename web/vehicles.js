// @ts-check
// Vehicles in words, as they were reported. Pure functions.

import { say } from "./words.js";

export const NO_PLATE = "無車牌";
/** @type {Vehicle} */
const NOTHING = { plate: null, type: null, colour: null, make: null, model: null, marks: null };

/** What a report tells of a vehicle; a theft of other things tells nothing. @param {Report} report */
export const vehicleOf = ({ vehicle }) => vehicle ?? NOTHING;

/** @param {Report} report */
export const plateOf = (report) => vehicleOf(report).plate || NO_PLATE;

/** Toyota Altis; empty when neither is known. @param {Vehicle} vehicle */
export const makeAndModel = ({ make, model }) => [make, model].filter(Boolean).join(" ");

/** A vehicle in a breath: 銀・Toyota Altis; its type where nobody knows the make. @param {Vehicle} vehicle */
export function look(vehicle) {
  const what = makeAndModel(vehicle) || (vehicle.type && say("type", vehicle.type));
  return [vehicle.colour && say("colour", vehicle.colour), what].filter(Boolean).join("・");
}

/** What was taken: the vehicle, or what the report says of it. @param {Report} report */
export function stolen(report) {
  const { vehicle, text, kind } = report;
  if (!vehicle) return text || say("reported", kind);
  return [vehicle.plate, look(vehicle)].filter(Boolean).join("・") || say("reported", kind);
}
