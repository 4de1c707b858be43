// In a frame: tells the page around it how high this one is, and nothing else, and only once that
// page has asked. Its origin is known from its question, so nobody else hears the answer.
let asked = "";

function tell() {
  const height = Math.ceil(document.body.getBoundingClientRect().height);
  if (asked) parent.postMessage({ groundswellHeight: height }, asked);
}

addEventListener("message", (event) => {
  // A page without an origin of its own (a file, a sandbox) cannot be answered safely.
  if (event.source !== parent || parent === window || event.origin === "null") return;
  if (event.data !== "groundswell-height") return;
  asked = event.origin;
  tell();
});
new ResizeObserver(tell).observe(document.body);

// What came of sending the form may lie outside of what the reader sees of the page around it.
document.querySelector("#errors, #done")?.focus();

// Where no name was given for the page around it, its host will do.
const form = document.querySelector("form");
if (form && document.referrer) {
  const to = new URL(form.action);
  const host = new URL(document.referrer).hostname;
  if (!to.searchParams.has("from") && host !== location.hostname) {
    to.searchParams.set("from", host);
    form.action = to.href;
  }
}
