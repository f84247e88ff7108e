import { isShortage } from '../storage/disk.ts';
import type { Storage } from '../storage/storage.ts';
import { isDiskFull } from '../storage/storage-error.ts';
import { pause } from './pause.ts';
import type { Logger, Scheduler } from './ports.ts';

/** How long a step waits for which there was no room, or no file descriptor. */
const retryMs = 500;

/** Sets the data of a removed id aside, then opens what is left: nothing. Neither a full disk nor want of a descriptor ends the member. */
export async function joinAnew(
  storage: Pick<Storage, 'setAside'>,
  open: () => Promise<void>,
  parts: { readonly scheduler: Scheduler; readonly log: Logger },
): Promise<void> {
  await untilDone(() => storage.setAside(), parts);
  await untilDone(open, parts);
}

async function untilDone(
  step: () => Promise<void>,
  { scheduler, log }: { readonly scheduler: Scheduler; readonly log: Logger },
): Promise<void> {
  for (;;) {
    try {
      await step();
      return;
    } catch (error) {
      if (!isShortage(error) && !isDiskFull(error)) throw error;
      log.warn(
        { reason: (error as Error).message },
        'this member cannot join anew for now; it is tried again',
      );
    }
    await pause(scheduler, retryMs);
  }
}
