import type { OpenedWindow } from '../opened-window.ts';

/** Of the thread that runs the page's scripts, lays it out and paints it: its own time, however busy the machine is. */
export interface PageWork {
  readonly processorMs: number;
  readonly heapBytes: number;
}

/** What the page's thread worked while `during` went on, and what it held at the end. */
export async function workOf(window: OpenedWindow, during: () => Promise<void>): Promise<PageWork> {
  const { page } = window;
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  const read = async (name: string): Promise<number> => {
    const { metrics } = await session.send('Performance.getMetrics');
    const metric = metrics.find((one) => one.name === name);
    if (metric === undefined) throw new Error(`this browser does not tell ${name}`);
    return metric.value;
  };
  const before = await read('ThreadTime');
  await during();
  const processorMs = ((await read('ThreadTime')) - before) * 1000;
  const heapBytes = await read('JSHeapUsedSize');
  await session.detach();
  return { processorMs, heapBytes };
}
