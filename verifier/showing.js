// Shows a verdict: whether it holds, what is wrong, what was checked, what the seal says.
import { element, find, icon } from "./parts.js";
import { moment } from "./receipts.js";
import { number } from "./words.js";

const WORDS = { good: "holds", bad: "does not hold", unsure: "not checked" };

export function show(file, verdict) {
  const tone = toneOf(verdict);
  const title = titleOf(verdict, tone);
  const lines = tone === "bad" ? [] : verdict.says;
  const section = find("verdict");
  section.className = `verdict verdict-${tone}`;
  section.replaceChildren(
    element("div", { className: "verdict-head" }, icon(tone, "verdict-icon"), element("div", { className: "verdict-words" },
      element("h2", { id: "verdict-title" }, title), ...leading(file, verdict, tone, lines))),
    element("div", { className: "verdict-body" }, ...body(verdict, tone)),
  );
  section.hidden = false;
  find("said").textContent = [title, ...verdict.problems, ...lines.slice(0, 1)].join(". ");
  section.scrollIntoView({ block: "nearest" });
}

function toneOf(verdict) {
  if (verdict.encrypted || verdict.failed) return "unsure";
  if (verdict.problems.length) return "bad";
  return (verdict.sealed ?? verdict.receipt).checked ? "good" : "unsure";
}

function titleOf(verdict, tone) {
  if (verdict.encrypted) return "This package is still encrypted";
  if (verdict.failed) return "This file could not be checked";
  if (tone === "bad") return `This ${verdict.what} is not to be trusted`;
  if (tone === "unsure") return "This browser cannot check the seal";
  return verdict.what === "receipt" ? "This receipt holds" : "Everything holds";
}

function leading(file, verdict, tone, lines) {
  if (verdict.encrypted || verdict.failed) return [element("p", {}, `${file.name}: ${verdict.problems[0]}.`)];
  if (verdict.stranger) return [element("p", {}, `${file.name} carries the seal of a key that nobody here knows.`)];
  if (tone === "bad") return [element("p", {}, `${file.name} is not what was sealed.`)];
  if (tone === "good") return [element("p", {}, lines[0])];
  return [element("p", {}, "What was computed fits what the file says of itself. But whether that was sealed by the sender takes Ed25519, which this browser does not know. Use a current Firefox, Chrome, Edge or Safari before you rely on it.")];
}

function body(verdict, tone) {
  if (verdict.encrypted || verdict.failed) return [];
  const parts = [];
  if (verdict.problems.length) {
    // Those that begin with the name of a file keep its small letter.
    const classOf = (line) => (/^[a-z]+ /.test(line) ? "sentence" : "");
    const lines = verdict.problems.map((line) => element("li", { className: classOf(line) }, line));
    parts.push(part("What is wrong", element("ul", { className: "lines" }, ...lines)));
  }
  if (verdict.stranger) {
    parts.push(element("p", {}, "If the sender has told you this very fingerprint on a way that you trust, enter it below and the file is checked again."));
  }
  if (verdict.sealed) parts.push(part("What was checked", checks(verdict)), part("What the seal says", facts(verdict.sealed)));
  if (verdict.receipt && tone !== "bad") parts.push(part("What the seal says", receiptFacts(verdict.receipt)));
  return parts;
}

function checks(verdict) {
  const { sealed, files, rows, problems } = verdict;
  const lines = [line(sealed.checked ? "good" : "unsure", "The seal", sealed.checked ? "sound, by a key that is trusted here" : "cannot be checked in this browser")];
  lines.push(...files.map(({ name, problem }) => line(problem ? "bad" : "good", name, problem || "as sealed")));
  if (rows !== undefined) {
    const words = `${number(sealed.count)} rows, ${rows ? "which lead to the sealed root" : "which do not lead to the sealed root"}`;
    lines.push(line(rows ? "good" : "bad", "Every row", words));
  }
  if (!problems.length) lines.push(line("good", "The ZIP file itself", "nothing in it beside the files"));
  return element("ul", { className: "checks" }, ...lines);
}

function line(tone, name, words) {
  const said = element("span", { className: "visually-hidden" }, `${WORDS[tone]}: `);
  return element("li", {}, icon(tone, tone), element("div", {}, element("strong", {}, said, name), element("span", {}, words)));
}

function facts(sealed) {
  const { campaign, official, cut_off: cutOff, made_at: madeAt, made_by: madeBy } = sealed.manifest;
  return list({
    Campaign: campaign.title,
    For: addressee(official),
    Delivery: String(sealed.delivery),
    Signatures: `${number(sealed.count)}, numbers ${number(sealed.first)} to ${number(sealed.last)}`,
    "Confirmed up to": moment(cutOff),
    Made: `${moment(madeAt)}, by ${madeBy}`,
    Root: digits(grouped(sealed.root)),
    "Sealed with": digits(sealed.fingerprint),
  });
}

function receiptFacts({ row, statement, fingerprint }) {
  return list({
    Name: row[1],
    Number: number(BigInt(row[0])),
    Campaign: statement.campaign.title,
    "Delivered to": addressee(statement.official),
    Delivery: `${statement.delivery}, of ${number(statement.count)} signatures`,
    "As of": moment(statement.cut_off),
    Root: digits(grouped(statement.root)),
    "Sealed with": digits(fingerprint),
  });
}

function addressee({ name, title, body: office }) {
  return [name, title, office].filter(Boolean).join(", ");
}

function part(title, ...children) {
  return element("div", {}, element("h3", {}, title), ...children);
}

function list(pairs) {
  const filled = Object.entries(pairs).filter(([, value]) => value);
  return element("dl", { className: "facts" }, ...filled.flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, value)]));
}

function digits(text) {
  return text && element("span", { className: "digits" }, text);
}

function grouped(root) {
  return root.match(/.{1,4}/g)?.join(" ");
}
