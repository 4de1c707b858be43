// Keeps the figures of a page up to date: asks for the page again every few seconds and puts its
// new parts (data-live) in the place of the old. Rests while nobody looks, and when told to.
const EVERY = 4000;
const SAY_EVERY = 30000;
const UNTOUCHED = 60 * 60 * 1000; // A forgotten browser must not keep its session alive.

const control = document.querySelector("[data-live-control]");
const button = control?.querySelector("button");
const said = document.querySelector("[data-live-said]");
let paused = false;
let timer = 0;
let lastSaid = 0;
let touched = Date.now();

async function renew() {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (answer.redirected || answer.status === 401) return stop("Signed out. Load the page again.");
  if (!answer.ok) return undefined;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  const parts = new Map([...fresh.querySelectorAll("[data-live]")].map((e) => [e.dataset.live, e]));
  for (const part of document.querySelectorAll("[data-live]")) put(part, parts.get(part.dataset.live));
  return undefined;
}

function put(old, now) {
  // What holds the focus stays, or the keyboard would lose its place.
  if (!now || old.innerHTML === now.innerHTML || old.contains(document.activeElement)) return;
  old.replaceChildren(...now.childNodes);
  if (now.dataset.say && Date.now() - lastSaid > SAY_EVERY) {
    said.textContent = now.dataset.say;
    lastSaid = Date.now();
  }
}

function stop(reason) {
  paused = true;
  said.textContent = reason;
  show();
}

function show() {
  button.textContent = paused ? "Resume" : "Pause";
  button.setAttribute("aria-pressed", String(paused));
  button.setAttribute("aria-label", paused ? "Resume live figures" : "Pause live figures");
  control.dataset.state = paused ? "paused" : "live";
}

async function turn() {
  if (Date.now() - touched > UNTOUCHED) stop("Live figures are paused: nobody was here for an hour.");
  if (paused || document.hidden) return;
  try {
    await renew();
  } catch {
    // The network is away; the next turn may find it again.
  }
  schedule();
}

function schedule() {
  clearTimeout(timer);
  if (!paused && !document.hidden) timer = setTimeout(turn, EVERY);
}

if (control) {
  control.hidden = false;
  lastSaid = Date.now();
  show();
  button.addEventListener("click", () => {
    paused = !paused;
    touched = Date.now();
    said.textContent = paused ? "Live figures are paused." : "Live figures are on.";
    show();
    if (!paused) turn();
  });
  for (const event of ["pointerdown", "keydown"]) {
    addEventListener(event, () => (touched = Date.now()), { passive: true });
  }
  document.addEventListener("visibilitychange", () => (document.hidden ? clearTimeout(timer) : turn()));
  schedule();
}
