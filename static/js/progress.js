// Shows how far something is that a worker makes, and loads the page again when it is done.
const shown = document.querySelector("[data-progress]");
const bar = shown.querySelector("progress");
const says = shown.querySelector("[data-says]");

// Nobody's half-filled form is thrown away.
let typing = false;
document.addEventListener("input", () => (typing = true));

function show(now) {
  if (typeof now.share === "number") bar.value = now.share;
  else bar.removeAttribute("value");
  if (now.says) says.textContent = now.says;
}

async function look() {
  if (document.hidden) return true;
  const answer = await fetch(shown.dataset.progress, { headers: { Accept: "application/json" } });
  if (answer.status === 401 || answer.status === 404) return false;
  if (!answer.ok) return true;
  const now = await answer.json();
  if (now.under_way) show(now);
  else if (typing) says.textContent = "Done. Load the page again to see it.";
  else location.reload();
  return now.under_way;
}

async function watch() {
  let pause = 1000;
  let going = true;
  while (going) {
    await new Promise((resolve) => setTimeout(resolve, pause));
    pause = Math.min(pause * 1.2, 5000);
    // The network may be gone for a while; the page stays as it is.
    going = await look().catch(() => true);
  }
}

watch();
