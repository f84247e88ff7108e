import { isCoordinationError, type NodeStat } from '@rookery/client';
import { join } from '@rookery/client/subtree';
import type { ChildrenPage, PagedChild } from '@rookery/protocol';
import { ProgramsRefusal } from '../../../errors/error-codes.ts';
import { ProgramsError } from '../../v1/errors.ts';
import { ToldChildren } from './told-children.ts';

export interface PagedNode {
  readonly path: string;
  /** 0 of the root of the walk. */
  readonly depth: number;
  /** undefined: the caller may not read the node, so that what is below it is not met. */
  readonly stat: NodeStat | undefined;
}

/** What a walk reads. */
export interface Pages {
  /** A page of a node's children with their stats, and the node's own. Rejects with CoordinationError. */
  page(path: string, cursor: Uint8Array | undefined): Promise<ChildrenPage>;
}

export interface PagedWalkOptions {
  /** What neither is met nor anything below it. */
  readonly leavesOut?: (path: string) => boolean;
  /**
   * Where the place in a list of children is lost, because those around it went: begins the list again with all that is there, for whoever removes what it is
   * given. Else what was handed out is skipped; where nobody can tell, or it happens too often, the walk ends with CURSOR_LOST.
   */
  readonly beginsAgain?: boolean;
}

/** First pages of nodes whose turn comes soon: of siblings, and of all levels together. */
const MOST_AHEAD_OF_SIBLINGS = 8;
const MOST_AHEAD = 32;

type Outcome = { readonly page: ChildrenPage } | { readonly error: unknown };

interface Level {
  children: readonly PagedChild[];
  index: number;
  readonly told: ToldChildren;
  /** undefined: these are the last ones. */
  following: Promise<Outcome> | undefined;
  /** First pages that were asked for, by name, and up to which child that was done. */
  readonly ahead: Map<string, Promise<Outcome>>;
  looked: number;
  /** Of the path that the node above has. */
  readonly outerLength: number;
}

/**
 * The nodes of a subtree, each parent before its children, with one request for each page of children: leaves cost nothing of their own, and of
 * siblings no more than two pages are held. The next page is asked for before this one is handed out, so that whoever removes what it is given does
 * not take the place away from which the list goes on.
 *
 * Rejects with the CoordinationError of a request; nodes that go meanwhile are left out.
 */
export function pagedWalk(
  pages: Pages,
  root: string,
  options: PagedWalkOptions = {},
): AsyncGenerator<PagedNode> {
  return new PagedWalk(pages, options).from(root);
}

class PagedWalk {
  readonly #pages: Pages;
  readonly #options: PagedWalkOptions;
  readonly #levels: Level[] = [];
  /** Of the node whose children are handed out. */
  #path = '';
  #ahead = 0;

  constructor(pages: Pages, options: PagedWalkOptions) {
    this.#pages = pages;
    this.#options = options;
  }

  async *from(root: string): AsyncGenerator<PagedNode> {
    const page = await this.#pages.page(root, undefined);
    this.#path = root;
    this.#enter(page, 0);
    yield { path: root, depth: 0, stat: wholeStat(page.stat) };
    for (let level = this.#levels.at(-1); level !== undefined; level = this.#levels.at(-1)) {
      if (level.index < level.children.length) yield* this.#next(level);
      else if (level.following !== undefined) await this.#turnPage(level);
      else this.#leave(level);
    }
  }

  async *#next(level: Level): AsyncGenerator<PagedNode> {
    this.#lookAhead(level);
    const { name, stat: told } = level.children[level.index++]!;
    const path = join(this.#path, name);
    if (this.#options.leavesOut?.(path) === true) return;
    const depth = this.#levels.length;
    const hasChildren = told !== undefined && told.numChildren > 0;
    const page = hasChildren ? await this.#firstPage(level, name, path) : undefined;
    if (page !== undefined) {
      const outerLength = this.#path.length;
      this.#path = path;
      this.#enter(page, outerLength);
    }
    yield { path, depth, stat: told && wholeStat(told) };
  }

  #enter(page: ChildrenPage, outerLength: number): void {
    const told = new ToldChildren();
    const children = this.#toHandOut(told, page);
    const following = this.#following(page);
    this.#levels.push({ children, index: 0, told, following, ahead: new Map(), looked: 0, outerLength });
  }

  #leave({ outerLength }: Level): void {
    this.#levels.pop();
    this.#path = this.#path.slice(0, outerLength);
  }

  #following({ cursor }: ChildrenPage): Promise<Outcome> | undefined {
    return cursor === undefined ? undefined : outcomeOf(this.#pages.page(this.#path, cursor));
  }

  async #turnPage(level: Level): Promise<void> {
    let page = pageOf(await level.following!);
    if (page?.isCursorKnown === false) {
      if (this.#options.beginsAgain !== true && !level.told.beginAgain()) throw lost(this.#path);
      page = pageOf(await outcomeOf(this.#pages.page(this.#path, undefined)));
    }
    level.children = page === undefined ? [] : this.#toHandOut(level.told, page);
    level.index = 0;
    level.looked = 0;
    level.following = page === undefined ? undefined : this.#following(page);
  }

  #toHandOut(told: ToldChildren, { children }: ChildrenPage): readonly PagedChild[] {
    if (this.#options.beginsAgain === true) return children;
    const fresh = told.take(children);
    if (fresh === undefined) throw lost(this.#path);
    return fresh;
  }

  /** Of a node that has gone meanwhile there is none. */
  async #firstPage(level: Level, name: string, path: string): Promise<ChildrenPage | undefined> {
    const asked = level.ahead.get(name);
    if (asked !== undefined) {
      level.ahead.delete(name);
      this.#ahead--;
    }
    return pageOf(await (asked ?? outcomeOf(this.#pages.page(path, undefined))));
  }

  #lookAhead(level: Level): void {
    const { children, ahead } = level;
    level.looked = Math.max(level.looked, level.index);
    while (
      level.looked < children.length &&
      ahead.size < MOST_AHEAD_OF_SIBLINGS &&
      this.#ahead < MOST_AHEAD
    ) {
      const { name, stat } = children[level.looked++]!;
      const path = join(this.#path, name);
      if (stat === undefined || stat.numChildren === 0 || this.#options.leavesOut?.(path) === true) continue;
      ahead.set(name, outcomeOf(this.#pages.page(path, undefined)));
      this.#ahead++;
    }
  }
}

/** A failure is kept until its turn comes, so that none is ever unheard. */
function outcomeOf(page: Promise<ChildrenPage>): Promise<Outcome> {
  return page.then(
    (read) => ({ page: read }),
    (error: unknown) => ({ error }),
  );
}

/** undefined where the node has gone meanwhile. */
function pageOf(outcome: Outcome): ChildrenPage | undefined {
  if (!('error' in outcome)) return outcome.page;
  if (isCoordinationError(outcome.error, 'NO_NODE')) return undefined;
  throw outcome.error;
}

function wholeStat(stat: NonNullable<PagedChild['stat']>): NodeStat {
  return { ...stat, ephemeralOwner: BigInt(stat.ephemeralOwner) };
}

function lost(path: string): ProgramsError {
  return new ProgramsError(
    ProgramsRefusal.cursorLost,
    `children of ${path} come and go faster than they can be walked: begin again`,
    path,
    'safe',
  );
}
