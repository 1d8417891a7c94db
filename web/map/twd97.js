// @ts-check
// TWD97 / TM2 from longitude and latitude. Krüger's series to n³, GRS 80, k0 = 0.9999,
// false easting 250 000 m; central meridian 121° E (EPSG:3826), or 119° E (EPSG:3825)
// for Penghu, Kinmen and Matsu. Source: Krüger 1912, as written out in Karney 2011 (J. Geodesy 85:475).

const A = 6378137;
const F = 1 / 298.257222101;
const N = F / (2 - F);
const RADIUS = (A / (1 + N)) * (1 + N ** 2 / 4 + N ** 4 / 64);
const ALPHA = [
  N / 2 - (2 / 3) * N ** 2 + (5 / 16) * N ** 3,
  (13 / 48) * N ** 2 - (3 / 5) * N ** 3,
  (61 / 240) * N ** 3,
];
const E = Math.sqrt(F * (2 - F));
const RAD = Math.PI / 180;
const WEST_OF = 119.9;

/**
 * Project a place to TWD97.
 * @param {number} lng
 * @param {number} lat
 * @returns {{east: number, north: number, zone: 119 | 121}} metres
 */
export function twd97(lng, lat) {
  const zone = lng < WEST_OF ? 119 : 121;
  const sin = Math.sin(lat * RAD);
  const t = Math.sinh(Math.atanh(sin) - E * Math.atanh(E * sin));
  const away = (lng - zone) * RAD;
  const xi = Math.atan2(t, Math.cos(away));
  const eta = Math.asinh(Math.sin(away) / Math.hypot(t, Math.cos(away)));
  const east = ALPHA.reduce((sum, a, i) => sum + a * Math.cos(2 * (i + 1) * xi) * Math.sinh(2 * (i + 1) * eta), eta);
  const north = ALPHA.reduce((sum, a, i) => sum + a * Math.sin(2 * (i + 1) * xi) * Math.cosh(2 * (i + 1) * eta), xi);
  return { east: 250000 + 0.9999 * RADIUS * east, north: 0.9999 * RADIUS * north, zone };
}
