// @ts-check
// Numbers, times and plates as text. Pure functions.

const ZONE = "Asia/Taipei";
const PARTS = new Intl.DateTimeFormat("zh-TW", {
  timeZone: ZONE, hourCycle: "h23", year: "numeric", month: "2-digit", day: "2-digit",
  hour: "2-digit", minute: "2-digit", second: "2-digit", weekday: "narrow",
});

/** @param {string} iso @returns {Record<string, string>} */
const parts = (iso) => Object.fromEntries(PARTS.formatToParts(new Date(iso)).map((p) => [p.type, p.value]));

/** Month, day and minute in Taipei: 11/21 03:12. @param {string | null} iso */
export function shortTime(iso) {
  if (!iso) return "—";
  const p = parts(iso);
  return `${p.month}/${p.day} ${p.hour}:${p.minute}`;
}

/** Full time in Taipei: 2026/11/21（六）03:12:45. @param {string | null} iso */
export function fullTime(iso) {
  if (!iso) return "—";
  const p = parts(iso);
  return `${p.year}/${p.month}/${p.day}（${p.weekday}）${p.hour}:${p.minute}:${p.second}`;
}

/** From when to when, the second day only where it is another. @param {string | null} from @param {string | null} to */
export function span(from, to) {
  if (!from || !to || from === to) return fullTime(from ?? to);
  const [a, b] = [parts(from), parts(to)];
  const date = (/** @type {Record<string, string>} */ p) => `${p.month}/${p.day}（${p.weekday}）`;
  return `${a.year}/${date(a)}${a.hour}:${a.minute} 至 ${date(a) === date(b) ? "" : date(b)}${b.hour}:${b.minute}`;
}

/** A day in Taipei: 2026/11/21. @param {string | null} iso */
export function day(iso) {
  if (!iso) return "—";
  const p = parts(iso);
  return `${p.year}/${p.month}/${p.day}`;
}

/** Signed bits with a true minus: +5.1, −22.8, 0. @param {number} value */
export function bits(value) {
  const rounded = Math.abs(value).toFixed(1);
  if (rounded === "0.0") return "0";
  return (value < 0 ? "−" : "+") + rounded;
}

/** A probability that never claims certainty. @param {number} p */
export function percent(p) {
  if (p > 0.999) return ">99.9 %";
  if (p < 0.001) return "<0.1 %";
  return p > 0.99 || p < 0.01 ? `${(p * 100).toFixed(1)} %` : `${Math.round(p * 100)} %`;
}

/** @param {number | null} metres */
export function distance(metres) {
  if (metres === null || !Number.isFinite(metres)) return "—";
  return metres < 1000 ? `${Math.round(metres)} m` : `${(metres / 1000).toFixed(1)} km`;
}

/** @param {number | null} seconds */
export function duration(seconds) {
  if (seconds === null || !Number.isFinite(seconds)) return "—";
  const sign = seconds < 0 ? "−" : "";
  const minutes = Math.round(Math.abs(seconds) / 60);
  if (minutes < 60) return `${sign}${minutes} 分`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${sign}${hours} 時 ${minutes % 60} 分`;
  return `${sign}${Math.floor(hours / 24)} 日 ${hours % 24} 時`;
}

/** The least speed for a way; empty after a day, when it says nothing. @param {{speed_kmh: number | null, seconds_since: number | null}} way */
export const leastSpeed = ({ speed_kmh: kmh, seconds_since: seconds }) =>
  (kmh === null || !Number.isFinite(kmh) || (seconds ?? 0) > 86_400 ? "" : `至少 ${Math.round(kmh)} km/h`);

/** @param {number} n */
export const count = (n) => n.toLocaleString("en-US");

/** County and town in a breath. @param {{county: Named | null, town: Named | null}} at */
export const place = ({ county, town }) => [county?.name, town?.name].filter(Boolean).join(" ") || "地點不明";

/** Dashes and spaces carry no meaning on a plate. @param {string} character */
const isGap = (character) => /[\s\-‐-―−－.]/u.test(character);

/** @param {string} a @param {string} b */
const unlike = (a, b) => a.normalize("NFKC").toUpperCase() !== b.normalize("NFKC").toUpperCase();

/** What leaving a character out costs. @param {string} character */
const alone = (character) => (isGap(character) ? 0 : 1);

/**
 * Line two plates up character by character; a space stands where one has nothing.
 * Width, case, dashes and spaces make no difference.
 * @param {string} left
 * @param {string} right
 * @returns {{left: string, right: string, same: boolean}[]}
 */
export function alignPlates(left, right) {
  const [a, b] = [[...left.slice(0, 64)], [...right.slice(0, 64)]];
  const cost = a.map(() => /** @type {number[]} */ ([])).concat([[]]);
  for (let i = a.length; i >= 0; i -= 1) {
    for (let j = b.length; j >= 0; j -= 1) {
      if (i === a.length && j === b.length) cost[i][j] = 0;
      else if (i === a.length) cost[i][j] = cost[i][j + 1] + alone(b[j]);
      else if (j === b.length) cost[i][j] = cost[i + 1][j] + alone(a[i]);
      else cost[i][j] = Math.min(cost[i + 1][j + 1] + Number(unlike(a[i], b[j])), cost[i + 1][j] + alone(a[i]), cost[i][j + 1] + alone(b[j]));
    }
  }
  return walk(a, b, cost);
}

/** @param {string[]} a @param {string[]} b @param {number[][]} cost */
function walk(a, b, cost) {
  const pairs = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    const both = i < a.length && j < b.length;
    if (both && cost[i][j] === cost[i + 1][j + 1] + Number(unlike(a[i], b[j]))) {
      pairs.push({ left: a[i], right: b[j], same: !unlike(a[i], b[j]) });
      i += 1;
      j += 1;
    } else if (i < a.length && (j === b.length || cost[i][j] === cost[i + 1][j] + alone(a[i]))) {
      pairs.push({ left: a[i], right: isGap(a[i]) ? "" : " ", same: isGap(a[i]) });
      i += 1;
    } else {
      pairs.push({ left: isGap(b[j]) ? "" : " ", right: b[j], same: isGap(b[j]) });
      j += 1;
    }
  }
  return pairs;
}
