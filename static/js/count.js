// Keeps a campaign's count up to date while somebody looks: number and bar, at most every 15 s.
const EVERY = 15000;
const SAY_EVERY = 60000;

const tally = document.querySelector("[data-count]");
const line = tally.querySelector(".signed");
const bar = tally.querySelector("progress");
const button = tally.querySelector("button");
const pause = button.textContent;
const said = document.createElement("span");
let words = line.textContent.trim();
let paused = false;
let lastSaid = Date.now();
let timer = 0;

// The figure is what lies between the first digit and the last, whatever the language.
function show(now) {
  if (now.words === words || !now.count) return;
  words = now.words;
  // Arabic says one and two without a figure.
  const figure = words.match(/\p{Nd}(.*\p{Nd})?/u)?.[0];
  const [before, after] = figure ? words.split(figure) : [];
  const strong = Object.assign(document.createElement("strong"), { className: "figure", textContent: figure });
  line.replaceChildren(...(figure ? [before, strong, after] : [words]));
  if (bar) bar.value = Math.min(now.count, bar.max);
  if (Date.now() - lastSaid < SAY_EVERY) return;
  lastSaid = Date.now();
  said.textContent = words;
}

async function look() {
  try {
    const answer = await fetch(tally.dataset.count);
    if (answer.ok && !paused) show(await answer.json());
  } catch {
    // The network is away; the page stays as it is.
  }
  wait();
}

function wait() {
  clearTimeout(timer);
  if (!paused && !document.hidden) timer = setTimeout(look, EVERY);
}

button.hidden = false;
button.addEventListener("click", () => {
  paused = !paused;
  button.textContent = paused ? button.dataset.resume : pause;
  wait();
});
document.addEventListener("visibilitychange", wait);
said.className = "visually-hidden";
said.setAttribute("aria-live", "polite");
tally.append(said);
wait();
