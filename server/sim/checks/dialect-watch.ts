import { ErrorCode } from '@rookery/protocol';
import type { Action, DialectStep, Result } from '../history/operation.ts';
import type { TreeHistory } from '../oracle/tree-history.ts';
import type { Report } from './report.ts';

const OF_SESSION: ReadonlySet<number> = new Set([ErrorCode.sessionExpired, ErrorCode.sessionMoved]);

/** Compares what clients are told of ClickHouse Keeper's writes with the tree as it was before and after. */
export class DialectWatch {
  readonly #tree: TreeHistory;
  readonly #report: Report;
  readonly totals = { done: 0, refused: 0 };

  constructor(tree: TreeHistory, report: Report) {
    this.#tree = tree;
    this.#report = report;
  }

  answered(action: Action, result: Result): void {
    if (action.kind !== 'dialect' || result.kind === 'unknown' || result.kind === 'refused') return;
    if (result.kind === 'error') {
      this.totals.refused++;
      const [step] = action.steps;
      if (action.steps.length === 1 && !OF_SESSION.has(result.code)) this.#refused(step!, result);
      return;
    }
    this.totals.done++;
    // What the others leave the next step of a multi may change again.
    this.#done(action.steps.at(-1)!, result.zxid);
  }

  #done(step: DialectStep, zxid: number): void {
    const node = this.#tree.at(step.path, zxid);
    const hasChildren = this.#tree.childrenAt(step.path, zxid).length > 0;
    switch (step.do) {
      case 'createIfNotExists':
        if (node === undefined) this.#wrong(step, zxid, 'is not there');
        break;
      case 'removeRecursive':
      case 'checkNotExists':
        if (node !== undefined) this.#wrong(step, zxid, 'is there');
        break;
      case 'tryRemove':
        if (node !== undefined && !hasChildren) this.#wrong(step, zxid, 'is there, and has no children');
        break;
      default:
        step satisfies never;
    }
  }

  #refused(step: DialectStep, { code, zxid }: Extract<Result, { readonly kind: 'error' }>): void {
    const parent = step.path.slice(0, step.path.lastIndexOf('/'));
    const above = this.#tree.at(parent, zxid);
    const isDue =
      (code === ErrorCode.noNode && above === undefined) ||
      (code === ErrorCode.noChildrenForEphemerals && (above?.owner ?? 0) !== 0) ||
      (code === ErrorCode.notEmpty && this.#tree.childrenAt(step.path, zxid).length > 0);
    if (!isDue) this.#wrong(step, zxid, `was refused with ${code}`);
  }

  #wrong(step: DialectStep, zxid: number, what: string): void {
    const message = `${step.do} of ${step.path} at zxid ${zxid}: ${what}`;
    this.#report('what may have been done already is done once', message);
  }
}
