// Data entry: Enter goes to the next field, Ctrl+S and a pause of two seconds save the draft on the server.
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const PAUSE_MS = 2000;
const UNSAVED_TYPES = new Set(["password", "file", "hidden", "submit", "button"]);

const controls = (form) =>
  all("input, select, textarea, button[type=submit]", form).filter(
    (each) => each.type !== "hidden" && !each.disabled && !each.readOnly && each.offsetParent !== null,
  );

document.addEventListener("keydown", (event) => {
  const form = event.target.closest?.("form[data-enter-next]");
  if (!form || event.key !== "Enter" || event.isComposing || event.ctrlKey) return;
  if (!event.target.matches("input:not([type=submit]), select")) return;
  event.preventDefault();
  const fields = controls(form);
  fields[fields.indexOf(event.target) + 1]?.focus();
});

// Per form: is something unsaved, is it on its way.
const states = new WeakMap();
const stateOf = (form) => {
  if (!states.has(form)) states.set(form, { timer: 0, isDirty: false, isSent: false });
  return states.get(form);
};

const fieldsOf = (form) => {
  const fields = new URLSearchParams();
  for (const each of form.elements) {
    if (!each.name || UNSAVED_TYPES.has(each.type) || each.dataset.noDraft !== undefined) continue;
    if ((each.type === "checkbox" || each.type === "radio") && !each.checked) continue;
    if (each.type === "select-multiple") {
      [...each.selectedOptions].forEach((option) => fields.append(each.name, option.value));
    } else {
      fields.append(each.name, each.value);
    }
  }
  fields.set("draft_key", form.dataset.draft);
  return fields;
};

const clock = () => new Date().toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit", hour12: false });

const saveDraft = async (form) => {
  const state = stateOf(form);
  clearTimeout(state.timer);
  const place = form.querySelector("[data-draft-state]");
  const tell = (words, isWrong = false) => {
    if (!place) return;
    place.textContent = words;
    place.classList.toggle("is-wrong", isWrong);
  };
  state.isDirty = false;
  const answer = await window.sw.post(form.dataset.draftUrl, fieldsOf(form));
  if (!answer?.ok) {
    state.isDirty = true;
    tell(answer?.status === 401 || answer?.status === 403 ? "草稿没有保存：登录已超时" : "草稿没有保存，请检查网络", true);
    return;
  }
  const said = answer.status === 200 ? await answer.json().catch(() => ({})) : {};
  tell(`草稿已保存 ${said.saved_at || clock()}`);
  document.dispatchEvent(new CustomEvent("sw-draft-saved"));
};

const drafted = (event) => event.target.closest?.("form[data-draft]");

for (const name of ["input", "change"]) {
  document.addEventListener(name, (event) => {
    const form = drafted(event);
    if (!form || event.target.type === "file") return;
    const state = stateOf(form);
    state.isDirty = true;
    clearTimeout(state.timer);
    state.timer = setTimeout(() => saveDraft(form), PAUSE_MS);
  });
}

document.addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() !== "s" || !(event.ctrlKey || event.metaKey)) return;
  const form = drafted(event) || document.querySelector("form[data-draft]");
  if (!form) return;
  event.preventDefault();
  saveDraft(form);
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-draft-save]");
  if (button) saveDraft(button.form);
});

document.addEventListener("sw-idle-soon", () => all("form[data-draft]").forEach((form) => stateOf(form).isDirty && saveDraft(form)));

document.addEventListener("submit", (event) => {
  if (!event.target.matches(".sw-form")) return;
  const state = stateOf(event.target);
  clearTimeout(state.timer);
  state.isDirty = false;
});

// A double click must not send a form twice; a page brought back from history may send again.
document.addEventListener("submit", (event) => {
  if (event.target.method !== "post" || event.defaultPrevented) return;
  const state = stateOf(event.target);
  if (state.isSent) event.preventDefault();
  state.isSent = !event.target.hasAttribute("data-many-times");
  setTimeout(() => (state.isSent = false), 5000);
});

addEventListener("beforeunload", (event) => {
  if (all("form[data-draft]").some((form) => stateOf(form).isDirty)) event.preventDefault();
});

const showDraftButtons = () => all("[data-draft-save]").forEach((button) => (button.hidden = false));
document.addEventListener("htmx:afterSettle", showDraftButtons);
showDraftButtons();
