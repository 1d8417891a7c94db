// @ts-check
// The leads on the map, and the story of the one that is open: where the car was
// taken, where it was read, and what stood between; or the places of two reports.

import { colour } from "../colours.js";
import { distance, duration, leastSpeed } from "../format.js";
import { elapsed, letterOf, pairWords } from "../pairs.js";
import { faded, filled, font, isPlace, onMap, pointAt, stroke } from "./geometry.js";

const ROOM_PX = 170;

/** @typedef {InstanceType<typeof ol.Feature>} Feature */

/** @typedef {"open" | "beside" | "shown"} Stage while one lead is open, the others step back */

/** What is written on a mark. @param {LeadState} state @param {LeadKind} kind @param {Stage} stage */
function glyph(state, kind, stage) {
  if (stage === "beside") return "";
  return state === "positive" ? "✓" : letterOf(kind);
}

/** @param {LeadState} state @param {LeadKind} kind @param {Stage} stage */
function leadStyle(state, kind, stage) {
  const open = stage === "open";
  const spent = state === "negative" || state === "withdrawn";
  const ink = spent ? colour("neutral") : colour("lead");
  const solid = state === "unverified" || state === "positive";
  const text = glyph(state, kind, stage);
  const shown = kind === "read" ? 8.5 : 11;
  return new ol.style.Style({
    zIndex: open ? 3 : spent ? 0 : 1,
    image: new ol.style.RegularShape({
      points: 4, declutterMode: "obstacle", radius: { open: 13, beside: 5.5, shown }[stage],
      fill: filled(solid ? ink : colour("surface")),
      stroke: stroke(state === "unverified" ? colour("surface") : ink, state === "unverified" ? 1.5 : 2),
    }),
    text: text ? new ol.style.Text({ text, font: font(open ? 13 : 10, 700), offsetY: 0.5, fill: filled(solid ? colour("surface") : ink) }) : undefined,
  });
}

/** A label on a plate of its own; names of counties give way to it. @param {string} text @param {string} ink @param {number} offsetY */
const tag = (text, ink, offsetY) => new ol.style.Text({
  text, font: font(13, 600), offsetY, declutterMode: "obstacle", fill: filled(ink), padding: [3, 7, 2, 7],
  backgroundFill: filled(faded(colour("surface"), 0.94)), backgroundStroke: stroke(ink),
});

/** How far and how long: on the line, or below both places where they are too near. @param {Feature} feature @param {number} resolution */
function spanStyle(feature, resolution) {
  const near = feature.get("length") / resolution < ROOM_PX;
  const mark = tag(String(feature.get("text")), colour("text"), near ? 56 : 0);
  return new ol.style.Style({ zIndex: 5, text: mark, geometry: near ? feature.get("lower") : undefined });
}

/** @param {Feature} feature @param {number} resolution */
function storyStyle(feature, resolution) {
  const ink = colour("lead-text");
  const part = feature.get("part");
  const below = feature.get("below") ? 26 : -26;
  if (part === "line") return [new ol.style.Style({ stroke: stroke(colour("surface"), 5) }), new ol.style.Style({ stroke: stroke(ink, 2.2, [8, 5]) })];
  if (part === "span") return spanStyle(feature, resolution);
  if (part === "missed") return new ol.style.Style({
    image: new ol.style.Circle({ radius: 6.5, fill: filled(colour("surface")), stroke: stroke(colour("camera"), 2) }),
    text: new ol.style.Text({ text: "✕", font: font(9, 700), fill: filled(colour("camera")), offsetY: 0.5 }),
  });
  if (part === "theft") return new ol.style.Style({
    zIndex: 4, text: tag(String(feature.get("text")), colour("case"), below),
    image: new ol.style.RegularShape({ points: 5, radius: 13, radius2: 6, fill: filled(colour("case")), declutterMode: "obstacle", stroke: stroke(colour("surface"), 1.5) }),
  });
  const mark = leadStyle(feature.get("state"), feature.get("kind"), "open");
  mark.setZIndex(4);
  return [mark, new ol.style.Style({ zIndex: 4, text: tag(String(feature.get("text")), ink, below) })];
}

/**
 * Where a lead is: where the car was read, the person or the vehicle found; of one theft
 * filed twice, the other place where the later report has none.
 * @param {Lead} lead
 * @returns {Read | Report}
 */
function placeOf(lead) {
  if (lead.read) return lead.read;
  return lead.kind === "incident" && !isPlace(lead.other_report) ? lead.report : lead.other_report;
}

/** How far and how long, in words. @param {Lead} lead */
function way(lead) {
  const told = lead.read ? [duration(lead.seconds_since), leastSpeed(lead)] : [elapsed(lead)];
  return [distance(lead.distance_m), ...told].filter(Boolean).join("・");
}

/** @param {Lead} lead */
function story(lead) {
  const [from, to] = [lead.report, lead.read ?? lead.other_report];
  const [fromWord, toWord] = lead.read ? ["失竊", "讀取"] : pairWords(lead).sides;
  /** @type {Feature[]} */
  const made = (lead.cameras_on_the_way ?? []).filter(isPlace)
    .map((camera) => new ol.Feature({ geometry: pointAt(camera.lng, camera.lat), part: "missed", camera }));
  const below = isPlace(from) && isPlace(to) && to.lat < from.lat;
  if (isPlace(to)) made.push(new ol.Feature({ geometry: pointAt(to.lng, to.lat), part: "read", text: `${toWord}　${to.county?.name ?? ""}`.trim(), state: lead.state, kind: lead.kind, below }));
  if (!isPlace(from)) return made;
  made.push(new ol.Feature({ geometry: pointAt(from.lng, from.lat), part: "theft", text: `${fromWord}　${from.county?.name ?? ""}`.trim(), below: !below }));
  if (!isPlace(to)) return made;
  const line = new ol.geom.LineString([onMap(from.lng, from.lat), onMap(to.lng, to.lat)]);
  made.push(new ol.Feature({ geometry: line, part: "line" }));
  made.push(new ol.Feature({
    geometry: new ol.geom.Point(line.getCoordinateAt(0.5)), part: "span", text: way(lead),
    length: line.getLength(), lower: below ? pointAt(to.lng, to.lat) : pointAt(from.lng, from.lat),
  }));
  return made;
}

/** @param {Lead} lead */
function markOf(lead) {
  const at = placeOf(lead);
  return isPlace(at) ? [new ol.Feature({ geometry: pointAt(at.lng, at.lat), lead })] : [];
}

/** @param {Lead} lead @param {string} open the id of the open one */
const styleOf = (lead, open) => leadStyle(lead.state, lead.kind, !open ? "shown" : lead.id === open ? "open" : "beside");

/** @param {InstanceType<typeof ol.Map>} map */
export function drawLeads(map) {
  let open = "";
  const source = new ol.source.Vector();
  const storySource = new ol.source.Vector();
  /** @param {string[]} parts @param {string} [declutter] */
  const drawn = (parts, declutter) => new ol.layer.Vector({
    source: storySource,
    zIndex: 2,
    declutter,
    style: (f, resolution) => (parts.includes(f.get("part")) ? storyStyle(/** @type {Feature} */ (f), resolution) : undefined),
  });
  const told = drawn(["line", "missed"]);
  const layer = new ol.layer.Vector({
    source,
    zIndex: 2,
    style: (feature) => styleOf(feature.get("lead"), open),
  });
  map.addLayer(told);
  map.addLayer(layer);
  const labels = drawn(["theft", "read", "span"], "counties");
  map.addLayer(labels);
  return {
    source, story: storySource,
    /** @param {Lead[]} leads */
    show(leads) {
      source.clear();
      source.addFeatures(leads.flatMap(markOf));
    },
    /** Tell the story of one lead. @param {Lead | null} lead */
    tell(lead) {
      open = lead?.id ?? "";
      storySource.clear();
      if (lead) storySource.addFeatures(story(lead));
      layer.changed();
    },
    repaint() {
      for (const one of [told, layer, labels]) one.changed();
    },
  };
}
