/** Comfort on top of pages that work without it. */

/** "/" goes to the search box, unless something is being typed. */
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select, [contenteditable]");
  if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
  const box = document.querySelector("#q");
  if (!box) return;
  event.preventDefault();
  box.focus();
  box.select();
});

/** Arrows, or j and k, go from result to result; Enter opens the one in focus, as for any link. */
document.addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }[event.key];
  const typing = event.target.closest("input, textarea, select, summary, [contenteditable]");
  if (!step || typing || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  const links = [...document.querySelectorAll(".hit h2 a")];
  const present = links.indexOf(document.activeElement);
  // Until one is in focus, arrows scroll as everywhere; j begins.
  if (present < 0 && event.key !== "j") return;
  const next = links[present + step];
  if (!next) return;
  event.preventDefault();
  next.focus();
  next.closest(".hit").scrollIntoView({ block: "nearest" });
});

/** Follows a running import and shows its report when it ends. */
async function follow(status) {
  const bar = status.querySelector("progress");
  const words = status.querySelector("[data-words]");
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const answer = await fetch(status.dataset.job).catch(() => null);
    if (!answer?.ok) {
      words.textContent = "The server does not answer; trying again…";
      continue;
    }
    const job = await answer.json();
    if (job.state === "done" || job.state === "failed") break;
    bar.max = Math.max(1, job.files_total);
    if (job.state === "running") bar.value = job.files_done;
    words.textContent = job.current
      ? `${job.files_done} of ${job.files_total} files read · ${job.current}`
      : "Waiting for its turn…";
  }
  location.reload();
}

const status = document.querySelector("[data-job]");
if (status) follow(status);

/** What a form kept in this browser is forgotten once the server has it. */
const kept = new URLSearchParams(location.search).get("kept");
if (kept) {
  for (const key of Object.keys(localStorage)) {
    if (key.startsWith("hindsight:typed:") && key.endsWith(`:${kept}`)) localStorage.removeItem(key);
  }
  const address = new URL(location.href);
  address.searchParams.delete("kept");
  history.replaceState(null, "", address);
}
/** Looks again at a page that waits for something to be worked out. */
if (document.querySelector("[data-again]")) setTimeout(() => location.reload(), 1500);
