import type { Peer, PeerName } from './peer.ts';
import { rookery } from './rookery.ts';
import { zookeeper } from './zookeeper.ts';

export const peers: Readonly<Record<PeerName, Peer>> = { zookeeper, rookery };
