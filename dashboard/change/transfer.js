// Exports a subtree to a file, and imports one.

import { html } from '../shell/dom.js';
import { bytes } from '../shell/format.js';
import { hashOf } from '../shell/router.js';
import { saveFile } from '../shell/save-file.js';
import { visible } from '../shell/visible-text.js';
import { join, nameOf, typedPath, urlPath } from '../znode/node-path.js';
import { counted } from '../znode/stat-words.js';
import { checkbox, FormProblem, field, openForm, textInput } from './form-dialog.js';

/** What a browser gathers before it writes a file; more is for the command line. */
const MOST_BYTES = 512 * 1024 * 1024;

/** Of an export's first line: a path ends well before. */
const MOST_HEAD_BYTES = 64 * 1024;

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

/** @typedef {import('../../server/src/http/window/shapes.ts').ChangeLine} ChangeLine */

/** What an export says that it is of; undefined where it is none. @param {File} file */
async function rootOf(file) {
  const [line = ''] = (await file.slice(0, MOST_HEAD_BYTES).text()).split('\n', 1);
  try {
    const { format, root } = JSON.parse(line);
    return typeof format === 'string' && typeof root === 'string' ? root : undefined;
  } catch {
    return undefined;
  }
}

/**
 * @param {import('../shell/shell.js').Shell} shell
 * @param {string} path Of the node that is shown.
 * @param {() => void} onDone
 */
export function importSubtree(shell, path, onDone) {
  const upload = html('input', '');
  upload.type = 'file';
  const to = textInput(path);
  const over = checkbox('import-over', 'Write over nodes that are there already');
  const form = openForm({
    id: 'import-subtree',
    title: 'Import',
    content: [
      field('import-file', 'A file that was exported', upload),
      field('import-path', 'Path of its first node', to, 'The others come below it.'),
      over.element,
    ],
    action: 'Import',
    async onAct(signal) {
      const file = upload.files?.[0];
      if (file === undefined) throw new FormProblem('Choose a file.');
      const typed = typedPath(to.value);
      if ('problem' in typed) throw new FormProblem(typed.problem);
      await importFile(shell, file, typed.path, over.input.checked, signal, form.tell).finally(onDone);
      shell.go(hashOf('tree', typed.path));
      return true;
    },
  });
  upload.addEventListener('change', async () => {
    const file = upload.files?.[0];
    const root = file && (await rootOf(file));
    if (file !== undefined) form.say(root === undefined ? 'That is no file that was exported.' : '');
    // What was exported elsewhere comes below the node that is shown, by its own name.
    if (root !== undefined) to.value = root === path || root === '/' ? path : join(path, nameOf(root));
  });
}

/**
 * @param {import('../shell/shell.js').Shell} shell
 * @param {File} file
 * @param {string} path
 * @param {boolean} isOver
 * @param {AbortSignal} signal
 * @param {(text: string) => void} tell
 */
async function importFile(shell, file, path, isOver, signal, tell) {
  let done = 0;
  try {
    const lines = /** @type {AsyncIterable<ChangeLine>} */ (
      shell.streamLines(`/window/import${urlPath(path)}${isOver ? '?over' : ''}`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-ndjson' },
        body: file,
        signal,
      })
    );
    /** @type {ChangeLine} */
    let last = { done };
    for await (const line of lines) {
      last = line;
      ({ done } = last);
      tell(`${counted(done, 'node')} imported`);
    }
    const counters = 'end' in last ? (last.lowerCounters ?? 0) : 0;
    const lower =
      counters === 0
        ? ''
        : ` ${counted(counters, 'node')} will number sequential children from a lower number on than before.`;
    shell.announce(`${counted(done, 'node')} imported.${lower}`);
  } catch (error) {
    if (done > 0) shell.announce(`Stopped: ${counted(done, 'node')} are imported, the others are not.`);
    throw error;
  }
}
