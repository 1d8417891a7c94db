// @ts-check
// Two names side by side, the characters that differ marked.

import { h } from "../dom.js";
import { alignPlates } from "../format.js";
import { nameOf } from "../people.js";

/**
 * Without the blanks that stand where the other name has a character more.
 * @param {string} shown
 * @param {string} other
 */
function aligned(shown, other) {
  let rest = shown;
  return alignPlates(shown, other).filter(({ left }) => {
    if (!left || !rest.startsWith(left)) return false;
    rest = rest.slice(left.length);
    return true;
  });
}

/**
 * Marks help where some of the name is the same; beside another script they do not.
 * @param {Person} shown
 * @param {Person} other
 * @returns {(Node | string)[]}
 */
export function markedName(shown, other) {
  const found = aligned(shown.name ?? "", other.name ?? "");
  if (!found.some(({ left, same }) => same && /\p{L}/u.test(left))) return [nameOf(shown)];
  return found.map(({ left, same }) => (same ? left : h("mark", {}, left)));
}
