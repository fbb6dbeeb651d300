// The frame of every page: menu, font size, search key, drop-downs, dialogs, toasts, CSRF and the idle warning.
const root = document.documentElement;
const all = (selector, within = document) => [...within.querySelectorAll(selector)];

// Menu: beside the page on a wide screen, over it on a phone.
const narrow = matchMedia("(max-width: 991.98px)");

const toggleMenu = () => {
  if (narrow.matches) {
    root.classList.toggle("sw-menu-open");
  } else {
    const isFolded = root.dataset.menu === "folded";
    root.dataset.menu = isFolded ? "" : "folded";
    window.sw.remember("sw-menu", root.dataset.menu);
  }
  tellMenu();
};

const tellMenu = () => {
  const isOpen = narrow.matches ? root.classList.contains("sw-menu-open") : root.dataset.menu !== "folded";
  all(".sw-menu-button").forEach((button) => button.setAttribute("aria-expanded", String(isOpen)));
};

// Font size: a cookie, so that the server draws the page in it.
const setFont = (size) => {
  root.dataset.font = size;
  document.cookie = `sw_font=${size}; path=/; max-age=31536000; samesite=lax`;
  tellFont();
};

const tellFont = () =>
  all("[data-font-step]").forEach((button) =>
    button.setAttribute("aria-pressed", String(button.dataset.fontStep === root.dataset.font)),
  );

// Toasts
const toast = (text, tone = "error") => {
  const place = document.getElementById("toasts");
  if (!place) return;
  const box = document.createElement("div");
  box.className = `sw-toast sw-toast-${tone}`;
  const words = document.createElement("span");
  words.textContent = text;
  const close = document.createElement("button");
  close.type = "button";
  close.className = "sw-toast-close";
  close.textContent = "关闭";
  close.addEventListener("click", () => box.remove());
  box.append(words, close);
  place.append(box);
  if (tone !== "error") setTimeout(() => box.remove(), 6000);
};
document.addEventListener("sw-toast", (event) => toast(event.detail.text, event.detail.tone || "info"));

const SENTENCES = {
  400: "提交的内容不完整或已失效，请刷新页面后重试。",
  401: "登录已超时，请重新登录。",
  403: "您的角色不能进行这项操作。",
  404: "记录不存在，或者不在您的工作范围内。",
  409: "内容已被他人更新，请刷新页面看清后再办理。",
  413: "文件太大，没有上传。",
  429: "操作太频繁，请稍后再试。",
};

document.addEventListener("htmx:responseError", (event) => {
  const answer = event.detail.xhr;
  const isText = (answer.getResponseHeader("Content-Type") || "").startsWith("text/plain");
  const usual = SENTENCES[answer.status] || "系统出错，这次操作没有完成，请稍后再试。";
  toast(isText && answer.responseText.length < 300 ? answer.responseText : usual);
});
for (const name of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(name, () => toast("网络不通，这次操作没有完成，请检查网络后重试。"));
}
document.addEventListener("htmx:configRequest", (event) => {
  if (event.detail.verb !== "get") event.detail.headers["X-CSRFToken"] = document.body.dataset.csrf;
});
// Dialogs
const openDialog = (name, source) => {
  const dialog = document.getElementById(name);
  if (!dialog) return false;
  dialog.swSource = source;
  dialog.showModal();
  return true;
};

const confirmed = (dialog) => {
  const button = dialog.swSource;
  dialog.close();
  if (!button?.form) return;
  if (!button.form.elements.is_confirmed) {
    const mark = document.createElement("input");
    Object.assign(mark, { type: "hidden", name: "is_confirmed", value: "1" });
    button.form.append(mark);
  }
  button.dataset.isConfirmed = "1";
  button.form.requestSubmit(button);
  delete button.dataset.isConfirmed;
};

document.addEventListener("click", (event) => {
  const at = (selector) => event.target.closest(selector);
  const asked = at("[data-confirm]");
  if (asked && !asked.dataset.isConfirmed && openDialog(asked.dataset.confirm, asked)) event.preventDefault();
  if (at("[data-menu-toggle]")) toggleMenu();
  if (at("[data-font-step]")) setFont(at("[data-font-step]").dataset.fontStep);
  if (at("[data-print]")) print();
  if (at("[data-open-dialog]")) openDialog(at("[data-open-dialog]").dataset.openDialog, at("[data-open-dialog]"));
  if (at("[data-dialog-close]")) at("dialog").close();
  if (at("[data-dialog-confirm]")) confirmed(at("dialog"));
  all("details.sw-drop[open]").forEach((each) => each.contains(event.target) || each.removeAttribute("open"));
});

document.addEventListener("keydown", (event) => {
  const isTyping = event.target.closest("input, textarea, select, [contenteditable]");
  if (event.key === "/" && !isTyping && !event.ctrlKey && !event.metaKey) {
    const search = document.getElementById("sw-search");
    if (search) {
      event.preventDefault();
      search.focus();
      search.select();
    }
  }
  if (event.key === "Escape") {
    const open = document.querySelector("details.sw-drop[open]");
    open?.removeAttribute("open");
    open?.querySelector("summary").focus();
    root.classList.remove("sw-menu-open");
    tellMenu();
  }
});

addEventListener("beforeprint", () =>
  all("[data-print-time]").forEach((each) => (each.textContent = new Date().toLocaleString("zh-CN", { hour12: false }))),
);

// Idle: all tabs share the moment of the last act; 150 seconds before the end a dialog asks.
const WARN_SECONDS = 150;
const idleSeconds = Number(document.body.dataset.idleSeconds || 0);

const watchIdle = () => {
  const dialog = document.getElementById("idle-dialog");
  const counter = dialog.querySelector("[data-idle-left]");
  const own = { at: Date.now() };
  const mark = () => {
    own.at = Date.now();
    window.sw.remember("sw-seen", String(own.at));
  };
  const seen = () => {
    try {
      return Math.max(own.at, Number(localStorage.getItem("sw-seen") || 0));
    } catch {
      return own.at;
    }
  };
  mark();
  document.addEventListener("htmx:afterRequest", mark);
  document.addEventListener("sw-draft-saved", mark);
  dialog.querySelector("[data-idle-continue]").addEventListener("click", async () => {
    dialog.close();
    const answer = await window.sw.post(document.body.dataset.pingUrl, new URLSearchParams());
    if (answer?.ok) mark();
    else toast("登录已超时，请重新登录；已存的草稿不会丢失。");
  });
  const timer = setInterval(() => {
    const left = idleSeconds - (Date.now() - seen()) / 1000;
    if (left > WARN_SECONDS) {
      if (dialog.open) dialog.close();
    } else if (left > 0) {
      if (!dialog.open) {
        document.dispatchEvent(new CustomEvent("sw-idle-soon"));
        dialog.querySelector("[data-idle-draft]").hidden = !document.querySelector("form[data-draft]");
        dialog.showModal();
      }
      counter.textContent = String(Math.ceil(left));
    } else {
      clearInterval(timer);
      // Nobody's facts stay on the screen of somebody who has left: the server answers with the sign-in page.
      setTimeout(() => location.replace(location.pathname + location.search), 2000);
    }
  }, 1000);
};

narrow.addEventListener("change", tellMenu);
tellMenu();
tellFont();
if (idleSeconds) watchIdle();
document.querySelector("[data-error-summary]")?.focus();
