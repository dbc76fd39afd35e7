/** Verdicts are saved where they stand; what is typed outlives a crash; what takes longer is fetched. */

const PREFIX = "hindsight:typed:brief:";
const place = document.querySelector("[data-brief]");
const code = place?.dataset.brief;

/** What a form holds that is worth keeping. */
const values = (form) => Object.fromEntries([...new FormData(form)].filter(([name]) => !["ref", "show"].includes(name)));
const key = (form) => `${PREFIX}${code}:${form.dataset.verdict}`;

function keep(form) {
  try {
    localStorage.setItem(key(form), JSON.stringify(values(form)));
  } catch {
    // This browser keeps nothing; the form still works.
  }
}

function restore(form) {
  const typed = localStorage.getItem(key(form));
  if (!typed) return;
  try {
    for (const [name, value] of Object.entries(JSON.parse(typed))) {
      const field = form.elements[name];
      if (field) field.value = value;
    }
    form.closest("details").open = true;
    form.querySelector("[data-said]").textContent = "Typed before and not saved.";
  } catch {
    localStorage.removeItem(key(form));
  }
}

function prepare(root) {
  for (const form of root.querySelectorAll("[data-verdict]")) {
    restore(form);
    form.addEventListener("input", () => keep(form));
    form.addEventListener("submit", (event) => save(event, form));
  }
}

/** The same page as the server has it now. */
async function fresh() {
  const answer = await fetch(location.pathname);
  if (!answer.ok) throw new Error(answer.statusText);
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

function swap(id, page) {
  const [old, next] = [document.getElementById(id), page.getElementById(id)];
  if (!old || !next) return null;
  old.replaceWith(next);
  return next;
}

async function save(event, form) {
  event.preventDefault();
  const said = form.querySelector("[data-said]");
  const ref = form.dataset.verdict;
  const { due, ...rest } = values(form);
  said.textContent = "Saving…";
  try {
    const answer = await fetch(`/api/v1/briefs/${code}/entries/${encodeURIComponent(ref)}/verdict`, {
      method: "PUT",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ ...rest, due: due || null }),
    });
    if (!answer.ok) {
      said.textContent = (await answer.json()).detail;
      return;
    }
    localStorage.removeItem(key(form));
    const page = await fresh();
    for (const id of ["progress", "sign"]) swap(id, page);
    const entry = swap(`entry-${ref}`, page);
    if (!entry) return location.reload();
    prepare(entry);
    const summary = entry.querySelector(".ask > summary");
    summary?.focus();
  } catch {
    said.textContent = "The server does not answer. What you typed is kept here; try again.";
  }
}

/** Puts what another page says in the place of the line that leads there. */
async function bring(line) {
  const [address, id] = line.dataset.fetch.split("#");
  const answer = await fetch(address).catch(() => null);
  if (!answer?.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const found = page.getElementById(id);
  if (found) line.replaceWith(found);
}

if (place) {
  prepare(document);
  for (const line of document.querySelectorAll("[data-fetch]")) bring(line);
}
