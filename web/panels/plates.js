// @ts-check
// Two plates side by side, the characters that differ marked.

import { h } from "../dom.js";
import { alignPlates } from "../format.js";

/**
 * @param {string} shown
 * @param {string} other
 * @returns {Node[]} the characters of ``shown``, those unlike ``other``'s in mark elements
 */
export function markedPlate(shown, other) {
  return alignPlates(shown, other).map(({ left, same }) =>
    same ? document.createTextNode(left) : h("mark", {}, left));
}
