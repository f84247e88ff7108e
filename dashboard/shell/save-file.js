// Gives the reader a file.

import { html } from './dom.js';

/** The browser has begun to write by then. */
const KEPT_MS = 60_000;

/** @param {Blob} blob @param {string} name */
export function saveFile(blob, name) {
  const link = html('a', '');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), KEPT_MS);
}
