// Checks what somebody holds in their hands: a package, or a receipt out of one.
import { checkPackage } from "./packages.js";
import { checkReceipt } from "./receipts.js";

const ENCRYPTED = ["age-encryption.org/", "-----BEGIN AGE ENCRYPTED FILE-----"];
const SNIFFED = 64;

export async function check(file, known, work) {
  const start = new TextDecoder().decode(await file.slice(0, SNIFFED).arrayBuffer());
  if (ENCRYPTED.some((beginning) => start.startsWith(beginning))) {
    const problems = ["it is encrypted: decrypt it with the key of the office (age) first"];
    return { what: "package", problems, says: [], files: [], encrypted: true };
  }
  if (start.trimStart().startsWith("{")) return checkReceipt(file, known);
  return checkPackage(file, known, work);
}
