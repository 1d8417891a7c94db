// @ts-check
// Every word of the interface's vocabulary that the page says in Chinese, in one table.

const WORDS = {
  state: { unverified: "未查證", positive: "相符", negative: "不符", unsure: "無法判斷", withdrawn: "已撤銷" },
  verdict: { positive: "相符", negative: "不符", unsure: "無法判斷" },
  level: { action: "處置", advice: "僅供參考" },
  action: { act: "處置", advice: "僅供參考" },
  role: { owner: "案主", scene: "發現地", transit: "途經" },
  pairRole: { owner: "案主", scene: "尋獲地", transit: "途經" },
  incidentRole: { owner: "受理", scene: "受理", transit: "途經" },
  lead: { read: "車輛讀取", person: "人", vehicle: "尋獲車", incident: "重複受理" },
  delivery: { pending: "未簽收", acknowledged: "已簽收" },
  report: { open: "未結案", closed: "已結案" },
  kind: { camera: "攝影機", gantry: "收費門架", "speed-camera": "測速照相", station: "警察機關", atm: "提款機" },
  reported: {
    "stolen-vehicle": "車輛失竊", "stolen-plate": "車牌失竊", "found-vehicle": "尋獲車輛",
    theft: "竊盜", robbery: "強盜搶奪", "missing-person": "失蹤人口", "found-person": "身分不明者",
  },
  category: { theft: "竊盜", "stolen-vehicle": "失竊車輛", missing: "失蹤人口", found: "身分不明者" },
  sex: { female: "女", male: "男" },
  build: { thin: "瘦", medium: "中等", heavy: "胖" },
  type: {
    sedan: "轎車", suv: "休旅車", van: "廂型車", truck: "貨車", bus: "大客車", taxi: "計程車",
    scooter: "機車", "heavy-motorcycle": "大型重機",
  },
  colour: {
    white: "白", black: "黑", silver: "銀", grey: "灰", red: "紅", blue: "藍", green: "綠",
    yellow: "黃", brown: "棕", orange: "橘", purple: "紫", gold: "金", pink: "粉",
  },
  note: {
    ok: "已定位", border: "位於界線上", overlap: "落在重疊界線內", gap: "落在界線縫隙",
    sea: "位於海上", outside: "不在臺灣範圍", swapped: "經緯度可能顛倒", metres: "像是公尺坐標，不是經緯度",
    zero: "坐標為零", nan: "不是數字",
  },
  compared: { plate: "車牌", vehicle: "車輛", list: "清單" },
  pairCompared: { identity: "身分", appearance: "外觀特徵", vehicle: "車身", report: "案件內容" },
};

/**
 * Say one word of a vocabulary in Chinese; an unknown word is said as it came.
 * @param {keyof typeof WORDS} table
 * @param {string | null | undefined} word
 * @returns {string}
 */
export function say(table, word) {
  if (word === null || word === undefined || word === "") return "—";
  const words = /** @type {Record<string, string>} */ (WORDS[table]);
  return Object.hasOwn(words, word) ? words[word] : word;
}

/** @type {LeadState[]} */
export const LEAD_STATES = ["unverified", "positive", "negative", "unsure", "withdrawn"];
/** @type {SiteKind[]} */
export const SITE_KINDS = ["camera", "gantry", "speed-camera", "station", "atm"];
/** @type {LeadKind[]} */
export const LEAD_KINDS = ["read", "person", "vehicle", "incident"];

/** @type {Record<LeadKind, string[]>} */
const TO_COMPARE = {
  read: ["plate", "vehicle", "list"], person: ["identity", "appearance", "report"],
  vehicle: ["vehicle", "report"], incident: ["report"],
};

/** What must have been compared before a lead is called a match. @param {Lead} lead */
export const toCompare = ({ kind }) => TO_COMPARE[kind];

/** @param {Lead} lead @param {string} one */
export const sayCompared = ({ kind }, one) => say(kind === "read" ? "compared" : "pairCompared", one);

/** A recipient's part in a lead. @param {Lead} lead @param {Role} role */
export const sayRole = ({ kind }, role) => say(kind === "read" ? "role" : kind === "incident" ? "incidentRole" : "pairRole", role);

/**
 * Say a compared value: colours and vehicle types are words of ours, the rest is data.
 * @param {string} comparison
 * @param {string | null} value
 */
export function sayValue(comparison, value) {
  if (/colou?r/.test(comparison)) return say("colour", value);
  if (/type|vehicle/.test(comparison)) return say("type", value);
  return value === null || value === "" ? "—" : String(value);
}
