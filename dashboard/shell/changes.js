// The switch that lets the page change things: off until somebody turns it on in this tab, and there only where the member allows it.

import { confirm } from './dialogs.js';
import { byId, say } from './dom.js';

const CHANGES_KEY = 'rookery.changes';

/**
 * @returns {{
 *   canChange(): boolean,
 *   onCanChange(listener: (can: boolean) => void): () => void,
 *   allow(isAllowed: boolean): void,
 * }} `onCanChange` gives what ends it; `allow` says whether the member takes changes at all.
 */
export function changesSwitch() {
  /** @type {Set<(can: boolean) => void>} */
  const listeners = new Set();
  const element = byId('changes-switch');
  let isAllowed = false;
  const canChange = () => isAllowed && sessionStorage.getItem(CHANGES_KEY) === 'on';

  function show() {
    element.hidden = !isAllowed;
    element.setAttribute('aria-checked', String(canChange()));
    say('changes-state', canChange() ? 'on' : 'off');
    for (const listener of listeners) listener(canChange());
  }

  async function turn() {
    if (canChange()) {
      sessionStorage.removeItem(CHANGES_KEY);
      return show();
    }
    const isMeant = await confirm({
      title: 'Turn changes on?',
      text: 'Until this tab closes or you turn them off, the page shows what changes nodes, ends sessions, and moves leadership. Each of these says what it will do before it is done.',
      action: 'Turn changes on',
    });
    if (!isMeant) return;
    sessionStorage.setItem(CHANGES_KEY, 'on');
    show();
  }

  element.addEventListener('click', turn);
  return {
    canChange,
    onCanChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    allow(value) {
      if (value === isAllowed) return;
      isAllowed = value;
      show();
    },
  };
}
