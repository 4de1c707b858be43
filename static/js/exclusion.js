// Keeps the panel that shows how far a job has come up to date, until the job has ended.
const PAUSE = 2000;
const find = (root) => root.querySelector("[data-progress]");

for (const link of document.querySelectorAll(".no-script")) link.hidden = true;

async function look() {
  if (document.hidden) return again();
  try {
    const answer = await fetch(location.pathname, { headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = find(page);
    if (!fresh) return;
    // When it has ended there is more to do on the page than this panel shows.
    if (fresh.dataset.progress === "ended") return location.replace(location.pathname);
    for (const part of ["h2", "[role=status]", "progress"]) {
      const old = find(document).querySelector(part);
      const now = fresh.querySelector(part);
      if (part === "progress") old.value = now.value;
      else if (old.textContent !== now.textContent) old.textContent = now.textContent;
    }
  } catch {
    // The network comes back or the reader reloads.
  }
  again();
}

function again() {
  setTimeout(look, PAUSE);
}

if (find(document)?.dataset.progress === "going") again();
