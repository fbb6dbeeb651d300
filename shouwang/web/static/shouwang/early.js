// Runs before the page is drawn, so that letters, menu and columns do not jump. Keeps no personal data.
(() => {
  "use strict";
  const root = document.documentElement;
  root.classList.add("js");
  const font = /(?:^|; )sw_font=(16|18|24)/.exec(document.cookie);
  if (font) root.dataset.font = font[1];
  const read = (key) => {
    try {
      return localStorage.getItem(key);
    } catch {
      return null;
    }
  };
  if (read("sw-menu") === "folded") root.dataset.menu = "folded";
  if (read("sw-density") === "loose") root.dataset.density = "loose";
  const hidden = new CSSStyleSheet();
  const sw = {
    columns: (list) => (read(`sw-columns:${list}`) || "").split(",").filter(Boolean),
    drawColumns: (list) => {
      const rules = sw.columns(list).map((key) => `[data-list="${CSS.escape(list)}"] [data-col="${CSS.escape(key)}"]`);
      hidden.replaceSync(rules.length ? `${rules.join(",")}{display:none!important}` : "");
    },
    remember: (key, value) => {
      try {
        localStorage.setItem(key, value);
      } catch {
        // A browser that refuses storage only forgets the choice.
      }
    },
    post: (address, fields) =>
      fetch(address, {
        method: "POST",
        body: fields,
        redirect: "error",
        headers: { "X-CSRFToken": document.body.dataset.csrf, "HX-Request": "true" },
      }).catch(() => null),
  };
  window.sw = sw;
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, hidden];
  // The list's name is known only once it is parsed; it comes before the first row.
  new MutationObserver((_, observer) => {
    const list = document.getElementById("list");
    if (!list && document.readyState === "loading") return;
    observer.disconnect();
    if (list && list.dataset.list) sw.drawColumns(list.dataset.list);
  }).observe(root, { childList: true, subtree: true });
})();
