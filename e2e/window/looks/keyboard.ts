import type { OpenedWindow } from '../opened-window.ts';

/** More than any view has. */
const MOST_STOPS = 250;

interface Stop {
  /** Of the element, unique in the document. */
  readonly key: string;
  readonly shown: string;
  readonly hasVisibleFocus: boolean;
  readonly hasName: boolean;
}

/**
 * Walks through the page with Tab until it comes round. Throws where something that can be clicked is never reached, where the focus cannot be seen, or where
 * what has it has no name; returns how many stops there are.
 */
export async function expectReachableByTab(window: OpenedWindow, what: string): Promise<number> {
  const { page } = window;
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  const stops: Stop[] = [];
  for (let pressed = 0; pressed < MOST_STOPS; pressed++) {
    await page.keyboard.press('Tab');
    const stop = await page.evaluate(describeFocus);
    if (stops.some(({ key }) => key === stop?.key)) break;
    if (stop !== null) stops.push(stop);
  }
  const unseen = stops.filter(({ hasVisibleFocus }) => !hasVisibleFocus);
  if (unseen.length > 0) throw new Error(`${what}: the focus cannot be seen on ${shownOf(unseen)}`);
  const unnamed = stops.filter(({ hasName }) => !hasName);
  if (unnamed.length > 0) throw new Error(`${what}: without a name: ${shownOf(unnamed)}`);
  const missed = await page.evaluate(
    clickable,
    stops.map(({ key }) => key),
  );
  if (missed.length > 0) throw new Error(`${what}: Tab never comes to ${missed.join(' | ')}`);
  return stops.length;
}

function shownOf(stops: readonly Stop[]): string {
  return stops.map(({ shown }) => shown).join(' | ');
}

/** Runs in the page. null: the focus has left the document. */
function describeFocus(): Stop | null {
  const element = document.activeElement;
  if (element === null || element === document.body) return null;
  const all = [...document.querySelectorAll('*')];
  const style = getComputedStyle(element);
  const hasOutline = style.outlineStyle !== 'none' && Number.parseFloat(style.outlineWidth) > 0;
  const name =
    element.getAttribute('aria-label') ??
    element.getAttribute('aria-labelledby') ??
    element.getAttribute('title') ??
    (element instanceof HTMLInputElement ||
    element instanceof HTMLSelectElement ||
    element instanceof HTMLTextAreaElement
      ? element.labels?.[0]?.textContent
      : element.textContent);
  return {
    key: String(all.indexOf(element)),
    shown: element.outerHTML.slice(0, 160),
    hasVisibleFocus: hasOutline || style.boxShadow !== 'none',
    hasName: (name ?? '').trim() !== '',
  };
}

/** Runs in the page: what can be clicked and shows, and is not among those that Tab came to. Within a tree or a list one stands for all: arrow keys go on. */
function clickable(reached: readonly string[]): string[] {
  const all = [...document.querySelectorAll('*')];
  const seen = new Set(reached.map(Number));
  const isShown = (element: Element): boolean =>
    element.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  const byArrows =
    '[role=treeitem], [role=tab], [role=option], [role=radio], [role=row], [role=menuitem], input[type=radio]';
  return [
    ...document.querySelectorAll(
      'a[href], button:not([disabled]), input:not([disabled]), select, textarea, summary',
    ),
  ]
    .filter((element) => isShown(element) && element.closest(byArrows) === null)
    .filter((element) => !seen.has(all.indexOf(element)))
    .map((element) => element.outerHTML.slice(0, 160));
}
