// Reads ZIP files, and knows the one exact layout that packages have.
import { BadPackage, equal, shown } from "./words.js";

const LOCAL = 30;
const CENTRAL = 46;
const END = 22;
const STORED = 0;
const DEFLATED = 8;
const MOST_ENTRIES = 1000;
const LARGEST_DIRECTORY = 1 << 20;
const PIECE = 1 << 16;

async function read(file, start, end) {
  return new Uint8Array(await file.slice(start, end).arrayBuffer());
}

function viewOf(bytes) {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function signed(bytes, at, last) {
  return bytes[at] === 80 && bytes[at + 1] === 75 && bytes[at + 2] === last[0] && bytes[at + 3] === last[1];
}

// The files that a ZIP file of any layout lists.
export async function readDirectory(file) {
  const start = Math.max(0, file.size - END - 0xffff);
  const tail = await read(file, start, file.size);
  let at = tail.length - 4;
  while (at >= 0 && !signed(tail, at, [5, 6])) at -= 1;
  if (at < 0 || tail.length - at < END) throw new BadPackage("this is not a whole ZIP file");
  const view = viewOf(tail);
  const [count, size, offset] = [view.getUint16(at + 10, true), view.getUint32(at + 12, true), view.getUint32(at + 16, true)];
  if (count > MOST_ENTRIES || size > LARGEST_DIRECTORY) {
    throw new BadPackage("this ZIP file lists more than a package holds");
  }
  if (offset + size > start + at) {
    throw new BadPackage("the ZIP file is damaged: its directory is not where it should be");
  }
  return entries(await read(file, offset, offset + size), count);
}

function entries(directory, count) {
  const found = [];
  const view = viewOf(directory);
  let at = 0;
  for (let i = 0; i < count; i += 1) {
    if (directory.length - at < CENTRAL || !signed(directory, at, [1, 2])) {
      throw new BadPackage("the ZIP file is damaged: its directory cannot be read");
    }
    const short = (where) => view.getUint16(at + where, true);
    const long = (where) => view.getUint32(at + where, true);
    const [name, extra, comment] = [short(28), short(30), short(32)];
    const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(directory.subarray(at + CENTRAL, at + CENTRAL + name));
    found.push({ name: text, method: short(10), crc: long(16), packed: long(20), size: long(24), offset: long(42) });
    at += CENTRAL + name + extra + comment;
  }
  return found;
}

// The bytes of one file in pieces, at most `limit` of them.
export async function* content(file, entry, limit) {
  const header = await read(file, entry.offset, entry.offset + LOCAL);
  if (header.length < LOCAL || !signed(header, 0, [3, 4])) {
    throw new BadPackage(`${shown(entry.name)} is damaged: it is not where the ZIP file says`);
  }
  const view = viewOf(header);
  const start = entry.offset + LOCAL + view.getUint16(26, true) + view.getUint16(28, true);
  if (entry.method !== STORED && entry.method !== DEFLATED) {
    throw new BadPackage(`${shown(entry.name)} is packed in a way that packages are not`);
  }
  const packed = file.slice(start, start + entry.packed);
  let total = 0;
  for await (const piece of entry.method === STORED ? pieces(packed) : inflated(packed, entry)) {
    total += piece.length;
    if (total > limit) throw new BadPackage(`${shown(entry.name)} is larger than it should be`);
    yield piece;
  }
}

export async function* pieces(file) {
  for (let at = 0; at < file.size; at += 16 * PIECE) yield read(file, at, at + 16 * PIECE);
}

async function* inflated(packed, entry) {
  const reader = packed.stream().pipeThrough(new DecompressionStream("deflate-raw")).getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new BadPackage(`${shown(entry.name)} is damaged: it cannot be unpacked`);
  } finally {
    reader.cancel().catch(() => {});
  }
}

export async function wholeOf(file, entry, limit) {
  const parts = [];
  for await (const piece of content(file, entry, limit)) parts.push(piece);
  return new Blob(parts);
}

// Whether every byte that is no file's content is what the maker of packages puts there.
export async function isExact(file, list) {
  let at = 0;
  const directory = [];
  for (const entry of list) {
    const [local, central] = headers(entry, at);
    if (!equal(await read(file, at, at + local.length), local)) return false;
    directory.push(...central);
    at += local.length + entry.packed;
  }
  const end = [80, 75, 5, 6, ...shorts(0, 0, list.length, list.length), ...longs(directory.length, at), 0, 0];
  const expected = Uint8Array.from([...directory, ...end]);
  return equal(await read(file, at, at + expected.length + 1), expected);
}

function headers(entry, at) {
  const name = [...new TextEncoder().encode(entry.name)];
  const common = [...shorts(20, 0, entry.method, 0, 0x21), ...longs(entry.crc, entry.packed, entry.size), ...shorts(name.length, 0)];
  const mode = 0o100644 * 0x10000;
  return [
    [80, 75, 3, 4, ...common, ...name],
    [80, 75, 1, 2, ...shorts((3 << 8) | 20), ...common, ...shorts(0, 0, 0), ...longs(mode, at), ...name],
  ];
}

function shorts(...values) {
  return values.flatMap((value) => [value & 255, value >>> 8]);
}

function longs(...values) {
  return values.flatMap((value) => [value & 255, (value >>> 8) & 255, (value >>> 16) & 255, value >>> 24]);
}

export function crc32(bytes) {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (0xedb88320 & -(crc & 1));
  }
  return ~crc >>> 0;
}
