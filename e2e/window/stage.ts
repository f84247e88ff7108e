import { rmSync } from 'node:fs';
import { connect } from '@rookery/client';
import type { Browser, BrowserContext } from 'playwright-core';
import { newWorkFolder } from '../../testkit/src/cache.ts';
import { HOST } from '../../testkit/src/endpoint.ts';
import { Ensemble, type EnsembleOptions } from '../../testkit/src/systems/ensemble.ts';
import type { Member } from '../../testkit/src/systems/member.ts';
import { rookery } from '../../testkit/src/systems/rookery.ts';
import type { Lie } from './lies/lie.ts';
import { turnChangesOn } from './looks/changes.ts';
import { OpenedWindow } from './opened-window.ts';
import type { Look, Stage, TierName } from './scenario.ts';

/** What a person would wait for an answer of the page. */
const PATIENCE_MS = 30_000;
const WIDTH = 1280;
const HEIGHT = 900;

export interface Rigged {
  readonly stage: Stage;
  /** Where logs and data are, for whoever looks for what went wrong. */
  readonly folders: readonly string[];
  /** Ends all that was started; leaves the folders. */
  end(): Promise<void>;
  clear(): void;
}

/** @param lie is planted in each browser; none where the truth is to be found */
export function rig(
  browser: Browser,
  name: string,
  tier: TierName,
  print: (line: string) => void,
  lie?: Lie,
): Rigged {
  const folder = newWorkFolder(`window-${name.replaceAll(/[^a-z0-9]+/gi, '-')}`);
  const folders = [folder];
  const ends: (() => Promise<unknown>)[] = [];
  const stage: Stage = {
    tier,
    folder,
    startEnsemble: async (options: EnsembleOptions = {}) => {
      const ensemble = await Ensemble.create(rookery, options);
      folders.push(ensemble.folder);
      ends.push(() => ensemble.stop());
      for (const member of ensemble.members) member.start();
      await ensemble.serving();
      return ensemble;
    },
    connect: async (ensemble, options = {}) => {
      const servers = ensemble.endpoints.map(({ host, port }) => `${host}:${port}`).join(',');
      const client = await connect(servers, options);
      ends.push(() => client.close());
      return client;
    },
    open: async (member, look = {}) => {
      const context = await newContext(browser, look);
      ends.push(() => context.close());
      await lie?.plant(context);
      return open(context, member, look);
    },
    note: (line) => print(`       ${line}`),
  };
  return {
    stage,
    folders,
    // What came last goes first: clients before their members.
    end: async () => {
      for (const end of ends.toReversed()) await end();
    },
    clear: () => {
      for (const path of folders) rmSync(path, { recursive: true, force: true });
    },
  };
}

async function newContext(
  browser: Browser,
  { colours = 'light', width = WIDTH }: Look,
): Promise<BrowserContext> {
  const context = await browser.newContext({
    viewport: { width, height: HEIGHT },
    colorScheme: colours,
    // A person may have it so; and pictures are the same each time.
    reducedMotion: 'reduce',
    acceptDownloads: true,
  });
  context.setDefaultTimeout(PATIENCE_MS);
  return context;
}

async function open(context: BrowserContext, member: Member, look: Look): Promise<OpenedWindow> {
  const origin = originOf(member);
  const window = new OpenedWindow(context, await context.newPage(), origin);
  await window.page.goto(`${origin}/${look.place ?? ''}`, { waitUntil: 'load' });
  if (look.asksFirst !== true)
    await window.see(window.page.locator('#live[data-state=live]'), 'that it is live');
  if (look.withChanges === true) await turnChangesOn(window);
  return window;
}

export function originOf({ plan }: Member): string {
  return `http://${HOST}:${plan.adminPort}`;
}
