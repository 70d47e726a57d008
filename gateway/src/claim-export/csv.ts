/** What a spreadsheet would take for the beginning of a formula, or passes over to find one. */
const dangerous = /^[=+\-@\uff1d\uff0b\uff0d\uff20\t\r\n]/;

/** A row by RFC 4180, its end included. A text that a spreadsheet would reckon with begins with an apostrophe. */
export function formatCsvRow(fields: readonly string[]): string {
  return `${fields.map(formatField).join(',')}\r\n`;
}

function formatField(text: string): string {
  const safe = dangerous.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
