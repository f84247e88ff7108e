import { type AclList, ErrorCode, type Identities, OPEN_ACL, OpCode } from '@rookery/protocol';
import { type Action, isWrite, type Result } from '../history/operation.ts';
import { type Demand, demandOf, given, may, Right, tellIdentities } from '../oracle/rights.ts';
import type { NodeRecord, TreeHistory } from '../oracle/tree-history.ts';
import type { Report } from './report.ts';

export interface RightsTotals {
  refused: number;
  /** Accepted though nobody else than who has proved something, or comes from there, may. */
  acceptedByIdentity: number;
  aclsChanged: number;
}

/** What says that a request's turn came after the end of its session: nothing is said of rights. */
const OF_SESSION: ReadonlySet<number> = new Set([ErrorCode.sessionExpired, ErrorCode.sessionMoved]);

/**
 * Judges each answer by the access list that was in force at its place in the order, and by what the connection had proved when the
 * request was sent, as its client knows it: members' own ideas of who somebody is are not trusted.
 */
export class RightsWatch {
  readonly #tree: TreeHistory;
  readonly #report: Report;
  readonly totals: RightsTotals = { refused: 0, acceptedByIdentity: 0, aclsChanged: 0 };

  constructor(tree: TreeHistory, report: Report) {
    this.#tree = tree;
    this.#report = report;
  }

  answered(action: Action, result: Result, identities: Identities): void {
    if (result.kind === 'unknown' || result.kind === 'refused') return;
    if (action.kind === 'whoAmI') this.#compareUsers(result, identities);
    const demand = demandFor(action);
    if (demand === undefined || (result.kind === 'error' && OF_SESSION.has(result.code))) return;
    if (!this.#checkForm(action, result, identities)) return;
    // A write is judged by what was there before it, a read by what it shows.
    const node = this.#tree.at(demand.node, isWrite(action) ? result.zxid - 1 : result.zxid);
    this.#judge(action, demand, node, result, identities);
    if (result.kind !== 'ok') return;
    if (action.kind === 'setAcl') this.totals.aclsChanged++;
    if (action.kind === 'getAcl' && node !== undefined)
      this.#compareLists(action.path, node, result, identities);
  }

  /** Of a list that is meant for whoever proved something, where nobody did. False where that was the answer. */
  #checkForm(action: Action, result: Result, identities: Identities): boolean {
    const acl = 'acl' in action ? action.acl : undefined;
    const isWrong = acl !== undefined && given(acl, identities) === undefined;
    const isRefused = result.kind === 'error' && result.code === ErrorCode.invalidAcl;
    if (isWrong !== isRefused) {
      const message = `${JSON.stringify(action)} by ${tellIdentities(identities)} came to ${JSON.stringify(result)}`;
      this.#report('a list for whoever has proved something needs a proof', message);
    }
    return !isRefused;
  }

  #judge(
    action: Action,
    { right }: Demand,
    node: NodeRecord | undefined,
    result: Result & { readonly zxid: number },
    identities: Identities,
  ): void {
    const acl = node?.acl ?? OPEN_ACL;
    const isRefused = result.kind === 'error' && result.code === ErrorCode.noAuth;
    if (may(acl, right, identities) === isRefused) {
      const rule = isRefused
        ? 'nobody is refused what a list allows'
        : 'nobody is told or does what a list forbids';
      const what = `${JSON.stringify(action)} by ${tellIdentities(identities)} came to ${JSON.stringify(result)}`;
      this.#report(rule, `${what}; the list was ${JSON.stringify(acl)}`);
    }
    if (isRefused) this.totals.refused++;
    else if (result.kind === 'ok' && !may(acl, right, [])) this.totals.acceptedByIdentity++;
  }

  #compareLists(path: string, { acl }: NodeRecord, result: Result, identities: Identities): void {
    const shown = result.kind === 'ok' ? result.acl : undefined;
    const due = may(acl, Right.admin, identities) ? acl : withoutDigests(acl);
    if (JSON.stringify(shown?.map(tellEntry)) === JSON.stringify(due.map(tellEntry))) return;
    const message = `${path}: shown ${JSON.stringify(shown)}, was ${JSON.stringify(due)}`;
    this.#report('a list is shown as it was made', message);
  }

  #compareUsers(result: Result, identities: Identities): void {
    const shown = result.kind === 'ok' ? result.users : undefined;
    const due = identities.map(({ scheme, id }) => `${scheme}:${scheme === 'digest' ? userOf(id) : id}`);
    if (shown?.join() === due.join()) return;
    const message = `shown ${shown?.join()}, proved were ${due.join()}`;
    this.#report('a connection is who it has proved to be, and nobody else', message);
  }
}

function demandFor(action: Action): Demand | undefined {
  switch (action.kind) {
    case 'create':
    case 'createSequential':
    case 'createEphemeral':
      return demandOf(OpCode.create, action.path);
    case 'set':
      return demandOf(OpCode.setData, action.path);
    case 'delete':
      return demandOf(OpCode.delete, action.path);
    case 'setAcl':
      return demandOf(OpCode.setAcl, action.path);
    case 'get':
    case 'exists':
    case 'children':
      return { node: action.path, right: Right.read };
    case 'getAcl':
      return { node: action.path, right: Right.read | Right.admin };
    default:
      return undefined;
  }
}

function withoutDigests(acl: AclList): AclList {
  return acl.map((entry) => (entry.scheme === 'digest' ? { ...entry, id: `${userOf(entry.id)}:x` } : entry));
}

function tellEntry({ perms, scheme, id }: AclList[number]): string {
  return `${perms} ${scheme}:${id}`;
}

function userOf(id: string): string {
  return id.slice(0, id.indexOf(':'));
}
