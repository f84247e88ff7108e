import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { OpenedWindow } from '../opened-window.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/** What keeps somebody from the page, or nearly. */
const GRAVE: readonly unknown[] = ['serious', 'critical'];
const SHOWN_NODES = 3;

/** Has axe look at what the page shows, with every rule of WCAG 2.2 AA and of good practice. Throws where anything serious or critical is wrong; returns how many rules passed. */
export async function expectAccessible(window: OpenedWindow, what: string): Promise<number> {
  // By the debugger, as the page's own policy lets nobody add a script.
  await window.page.evaluate(AXE);
  const { violations, passes } = await window.page.evaluate(
    async () => await (globalThis as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run(),
  );
  const grave = violations.filter(({ impact }) => GRAVE.includes(impact));
  if (grave.length > 0) throw new Error(`axe on ${what}:\n${grave.map(describe).join('\n')}`);
  return passes.length;
}

function describe({ id, impact, help, nodes }: AxeResults['violations'][number]): string {
  const places = nodes.slice(0, SHOWN_NODES).map(({ html, failureSummary = '' }) => {
    const why = failureSummary.replaceAll(/\s+/g, ' ');
    return `    ${html.slice(0, 200)}\n      ${why.slice(0, 300)}`;
  });
  const more = nodes.length > SHOWN_NODES ? [`    and ${nodes.length - SHOWN_NODES} more`] : [];
  return [`  ${id} (${impact}): ${help}`, ...places, ...more].join('\n');
}

/** Throws where the page is wider than its tab. */
export async function expectNoSidewaysScroll(window: OpenedWindow, what: string): Promise<void> {
  const { width, widest } = await window.page.evaluate(() => {
    const { clientWidth, scrollWidth } = document.documentElement;
    return { width: clientWidth, widest: scrollWidth };
  });
  if (widest > width)
    throw new Error(
      `${what} is ${widest} pixels wide in a tab of ${width}: ${await overflowing(window, width)}`,
    );
}

async function overflowing(window: OpenedWindow, width: number): Promise<string> {
  return window.page.evaluate((most) => {
    const wide = [...document.querySelectorAll('body *')].filter(
      (element) => element.getBoundingClientRect().right > most + 1,
    );
    return wide
      .slice(-3)
      .map((element) => element.outerHTML.slice(0, 160))
      .join(' | ');
  }, width);
}
