// The page: takes a file, shows how far the check is, and which keys are trusted.
import { check } from "./checking.js";
import { element, find } from "./parts.js";
import { moment } from "./receipts.js";
import { show } from "./showing.js";
import { readFingerprint } from "./words.js";

const SLICE = 40; // Milliseconds of work before the page may breathe.
const installation = JSON.parse(find("installation").textContent);
const added = [];
let turn = 0;
let latest = null;

const NEEDED = ["DecompressionStream", "TextDecoder"];

function known() {
  return new Set([...installation.keys.map(({ fingerprint }) => fingerprint), ...added]);
}

// ---- the work

function start(file) {
  if (!file) return;
  latest = file;
  turn += 1;
  run(file, turn);
}

async function run(file, mine) {
  find("verdict").hidden = true;
  find("working").hidden = false;
  find("said").textContent = `Checking ${file.name}`;
  let verdict;
  try {
    if (!NEEDED.every((name) => name in window)) throw new Error("old");
    verdict = await check(file, known(), worker(mine));
  } catch (error) {
    if (mine !== turn) return;
    verdict = { what: "file", problems: [reason(error)], says: [], files: [], failed: true };
  }
  if (mine !== turn) return;
  find("working").hidden = true;
  show(file, verdict);
}

function reason(error) {
  if (error?.message === "old") return "this browser is too old to read packages; a current one can";
  if (error?.name === "NotReadableError") return "it cannot be read: it was changed or taken away meanwhile";
  return "it cannot be read in this browser";
}

// Tells the page how far the check is, and lets it breathe. Ends what nobody waits for any more.
function worker(mine) {
  let [total, done, since] = [0, 0, performance.now()];
  const rest = async () => {
    if (performance.now() - since < SLICE) return;
    find("bar").value = total ? Math.min(1, done / total) : 0;
    await new Promise((resolve) => setTimeout(resolve));
    since = performance.now();
    if (mine !== turn) throw new DOMException("another file was chosen", "AbortError");
  };
  return {
    expect: (amount) => { total = amount; },
    say: (step) => { find("step").textContent = step; },
    advance: (amount) => { done += amount; return rest(); },
    rest,
  };
}

// ---- the keys

function showKeys() {
  const list = installation.keys.map(({ fingerprint, since, until }) => {
    const when = until ? `from ${day(since)} to ${day(until)}` : `since ${day(since)}`;
    return keyItem(`${installation.name}, ${installation.address}, ${when}`, fingerprint);
  });
  list.push(...added.map((fingerprint) => keyItem("Added by you", fingerprint)));
  const none = "This page knows no key yet. Enter the fingerprint that the sender has told you.";
  find("keys").replaceChildren(list.length ? element("ul", { className: "keys" }, ...list) : element("p", {}, none));
}

function keyItem(whose, fingerprint) {
  return element("li", {}, element("p", {}, whose), element("p", { className: "digits" }, fingerprint));
}

function day(iso) {
  return moment(iso).split(",")[0];
}

function trust(event) {
  event.preventDefault();
  const input = find("fingerprint");
  const fingerprint = readFingerprint(input.value);
  const error = find("fingerprint-error");
  error.hidden = Boolean(fingerprint);
  error.textContent = fingerprint ? "" : "A fingerprint has 64 digits and letters from a to f.";
  find("fingerprint-field").classList.toggle("has-error", !fingerprint);
  input.setAttribute("aria-invalid", String(!fingerprint));
  input.setAttribute("aria-describedby", fingerprint ? "fingerprint-hint" : "fingerprint-error fingerprint-hint");
  if (!fingerprint) return input.focus();
  if (!known().has(fingerprint)) added.push(fingerprint);
  input.value = "";
  showKeys();
  find("said").textContent = "The key is trusted now.";
  return start(latest);
}

find("file").addEventListener("change", (event) => {
  start(event.target.files[0]);
  event.target.value = ""; // So that the same file can be chosen again.
});
find("another").addEventListener("submit", trust);
addEventListener("dragover", (event) => {
  event.preventDefault();
  document.body.classList.add("over");
});
addEventListener("dragleave", (event) => {
  if (!event.relatedTarget) document.body.classList.remove("over");
});
addEventListener("drop", (event) => {
  event.preventDefault();
  document.body.classList.remove("over");
  start(event.dataTransfer.files[0]);
});
showKeys();
