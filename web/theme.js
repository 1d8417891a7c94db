// @ts-check
// A classic script, so that the chosen colours are there before the first paint.

{
  const KEY = "lianfang-theme";
  const kept = () => {
    try {
      return localStorage.getItem(KEY) ?? "";
    } catch {
      return "";
    }
  };
  const chosen = kept();
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
}
