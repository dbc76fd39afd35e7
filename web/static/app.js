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
