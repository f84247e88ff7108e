import type { RawClient } from './raw-client.ts';
import type { OpName } from './requests.ts';

/** One thing that a client was told, and where in the scenario. */
export interface Entry {
  /** The same for the same thing on every server: `ann #3 getData /a`, `ann, event 1 before #4 ping`. */
  readonly label: string;
  /** Orders entries of all clients by the step that they belong to; an event belongs to what came after it. */
  readonly order: number;
  readonly kind: 'connected' | 'reply' | 'event' | 'unasked' | 'closed' | 'no reply';
  /** Of a reply. */
  readonly op?: OpName;
  /** Without the length. */
  readonly bytes: Buffer;
}

/** All that the clients of one scenario were told by one server. */
export interface Transcript {
  readonly entries: readonly Entry[];
  /** The scenario's, which people need not see. */
  readonly root: string;
  /** Wall clock of the run, ms since 1970: times outside are not those of this run. */
  readonly beganMs: number;
  readonly endedMs: number;
}

/** One connection of a client, from the step that opened it. */
export interface Life {
  readonly client: RawClient;
  readonly step: number;
  /** Whether it took up a session. */
  readonly again: boolean;
}

const SUB_STEPS = 1_000;
/** Behind all steps. */
const AT_THE_END = Number.MAX_SAFE_INTEGER;
const nothing = Buffer.alloc(0);

/** What the connection of the client called `name` heard. `labels` describe the requests, by number. */
export function entriesOf(name: string, life: Life, labels: ReadonlyMap<string, string>): Entry[] {
  const { client, step } = life;
  const entries: Entry[] = [];
  let events: Buffer[] = [];
  let unasked = 0;
  /** Events belong to what came after them: that is the same on every server that keeps the order. */
  const placeEvents = (before: string, order: number): void => {
    for (const [at, bytes] of events.entries()) {
      const label = `${name}, event ${at + 1} before ${before}`;
      entries.push({ label, order: order - 0.5, kind: 'event', bytes });
    }
    events = [];
  };
  for (const heard of client.heard) {
    switch (heard.kind) {
      case 'event':
        events.push(heard.bytes);
        break;
      case 'connected': {
        const label = `${name} #${step} connects${life.again ? ' again' : ''}`;
        entries.push({ label, order: orderOf(`${step}`), kind: 'connected', bytes: heard.bytes });
        break;
      }
      case 'reply': {
        const { number, op, bytes } = heard;
        const label = labels.get(number) ?? `#${number}`;
        placeEvents(label, orderOf(number));
        entries.push({ label: `${name} ${label}`, order: orderOf(number), kind: 'reply', op, bytes });
        break;
      }
      case 'unasked': {
        const label = `${name}, message ${++unasked} that the connection of #${step} did not ask for`;
        entries.push({ label, order: AT_THE_END, kind: 'unasked', bytes: heard.bytes });
        break;
      }
      case 'closed': {
        const label = `the end of the connection of #${step}`;
        placeEvents(label, AT_THE_END);
        entries.push({ label: `${name}, ${label}`, order: AT_THE_END, kind: 'closed', bytes: nothing });
        break;
      }
      default:
        heard satisfies never;
    }
  }
  placeEvents(`the break of the connection of #${step}`, AT_THE_END);
  for (const { number } of client.unanswered) {
    const label = `${name} ${labels.get(number) ?? `#${number}`}`;
    entries.push({ label, order: orderOf(number), kind: 'no reply', bytes: nothing });
  }
  return entries;
}

/** `3.2`, the second request of step 3, stands between `3` and `4`. */
function orderOf(number: string): number {
  const [step, sub = '0'] = number.split('.');
  return Number(step) * SUB_STEPS + Number(sub);
}
