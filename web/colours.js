// @ts-check
// Light or dark: the system's choice until the reader chooses.

import { byId, h } from "./dom.js";

const KEY = "lianfang-theme";
const WORDS = { "": "跟隨系統", light: "淺色", dark: "深色" };
const NEXT = /** @type {const} */ ({ "": "dark", dark: "light", light: "" });

/** @returns {"" | "light" | "dark"} */
function chosen() {
  const theme = document.documentElement.dataset.theme;
  return theme === "light" || theme === "dark" ? theme : "";
}

/** @param {"" | "light" | "dark"} theme */
function choose(theme) {
  if (theme) document.documentElement.dataset.theme = theme;
  else delete document.documentElement.dataset.theme;
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // A browser that keeps nothing: the choice lasts as long as the page.
  }
}

/**
 * Let the reader change the colours.
 * @param {() => void} onchange called after each change, the system's included
 */
export function startColours(onchange) {
  const button = byId("theme");
  const show = () => {
    button.replaceChildren(
      h("span", { "aria-hidden": "true" }, "◐ "), h("span", { class: "unseen" }, "切換配色，現為"), WORDS[chosen()]);
  };
  button.addEventListener("click", () => {
    choose(NEXT[chosen()]);
    show();
    onchange();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", onchange);
  show();
}

/** Read a colour of the style sheet. @param {string} name */
export const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
