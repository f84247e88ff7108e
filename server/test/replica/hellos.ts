import { type Hello, peerProtocolVersion } from '../../src/replica/peer-frames.ts';

/** A hello as a member sends it; what is not said is of a member without data that sees nobody. */
export function helloOf(label: number, said: Partial<Omit<Hello, 'label' | 'version'>> = {}): Hello {
  return {
    version: peerProtocolVersion,
    label,
    clusterId: '',
    raftId: 0,
    started: false,
    running: false,
    instance: label * 100,
    seen: new Map(),
    ...said,
  };
}
