// Edits a value: first what changes is shown, then it is written where nobody else has written meanwhile.

import { button, html } from '../shell/dom.js';
import { Refused } from '../shell/feed.js';
import { visible } from '../shell/visible-text.js';
import { base64Of, bytesOf, textOf, utf8Of } from '../znode/bytes.js';
import { nameOf, urlPath } from '../znode/node-path.js';
import { etagOf } from '../znode/stat-words.js';
import { bytesWords, diffView } from './diff-view.js';
import { editable, written } from './edited-text.js';
import { FormProblem, field, openForm } from './form-dialog.js';

/** As much as a value may have, if the member is as it comes: it says so itself where it is not. */
const MOST_BYTES = 1024 * 1024;

/** @typedef {import('../../server/src/http/window/shapes.ts').NodePage} NodePage */
/** @typedef {{readonly bytes: Uint8Array, readonly text: string | undefined, readonly etag: string}} Known */

/** @param {NodePage} page @returns {Known} */
function knownOf({ value, stat }) {
  return {
    bytes: bytesOf(value?.base64 ?? ''),
    text: value === null || stat.dataLength === 0 ? '' : value.text,
    etag: etagOf(stat),
  };
}

/** @param {Uint8Array} one @param {Uint8Array} other */
function isSame(one, other) {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}

/**
 * @param {import('../shell/shell.js').Shell} shell
 * @param {NodePage} page Whose value may be read.
 * @param {() => void} onDone
 */
export function editValue(shell, page, onDone) {
  const { path } = page;
  let known = knownOf(page);
  const start = known.text === undefined ? undefined : editable(known.text);
  /** Chosen in place of what the text area has. @type {Uint8Array | undefined} */
  let file;
  const area = html('textarea', 'code');
  area.rows = 14;
  area.spellcheck = false;
  area.value = start?.text ?? '';
  area.disabled = start === undefined;
  const upload = html('input', '');
  upload.type = 'file';
  const difference = html('div', 'difference');
  difference.setAttribute('aria-live', 'polite');
  const conflict = html('div', 'conflict');
  const why =
    start === undefined
      ? 'These bytes are no text that a text area would keep as they are: choose a file.'
      : '';
  let isReviewed = false;

  /** @returns {Uint8Array} */
  function wanted() {
    return file ?? utf8Of(written({ text: area.value, lineEnd: start?.lineEnd ?? '\n' }));
  }

  /** @param {boolean} reviewed */
  function stage(reviewed) {
    isReviewed = reviewed;
    form.relabel(reviewed ? 'Write it' : 'Show what changes');
    if (!reviewed) difference.replaceChildren();
  }

  function review() {
    const mine = wanted();
    if (mine.length > MOST_BYTES)
      throw new FormProblem(`A value has ${MOST_BYTES} bytes at most, this one ${mine.length}.`);
    if (isSame(mine, known.bytes)) throw new FormProblem('Nothing has changed.');
    const text = textOf(mine);
    difference.replaceChildren(
      text === undefined || known.text === undefined
        ? html('p', '', bytesWords(known.bytes, mine))
        : diffView(known.text, text, 'What changes'),
    );
    stage(true);
  }

  /** What is there now, beside what was to be written. */
  async function showConflict() {
    const now = /** @type {NodePage} */ (
      await shell.call(`/window/node${urlPath(path)}`, { signal: form.signal })
    );
    known = knownOf(now);
    const mine = textOf(wanted());
    conflict.replaceChildren(
      html('h3', '', 'Somebody else has written it meanwhile'),
      html('p', '', 'Nothing was overwritten. This is what is there now, and how yours differs from it:'),
      mine === undefined || known.text === undefined
        ? html('p', '', bytesWords(known.bytes, wanted()))
        : diffView(known.text, mine, 'How yours differs from what is there now'),
      button('small', 'Take what is there', () => {
        file = undefined;
        upload.value = '';
        area.value = editable(known.text ?? '')?.text ?? '';
        conflict.replaceChildren();
        stage(false);
        area.focus();
      }),
    );
    stage(true);
    difference.replaceChildren();
    form.relabel('Write mine over it');
  }

  const form = openForm({
    id: 'edit-value',
    title: `Edit the value of ${visible(nameOf(path))}`,
    isWide: true,
    content: [
      field('edit-value-text', 'Value', area, why),
      field('edit-value-file', 'Or the bytes of a file', upload),
      difference,
      conflict,
    ],
    action: 'Show what changes',
    async onAct(signal) {
      if (!isReviewed) {
        review();
        return false;
      }
      try {
        await shell.call(`/window/v1/nodes${urlPath(path)}`, {
          method: 'PUT',
          headers: { 'if-match': known.etag },
          body: { value: base64Of(wanted()) },
          signal,
        });
      } catch (error) {
        if (!(error instanceof Refused) || error.code !== 'BAD_VERSION') throw error;
        await showConflict();
        return false;
      }
      shell.announce(`${visible(path)} is written.`);
      onDone();
      return true;
    },
  });
  area.addEventListener('input', () => {
    conflict.replaceChildren();
    stage(false);
  });
  upload.addEventListener('change', async () => {
    const chosen = upload.files?.[0];
    file =
      chosen === undefined ? undefined : new Uint8Array(await chosen.slice(0, MOST_BYTES + 1).arrayBuffer());
    area.disabled = start === undefined || file !== undefined;
    conflict.replaceChildren();
    stage(false);
  });
}
