// List pages: row checks, the column chooser, row spacing, the folded filters and the arrow keys.
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const list = () => document.getElementById("list");

// Row checks
const tellPicked = () => {
  const place = list();
  if (!place?.querySelector("[data-picked]")) return;
  const rows = all("[data-check-row]", place);
  const picked = rows.filter((box) => box.checked).length;
  const choose = place.querySelector("[data-select-all]");
  const every = place.querySelector("[data-select-all-value]");
  const total = Number(choose.dataset.selectAll);
  const isPage = picked === rows.length && picked > 0;
  if (!isPage) every.value = "";
  const count = every.value ? total : picked;
  const head = place.querySelector("[data-check-page]");
  if (head) {
    head.checked = isPage;
    head.indeterminate = picked > 0 && !isPage;
  }
  place.querySelector("[data-picked]").hidden = picked === 0;
  choose.hidden = !isPage || Boolean(every.value) || total <= rows.length;
  all("[data-selected-count]").forEach((each) => (each.textContent = count.toLocaleString("zh-CN")));
  all("[data-needs-rows]").forEach((button) => (button.disabled = count === 0));
  rows.forEach((box) => box.closest("tr").classList.toggle("is-picked", box.checked));
};

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-check-page]")) {
    all("[data-check-row]", list()).forEach((box) => (box.checked = event.target.checked));
  }
  if (event.target.matches("[data-check-page], [data-check-row]")) tellPicked();
  if (event.target.closest("[data-column-chooser]")) chooseColumns();
});

// Rows picked on all pages: the server finds them again by the same filters.
document.addEventListener("submit", (event) => {
  const button = event.submitter;
  const every = event.target.elements?.select_all;
  if (event.target.id !== "rows" || !every?.value || !button?.hasAttribute("formaction")) return;
  const address = new URL(button.formAction, location.href);
  new URLSearchParams(location.search).forEach((value, key) => address.searchParams.append(key, value));
  button.formAction = address.href;
});

// Columns: the keys of the hidden ones are remembered under the list's name.
const chooseColumns = () => {
  const name = list().dataset.list;
  const hidden = all("[data-column-chooser] input:not(:checked)").map((box) => box.value);
  window.sw.remember(`sw-columns:${name}`, hidden.join(","));
  window.sw.drawColumns(name);
};

const tellColumns = () => {
  const hidden = new Set(list() ? window.sw.columns(list().dataset.list) : []);
  all("[data-column-chooser] input").forEach((box) => (box.checked = box.disabled || !hidden.has(box.value)));
};

document.addEventListener("click", (event) => {
  const at = (selector) => event.target.closest(selector);
  if (at("[data-density]")) {
    const root = document.documentElement;
    root.dataset.density = root.dataset.density === "loose" ? "" : "loose";
    window.sw.remember("sw-density", root.dataset.density);
  }
  if (at("[data-unfold]")) {
    const isOpen = at("[data-filters]").classList.toggle("is-open");
    at("[data-unfold]").setAttribute("aria-expanded", String(isOpen));
    at("[data-unfold]").querySelector("span").textContent = isOpen ? "收起" : "展开";
  }
  if (at("[data-select-all]")) list().querySelector("[data-select-all-value]").value = "1";
  if (at("[data-select-none]")) all("[data-check-row]", list()).forEach((box) => (box.checked = false));
  if (at("[data-select-all], [data-select-none]")) tellPicked();
});

// Arrow keys go from row to row by the row's first link, so that Enter opens it.
const rowLinks = () =>
  all("table.sw-table tbody tr")
    .map((row) => row.querySelector("a[href]"))
    .filter(Boolean);

document.addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step || event.altKey || event.ctrlKey || event.metaKey) return;
  const isFree = event.target === document.body || event.target.closest(".sw-table") || event.target.matches("main, .sw-scroll");
  if (!isFree || event.target.closest("tbody :is(select, textarea, input:not([type=checkbox]))")) return;
  const links = rowLinks();
  const row = event.target.closest("tbody tr");
  const now = row ? links.findIndex((link) => row.contains(link)) : step > 0 ? -1 : links.length;
  const next = links[now + step];
  if (!next) return;
  event.preventDefault();
  next.focus();
  next.closest("tr").scrollIntoView({ block: "nearest" });
});

const refresh = () => {
  tellColumns();
  tellPicked();
};
document.addEventListener("htmx:afterSettle", refresh);
addEventListener("pageshow", refresh);
refresh();
