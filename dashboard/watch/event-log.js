// The last events of a watch, and how many there were in each second.

/**
 * @typedef {object} LoggedEvent
 * @property {number} number Counted from 1.
 * @property {number} atMs
 * @property {string} what `created`, `changed`, `deleted`, `children`, `missed`, or what befell the watch itself.
 * @property {string} path
 * @property {string} says In place of a zxid, where there is something to say.
 * @property {number | undefined} zxid
 */

export const MOST_EVENTS = 1000;
/** Of which counts are kept. */
export const SECONDS = 60;

export class EventLog {
  /** The oldest first; a ring once it is full. @type {LoggedEvent[]} */
  #ring = [];
  #count = 0;
  /** By the second since 1970, of the last ones. @type {Map<number, number>} */
  #perSecond = new Map();

  /** All that there ever were. */
  get count() {
    return this.#count;
  }

  /** @param {Omit<LoggedEvent, 'number'>} event */
  add(event) {
    this.#ring[this.#count % MOST_EVENTS] = { ...event, number: this.#count + 1 };
    this.#count++;
    const second = Math.floor(event.atMs / 1000);
    this.#perSecond.set(second, (this.#perSecond.get(second) ?? 0) + 1);
    for (const old of this.#perSecond.keys()) {
      if (old > second - SECONDS) break;
      this.#perSecond.delete(old);
    }
  }

  /** @param {number} most @returns {LoggedEvent[]} The newest first. */
  newest(most) {
    const many = Math.min(most, this.#ring.length);
    return Array.from(
      { length: many },
      (_, back) => /** @type {LoggedEvent} */ (this.#ring[(this.#count - 1 - back) % MOST_EVENTS]),
    );
  }

  /** @param {number} nowMs @returns {number[]} Of each of the last seconds, this one last. */
  perSecond(nowMs) {
    const now = Math.floor(nowMs / 1000);
    return Array.from({ length: SECONDS }, (_, at) => this.#perSecond.get(now - SECONDS + 1 + at) ?? 0);
  }

  /** Counts of seconds stay. */
  clear() {
    this.#ring = [];
    this.#count = 0;
  }
}
