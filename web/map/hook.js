// @ts-check
// window.__app: what the browser tests ask the page. Harmless, and part of the product.

import { whenQuiet } from "../api.js";

/** @param {InstanceType<typeof ol.Map>} map @returns {Promise<void>} */
const drawn = (map) => new Promise((resume) => {
  map.once("rendercomplete", () => resume());
  map.render();
});

/**
 * @param {ReturnType<typeof import("./map.js").startMap>} chart
 * @param {() => Record<string, unknown>} state
 */
export function hook({ map, boundaries, sites, leads }, state) {
  /** @param {string} layer */
  const source = (layer) => ({ county: boundaries.counties, town: boundaries.towns, lead: leads.source, story: leads.story })[layer] ?? sites.source(layer);
  window.__app = {
    ready: false,
    async whenIdle() {
      await whenQuiet();
      await drawn(map);
      await whenQuiet();
    },
    state,
    featuresInView: (layer) => source(layer)?.getFeaturesInExtent(map.getView().calculateExtent(map.getSize())).length ?? 0,
    pixel: (lng, lat) => map.getPixelFromCoordinate(ol.proj.fromLonLat([lng, lat])),
    lnglat: (px) => ol.proj.toLonLat(map.getCoordinateFromPixel(px)),
  };
}
