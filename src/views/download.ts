/**
 * Hands a file that was made on the page to the person.
 */

/** How long the browser is given to take the file before its memory is let go. */
const RELEASE_AFTER_MS = 60_000;

export function download(name: string, type: string, content: string): void {
  const address = URL.createObjectURL(new Blob([content], { type: `${type};charset=utf-8` }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), RELEASE_AFTER_MS);
}
