// Shows the page as it will be while one types, and asks before typed text is left behind.
const form = document.querySelector("[data-preview]");
const frame = document.querySelector("iframe[name=preview]");
const PAUSE = 500;

// The form again, or back to it: it may be sent once more.
let sent = false;
addEventListener("pageshow", () => (sent = false));

let timer;
let asked = 0;
let typed = false;

async function render() {
  const mine = ++asked;
  const data = new FormData(form);
  data.delete("upload"); // The preview shows a new picture once it is saved.
  try {
    const answer = await fetch(form.dataset.preview, { method: "POST", body: data });
    if (answer.ok && mine === asked) show(await answer.text());
  } catch {
    // Without a connection the last preview stays; the next key tries again.
  }
}

function show(html) {
  const at = frame.contentWindow?.scrollY ?? 0;
  frame.addEventListener(
    "load",
    () => {
      frame.contentWindow.scrollTo({ top: at, behavior: "instant" });
      // What is previewed leads nowhere: nothing of it is stored.
      frame.contentDocument.addEventListener("click", (event) => event.preventDefault());
    },
    { once: true },
  );
  frame.srcdoc = html;
}

if (form && frame) {
  document.querySelector("[data-preview-hint]").textContent =
    "As the page will be; nothing is saved yet.";
  form.addEventListener("input", () => {
    typed = true;
    clearTimeout(timer);
    timer = setTimeout(render, PAUSE);
  });
  form.addEventListener("submit", (event) => {
    if (event.submitter?.formTarget === "preview") {
      event.preventDefault();
      render();
    } else if (sent) {
      event.preventDefault(); // The second click of a double click.
    } else {
      sent = true;
      typed = false;
    }
  });
  addEventListener("beforeunload", (event) => {
    if (typed) event.preventDefault();
  });
  render();
}

// What is too large is said before it is sent.
for (const input of document.querySelectorAll("input[type=file][data-most]")) {
  input.addEventListener("change", () => {
    const most = Number(input.dataset.most);
    const large = [...input.files].find((file) => file.size > most);
    const says = `This file has ${Math.ceil(large?.size / 1e6)} MB; at most ${most / 1e6} MB are taken.`;
    input.setCustomValidity(large ? says : "");
    input.reportValidity();
  });
}
