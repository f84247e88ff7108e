// Of which member something is shown: one, or all together.

import { html } from '../shell/dom.js';

const ALL = 'all';

/**
 * @param {string} id
 * @param {string} label For those who do not see what it stands beside.
 * @param {() => void} onChange
 */
export function memberChoice(id, label, onChange) {
  const select = html('select', 'small');
  select.id = id;
  select.setAttribute('aria-label', label);
  select.append(new Option('all members', ALL));
  select.addEventListener('change', onChange);
  return {
    element: select,
    /** undefined: all. */
    chosen: () => (select.value === ALL ? undefined : Number(select.value)),
    /** @param {readonly number[]} serverIds */
    offer(serverIds) {
      const offered = [...select.options].slice(1).map(({ value }) => Number(value));
      if (offered.join() === serverIds.join()) return;
      const { value } = select;
      select.replaceChildren(
        new Option('all members', ALL),
        ...serverIds.map((serverId) => new Option(`member ${serverId}`, String(serverId))),
      );
      // One that was removed from the ensemble is shown no longer.
      select.value = serverIds.includes(Number(value)) ? value : ALL;
    },
  };
}
