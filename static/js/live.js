// Keeps the figures of a page up to date: asks for the page again every few seconds and puts its
// new parts (data-live) in the place of the old. Rests while nobody looks, and when told to.
const EVERY = 4000;
const PATIENCE = 15000; // Then an answer is taken for lost.
const SAY_EVERY = 30000;
const UNTOUCHED = 60 * 60 * 1000; // A forgotten browser must not keep its session alive.

const control = document.querySelector("[data-live-control]");
const button = control?.querySelector("button");
const said = document.querySelector("[data-live-said]");
let paused = false;
let timer = 0;
let touched = Date.now();
let reached = Date.now();
let failures = 0;
// When each part last said something; a count that has just been read need not be said at once.
const lastSaid = new Map([["count", Date.now()]]);

async function renew() {
  const signal = AbortSignal.timeout(PATIENCE);
  const answer = await fetch(location.href, { headers: { Accept: "text/html" }, signal });
  if (answer.redirected || answer.status === 401) return stop("Signed out. Load the page again.");
  // 400 is the page itself, which cannot read the days that it was asked for.
  if (!answer.ok && answer.status !== 400) throw new Error(answer.statusText);
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  const parts = new Map([...fresh.querySelectorAll("[data-live]")].map((e) => [e.dataset.live, e]));
  const news = [];
  for (const part of document.querySelectorAll("[data-live]")) {
    const now = parts.get(part.dataset.live);
    if (put(part, now) && isNews(now)) news.push(now);
  }
  if (news.length) said.textContent = news.map((part) => part.dataset.say).join(" ");
  for (const part of news) lastSaid.set(part.dataset.live, Date.now());
  return undefined;
}

// Where addresses are sealed anew for every answer, only words tell whether there is anything new.
const look = (part) => ("liveWords" in part.dataset ? part.textContent : part.innerHTML);

function isNews({ dataset: { live, say } }) {
  return say && Date.now() - (lastSaid.get(live) ?? 0) > SAY_EVERY;
}

function put(old, now) {
  // What holds the focus stays, or the keyboard would lose its place.
  if (!now || look(old) === look(now) || old.contains(document.activeElement)) return false;
  old.replaceChildren(...now.childNodes);
  return true;
}

const lost = () => failures > 1; // One may happen to anybody.

function words() {
  if (paused) return "Live figures are paused.";
  if (lost()) return `Not reached since ${new Date(reached).toISOString().slice(11, 16)} UTC`;
  return "Live figures are on.";
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
  control.dataset.state = paused ? "paused" : lost() ? "lost" : "live";
  control.dataset.says = words();
}

function tell() {
  said.textContent = words();
  show();
}

async function turn() {
  if (Date.now() - touched > UNTOUCHED) stop("Live figures are paused: nobody was here for an hour.");
  if (paused || document.hidden) return;
  const before = lost();
  try {
    await renew();
    reached = Date.now();
    failures = 0;
  } catch {
    failures += 1; // The next turn may find it again.
  }
  if (!paused && lost() !== before) tell();
  schedule();
}

function schedule() {
  clearTimeout(timer);
  if (!paused && !document.hidden) timer = setTimeout(turn, EVERY);
}

if (control) {
  control.hidden = false;
  show();
  button.addEventListener("click", () => {
    paused = !paused;
    touched = Date.now();
    tell();
    if (!paused) turn();
  });
  for (const event of ["pointerdown", "keydown"]) {
    addEventListener(event, () => (touched = Date.now()), { passive: true });
  }
  document.addEventListener("visibilitychange", () => (document.hidden ? clearTimeout(timer) : turn()));
  schedule();
}
