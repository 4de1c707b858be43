// Merkle trees over the rows of a package (RFC 6962, 2.1).
import { sha256 } from "./sha256.js";

export const SALT_BYTES = 16;
const CHUNK = 1024;
const encoder = new TextEncoder();
let space = new Uint8Array(1 << 12);
const pair = new Uint8Array(65);

// The hash of a row and its salt.
export function leaf(salt, cells) {
  const row = JSON.stringify(cells);
  const most = 1 + SALT_BYTES + 3 * row.length;
  if (most > space.length) space = new Uint8Array(2 * most);
  space[0] = 0;
  space.set(salt, 1);
  const { written } = encoder.encodeInto(row, space.subarray(1 + SALT_BYTES));
  return sha256(space, 1 + SALT_BYTES + written);
}

function node(left, right) {
  pair[0] = 1;
  pair.set(left, 1);
  pair.set(right, 33);
  return sha256(pair);
}

function root(hashes) {
  let level = hashes;
  if (!level.length) return sha256(new Uint8Array());
  while (level.length > 1) {
    const paired = [];
    for (let at = 1; at < level.length; at += 2) paired.push(node(level[at - 1], level[at]));
    level = paired.concat(level.slice(2 * paired.length));
  }
  return level[0];
}

// Takes leaves one after the other, and keeps few of them.
export class Tree {
  constructor() {
    this.chunk = [];
    this.roots = [];
  }

  add(hash) {
    if (this.chunk.push(hash) < CHUNK) return;
    this.roots.push(root(this.chunk));
    this.chunk = [];
  }

  root() {
    return root(this.chunk.length ? [...this.roots, root(this.chunk)] : this.roots);
  }
}

// The root that the audit path of leaf `index` of `size` leads to; nothing where it fits neither.
export function climbed(start, index, size, path) {
  if (index >= size) return null;
  const rest = [...path];
  let found = start;
  for (let last = size - 1; last; last = Math.floor(last / 2), index = Math.floor(index / 2)) {
    if (index % 2 === 0 && index >= last) continue;
    const beside = rest.shift();
    if (beside?.length !== 32) return null;
    found = index % 2 ? node(beside, found) : node(found, beside);
  }
  return rest.length ? null : found;
}
