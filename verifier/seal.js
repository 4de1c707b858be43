// What is sealed: manifests and statements, signed with Ed25519, in one exact sequence of bytes.
import { hex, sha256 } from "./sha256.js";
import { BadPackage, bytesOf, readFingerprint, whole } from "./words.js";

const FORMAT = "groundswell-delivery/2";
const WITHOUT_ROOT = "groundswell-delivery/1";
export const ROOT_FORMAT = "groundswell-root/1";
const STAMP = ["algorithm", "public_key", "signature"];
const NAMES = { manifest: "manifest.json", statement: "the statement" };

// `value` as JSON with sorted keys and without spaces.
function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const pairs = Object.keys(value).sort().map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`);
  return `{${pairs.join(",")}}`;
}

const onlyHas = (value, names) => Object.keys(value).every((name) => names.includes(name));

export function lacking(what) {
  return new BadPackage(`${NAMES[what]} lacks what a sealed ${what} has`);
}

// What was signed, the fingerprint of the key, and whether this browser could check the signature.
export async function opened(what, document, formats) {
  let content, key, signature;
  try {
    content = document[what];
    key = bytesOf(document.seal.public_key);
    signature = bytesOf(document.seal.signature);
    if (document.seal.algorithm !== "Ed25519" || !formats.includes(content.format)) {
      throw new BadPackage(`${NAMES[what]} is of a kind that this version does not know`);
    }
    // Whatever stands beside what was signed would pass for sealed, and nobody has signed it.
    if (!onlyHas(document, [what, "seal"]) || !onlyHas(document.seal, STAMP)) {
      throw new BadPackage(`${NAMES[what]} was changed: it says more than what was sealed`);
    }
    if (key.length !== 32) throw new TypeError("no key");
  } catch (error) {
    if (error instanceof BadPackage) throw error;
    throw lacking(what);
  }
  const signed = new TextEncoder().encode(`${content.format}\n${canonical(content)}`);
  const fits = await verified(key, signature, signed);
  if (fits === false) throw new BadPackage(`${NAMES[what]} was changed: its seal does not fit it`);
  return { content, fingerprint: readFingerprint(hex(sha256(key))), checked: fits === true };
}

// Whether the signature fits; nothing when this browser cannot tell.
async function verified(key, signature, signed) {
  let imported;
  try {
    imported = await crypto.subtle.importKey("raw", key, { name: "Ed25519" }, false, ["verify"]);
  } catch (error) {
    if (error?.name === "DataError") return false;
    return null;
  }
  return crypto.subtle.verify({ name: "Ed25519" }, imported, signature, signed);
}

export function unknown(fingerprint, whose = "it") {
  const refusal = new BadPackage(
    `${whose} was sealed with the key ${fingerprint}, which is not known here; ` +
      "nothing else was checked, for the holder of a key can seal anything",
  );
  return Object.assign(refusal, { fingerprint });
}

// Reads a manifest.json; refuses it when a single byte of it was changed.
export async function unseal(bytes) {
  const { content, fingerprint, checked } = await opened("manifest", parse(bytes), [FORMAT, WITHOUT_ROOT]);
  try {
    const { count, first, last } = content.signatures;
    return {
      manifest: content,
      files: new Map(Object.entries(content.files).map(([name, value]) => [name, file(value)])),
      archive: file(content.archive),
      title: String(content.campaign.title),
      delivery: whole(content.delivery),
      count: whole(count),
      first: whole(first),
      last: whole(last),
      root: content.format === FORMAT ? text(content.root) : "",
      fingerprint,
      checked,
    };
  } catch {
    throw lacking("manifest");
  }
}

function parse(bytes) {
  let read, exact;
  try {
    const written = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    read = JSON.parse(written);
    exact = canonical(read) === written;
  } catch {
    throw new BadPackage("manifest.json is damaged: it cannot be read");
  }
  if (!exact) throw new BadPackage("manifest.json was changed: it is not in the form in which it is sealed");
  return read;
}

function file(value) {
  return { size: whole(value.size), sha256: text(value.sha256) };
}

function text(value) {
  if (typeof value !== "string") throw new TypeError("not a text");
  return value;
}
