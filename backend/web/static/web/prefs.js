// Not a module: it runs before the first paint, so that neither the language nor the text size flickers.
(() => {
  const root = document.documentElement;
  try {
    if (localStorage.getItem("language") === "en") root.lang = "en";
    if (localStorage.getItem("size") === "large") root.dataset.size = "large";
  } catch {
    // Storage is switched off: the page stays Chinese, at its normal size.
  }
})();
