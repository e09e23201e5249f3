/** Saves a table as a file; a cell that a spreadsheet would run as a formula is written as text. */
export function saveCsv(name: string, lines: readonly (readonly string[])[]): void {
  const text = lines.map((cells) => cells.map(cell).join(',')).join('\r\n');
  const link = document.createElement('a');
  // the mark at the beginning tells spreadsheets that it is UTF-8
  link.href = URL.createObjectURL(new Blob([`\uFEFF${text}\r\n`], { type: 'text/csv' }));
  link.download = `${name}.csv`;
  link.click();
  URL.revokeObjectURL(link.href);
}

function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return `"${safe.replaceAll('"', '""')}"`;
}
