// @ts-check
// The map: OpenLayers on Canvas 2D, nothing from outside.

import { colour } from "../colours.js";
import { byId, h } from "../dom.js";
import { fullTime } from "../format.js";
import { bothSides } from "../pairs.js";
import { say } from "../words.js";
import { drawBoundaries } from "./boundaries.js";
import { filled, isPlace, onMap, pointAt, stroke } from "./geometry.js";
import { drawLeads } from "./leads.js";
import { drawSites, sitesOf, tally } from "./sites.js";
import { twd97 } from "./twd97.js";

const TAIWAN = [119.9, 21.85, 122.1, 25.35];
const NEAR_PX = 7;
const still = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/** @typedef {InstanceType<typeof ol.Map>} OlMap */
/** @typedef {{onselect: (id: string) => void, onmove: (view: Bookmark["view"]) => void, onerror: (why: string) => void}} Listeners */

/** @param {Bookmark["view"]} at */
function makeMap(at) {
  const view = new ol.View({ minZoom: 6, maxZoom: 18, enableRotation: false, center: onMap(at?.lng ?? 120.97, at?.lat ?? 23.7), zoom: at?.zoom ?? 7.6 });
  const map = new ol.Map({
    target: "map",
    view,
    maxTilesLoading: 0,
    controls: [
      new ol.control.Zoom({ zoomInTipLabel: "放大", zoomOutTipLabel: "縮小" }),
      new ol.control.ScaleLine({ target: "scale", minWidth: 70 }),
    ],
  });
  if (!at) view.fit(ol.proj.transformExtent(TAIWAN, "EPSG:4326", "EPSG:3857"), { padding: [10, 20, 40, 20] });
  return map;
}

/** @param {OlMap} map */
function showCoordinates(map) {
  const out = byId("coordinates");
  map.on("pointermove", (event) => {
    const [lng, lat] = ol.proj.toLonLat(event.coordinate);
    const { east, north, zone } = twd97(lng, lat);
    out.textContent = `WGS84 ${lng.toFixed(5)}, ${lat.toFixed(5)}　TWD97 ${Math.round(east)}, ${Math.round(north)}${zone === 119 ? "（119°）" : ""}`;
  });
}

/** What a lead holds against each other. @param {Lead} lead */
const both = (lead) => (lead.read
  ? `${lead.read.plate_raw} ↔ ${lead.report.vehicle.plate}`
  : bothSides(lead));

/** What a feature says under the pointer. @param {InstanceType<typeof ol.Feature>} feature */
function tipText(feature) {
  const lead = /** @type {Lead | undefined} */ (feature.get("lead"));
  if (lead) return `${say("state", lead.state)}　${both(lead)}\n${fullTime(lead.at)}`;
  if (feature.get("camera")) return `途中未讀到：${feature.get("camera").name}`;
  const sites = sitesOf(feature);
  if (sites.length !== 1) return sites.length ? `${tally(sites).map(([kind, n]) => `${say("kind", kind)} ${n}`).join("、")}\n點按放大` : "";
  const [{ kind, name, reads }] = sites;
  return `${say("kind", kind)}　${name}${reads ? "\n可辨識車牌" : ""}`;
}

/** @param {OlMap} map @param {number[]} pixel */
const under = (map, pixel) => map.forEachFeatureAtPixel(pixel, (feature) => {
  const known = feature.get("lead") || feature.get("features") || feature.get("camera");
  return known ? /** @type {InstanceType<typeof ol.Feature>} */ (feature) : undefined;
}, { hitTolerance: NEAR_PX });

/** @param {OlMap} map */
function showTips(map) {
  const box = h("div", { class: "tip" });
  const tip = new ol.Overlay({ element: box, offset: [0, -16], positioning: "bottom-center", stopEvent: false, autoPan: false });
  map.addOverlay(tip);
  map.on("pointermove", (event) => {
    const found = event.dragging ? undefined : under(map, event.pixel);
    const text = found ? tipText(found) : "";
    box.textContent = text;
    byId("map").classList.toggle("pointing", Boolean(text));
    tip.setPosition(text ? event.coordinate : undefined);
  });
  byId("map").addEventListener("pointerleave", () => tip.setPosition(undefined));
}

/** @param {OlMap} map @param {(id: string) => void} onselect */
function listenForClicks(map, onselect) {
  map.on("singleclick", (event) => {
    const found = under(map, event.pixel);
    const lead = found?.get("lead");
    if (lead) return onselect(lead.id);
    const inside = found?.get("features");
    if (!inside || inside.length < 2) return undefined;
    const extent = ol.extent.createEmpty();
    for (const one of inside) ol.extent.extend(extent, one.getGeometry().getExtent());
    return map.getView().fit(extent, { padding: [60, 60, 80, 60], maxZoom: 15, duration: still() ? 0 : 300 });
  });
}

/** The place that was asked for. @param {OlMap} map */
function drawAsked(map) {
  const source = new ol.source.Vector();
  map.addLayer(new ol.layer.Vector({
    source,
    zIndex: 2,
    style: () => [
      new ol.style.Style({ image: new ol.style.Circle({ radius: 11, stroke: stroke(colour("surface"), 5) }) }),
      new ol.style.Style({ image: new ol.style.Circle({ radius: 11, stroke: stroke(colour("text"), 2.5) }) }),
      new ol.style.Style({ image: new ol.style.Circle({ radius: 2.5, fill: filled(colour("text")) }) }),
    ],
  }));
  return source;
}

/**
 * Make the map.
 * @param {Bookmark["view"]} at where to look at first
 * @param {Listeners} listeners
 */
export function startMap(at, { onselect, onmove, onerror }) {
  const map = makeMap(at);
  const boundaries = drawBoundaries(map, onerror);
  const sites = drawSites(map, onerror);
  const leads = drawLeads(map);
  const asked = drawAsked(map);
  showCoordinates(map);
  showTips(map);
  listenForClicks(map, onselect);
  const view = map.getView();
  const where = () => {
    const [lng, lat] = ol.proj.toLonLat(view.getCenter() ?? [0, 0]);
    return { zoom: view.getZoom() ?? 0, lng, lat };
  };
  map.on("moveend", () => onmove(where()));
  /** What the legend hides on the right. @param {number} width */
  const hidden = (width) => (width > 600 && byId("legend").hasAttribute("open") ? byId("legend").offsetWidth : 50);
  /** @param {number[] | null} extent @param {number} maxZoom @param {(width: number) => number} [aside] pixels on the right */
  const fit = (extent, maxZoom, aside = () => 50) => {
    map.updateSize();
    const [width, height] = map.getSize() ?? [0, 0];
    if (!extent || ol.extent.isEmpty(extent) || width < 120 || height < 120) return;
    const room = Math.min(70, height / 5, width / 5);
    view.fit(extent, { padding: [room, room + aside(width), room + 20, room], maxZoom, duration: still() ? 0 : 350 });
  };
  return {
    map, boundaries, sites, leads, where,
    /** Look at every lead shown. */
    fitLeads: () => fit(leads.source.getExtent(), 9.5),
    /** Tell a lead's story; look at it when asked to. @param {Lead | null} lead @param {boolean} look */
    open(lead, look) {
      boundaries.concern(lead);
      leads.tell(lead);
      if (lead && look) fit(leads.story.getExtent(), lead.kind === "incident" ? 16 : 13, hidden);
    },
    /** @param {NonNullable<Bookmark["view"]>} to */
    look(to) {
      view.setCenter(onMap(to.lng, to.lat));
      view.setZoom(to.zoom);
    },
    /** Mark an asked place, or none. @param {{lng: number, lat: number} | null} place */
    mark(place) {
      asked.clear();
      if (!place || !isPlace(place)) return;
      asked.addFeature(new ol.Feature(pointAt(place.lng, place.lat)));
      view.animate({ center: onMap(place.lng, place.lat), zoom: Math.max(view.getZoom() ?? 0, 12), duration: still() ? 0 : 350 });
    },
    repaint() {
      for (const part of [boundaries, sites, leads]) part.repaint();
      asked.changed();
    },
  };
}
