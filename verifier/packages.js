// Checks a package: what is in it must be what was sealed, and by whom.
import { CSV, SALTS, explain, leadsTo } from "./comparing.js";
import { unknown, unseal } from "./seal.js";
import { Sha256, hex } from "./sha256.js";
import { BadPackage, number, shown } from "./words.js";
import { content, crc32, isExact, pieces, readDirectory, wholeOf } from "./zip.js";

const MANIFEST = "manifest.json";
const LARGEST_MANIFEST = 1 << 20;
const MOST_LINES = 20;

// What was found, in lines. `work` is told how much there is to do and how much is done.
export async function checkPackage(file, known, work) {
  const verdict = { what: "package", problems: [], says: [], files: [] };
  try {
    await check(file, known, verdict, work);
  } catch (error) {
    if (!(error instanceof BadPackage)) throw error;
    verdict.problems.push(error.message);
    verdict.stranger = error.fingerprint;
  }
  const more = verdict.problems.length - MOST_LINES;
  if (more > 0) verdict.problems.splice(MOST_LINES, more, `… and ${more} more`);
  if (!verdict.problems.length) verdict.says = says(file.name, verdict.sealed);
  return verdict;
}

function says(name, sealed) {
  const { delivery, title, count, first, last, fingerprint } = sealed;
  const signatures = count === 1 ? "signature" : "signatures";
  return [
    `${name} is exactly what was sealed: delivery ${delivery} of “${title}”, ${number(count)} ` +
      `${signatures}, numbers ${number(first)} to ${number(last)}.`,
    `Sealed with the key ${fingerprint}.`,
  ];
}

async function check(file, known, verdict, work) {
  const list = await readDirectory(file);
  const found = new Map(list.map((entry) => [entry.name, entry]));
  for (const name of found.keys()) {
    const times = list.filter((entry) => entry.name === name).length;
    if (times > 1) verdict.problems.push(`it holds ${times} files named ${shown(name)}`);
  }
  if (!found.has(MANIFEST)) {
    throw new BadPackage(`${MANIFEST} is missing: nothing says what the package should hold`);
  }
  const manifest = await wholeOf(file, found.get(MANIFEST), LARGEST_MANIFEST);
  const data = new Uint8Array(await manifest.arrayBuffer());
  const sealed = await unseal(data);
  if (!known.has(sealed.fingerprint)) throw unknown(sealed.fingerprint);
  verdict.sealed = sealed;
  work.expect(amount(sealed));
  checkNames(found, sealed, verdict);
  await checkFiles(file, found, sealed, verdict, work);
  if (!verdict.problems.length && !(await isAsSealed(file, list, data, sealed.archive, work))) {
    throw new BadPackage("the ZIP file was changed around the files, which are as sealed");
  }
}

// How many bytes are to be hashed; those of the table count more, as each of its rows is.
function amount(sealed) {
  const sizes = [...sealed.files.values()].reduce((sum, { size }) => sum + size, 0);
  return sizes + (sealed.root ? (sealed.files.get(CSV)?.size ?? 0) : 0) + sealed.archive.size;
}

function checkNames(found, sealed, verdict) {
  for (const name of sealed.files.keys()) {
    if (found.has(name)) continue;
    verdict.problems.push(`${name} is missing`);
    verdict.files.push({ name, problem: "missing" });
  }
  for (const name of found.keys()) {
    if (sealed.files.has(name) || name === MANIFEST) continue;
    verdict.problems.push(`${shown(name)} was added after the package was sealed`);
    verdict.files.push({ name, problem: "added afterwards" });
  }
}

async function checkFiles(file, found, sealed, verdict, work) {
  const [wrong, damaged] = [new Set(), new Set()];
  for (const name of sealed.files.keys()) {
    if (!found.has(name)) continue;
    work.say(`Reading ${name}`);
    const held = await checkContent(file, found.get(name), sealed, work);
    verdict.files.push({ name, problem: held.short });
    if (!held.problem) continue;
    verdict.problems.push(held.problem);
    wrong.add(name);
    if (held.damaged) damaged.add(name);
  }
  if (wrong.size) work.say("Comparing the tables");
  verdict.problems.push(...(await explain(file, found, sealed, wrong, damaged, work.rest)));
  const line = await checkRoot(file, found, sealed, wrong, verdict, work);
  if (line) verdict.problems.push(line);
}

async function checkContent(file, entry, sealed, work) {
  const { name } = entry;
  const expected = sealed.files.get(name);
  const largest = Math.max(...[...sealed.files.values()].map(({ size }) => size));
  const digest = new Sha256();
  try {
    for await (const piece of content(file, entry, largest)) {
      digest.update(piece);
      await work.advance(piece.length);
    }
  } catch (error) {
    if (!(error instanceof BadPackage)) throw error;
    return { problem: error.message, short: "damaged", damaged: true };
  }
  const held = { size: digest.length, sha256: hex(digest.digest()) };
  const is = (other) => held.size === other.size && held.sha256 === other.sha256;
  if (is(expected)) return { short: "" };
  for (const [other, one] of sealed.files) {
    if (is(one)) {
      return { problem: `${name} was swapped: it holds what was sealed as ${other}`, short: "swapped" };
    }
  }
  return { problem: `${name} was changed: its SHA-256 is not the one that was sealed`, short: "changed" };
}

async function checkRoot(file, found, sealed, wrong, verdict, work) {
  const sound = [SALTS, CSV].every((name) => found.has(name) && sealed.files.has(name));
  if (!sealed.root || !sound || wrong.has(SALTS)) return "";
  work.say("Hashing every row");
  try {
    verdict.rows = await leadsTo(file, found, sealed, work.advance);
  } catch (error) {
    if (!(error instanceof BadPackage)) throw error;
    return ""; // Whatever cannot be read was named before.
  }
  if (!verdict.rows) return `${CSV}: its rows are not those that were sealed (the root differs)`;
  return wrong.has(CSV) ? `${CSV}: its rows are those that were sealed, written in another way` : "";
}

// Whether the ZIP file itself is, byte for byte, what was written.
async function isAsSealed(file, list, data, before, work) {
  work.say("Looking at the ZIP file itself");
  const last = list[list.length - 1];
  const size = last.size === data.length && last.packed === data.length;
  if (last.name !== MANIFEST || !size || last.crc !== crc32(data) || last.offset !== before.size) return false;
  if (!(await isExact(file, list))) return false;
  const digest = new Sha256();
  for await (const piece of pieces(file.slice(0, before.size))) {
    digest.update(piece);
    await work.advance(piece.length);
  }
  return hex(digest.digest()) === before.sha256;
}
