/** Forms in which people write: what is typed outlives a crash, and help comes while typing. */

const PAUSE = 300; // milliseconds without a key before the server is asked
const PREFIX = "hindsight:typed:";
const KEPT_DAYS = 30;
const UNTYPED = new Set(["version", "ref", "typed", "action", "accept"]);

/** All that a person put into the form, as pairs. */
function values(form) {
  return [...new FormData(form)].filter(([name, value]) => !UNTYPED.has(name) && typeof value === "string");
}

function fill(form, pairs) {
  const given = new Map();
  for (const [name, value] of pairs) given.set(name, [...(given.get(name) ?? []), value]);
  for (const field of form.elements) {
    if (!field.name || UNTYPED.has(field.name) || field.type === "submit") continue;
    const found = given.get(field.name) ?? [];
    if (field.type === "checkbox") field.checked = found.includes(field.value);
    else field.value = found[0] ?? "";
    const hidden = field.closest("details:not([open])");
    if (hidden && found.some((value) => value)) hidden.open = true;
  }
}

/** What was typed on this page before and never saved, the latest first. */
function unsaved(path) {
  const found = [];
  for (const key of Object.keys(localStorage)) {
    if (!key.startsWith(`${PREFIX}${path}:`)) continue;
    try {
      const kept = JSON.parse(localStorage.getItem(key));
      if (Date.now() - kept.at < KEPT_DAYS * 86_400_000) found.push({ key, ...kept });
      else localStorage.removeItem(key);
    } catch {
      localStorage.removeItem(key);
    }
  }
  return found.sort((one, other) => other.at - one.at);
}

function keeper(form) {
  const offer = document.querySelector("[data-offer]");
  const state = document.querySelector("[data-typed-state]");
  const began = JSON.stringify(values(form));
  const mark = form.elements.typed;
  mark.value ||= [...crypto.getRandomValues(new Uint8Array(8))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const key = () => `${PREFIX}${location.pathname}:${mark.value}`;
  let touched = false;
  let timer = 0;

  function keep() {
    clearTimeout(timer);
    if (!touched) return;
    const said = { at: Date.now(), version: form.elements.version.value, values: values(form) };
    try {
      localStorage.setItem(key(), JSON.stringify(said));
      state.textContent = "What you typed is kept in this browser until it is saved.";
    } catch {
      state.textContent = "This browser can't keep what you typed: save a draft now and then.";
    }
  }

  function changed() {
    touched = true;
    clearTimeout(timer);
    timer = setTimeout(keep, PAUSE);
  }

  for (const event of ["input", "change"]) form.addEventListener(event, changed);
  form.addEventListener("submit", keep);
  addEventListener("pagehide", keep);
  document.addEventListener("visibilitychange", keep);

  const earlier = unsaved(location.pathname).find(
    (kept) => kept.key !== key() && JSON.stringify(kept.values) !== began,
  );
  if (!earlier || !offer) return;
  const when = new Date(earlier.at).toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "short" });
  const words = document.createElement("p");
  words.textContent = `There is text that was typed here on ${when} and not saved.`;
  const restore = document.createElement("button");
  restore.type = "button";
  restore.textContent = "Put it back";
  restore.addEventListener("click", () => {
    mark.value = earlier.key.slice(earlier.key.lastIndexOf(":") + 1);
    form.elements.version.value = earlier.version;
    fill(form, earlier.values);
    offer.hidden = true;
    form.elements.title.focus();
    form.dispatchEvent(new Event("input"));
  });
  const discard = document.createElement("button");
  discard.type = "button";
  discard.className = "quiet";
  discard.textContent = "Throw it away";
  discard.addEventListener("click", () => {
    localStorage.removeItem(earlier.key);
    offer.hidden = true;
    form.elements.title.focus();
  });
  const buttons = document.createElement("p");
  buttons.className = "buttons";
  buttons.append(restore, " ", discard);
  offer.replaceChildren(words, buttons);
  offer.hidden = false;
}

function helper(form) {
  const assist = document.querySelector("#assist");
  const live = document.querySelector("[data-live]");
  let timer = 0;
  let asking = null;

  async function ask() {
    asking?.abort();
    asking = new AbortController();
    try {
      const body = new URLSearchParams([...new FormData(form)]);
      const answer = await fetch(form.dataset.check, { method: "POST", body, signal: asking.signal });
      if (answer.ok) show(await answer.text());
    } catch (error) {
      if (error.name !== "AbortError") live.textContent = "The server does not answer; what you type is kept here.";
    }
  }

  function show(html) {
    const focused = assist.contains(document.activeElement) ? document.activeElement.value : "";
    const parsed = new DOMParser().parseFromString(html, "text/html");
    assist.replaceChildren(...parsed.body.childNodes);
    const said = assist.querySelector("[data-said]")?.textContent ?? "";
    if (live.textContent !== said) live.textContent = said;
    if (focused) (assist.querySelector(`button[value="${CSS.escape(focused)}"]`) ?? assist.querySelector("button"))?.focus();
  }

  function later() {
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  }

  /** Takes a suggestion: ticks its box, or adds it to the tags or competences. */
  function accept(button) {
    const { subject, value, label } = button.dataset;
    const lists = { area: "knowledge_areas", phase: "phases", approach: "approaches", sector: "sectors" };
    const box = lists[subject] && document.getElementById(`${lists[subject]}-${value}`);
    if (box) {
      box.checked = true;
      box.closest("details").open = true;
    } else {
      const words = form.elements[subject === "competence" ? "competences" : "tags"];
      words.value = [words.value.trim().replace(/,$/, ""), label].filter((word) => word).join(", ");
    }
    form.dispatchEvent(new Event("change"));
    const next = button.closest("li").nextElementSibling ?? button.closest("li").previousElementSibling;
    button.closest("li").remove();
    (next?.querySelector("button") ?? form.elements.title).focus();
  }

  for (const event of ["input", "change"]) form.addEventListener(event, later);
  assist.addEventListener("click", (event) => {
    const button = event.target.closest("button[name=accept]");
    if (!button) return;
    event.preventDefault();
    accept(button);
  });
  if (form.elements.title.value) ask();
}

const form = document.querySelector("form[data-typed]");
if (form) {
  keeper(form);
  if (form.dataset.check) helper(form);
}
