// @ts-check
// Persons in words. Pure functions.

import { say } from "./words.js";

const NOBODY = "姓名不詳";
const BIRTHDAY = new Intl.DateTimeFormat("en-CA", { timeZone: "Asia/Taipei", year: "numeric", month: "2-digit", day: "2-digit" });

/** @param {Person} person */
export const nameOf = ({ name }) => name || NOBODY;

/** Whole years between a day of birth and a moment. @param {string} born @param {string} at */
function years(born, at) {
  const [year, month, day] = born.split("-").map(Number);
  const [onYear, onMonth, onDay] = BIRTHDAY.format(new Date(at)).split("-").map(Number);
  return onYear - year - (onMonth < month || (onMonth === month && onDay < day) ? 1 : 0);
}

/** An age as it is known: 75 歲, 70–80 歲, 70 歲以上; empty when it is not. @param {PersonReport} report */
export function age({ person, event_from: at }) {
  const { birth_date: born, age_from: from, age_to: to } = person;
  if (born) return `${years(born, at)} 歲`;
  if (from === null) return to === null ? "" : `${to} 歲以下`;
  if (to === null) return `${from} 歲以上`;
  return from === to ? `${from} 歲` : `${from}–${to} 歲`;
}

/** Sex and age in a breath. @param {PersonReport} report */
export const sexAndAge = (report) =>
  [report.person.sex && say("sex", report.person.sex), age(report)].filter(Boolean).join("・") || "性別、年齡不詳";
