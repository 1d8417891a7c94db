// @ts-check
// The HTTP interface. Every answer is JSON; every refusal is application/problem+json.

import { firstFiledFirst } from "./pairs.js";
import { say } from "./words.js";

let pending = 0;
/** @type {Set<() => void>} */
const waiting = new Set();

/** An answer that is not the one asked for, in words for the reader. */
export class ApiError extends Error {
  /** @param {string} message @param {number} status 0 when no answer came */
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

/** @param {Response} response */
async function refusal(response) {
  const problem = await response.json().catch(() => ({}));
  if (typeof problem.note === "string" && problem.note) return new ApiError(say("note", problem.note), response.status);
  const words = [problem.title, problem.detail].filter((part) => typeof part === "string" && part);
  return new ApiError(words.join("：") || `伺服器回覆 ${response.status}`, response.status);
}

function settle() {
  pending -= 1;
  if (pending > 0) return;
  for (const resume of waiting) resume();
  waiting.clear();
}

/**
 * @param {string} path
 * @param {RequestInit} [init]
 * @returns {Promise<any>}
 */
async function ask(path, init) {
  pending += 1;
  try {
    const response = await fetch(path, { headers: { accept: "application/json" }, ...init }).catch(() => {
      throw new ApiError("無法連線到伺服器", 0);
    });
    if (!response.ok) throw await refusal(response);
    return await response.json();
  } finally {
    settle();
  }
}

/** Resolve once no request is under way. @returns {Promise<void>} */
export const whenQuiet = () => (pending === 0 ? Promise.resolve() : new Promise((resume) => waiting.add(resume)));

/** @param {Record<string, string | number | undefined>} values */
function query(values) {
  const kept = Object.entries(values).filter(([, value]) => value !== undefined && value !== "");
  return kept.length ? `?${new URLSearchParams(kept.map(([key, value]) => [key, String(value)]))}` : "";
}

/** @returns {Promise<Summary>} */
export const summary = () => ask("summary");

/** @param {"county" | "town"} layer */
export const boundaries = (layer) => ask(`boundaries/${layer}.geojson`);

/** @param {Partial<Filters> & {limit?: number, cursor?: string}} asked @returns {Promise<LeadPage>} */
export async function leads(asked) {
  const page = await ask(`leads${query(asked)}`);
  return { ...page, leads: page.leads.map(firstFiledFirst) };
}

/** @param {string} id @returns {Promise<Lead>} */
export const lead = async (id) => firstFiledFirst(await ask(`leads/${encodeURIComponent(id)}`));

/** @param {string} id @param {JudgementBody} body @returns {Promise<Lead>} */
export const judge = async (id, body) => firstFiledFirst(
  await ask(`leads/${encodeURIComponent(id)}/judgement`, {
    method: "POST",
    headers: { accept: "application/json", "content-type": "application/json" },
    body: JSON.stringify(body),
  }));

/** @param {number} lng @param {number} lat @returns {Promise<Located>} */
export const locate = (lng, lat) => ask(`locate${query({ lng, lat })}`);

/** @param {SiteKind} kind @returns {Promise<SiteColumns>} */
export const sites = (kind) => ask(`sites${query({ kind, limit: 50000 })}`);

/** @param {number} lng @param {number} lat @param {SiteKind} kind @param {number} k @returns {Promise<{sites: NearSite[]}>} */
export const nearest = (lng, lat, kind, k) => ask(`sites/nearest${query({ lng, lat, kind, k })}`);
