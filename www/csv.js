// Comma-separated values (RFC 4180), which spreadsheets open without running anything.

/** What a spreadsheet would take for a formula. */
const FORMULA = /^[=+\-@＝＋－＠\t\r\n]/;

/** @param {unknown} value */
function cell(value) {
  const text = value === null || value === undefined ? "" : String(value);
  const plain = FORMULA.test(text) ? `'${text}` : text;
  return /[",;\t\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}

/** @param {unknown[][]} rows */
export const csv = (rows) => rows.map((row) => `${row.map(cell).join(",")}\r\n`).join("");
