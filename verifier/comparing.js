// Names what was changed: the rows of a changed table beside those of an intact one.
import { COLUMNS, csvRows } from "./csv.js";
import { SALT_BYTES, Tree, leaf } from "./merkle.js";
import { hex } from "./sha256.js";
import { BadPackage, number } from "./words.js";
import { workbookRows } from "./workbook.js";
import { content, wholeOf } from "./zip.js";

export const CSV = "signatures.csv";
export const XLSX = "signatures.xlsx";
export const SALTS = "salts.bin";
const MOST_ROWS = 5;

// For each table in `wrong`, which rows of it are not as sealed, as far as can be told.
export async function explain(file, found, sealed, wrong, damaged, rest) {
  const lines = [];
  for (const [name, other] of [[CSV, XLSX], [XLSX, CSV]]) {
    if (!wrong.has(name) || damaged.has(name)) continue;
    try {
      const suspect = rows(file, found.get(name), limit(sealed, name));
      if (found.has(other) && sealed.files.has(other) && !wrong.has(other)) {
        const expected = rows(file, found.get(other), sealed.files.get(other).size);
        lines.push(...(await differences(expected, suspect, rest)).map((line) => `${name}: ${line}`));
      } else {
        const count = await counted(suspect, rest);
        if (count !== sealed.count) {
          lines.push(`${name}: it has ${count} rows, ${sealed.count} were sealed`);
        }
      }
    } catch (error) {
      if (!(error instanceof BadPackage)) throw error;
      lines.push(`${name}: ${error.message}`);
    }
  }
  return lines;
}

// Whether the rows of the CSV file lead, with the salts, to the sealed root.
export async function leadsTo(file, found, sealed, advance) {
  const salts = await wholeOf(file, found.get(SALTS), limit(sealed, SALTS));
  const bytes = new Uint8Array(await salts.arrayBuffer());
  const tree = new Tree();
  let at = 0;
  for await (const batch of rows(file, found.get(CSV), limit(sealed, CSV), advance)) {
    for (const row of batch) {
      if (at + SALT_BYTES > bytes.length) return false;
      tree.add(leaf(bytes.subarray(at, at + SALT_BYTES), row));
      at += SALT_BYTES;
    }
  }
  return at === bytes.length && hex(tree.root()) === sealed.root;
}

async function* rows(file, entry, most, advance = async () => {}) {
  if (entry.name === XLSX) yield* workbookRows(await wholeOf(file, entry, most));
  else yield* csvRows(told(content(file, entry, most), advance));
}

async function* told(pieces, advance) {
  for await (const piece of pieces) {
    yield piece;
    await advance(piece.length);
  }
}

function limit(sealed, name) {
  return 2 * sealed.files.get(name).size + (1 << 20);
}

async function counted(batches, rest) {
  let count = 0;
  for await (const batch of batches) {
    count += batch.length;
    await rest();
  }
  return count;
}

// How the rows of `suspect` differ from those expected: a line for each of the first few.
async function differences(expected, suspect, rest) {
  const lines = [];
  let more = 0;
  const add = (line) => {
    if (lines.length < MOST_ROWS) lines.push(line);
    else more += 1;
  };
  const wanted = new Cursor(expected);
  for await (const batch of suspect) {
    await rest();
    for (const row of batch) {
      const place = numbered(row);
      if (place === null) {
        add(`a row without a number, with ${row.length} cells, was added`);
        continue;
      }
      while ((await wanted.there()) && BigInt(wanted.row[0]) < place) {
        add(`number ${wanted.take()[0]} is missing`);
      }
      if (!(await wanted.there()) || BigInt(wanted.row[0]) > place) {
        add(`number ${place} was added, or is not in its place`);
        continue;
      }
      const before = wanted.take();
      if (!same(before, row)) add(`number ${place} was changed: ${columns(before, row)}`);
    }
  }
  while (await wanted.there()) add(`number ${wanted.take()[0]} is missing`);
  return more ? [...lines, `and ${number(more)} more`] : lines;
}

// Goes through rows that come in batches, one after the other.
class Cursor {
  constructor(batches) {
    this.batches = batches;
    this.batch = [];
    this.at = 0;
  }

  get row() {
    return this.batch[this.at];
  }

  // Whether there is another row; a promise only when it must be waited for.
  there() {
    return this.at < this.batch.length || this.refilled();
  }

  async refilled() {
    for (;;) {
      const { done, value } = await this.batches.next();
      if (done) return false;
      [this.batch, this.at] = [value, 0];
      if (value.length) return true;
    }
  }

  take() {
    this.at += 1;
    return this.batch[this.at - 1];
  }
}

function numbered(row) {
  return /^[0-9]{1,18}$/.test(row[0] ?? "") ? BigInt(row[0]) : null;
}

function same(one, other) {
  return one.length === other.length && one.every((cell, at) => cell === other[at]);
}

function columns(wanted, row) {
  if (row.length !== COLUMNS.length) return `it has ${row.length} cells`;
  return COLUMNS.filter((_, at) => wanted[at] !== row[at]).join(", ");
}
