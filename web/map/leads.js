// @ts-check
// The leads on the map, and the story of the one that is open: where the car was
// taken, where it was read, and what stood between.

import { colour } from "../colours.js";
import { distance, duration, leastSpeed } from "../format.js";
import { faded, filled, font, isPlace, onMap, pointAt, stroke } from "./geometry.js";

/** @typedef {InstanceType<typeof ol.Feature>} Feature */

/**
 * @param {LeadState} state
 * @param {"open" | "beside" | "shown"} stage while one lead is open, the others step back
 */
function leadStyle(state, stage) {
  const open = stage === "open";
  const spent = state === "negative" || state === "withdrawn";
  const ink = spent ? colour("neutral") : colour("lead");
  return new ol.style.Style({
    zIndex: open ? 3 : spent ? 0 : 1,
    image: new ol.style.RegularShape({
      points: 4, declutterMode: "obstacle", radius: { open: 13, beside: 5.5, shown: 8.5 }[stage],
      fill: filled(state === "unverified" || state === "positive" ? ink : colour("surface")),
      stroke: stroke(state === "unverified" ? colour("surface") : ink, state === "unverified" ? 1.5 : 2),
    }),
    text: state === "positive" && stage !== "beside" ? new ol.style.Text({ text: "✓", font: font(open ? 14 : 10, 700), fill: filled(colour("surface")) }) : undefined,
  });
}

/** A label on a plate of its own; names of counties give way to it. @param {string} text @param {string} ink @param {number} offsetY */
const tag = (text, ink, offsetY) => new ol.style.Text({
  text, font: font(13, 600), offsetY, declutterMode: "obstacle", fill: filled(ink), padding: [3, 7, 2, 7],
  backgroundFill: filled(faded(colour("surface"), 0.94)), backgroundStroke: stroke(ink),
});

/** @param {Feature} feature */
function storyStyle(feature) {
  const ink = colour("lead-text");
  const part = feature.get("part");
  const below = feature.get("below") ? 26 : -26;
  if (part === "line") return [new ol.style.Style({ stroke: stroke(colour("surface"), 5) }), new ol.style.Style({ stroke: stroke(ink, 2.2, [8, 5]) })];
  if (part === "span") return new ol.style.Style({ zIndex: 5, text: tag(String(feature.get("text")), colour("text"), 0) });
  if (part === "missed") return new ol.style.Style({
    image: new ol.style.Circle({ radius: 6.5, fill: filled(colour("surface")), stroke: stroke(colour("camera"), 2) }),
    text: new ol.style.Text({ text: "✕", font: font(9, 700), fill: filled(colour("camera")), offsetY: 0.5 }),
  });
  if (part === "theft") return new ol.style.Style({
    zIndex: 4, text: tag(String(feature.get("text")), colour("case"), below),
    image: new ol.style.RegularShape({ points: 5, radius: 13, radius2: 6, fill: filled(colour("case")), declutterMode: "obstacle", stroke: stroke(colour("surface"), 1.5) }),
  });
  const mark = leadStyle(feature.get("state"), "open");
  mark.setZIndex(4);
  return [mark, new ol.style.Style({ zIndex: 4, text: tag(String(feature.get("text")), ink, below) })];
}

/** @param {Lead} lead */
function story(lead) {
  const { report, read } = lead;
  /** @type {Feature[]} */
  const made = (lead.cameras_on_the_way ?? []).filter(isPlace)
    .map((camera) => new ol.Feature({ geometry: pointAt(camera.lng, camera.lat), part: "missed", camera }));
  if (isPlace(read)) made.push(new ol.Feature({ geometry: pointAt(read.lng, read.lat), part: "read", text: `讀取　${read.county?.name ?? ""}`.trim(), state: lead.state, below: read.lat < report.lat }));
  if (!isPlace(report)) return made;
  made.push(new ol.Feature({ geometry: pointAt(report.lng, report.lat), part: "theft", text: `失竊　${report.county?.name ?? ""}`.trim(), below: read.lat >= report.lat }));
  if (!isPlace(read)) return made;
  const line = new ol.geom.LineString([onMap(report.lng, report.lat), onMap(read.lng, read.lat)]);
  const text = [distance(lead.distance_m), duration(lead.seconds_since), leastSpeed(lead)].filter(Boolean).join("・");
  made.push(new ol.Feature({ geometry: line, part: "line" }));
  made.push(new ol.Feature({ geometry: new ol.geom.Point(line.getCoordinateAt(0.5)), part: "span", text }));
  return made;
}

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
    style: (f) => (parts.includes(f.get("part")) ? storyStyle(/** @type {Feature} */ (f)) : undefined),
  });
  const told = drawn(["line", "missed"]);
  const layer = new ol.layer.Vector({
    source,
    zIndex: 2,
    style: (feature) => leadStyle(feature.get("lead").state, !open ? "shown" : feature.get("lead").id === open ? "open" : "beside"),
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
      source.addFeatures(leads.filter((lead) => isPlace(lead.read))
        .map((lead) => new ol.Feature({ geometry: pointAt(lead.read.lng, lead.read.lat), lead })));
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
