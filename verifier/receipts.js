// Checks a receipt: a row, and what proves that it is among those that were sealed.
import { COLUMNS } from "./csv.js";
import { SALT_BYTES, climbed, leaf } from "./merkle.js";
import { ROOT_FORMAT, lacking, opened, unknown } from "./seal.js";
import { hex } from "./sha256.js";
import { BadPackage, bytesOf, number, whole } from "./words.js";

const FORMAT = "groundswell-receipt/1";
const LARGEST = 1 << 20;
const LONGEST_PATH = 64;
const MONTHS = [
  "January", "February", "March", "April", "May", "June",
  "July", "August", "September", "October", "November", "December",
];

export async function checkReceipt(file, known) {
  const verdict = { what: "receipt", problems: [], says: [], files: [] };
  try {
    if (file.size > LARGEST) throw new BadPackage("this receipt is larger than any");
    const receipt = parse(await file.arrayBuffer());
    const { content: statement, fingerprint, checked } = await opened("statement", receipt.statement, [ROOT_FORMAT]);
    if (!known.has(fingerprint)) throw unknown(fingerprint, "its statement");
    const { row, root } = climb(receipt, statement);
    if (root !== statement.root) {
      throw new BadPackage("its row is not among those that were sealed: it does not lead to the sealed root");
    }
    verdict.says = [sentence(row, statement), `Sealed with the key ${fingerprint}.`];
    verdict.receipt = { row, statement, fingerprint, checked };
  } catch (error) {
    if (!(error instanceof BadPackage)) throw error;
    verdict.problems.push(error.message);
    verdict.stranger = error.fingerprint;
  }
  return verdict;
}

function parse(bytes) {
  let receipt;
  try {
    receipt = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw new BadPackage("this receipt is damaged: it cannot be read");
  }
  if (receipt?.format !== FORMAT) {
    throw new BadPackage("this is not a receipt of a kind that this version knows");
  }
  return receipt;
}

function climb(receipt, statement) {
  try {
    const { row, path } = receipt;
    const [salt, index] = [bytesOf(receipt.salt), whole(receipt.index)];
    const cells = Array.isArray(row) && row.length === COLUMNS.length && row.every((cell) => typeof cell === "string");
    if (!cells || salt.length !== SALT_BYTES || path.length > LONGEST_PATH) throw new TypeError("lacks");
    const found = climbed(leaf(salt, row), index, whole(statement.count), path.map(bytesOf));
    return { row, root: found && hex(found) };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new BadPackage("this receipt lacks what a receipt has");
  }
}

function sentence(row, statement) {
  try {
    const [count, first, last] = [statement.count, statement.first, statement.last].map(whole);
    if (!/^[0-9]+$/.test(row[0])) throw new TypeError("no number");
    const place = `number ${number(BigInt(row[0]))}${first === 1 && last === count ? " of the" : ", one of the"}`;
    const signatures = count === 1 ? "signature" : "signatures";
    const { name, title, body } = statement.official;
    const to = [name, title, body].filter(Boolean).join(", ");
    return (
      `${row[1]} is ${place} ${number(count)} ${signatures} of “${statement.campaign.title}” that ` +
      `${count === 1 ? "was" : "were"} delivered to ${to}, as of ${moment(statement.cut_off)}.`
    );
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw lacking("statement");
  }
}

// A time as people write it.
export function moment(iso) {
  const at = new Date(iso);
  if (Number.isNaN(at.valueOf())) throw new TypeError("no time");
  const two = (value) => String(value).padStart(2, "0");
  const day = `${at.getUTCDate()} ${MONTHS[at.getUTCMonth()]} ${at.getUTCFullYear()}`;
  return `${day}, ${two(at.getUTCHours())}:${two(at.getUTCMinutes())} UTC`;
}
