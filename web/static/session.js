/** A lessons session: keeps what is typed, sends notes until they have arrived, shows new ones at once. */

const page = document.querySelector("[data-session]");
const code = page.dataset.session;
const form = page.querySelector("form[data-notes]");
const list = page.querySelector("[data-outbox]");
const live = page.querySelector("[data-live]");
const message = page.querySelector("[data-message]");

const PARTS = ["happened", "differently", "expected", "why"];
const AGAIN = 3000; // milliseconds until a note that did not arrive is sent again
const POLL = 5000; // milliseconds between two looks where events can't be had
const REFUSED = 30000; // milliseconds until events are asked for again

/** What this browser keeps of the session; without storage, until the page is left. */
const kept = {
  memory: {},
  name: (what) => `hindsight.session.${code}.${what}`,
  read(what) {
    try {
      return JSON.parse(localStorage.getItem(this.name(what)) ?? "null");
    } catch {
      return this.memory[what] ?? null;
    }
  },
  write(what, value) {
    this.memory[what] = value;
    try {
      if (value === null) localStorage.removeItem(this.name(what));
      else localStorage.setItem(this.name(what), JSON.stringify(value));
    } catch {
      // private windows may refuse; the memory has it
    }
  },
};

/** Made here, so that a note that is sent twice is kept once. */
const newKey = () =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

function say(text, ...more) {
  if (!message) return;
  message.hidden = !text;
  message.replaceChildren(text, ...more);
}

// What is typed

const field = (part) => form.elements.namedItem(part);
const isEmpty = (note) => !PARTS.some((part) => note[part]?.trim());

function keepDraft() {
  const draft = Object.fromEntries(PARTS.map((part) => [part, field(part).value]));
  kept.write("draft", isEmpty(draft) ? null : draft);
}

function fillForm(note) {
  for (const part of PARTS) field(part).value = note?.[part] ?? "";
  const more = form.querySelector("details");
  if (note?.expected || note?.why) more.open = true;
}

// What was not sent yet: [{key, happened, …, problem}]

const outbox = () => kept.read("outbox") ?? [];
let sending = false;
let timer = 0;

function changeOutbox(change) {
  const notes = change(outbox());
  kept.write("outbox", notes.length ? notes : null);
  showOutbox();
}

const drop = (key) => changeOutbox((notes) => notes.filter((note) => note.key !== key));
const blame = (key, problem) =>
  changeOutbox((notes) => notes.map((note) => (note.key === key ? { ...note, problem } : note)));

function showOutbox() {
  if (!list) return;
  const notes = outbox();
  list.hidden = !notes.length;
  list.replaceChildren(
    ...notes.map((note) => {
      const entry = document.createElement("li");
      const text = document.createElement("p");
      text.textContent = PARTS.map((part) => note[part]).filter(Boolean).join("\n");
      const state = document.createElement("p");
      state.className = note.problem ? "warning" : "hint";
      state.textContent = note.problem ?? "Waiting to be sent; it is kept in this browser.";
      entry.append(text, state);
      if (note.problem && form) {
        const back = document.createElement("button");
        back.type = "button";
        back.className = "quiet";
        back.textContent = "Back into the form";
        back.addEventListener("click", () => {
          if (PARTS.some((part) => field(part).value.trim())) enqueue();
          fillForm(note);
          keepDraft();
          drop(note.key);
          field("happened").focus();
        });
        entry.append(back);
      }
      return entry;
    }),
  );
}

function enqueue() {
  const note = Object.fromEntries(PARTS.map((part) => [part, field(part).value.trim()]));
  changeOutbox((notes) => [...notes, { ...note, key: newKey() }]);
  fillForm(null);
  keepDraft();
}

/** Sends what waits, one after the other; what does not arrive is sent again. */
async function send() {
  if (sending || !form) return;
  sending = true;
  clearTimeout(timer);
  try {
    for (const { key, problem, ...note } of outbox()) {
      if (problem) continue;
      const answer = await fetch(form.dataset.notes, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ key, ...note }),
      }).catch(() => null);
      if (!answer || answer.status >= 500) {
        timer = setTimeout(send, AGAIN);
        break;
      }
      if (answer.ok) drop(key);
      else blame(key, (await answer.json().catch(() => null))?.detail ?? "The server did not take it.");
    }
  } finally {
    sending = false;
  }
  refresh();
}

// What others put down

/** Puts the board of *source*, a page, in the place of the one that is shown; what is open or in focus stays. */
function showBoard(source, asked = false) {
  const next = new DOMParser().parseFromString(source, "text/html").querySelector("#board");
  const board = document.querySelector("#board");
  if (!next || !board) return;
  const focused = document.activeElement;
  // While somebody sorts, what others change can wait.
  if (!asked && board.contains(focused) && focused.matches("input, select")) return;
  for (const details of board.querySelectorAll("details[open]")) {
    const same = next.querySelector(`#${details.id}`);
    if (same) same.open = true;
  }
  const id = board.contains(focused) ? focused.id : "";
  board.replaceWith(next);
  if (id) document.getElementById(id)?.focus({ preventScroll: true });
}

async function refresh() {
  const answer = await fetch(`/s/${code}/notes`).catch(() => null);
  if (answer?.ok) showBoard(await answer.text());
  return Boolean(answer?.ok);
}

/** Votes and sorting without leaving the page, whose text may be half typed. */
document.addEventListener("submit", async (event) => {
  const own = event.target;
  const board = document.querySelector("#board");
  if (!board?.contains(own)) return;
  event.preventDefault();
  const answer = await fetch(own.action, { method: "POST", body: new FormData(own, event.submitter) }).catch(() => null);
  if (!answer) return say("The server does not answer; that was not done. Try again in a moment.");
  const source = await answer.text();
  if (!answer.ok) {
    const fault = new DOMParser().parseFromString(source, "text/html").querySelector(".fault .lead");
    return say(fault?.textContent.trim() ?? "That could not be done.");
  }
  say("");
  showBoard(source, true);
});

let events = null;

function follow() {
  if (events || document.hidden) return;
  events = new EventSource(`/api/v1/sessions/${code}/events`);
  events.addEventListener("open", () => {
    live.textContent = "New notes show up by themselves.";
    send();
  });
  events.addEventListener("change", (event) => {
    const { state } = JSON.parse(event.data);
    if (state !== page.dataset.state) {
      page.dataset.state = state;
      const link = document.createElement("a");
      link.href = location.pathname;
      link.textContent = "Show it as it is now";
      say(`The session is ${state} now. What you typed is kept. `, link);
    }
    refresh();
  });
  events.addEventListener("error", () => {
    live.textContent = "The connection is interrupted; what you type is kept in this browser.";
    if (events?.readyState === EventSource.CLOSED) {
      events = null; // refused, or no events to be had: look now and then, ask again later
      setTimeout(follow, REFUSED);
    }
  });
}

function rest() {
  events?.close();
  events = null;
}

setInterval(() => {
  if (!events && !document.hidden) refresh();
}, POLL);

/** A browser has few connections to one server: pages that nobody sees give theirs back. */
document.addEventListener("visibilitychange", () => (document.hidden ? rest() : follow()));
window.addEventListener("pagehide", rest);
window.addEventListener("pageshow", follow);
window.addEventListener("online", send);

if (form) {
  const draft = kept.read("draft");
  if (draft && PARTS.every((part) => !field(part).value)) fillForm(draft);
  form.addEventListener("input", keepDraft);
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    enqueue();
    field("happened").focus();
    send();
  });
} else if (list) {
  const draft = kept.read("draft");
  if (draft) {
    changeOutbox((notes) => [...notes, { ...draft, key: newKey(), problem: "Typed, but not sent before the session closed." }]);
    kept.write("draft", null);
  }
}
showOutbox();
send();
follow();
