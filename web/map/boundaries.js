// @ts-check
// Counties and towns: land, lines and names; and the shading of the counties that
// one lead concerns.

import * as api from "../api.js";
import { colour } from "../colours.js";
import { sayRole } from "../words.js";
import { faded, filled, font, hatching, onMap, stroke } from "./geometry.js";

const TOWNS_FROM_ZOOM = 9.4;
const TOWN_NAMES_FROM_ZOOM = 10.6;
const format = () => new ol.format.GeoJSON({ featureProjection: "EPSG:3857" });

/** @typedef {InstanceType<typeof ol.Feature>} Feature */

/** The middle of the largest part. @param {Feature} feature */
function labelPoint(feature) {
  const shape = feature.getGeometry();
  if (shape instanceof ol.geom.Polygon) return shape.getInteriorPoint();
  if (!(shape instanceof ol.geom.MultiPolygon)) return undefined;
  const parts = shape.getPolygons();
  return parts.reduce((a, b) => (b.getArea() > a.getArea() ? b : a), parts[0])?.getInteriorPoint();
}

/** @param {Map<string, Role[]>} roles @param {(role: Role) => string} word @param {Feature} feature */
function nameStyle(roles, word, feature) {
  const role = roles.get(String(feature.get("code")));
  const name = String(feature.get("name")) + (role ? `（${[...new Set(role.map(word))].join("、")}）` : "");
  const ink = role ? colour({ owner: "case", scene: "lead-text", transit: "transit" }[role[0]]) : colour("label");
  return new ol.style.Style({
    geometry: labelPoint(feature),
    zIndex: role ? 2 : 1,
    text: new ol.style.Text({ text: name, font: font(role ? 14 : 13, role ? 700 : 500), fill: filled(ink), stroke: stroke(faded(colour("halo"), 0.9), 3.5) }),
  });
}

/** @param {Feature} feature */
const townNameStyle = (feature) => new ol.style.Style({
  geometry: labelPoint(feature),
  text: new ol.style.Text({ text: String(feature.get("name")), font: font(11), fill: filled(colour("label")), stroke: stroke(faded(colour("halo"), 0.9), 3) }),
});

/** @param {Map<string, Role[]>} roles @param {Feature} feature */
function shadeStyle(roles, feature) {
  const role = roles.get(String(feature.get("code")))?.[0];
  if (!role) return undefined;
  const ink = colour({ owner: "case", scene: "lead", transit: "transit" }[role]);
  const fill = role === "transit" ? hatching(faded(ink, 0.35)) : faded(ink, role === "owner" ? 0.16 : 0.14);
  return new ol.style.Style({ fill: filled(fill), stroke: stroke(ink, role === "transit" ? 1 : 1.8) });
}

/**
 * Which counties a lead concerns, and as what.
 * @param {Lead | null} lead
 * @returns {Map<string, Role[]>}
 */
export function rolesOf(lead) {
  /** @type {Map<string, Role[]>} */
  const roles = new Map();
  /** @param {Named | null} county @param {Role} role */
  const add = (county, role) => {
    if (!county) return;
    const had = roles.get(county.code) ?? [];
    if (!had.includes(role)) roles.set(county.code, [...had, role]);
  };
  if (!lead) return roles;
  add(lead.report.county, "owner");
  add((lead.read ?? lead.other_report).county, "scene");
  for (const one of lead.recipients) if (one.role === "transit") add(one.county, "transit");
  return roles;
}

/**
 * Draw the boundaries.
 * @param {InstanceType<typeof ol.Map>} map
 * @param {(why: string) => void} onerror
 */
export function drawBoundaries(map, onerror) {
  /** @type {Map<string, Role[]>} */
  let roles = new Map();
  /** @type {Lead | null} */
  let open = null;
  const word = (/** @type {Role} */ role) => (open ? sayRole(open, role) : "");
  const counties = new ol.source.Vector();
  const towns = new ol.source.Vector();
  const view = { updateWhileAnimating: false, updateWhileInteracting: false };
  const land = new ol.layer.VectorImage({ source: counties, imageRatio: 1.5, style: () => new ol.style.Style({ fill: filled(colour("land")) }) });
  const shade = new ol.layer.Vector({ source: counties, ...view, style: (feature) => shadeStyle(roles, /** @type {Feature} */ (feature)) });
  const townLines = new ol.layer.VectorImage({ source: towns, minZoom: TOWNS_FROM_ZOOM, imageRatio: 1.5, style: () => new ol.style.Style({ stroke: stroke(colour("town-line")) }) });
  const countyLines = new ol.layer.VectorImage({ source: counties, imageRatio: 1.5, style: () => new ol.style.Style({ stroke: stroke(colour("land-line"), 1.2) }) });
  const townNames = new ol.layer.Vector({ source: towns, ...view, minZoom: TOWN_NAMES_FROM_ZOOM, declutter: "towns", style: (f) => townNameStyle(/** @type {Feature} */ (f)) });
  const names = new ol.layer.Vector({ source: counties, ...view, declutter: "counties", maxZoom: 13, zIndex: 1, style: (f) => nameStyle(roles, word, /** @type {Feature} */ (f)) });
  const layers = [land, townLines, countyLines, shade, townNames, names];
  for (const layer of layers) map.addLayer(layer);

  const loadTowns = once(async () => towns.addFeatures(format().readFeatures(await api.boundaries("town"))), onerror);
  map.getView().on("change:resolution", () => {
    if ((map.getView().getZoom() ?? 0) >= TOWNS_FROM_ZOOM) loadTowns();
  });
  return {
    counties, towns,
    /** Load the counties. @returns {Promise<Named[]>} north to south */
    async load() {
      counties.addFeatures(format().readFeatures(await api.boundaries("county")));
      if ((map.getView().getZoom() ?? 0) >= TOWNS_FROM_ZOOM) loadTowns();
      const northing = (/** @type {Feature} */ f) => labelPoint(f)?.getCoordinates()[1] ?? onMap(121, 20)[1];
      return counties.getFeatures().toSorted((a, b) => northing(b) - northing(a))
        .map((f) => ({ code: String(f.get("code")), name: String(f.get("name")) }));
    },
    /** Shade the counties of a lead. @param {Lead | null} lead */
    concern(lead) {
      open = lead;
      roles = rolesOf(lead);
      shade.changed();
      names.changed();
    },
    repaint() {
      for (const layer of layers) layer.changed();
    },
  };
}

/** Do it at the first call only, and again after a failure. @param {() => Promise<void>} act @param {(why: string) => void} onerror */
export function once(act, onerror) {
  let started = false;
  return () => {
    if (started) return;
    started = true;
    act().catch((error) => {
      started = false;
      onerror(error.message);
    });
  };
}
