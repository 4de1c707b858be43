// What every part of the check shares: the refusal, and how numbers and names are written.
export class BadPackage extends Error {}

export function number(value) {
  return value.toLocaleString("en-US");
}

// The name of a file, which may be anything, in quotes and in plain characters.
export function shown(name) {
  const escaped = (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return JSON.stringify(name).replace(/[^ -~]/g, escaped);
}

export function bytesOf(digits) {
  if (typeof digits !== "string" || !/^(?:[0-9a-f]{2})*$/.test(digits)) throw new TypeError("hex");
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

export function equal(one, other) {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}

export function whole(value) {
  if (!Number.isSafeInteger(value) || value < 0) throw new TypeError("not a whole number");
  return value;
}

// The fingerprint of a key, however it was typed; nothing when it is none.
export function readFingerprint(text) {
  const digits = text.toLowerCase().replace(/[ \t:-]/g, "");
  return /^[0-9a-f]{64}$/.test(digits) ? digits.match(/.{4}/g).join(" ") : "";
}
