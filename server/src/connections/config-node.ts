import { encodeUtf8, equalBytes, NO_BYTES, type NodeReader, type Slot, type Stat } from '@rookery/protocol';
import { joinAddress } from '../config/addresses.ts';
import { electionPortShown } from '../config/server-line.ts';
import type { WantedMember } from '../replica/membership/membership.ts';
import { membersOf } from '../replica/membership/reconfig-request.ts';
import { holdsPlaces, newestReconfig } from '../replica/membership/reconfigured.ts';
import type { StateMachine } from '../replica/state-machine.ts';

export const CONFIG_PATH = encodeUtf8('/zookeeper/config');

/**
 * What `/zookeeper/config` says: the members, as ZooKeeper writes them, and the zxid of the change that made them members (0 for those of the
 * beginning) as the version.
 *
 *   server.1=zoo1:2888:3888:participant;zoo1:2181
 *   version=100000003
 *
 * It is no part of the tree, and of no digest: it is read off the committed configuration, which the log has already. A member alone has an
 * empty node, as in ZooKeeper. The stat is ZooKeeper's: data of version −1 that changed with the membership, and when: of what no reconfig
 * changed, when this member learned of it.
 */
export class ConfigNode {
  #data: Uint8Array = NO_BYTES;
  #text = '';
  #mzxid = 0;
  #mtimeMs = 0;

  /**
   * Takes in the committed configuration, which `zxid` made so (0: from the beginning on). Whether it says something new. A configuration
   * in its joint phase is not one that people know, but where a reconfig says what it is to end in; nor is one with places for a reconfig that is still to come.
   */
  update(configuration: StateMachine['configuration'], zxid: number, nowMs: number): boolean {
    const isJoint = configuration.outgoing.length > 0;
    const reconfig = newestReconfig(configuration);
    if (isJoint && reconfig === undefined) return false;
    if (holdsPlaces(configuration) && this.#text !== '') return false;
    const members = membersOf(configuration).sort((a, b) => a.serverId - b.serverId);
    const text = members.length < 2 ? '' : `${members.map(serverLine).join('')}version=${zxid.toString(16)}`;
    if (text === this.#text) return false;
    this.#text = text;
    this.#data = encodeUtf8(text);
    this.#mzxid = zxid;
    this.#mtimeMs = reconfig?.timeMs ?? nowMs;
    return true;
  }

  /** What to read the node from, whose place is in `tree`. */
  over(tree: NodeReader): NodeReader {
    return this.#data.length === 0 ? tree : this.#over(tree);
  }

  /** What to read the node at `path[start, end)` from: `tree`, or this in its place. */
  readerOf(path: Uint8Array, start: number, end: number, tree: NodeReader): NodeReader {
    if (end - start !== CONFIG_PATH.length || !equalBytes(CONFIG_PATH, 0, path, start, CONFIG_PATH.length))
      return tree;
    return this.over(tree);
  }

  #over(tree: NodeReader): NodeReader {
    const data = this.#data;
    const mzxid = this.#mzxid;
    const mtimeMs = this.#mtimeMs;
    return {
      readStat(slot: Slot, stat: Stat): void {
        tree.readStat(slot, stat);
        stat.mzxid = mzxid;
        stat.mtime = mtimeMs;
        stat.version = -1;
        stat.dataLength = data.length;
      },
      dataLength: () => data.length,
      copyData: (_slot, target, offset) => target.set(data, offset),
      acl: (slot) => tree.acl(slot),
      childCount: (slot) => tree.childCount(slot),
      firstChild: (slot) => tree.firstChild(slot),
      nextSibling: (slot) => tree.nextSibling(slot),
      nameLength: (slot) => tree.nameLength(slot),
      copyName: (slot, target, offset) => tree.copyName(slot, target, offset),
    };
  }
}

/** One port carries what ZooKeeper has two for. */
function serverLine(member: WantedMember): string {
  const { serverId, host, peerPort, clientHost, clientPort } = member;
  const role = member.role === 'learner' ? 'observer' : 'participant';
  const client = clientPort === 0 ? '' : `;${joinAddress(clientHost, clientPort)}`;
  return `server.${serverId}=${joinAddress(host, peerPort)}:${electionPortShown(member)}:${role}${client}\n`;
}
