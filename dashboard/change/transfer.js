// Exports a subtree to a file, and imports one.

import { html } from '../shell/dom.js';
import { bytes } from '../shell/format.js';
import { saveFile } from '../shell/save-file.js';
import { visible } from '../shell/visible-text.js';
import { nameOf, urlPath } from '../znode/node-path.js';
import { counted } from '../znode/stat-words.js';
import { checkbox, FormProblem, field, openForm } from './form-dialog.js';

/** What a browser gathers before it writes a file; more is for the command line. */
const MOST_BYTES = 512 * 1024 * 1024;

/** @param {string} text @returns {unknown} */
function lastLineOf(text) {
  const line = text.trimEnd().split('\n').at(-1) ?? '';
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/**
 * @param {import('../shell/shell.js').Shell} shell
 * @param {string} path
 */
export function exportSubtree(shell, path) {
  const form = openForm({
    id: 'export-subtree',
    title: `Export ${path === '/' ? 'the whole tree' : visible(nameOf(path))}`,
    content: [
      html(
        'p',
        '',
        'The node and all below it, with their access lists, as a file of lines of JSON: what rookery export writes, and rookery import reads. Ephemeral nodes are left out.',
      ),
    ],
    action: 'Export',
    async onAct(signal) {
      const response = await shell.ask(`/window/export${urlPath(path)}`, {
        signal,
        timeoutMs: Number.POSITIVE_INFINITY,
      });
      const reader = response.body?.getReader();
      /** @type {Uint8Array<ArrayBuffer>[]} */
      const chunks = [];
      let size = 0;
      for (;;) {
        const { done, value } = (await reader?.read()) ?? { done: true, value: undefined };
        if (done || value === undefined) break;
        chunks.push(value);
        size += value.length;
        if (size > MOST_BYTES) {
          await reader?.cancel();
          throw new FormProblem(`It is more than ${bytes(MOST_BYTES)}: use rookery export.`);
        }
        form.tell(`${bytes(size)} so far`);
      }
      const blob = new Blob(chunks, { type: 'application/x-ndjson' });
      // A file that ends early must not be taken for all of it.
      const last = /** @type {{end?: boolean, nodes?: number, error?: {message: string}} | undefined} */ (
        lastLineOf(await blob.slice(Math.max(0, size - 64 * 1024)).text())
      );
      if (last?.end !== true)
        throw new FormProblem(
          `It broke off, so no file is written${last?.error ? `: ${last.error.message}` : ''}. Try again.`,
        );
      saveFile(blob, `${path === '/' ? 'root' : nameOf(path)}.rookery-export.jsonl`);
      shell.announce(`${counted(last.nodes ?? 0, 'node')} exported.`);
      return true;
    },
  });
}

/**
 * @param {import('../shell/shell.js').Shell} shell
 * @param {string} path
 * @param {() => void} onDone
 */
export function importSubtree(shell, path, onDone) {
  const upload = html('input', '');
  upload.type = 'file';
  const over = checkbox('import-over', 'Write over nodes that are there already');
  const form = openForm({
    id: 'import-subtree',
    title: `Import at ${path === '/' ? 'the root' : visible(path)}`,
    content: [
      field(
        'import-file',
        'A file that was exported',
        upload,
        `Its first node becomes ${path === '/' ? 'the root' : visible(path)}, the others come below it.`,
      ),
      over.element,
    ],
    action: 'Import',
    async onAct(signal) {
      const file = upload.files?.[0];
      if (file === undefined) throw new FormProblem('Choose a file.');
      let done = 0;
      try {
        const lines = shell.streamLines(
          `/window/import${urlPath(path)}${over.input.checked ? '?over' : ''}`,
          {
            method: 'POST',
            headers: { 'content-type': 'application/x-ndjson' },
            body: file,
            signal,
          },
        );
        for await (const line of lines) {
          done = line.done;
          form.tell(`${counted(done, 'node')} imported`);
        }
      } catch (error) {
        if (done > 0) {
          shell.announce(`Stopped: ${counted(done, 'node')} are imported, the others are not.`);
          onDone();
        }
        throw error;
      }
      shell.announce(`${counted(done, 'node')} imported.`);
      onDone();
      return true;
    },
  });
}
