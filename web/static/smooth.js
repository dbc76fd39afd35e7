/** Small changes without leaving the page: a form's answer takes the place of what it changed. */

const live = document.querySelector("[data-live]");

async function send(event) {
  const form = event.target.closest("[data-smooth]");
  if (!form) return;
  event.preventDefault();
  const button = event.submitter;
  const body = new URLSearchParams([...new FormData(form, button)]);
  const step = form.closest("[data-step]")?.dataset.step;
  try {
    // A button named "action" hides the property form.action.
    const answer = await fetch(form.getAttribute("action"), { method: "POST", body });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (!answer.ok) {
      live.classList.remove("unseen");
      live.textContent = page.querySelector("main .lead")?.textContent ?? "It could not be changed.";
      return;
    }
    live.classList.add("unseen");
    show(page, step, button?.value);
  } catch {
    live.classList.remove("unseen");
    live.textContent = "The server does not answer; nothing was changed. Try again.";
  }
}

/** Puts the changed part in place, and the focus where the hand was. */
function show(page, step, action) {
  const [old, next] = [document.getElementById("composed"), page.getElementById("composed")];
  if (!old || !next) return location.reload();
  old.replaceWith(next);
  const row = step && next.querySelector(`[data-step="${CSS.escape(step)}"]`);
  const again = row && (row.querySelector(`button[value="${CSS.escape(action ?? "")}"]:enabled`) ?? row.querySelector("button:enabled"));
  (again || next.querySelector("#steps")).focus();
  live.textContent = next.querySelector("[data-said]")?.textContent.trim() ?? "";
}

document.addEventListener("submit", send);
