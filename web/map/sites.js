// @ts-check
// Cameras, gantries, police stations and cash machines: each kind has a colour and a shape of its
// own. All kinds share one clustering, so that their symbols stand side by side and
// never on each other.

import * as api from "../api.js";
import { colour } from "../colours.js";
import { SITE_KINDS } from "../words.js";
import { once } from "./boundaries.js";
import { faded, filled, font, isPlace, pointAt, stroke } from "./geometry.js";

const CLUSTERED_TO_ZOOM = 13;
const SYMBOL_PX = 29;
const AROUND_PX = 34;

/** @typedef {{id: string, kind: SiteKind, name: string, reads: boolean | null}} Site */
/** @typedef {InstanceType<typeof ol.style.Style>} Style */

/**
 * One site is filled; a cluster is an outline, so that the leads stand out.
 * @param {SiteKind} kind
 * @param {number} radius
 * @param {number | null} aside pixels to the right; null for one site
 */
function symbol(kind, radius, aside) {
  const look = aside === null
    ? { fill: filled(colour(kind)), stroke: stroke(colour("surface"), 1.5) }
    : { fill: filled(faded(colour("surface"), 0.9)), stroke: stroke(colour(kind), 1.6), displacement: [aside, 0] };
  if (kind === "camera") return new ol.style.Circle({ radius, ...look });
  if (kind === "gantry") return new ol.style.RegularShape({ points: 5, radius: radius * 1.2, ...look });
  if (kind === "speed-camera") return new ol.style.RegularShape({ points: 6, radius: radius * 1.15, ...look });
  if (kind === "atm") return new ol.style.RegularShape({ points: 4, radius: radius * 1.2, angle: Math.PI / 4, ...look });
  return new ol.style.RegularShape({ points: 3, radius: radius * (aside === null ? 1.35 : 1.5), ...look });
}

/** @param {number} n */
const written = (n) => (n > 9999 ? `${Math.round(n / 1000)}k` : n > 999 ? `${(n / 1000).toFixed(1)}k` : String(n));

/** @param {SiteKind} kind @param {number} n @param {number} aside */
const counted = (kind, n, aside) => new ol.style.Style({
  image: symbol(kind, 9 + Math.min(5, Math.log2(n) * 0.6), aside),
  text: new ol.style.Text({
    text: written(n), font: font(n > 999 ? 10 : 11, 600), fill: filled(colour(kind)),
    offsetX: aside, offsetY: kind === "station" ? 3 : 0.5,
  }),
});

/**
 * How many of each kind.
 * @param {Site[]} sites
 * @returns {[SiteKind, number][]}
 */
export function tally(sites) {
  return SITE_KINDS.map((kind) => /** @type {[SiteKind, number]} */ ([kind, sites.filter((one) => one.kind === kind).length]))
    .filter(([, n]) => n > 0);
}

/** @type {Map<string, Style[]>} */
const styles = new Map();
/** Counted once a cluster, not once a frame. @type {WeakMap<object, [SiteKind, number][]>} */
const tallies = new WeakMap();

/** @param {InstanceType<typeof ol.Feature>} cluster */
function tallied(cluster) {
  const had = tallies.get(cluster);
  if (had) return had;
  const counts = tally(sitesOf(cluster));
  tallies.set(cluster, counts);
  return counts;
}

/** @param {InstanceType<typeof ol.Feature>} cluster */
function style(cluster) {
  const counts = tallied(cluster);
  const alone = counts.length === 1 && counts[0][1] === 1;
  const key = counts.join(" ");
  const had = styles.get(key);
  if (had) return had;
  const middle = (counts.length - 1) / 2;
  const made = alone
    ? [new ol.style.Style({ image: symbol(counts[0][0], 5, null) })]
    : counts.map(([kind, n], i) => counted(kind, n, (i - middle) * SYMBOL_PX));
  styles.set(key, made);
  return made;
}

/** The sites of a drawn feature. @param {InstanceType<typeof ol.Feature>} cluster @returns {Site[]} */
export const sitesOf = (cluster) => (cluster.get("features") ?? []).map((/** @type {InstanceType<typeof ol.Feature>} */ one) => one.get("site"));

/** @param {SiteColumns} columns */
const features = (columns) => columns.id
  .map((id, i) => ({ id, kind: columns.kind[i], name: columns.name[i], lng: columns.lng[i], lat: columns.lat[i], reads: columns.reads_plates[i] }))
  .filter(isPlace)
  .map((site) => new ol.Feature({ geometry: pointAt(site.lng, site.lat), site }));

/**
 * Make the layer; each kind is loaded when it is first shown.
 * @param {InstanceType<typeof ol.Map>} map
 * @param {(why: string) => void} onerror
 */
export function drawSites(map, onerror) {
  /** @type {SiteKind[]} */
  let shown = [];
  const all = new ol.source.Vector();
  const cluster = new ol.source.Cluster({ source: all });
  const layer = new ol.layer.Vector({ source: cluster, style: (feature) => style(/** @type {InstanceType<typeof ol.Feature>} */ (feature)) });
  map.addLayer(layer);
  const kinds = SITE_KINDS.map((kind) => {
    const source = new ol.source.Vector();
    const load = once(async () => {
      source.addFeatures(features(await api.sites(kind)));
      gather();
    }, onerror);
    return { kind, source, load };
  });
  const apart = () => {
    const far = (map.getView().getZoom() ?? 0) < CLUSTERED_TO_ZOOM;
    const px = far ? AROUND_PX + SYMBOL_PX * Math.max(1, shown.length) : 0;
    if (cluster.getDistance() === px) return;
    cluster.setDistance(px);
    cluster.setMinDistance(far ? px * 0.7 : 0);
  };
  function gather() {
    apart();
    all.clear(true);
    all.addFeatures(kinds.filter(({ kind }) => shown.includes(kind)).flatMap(({ source }) => source.getFeatures()));
  }
  map.getView().on("change:resolution", apart);
  return {
    /** @param {string} kind */
    source: (kind) => kinds.find((one) => one.kind === kind)?.source,
    /** Show these kinds and no others. @param {SiteKind[]} asked */
    show(asked) {
      shown = asked;
      gather();
      for (const { kind, load } of kinds) if (asked.includes(kind)) load();
    },
    repaint() {
      styles.clear();
      layer.changed();
    },
  };
}
