// @ts-check
// From longitude and latitude to the map's metres and back, and small drawing aids.

/** @param {number} lng @param {number} lat @returns {number[]} */
export const onMap = (lng, lat) => ol.proj.fromLonLat([lng, lat]);

/** @param {number} lng @param {number} lat */
export const pointAt = (lng, lat) => new ol.geom.Point(onMap(lng, lat));

/**
 * Can this be drawn?
 * @template {{lng: number | null, lat: number | null}} T
 * @param {T} at
 * @returns {at is T & {lng: number, lat: number}}
 */
export function isPlace(at) {
  const { lng, lat } = at;
  if (lng === null || lat === null) return false;
  return Number.isFinite(lng) && Number.isFinite(lat) && Math.abs(lng) <= 180 && Math.abs(lat) < 85;
}

/** @param {string} colour @param {number} [width] @param {number[]} [lineDash] */
export const stroke = (colour, width = 1, lineDash) => new ol.style.Stroke({ color: colour, width, lineDash });

/** @param {string | CanvasPattern} colour */
export const filled = (colour) => new ol.style.Fill({ color: colour });

const FONT = '"Noto Sans TC","Noto Sans CJK TC","Microsoft JhengHei","PingFang TC",sans-serif';

/** A canvas font in the page's faces. @param {number} px @param {number} [weight] */
export const font = (px, weight = 400) => `${weight} ${px}px ${FONT}`;

/**
 * Hatch a surface, so that it can be told without its colour.
 * @param {string} colour
 * @returns {CanvasPattern | string}
 */
export function hatching(colour) {
  const size = 8;
  const tile = document.createElement("canvas");
  tile.width = size;
  tile.height = size;
  const pen = tile.getContext("2d");
  if (!pen) return colour;
  pen.strokeStyle = colour;
  pen.lineWidth = 1.6;
  pen.beginPath();
  for (const shift of [-size, 0, size]) {
    pen.moveTo(shift, size);
    pen.lineTo(shift + size, 0);
  }
  pen.stroke();
  return pen.createPattern(tile, "repeat") ?? colour;
}

/** A colour with an opacity. @param {string} hex six digits @param {number} opacity 0 to 1 */
export function faded(hex, opacity) {
  const [r, g, b] = ol.color.asArray(hex);
  return `rgba(${r},${g},${b},${opacity})`;
}
