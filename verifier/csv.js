// Reads CSV, which may be anything, as Python's csv module does.
import { BadPackage } from "./words.js";

export const COLUMNS = ["number", "name", "postcode", "country", "signed_on", "comment"];
const LONGEST_LINE = 1 << 20;
const LONGEST_CELL = 1 << 17;
const [LF, CR, QUOTE, COMMA] = [10, 13, 34, 44];
const [ROW, FIELD, PLAIN, QUOTED, CLOSED, ENDED] = [0, 1, 2, 3, 4, 5];

class Reader {
  constructor() {
    this.state = ROW;
    this.row = [];
    this.cell = "";
    this.line = 0;
  }

  // The rows that are whole after this piece of text.
  feed(text) {
    const found = [];
    let { state, cell } = this;
    let from = -1; // Where the characters of the cell start that are not in `cell` yet.
    const take = (to) => {
      if (from >= 0) cell += text.slice(from, to);
      from = -1;
    };
    const save = () => {
      if (cell.length > LONGEST_CELL) throw unreadable();
      this.row.push(cell);
      cell = "";
    };
    for (let at = 0; at < text.length; at += 1) {
      const c = text.charCodeAt(at);
      this.line += 1;
      if (state === QUOTED) {
        if (c === QUOTE) {
          take(at);
          state = CLOSED;
        } else if (from < 0) from = at;
      } else if (state === ENDED) {
        if (c !== LF && c !== CR) throw unreadable();
      } else if (c === LF || c === CR) {
        take(at);
        if (state !== ROW) save();
        state = ENDED;
      } else if (c === COMMA) {
        take(at);
        save();
        state = FIELD;
      } else if (c === QUOTE && state !== PLAIN) {
        if (state === CLOSED) cell += '"';
        state = QUOTED;
      } else {
        if (from < 0) from = at;
        state = PLAIN;
      }
      if (c !== LF) continue;
      if (this.line > LONGEST_LINE) {
        throw new BadPackage("a line of it is longer than any that was sealed");
      }
      this.line = 0;
      if (state !== ENDED) continue;
      found.push(this.row);
      this.row = [];
      state = ROW;
    }
    take(text.length);
    if (this.line > LONGEST_LINE) {
      throw new BadPackage("a line of it is longer than any that was sealed");
    }
    this.state = state;
    this.cell = cell;
    return found;
  }

  end() {
    if (this.state === ROW) return [];
    if (this.state !== ENDED) this.row.push(this.cell);
    return [this.row];
  }
}

function unreadable() {
  return new BadPackage("it cannot be read as CSV");
}

// The rows below the headings, in batches.
export async function* csvRows(pieces) {
  const [decoder, reader] = [new TextDecoder(), new Reader()];
  let heading = true;
  const below = (rows) => {
    if (!heading || !rows.length) return rows;
    heading = false;
    if (JSON.stringify(rows.shift()) !== JSON.stringify(COLUMNS)) throw headless();
    return rows;
  };
  for await (const piece of pieces) yield below(reader.feed(decoder.decode(piece, { stream: true })));
  yield below([...reader.feed(decoder.decode()), ...reader.end()]);
  if (heading) throw headless();
}

export function headless() {
  return new BadPackage("its first row is not the one with the headings");
}
