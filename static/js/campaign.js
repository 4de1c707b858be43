// Around signing: a draft that outlives a reload, the address that was written to, telling others.
// What was typed stays in this tab alone, for an hour at most, until the signature is confirmed.
const HOUR = 60 * 60 * 1000;
const START = "groundswell.sign.";
const TYPED = ["name", "email", "country", "postcode", "comment"];
const confirmed = "BroadcastChannel" in window ? new BroadcastChannel("groundswell.confirmed") : null;
const find = (name, root = document) => root.querySelector(`[data-${name}]`);

// Where a browser keeps nothing, everything works as without scripts.
function inTab(act) {
  try {
    return act(sessionStorage);
  } catch {
    return undefined;
  }
}

function stored(slug) {
  const found = inTab((tab) => JSON.parse(tab.getItem(START + slug)));
  if (found && Date.now() - found.at < HOUR) return found;
  forget(slug);
  return undefined;
}

// `sent` is "maybe" from the press on: only the page that follows says that it arrived.
function store(slug, form, search, sent) {
  const fields = Object.fromEntries(new FormData(form));
  if (!sent) for (const name of Object.keys(fields)) if (!TYPED.includes(name)) delete fields[name];
  const kept = JSON.stringify({ at: Date.now(), search, sent, fields });
  inTab((tab) => tab.setItem(START + slug, kept));
}

function forget(slug) {
  inTab((tab) => tab.removeItem(START + slug));
}

function forgetOld() {
  const keys = inTab((tab) => Object.keys(tab)) ?? [];
  for (const key of keys) if (key.startsWith(START)) stored(key.slice(START.length));
}

// The same rule as on the server, which only says it beside an error.
function distance(one, other) {
  let before = Array.from({ length: other.length + 1 }, (_, column) => column);
  [...one].forEach((letter, row) => {
    const now = [row + 1];
    [...other].forEach((opposite, column) => {
      const changed = before[column] + (letter !== opposite);
      now.push(Math.min(before[column + 1] + 1, now[column] + 1, changed));
    });
    before = now;
  });
  return before.at(-1);
}

function meant(address, domains) {
  const [, local, domain] = address.trim().toLowerCase().match(/^(.+)@([^@]{1,40})$/) ?? [];
  if (!domain || domains.includes(domain)) return "";
  const far = (name) => distance(domain, name) - (name.length >= 7) - (name.length >= 9);
  const [best] = [...domains].sort((a, b) => distance(domain, a) - distance(domain, b));
  return far(best) <= 0 ? `${address.trim().slice(0, local.length)}@${best}` : "";
}

function suggest(form) {
  const line = find("meant", form);
  const { email } = form.elements;
  const domains = form.dataset.domains.split(" ");
  const arm = () => {
    const use = find("use", line);
    if (!use) return;
    use.hidden = false;
    use.firstElementChild.onclick = () => {
      email.value = line.querySelector("strong").textContent;
      email.focus();
      email.dispatchEvent(new Event("input", { bubbles: true }));
      look();
    };
  };
  const look = () => {
    const better = meant(email.value, domains);
    line.hidden = !better;
    if (!better || line.querySelector("strong")?.textContent === better) return arm();
    line.replaceChildren(find("meant-words", form).content.cloneNode(true));
    line.querySelector("strong").textContent = better;
    return arm();
  };
  // The tap that leaves the field must land before anything moves: what it was meant for would be
  // somewhere else by the time that the finger is lifted.
  email.addEventListener("change", () => setTimeout(look, 300));
  look();
}

// Browsers in English mostly say en-US, wherever they are; their clock knows better.
function region() {
  const found = navigator.language?.match(/-([A-Z]{2})$/)?.[1] ?? "";
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone ?? "";
  return found === "US" && !/^(America|US)\/|^Pacific\/Honolulu/.test(zone) ? "" : found;
}

function signing(form) {
  const slug = form.dataset.sign;
  const { name, email, country } = form.elements;
  const untouched = !name.value && !email.value && !document.getElementById("errors");
  const draft = stored(slug);
  if (untouched && draft && draft.sent !== "yes") {
    for (const field of TYPED) form.elements[field].value = draft.fields[field] ?? "";
    if (draft.fields.comment) form.elements.comment.closest("details").open = true;
  }
  // A form with mistakes stands under another address, which must still say where one came from.
  if (document.getElementById("errors") && draft?.search) {
    history.replaceState(null, "", new URL(form.action).pathname.replace(/\/sign$/, "") + draft.search);
  }
  if (untouched && !country.value) country.value = region();
  if (country.selectedIndex < 0) country.value = "";
  form.addEventListener("input", () => store(slug, form, location.search, ""));
  form.addEventListener("submit", () => store(slug, form, location.search, "maybe"));
  suggest(form);
}

function checking(root) {
  const slug = root.dataset.after;
  const form = find("again", root);
  const sent = stored(slug);
  if (sent?.sent) {
    sent.sent = "yes";
    inTab((tab) => tab.setItem(START + slug, JSON.stringify(sent)));
    known(root, form, slug, sent);
  }
  suggest(form);
}

function known(root, form, slug, sent) {
  const { email } = form.elements;
  const address = sent.fields.email;
  const button = form.querySelector("[type=submit]");
  const same = button.textContent;
  // Signing reads from the address of the page where its supporter came from.
  history.replaceState(null, "", form.dataset.again.replace(/sign$/, "check-email") + sent.search);
  find("wrote", root).querySelector("strong").textContent = address;
  find("wrote", root).hidden = false;
  find("without-script", root).hidden = true;
  find("with-script", root).hidden = false;
  mailboxes(root, address);
  if (!email.value) email.value = address;
  const corrected = () => email.value.trim() !== address;
  const show = () => (button.textContent = corrected() ? button.dataset.other : same);
  email.addEventListener("input", show);
  show();
  form.addEventListener("submit", () => {
    if (!corrected() || Date.now() - sent.at > HOUR) return;
    form.action = form.dataset.again;
    for (const [name, value] of Object.entries(sent.fields)) if (name !== "email") hide(form, name, value);
    store(slug, form, sent.search, "maybe");
  });
  // What is forgotten is shown no more either.
  setTimeout(() => location.reload(), HOUR - (Date.now() - sent.at) + 1000);
  confirmed?.addEventListener("message", ({ data }) => data === slug && location.reload());
}

function hide(form, name, value) {
  const field = form.elements[name] ?? document.createElement("input");
  Object.assign(field, { type: "hidden", name, value });
  form.append(field);
}

function mailboxes(root, address) {
  const domain = address.split("@").at(-1).toLowerCase();
  const all = [...root.querySelectorAll("[data-mailbox]")];
  const mine = all.find((one) => one.dataset.mailbox.split(" ").includes(domain));
  if (!mine) return;
  for (const one of all) one.hidden = one !== mine;
  find("mailboxes", root).open = true;
}

function sharing() {
  const shared = find("share");
  if (shared && navigator.share) {
    shared.hidden = false;
    shared.firstElementChild.addEventListener("click", () => {
      const { title, share: url } = shared.dataset;
      navigator.share({ title, text: title, url }).catch(() => {}); // Who cancels has chosen so.
    });
  }
  const copy = find("copy");
  if (!copy || !navigator.clipboard) return;
  copy.hidden = false;
  copy.addEventListener("click", async () => {
    const field = document.getElementById(copy.dataset.copy);
    field.select();
    await navigator.clipboard.writeText(field.value);
    find("copied").textContent = find("copied").dataset.copied;
  });
}

// Who reads on in another language still comes from where they came from.
for (const other of document.querySelectorAll(".languages a")) other.search = location.search;
forgetOld();
// The link in a mail opens another tab than the one that was signed in.
confirmed?.addEventListener("message", ({ data }) => forget(data));
if (find("sign")) signing(find("sign"));
if (find("after")) checking(find("after"));
if (find("signed")) {
  const { signed } = find("signed").dataset;
  forget(signed);
  if (find("number")) confirmed?.postMessage(signed);
}
sharing();
