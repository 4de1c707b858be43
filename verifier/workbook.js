// Reads the rows of a workbook as packages hold it, or as somebody has changed it since.
import { COLUMNS, headless } from "./csv.js";
import { BadPackage } from "./words.js";
import { content, readDirectory } from "./zip.js";

const GROWTH = 400; // Sheets of equal rows pack about this well; more is no table of people.
const LONGEST_CELL = 100000;
const ENTITIES = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

// The rows below the headings, in batches, sheet by sheet.
export async function* workbookRows(book) {
  const sheets = (await readDirectory(book))
    .map((entry) => ({ entry, match: /^xl\/worksheets\/sheet(\d{1,4})\.xml$/.exec(entry.name) }))
    .filter(({ match }) => match)
    .sort((one, other) => one.match[1] - other.match[1]);
  // Of all sheets together: a thousand entries of a file may name the same bytes.
  let left = book.size * GROWTH;
  for (const { entry } of sheets) {
    const sheet = new Sheet();
    const decoder = new TextDecoder();
    for await (const piece of content(book, entry, left)) {
      left -= piece.length;
      yield sheet.feed(decoder.decode(piece, { stream: true }));
    }
  }
}

// Turns the XML of a sheet into rows as it arrives.
class Sheet {
  constructor() {
    this.rest = "";
    this.open = [];
    this.row = [];
    this.column = -1;
    this.text = null;
    this.heading = true;
  }

  feed(text) {
    const xml = this.rest + text;
    this.found = [];
    let at = 0;
    for (;;) {
      const start = xml.indexOf("<", at);
      if (start < 0) break;
      const end = xml.indexOf(">", start);
      if (end < 0) break;
      if (start > at) this.characters(xml.slice(at, start));
      this.tag(xml.slice(start + 1, end));
      at = end + 1;
    }
    this.rest = xml.slice(at);
    if (this.rest.length > 4 * LONGEST_CELL) throw unreadable();
    if (this.heading && this.found.length) {
      this.heading = false;
      if (JSON.stringify(this.found.shift()) !== JSON.stringify(COLUMNS)) throw headless();
    }
    return this.found;
  }

  tag(inside) {
    if (inside.startsWith("?")) return;
    if (inside.startsWith("!DOCTYPE")) throw new BadPackage("a sheet of it is not what a workbook holds");
    if (inside.startsWith("/")) {
      this.end(inside.slice(1).trimEnd());
      return;
    }
    const alone = inside.endsWith("/");
    const name = /^[A-Za-z_][^\s/<>]*/.exec(inside)?.[0];
    if (!name) throw unreadable();
    this.open.push(name);
    if (name === "row") this.row = COLUMNS.map(() => "");
    else if (name === "c") this.cell(inside);
    else if (name === "t") this.text = "";
    if (alone) this.end(name);
  }

  cell(inside) {
    const attribute = (name) => new RegExp(`\\s${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`).exec(inside);
    const type = attribute("t");
    if ((type?.[1] ?? type?.[2]) !== "inlineStr") {
      throw new BadPackage("it was written anew by another program");
    }
    const place = attribute("r");
    this.column = "ABCDEF".indexOf((place?.[1] ?? place?.[2])?.[0] || "?");
    if (this.column < 0) throw new BadPackage("it has more columns than were sealed");
  }

  end(name) {
    if (this.open.pop() !== name) throw unreadable();
    if (name === "t" && this.text !== null) {
      this.row[this.column] = this.text.replace(/_x([0-9A-F]{4})_/g, (_, code) => String.fromCharCode(parseInt(code, 16)));
      this.text = null;
    } else if (name === "row") this.found.push(this.row);
  }

  characters(data) {
    if (this.text === null) return;
    this.text += data.includes("&") ? data.replace(/&([^;&]*);?/g, entity) : data;
    this.text = this.text.replace(/\r\n?/g, "\n");
    if (this.text.length > LONGEST_CELL) {
      throw new BadPackage("a cell of it is longer than any that was sealed");
    }
  }
}

function entity(whole, name) {
  const code = /^#(?:x([0-9a-f]{1,6})|(\d{1,7}))$/i.exec(name);
  const found = code ? character(parseInt(code[1] ?? code[2], code[1] ? 16 : 10)) : ENTITIES[name];
  if (found === undefined || !whole.endsWith(";")) throw unreadable();
  return found;
}

function character(code) {
  return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : undefined;
}

function unreadable() {
  return new BadPackage("a sheet of it cannot be read");
}
