// @ts-check
// The page: what is shown follows from the address bar and from the answers.

import * as api from "./api.js";
import { readBookmark, writeBookmark } from "./bookmark.js";
import { startColours } from "./colours.js";
import { byId } from "./dom.js";
import { hook } from "./map/hook.js";
import { showLegend } from "./map/legend.js";
import { startMap } from "./map/map.js";
import { hideDetail, sayJudged, showDetail, showDetailWords } from "./panels/detail.js";
import { showFilters, startFilters } from "./panels/filters.js";
import { markSelected, showList, showListError, showLoading, startList } from "./panels/list.js";
import { startLocate } from "./panels/located.js";
import { showTotals } from "./panels/totals.js";
import { isTellable } from "./pairs.js";

const PAGE = 100;
const LOOK_AGAIN_MS = 30_000;

/** @type {Bookmark} */
let now = readBookmark(location.hash);
const held = {
  /** @type {Lead[]} */ leads: [],
  /** @type {string | null} */ next: null,
  /** @type {Lead | null} */ open: null,
  /** @type {Summary | null} */ summary: null,
  /** @type {Named[]} */ counties: [],
  listed: false,
};

const chart = startMap(now.view, {
  onselect: (id) => go({ lead: id }),
  onmove: (view) => {
    if (!window.__app.ready) return;
    now = { ...now, view };
    history.replaceState(null, "", writeBookmark(now));
  },
  onerror: mapError,
});
hook(chart, () => ({ ...now, leads: shownLeads().map((lead) => lead.id), open: held.open?.id ?? null }));

/** @param {string} why */
function mapError(why) {
  byId("map-error").hidden = !why;
  byId("map-error").textContent = why && `地圖資料讀取失敗：${why}`;
}

/** @param {unknown} error */
const reason = (error) => (error instanceof Error ? error.message : String(error));

/** Newest first; those that this page knows how to tell. */
const shownLeads = () => held.leads.filter(isTellable)
  .toSorted((a, b) => Date.parse(b.at) - Date.parse(a.at));

function paintList() {
  const leads = shownLeads();
  const unfiltered = !now.filters.county && !now.filters.level && !now.filters.kind;
  const { summary } = held;
  showList(leads, {
    untold: held.leads.filter((lead) => !isTellable(lead)).length,
    link: (id) => writeBookmark({ ...now, lead: id, view: null }),
    more: held.next ? () => loadMore() : null,
    total: summary && unfiltered ? (now.filters.state ? summary.leads_by_state[/** @type {LeadState} */ (now.filters.state)] : summary.leads) : undefined,
  });
  markSelected(now.lead);
  chart.leads.show(leads);
}

function paintFrame() {
  const { summary, counties } = held;
  showFilters({ filters: now.filters, counties, byState: summary?.leads_by_state ?? {} });
  showLegend({ summary, layers: now.layers, lead: held.open, onlayers: (layers) => go({ layers }) });
  if (!summary) return;
  showTotals(summary);
  byId("vintage").textContent = `界線 ${summary.boundaries.vintage}・${summary.boundaries.source}`;
  byId("vintage").title = byId("vintage").textContent ?? "";
}

async function loadList() {
  const asked = now.filters;
  showLoading();
  try {
    const page = await api.leads({ ...asked, limit: PAGE });
    if (asked !== now.filters) return;
    Object.assign(held, { leads: page.leads, next: page.next, listed: true });
    paintList();
  } catch (error) {
    showListError(reason(error), () => loadList());
  }
}

async function loadMore() {
  const asked = now.filters;
  try {
    const page = await api.leads({ ...asked, limit: PAGE, cursor: held.next ?? "" });
    if (asked !== now.filters) return;
    const known = new Set(held.leads.map((lead) => lead.id));
    Object.assign(held, { leads: [...held.leads, ...page.leads.filter((lead) => !known.has(lead.id))], next: page.next });
    paintList();
  } catch (error) {
    showListError(reason(error), () => loadList());
  }
}

async function loadSummary() {
  try {
    const summary = await api.summary();
    const same = JSON.stringify(summary) === JSON.stringify(held.summary);
    held.summary = summary;
    if (!same) paintFrame();
  } catch (error) {
    held.summary = null;
    byId("totals").textContent = `總計讀取失敗：${reason(error)}`;
  }
}

/** Open the lead that the address names. @param {boolean} look move the map there */
async function openLead(look) {
  const id = now.lead;
  if (held.open?.id !== id) held.open = null;
  if (!id) {
    hideDetail();
    chart.open(null, false);
    paintFrame();
    return;
  }
  if (!held.open) showDetailWords("正在載入線索", "請稍候。", close);
  try {
    const lead = await api.lead(id);
    if (id !== now.lead) return;
    if (!isTellable(lead)) return showDetailWords("這一頁還不能顯示這種線索", lead.id, close);
    showLead(lead);
    chart.open(lead, look);
  } catch (error) {
    if (id === now.lead) showDetailWords("線索讀取失敗", reason(error), close);
  }
}

/** @param {Lead} lead */
function showLead(lead) {
  held.open = lead;
  showDetail(lead, { close, onjudged });
  paintFrame();
}

/** @param {Lead} judged */
async function onjudged(judged) {
  showLead(judged);
  await Promise.all([openLead(false), loadSummary(), loadList()]);
  sayJudged();
}

function close() {
  const was = now.lead;
  go({ lead: "" });
  const row = /** @type {HTMLElement | undefined} */ ([...byId("leads").querySelectorAll("a")].find((one) => one.dataset.lead === was));
  row?.focus({ preventScroll: true });
}

/** Go somewhere new: an entry in the history, so that Back undoes it. @param {Partial<Bookmark>} change */
function go(change) {
  const before = now;
  now = { ...now, ...change };
  history.pushState(null, "", writeBookmark(now));
  follow(before, true);
}

/** Show what the address says, as far as it differs. @param {Bookmark} before @param {boolean} look */
function follow(before, look) {
  if (now.layers.join() !== before.layers.join()) chart.sites.show(now.layers);
  if (JSON.stringify(now.filters) !== JSON.stringify(before.filters)) loadList();
  markSelected(now.lead);
  if (now.lead !== before.lead) openLead(look);
  else paintFrame();
}

function startAddress() {
  window.addEventListener("popstate", () => {
    const before = now;
    const read = readBookmark(location.hash);
    now = { ...read, view: read.view ?? chart.where() };
    if (read.view) chart.look(read.view);
    follow(before, !read.view);
  });
  byId("leads").addEventListener("click", (event) => {
    const row = event.target instanceof Element ? event.target.closest("a") : null;
    if (!row?.dataset.lead || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    go({ lead: row.dataset.lead });
    if (event.detail === 0) byId("detail-title").focus();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && byId("detail").contains(document.activeElement)) close();
  });
  byId("skip").addEventListener("click", (event) => {
    event.preventDefault();
    const list = byId("leads").querySelector('a[tabindex="0"]') ?? byId("leads");
    /** @type {HTMLElement} */ (byId("list-panel").offsetParent ? list : byId("detail-title")).focus();
  });
}

/** Look for new leads now and then, while someone is looking. */
function keepFresh() {
  setInterval(async () => {
    if (document.hidden) return;
    const before = JSON.stringify(held.summary?.leads_by_state);
    await loadSummary();
    if (JSON.stringify(held.summary?.leads_by_state) !== before && !held.next) await loadList();
  }, LOOK_AGAIN_MS);
}

async function start() {
  startColours(() => chart.repaint());
  startList();
  if (innerWidth < 1360) byId("legend").removeAttribute("open");
  startFilters((filters) => go({ filters }));
  startLocate((found) => chart.mark(found));
  startAddress();
  paintFrame();
  chart.sites.show(now.layers);
  const counties = chart.boundaries.load().then((names) => Object.assign(held, { counties: names })).catch((error) => mapError(reason(error)));
  await Promise.all([counties, loadSummary(), loadList()]);
  if (!now.view && !now.lead) chart.fitLeads();
  if (now.lead) await openLead(!now.view);
  paintFrame();
  if (held.listed) paintList();
  await window.__app.whenIdle();
  window.__app.ready = true;
  keepFresh();
}

start();
