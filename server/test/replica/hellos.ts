import { FIRST_LEVEL_ONLY } from '../../src/model/feature-level.ts';
import { Outbox } from '../../src/replica/peers/outbox.ts';
import {
  beginFrame,
  endFrame,
  type Hello,
  PEER_VERSIONS,
  writeHello,
} from '../../src/replica/peers/peer-frames.ts';

/** Of what the frames of tests need. */
const frameBytes = 1_000_000;

/** A hello as a member sends it; what is not said is of a member without data that sees nobody. */
export function helloOf(serverId: number, said: Partial<Omit<Hello, 'serverId' | 'version'>> = {}): Hello {
  return {
    version: PEER_VERSIONS.greatest,
    serverId,
    clusterId: '',
    raftId: 0,
    started: false,
    running: false,
    instance: serverId * 100,
    seen: new Map(),
    levels: FIRST_LEVEL_ONLY,
    featureLevel: 0,
    recovery: undefined,
    ...said,
  };
}

/** A hello as it comes over a link. */
export function greetingOf(hello: Hello): Uint8Array {
  const writer = new Outbox(frameBytes);
  writeHello(writer, hello);
  return writer.takeBytes();
}

/** A frame as it comes over a link. */
export function frameOf(kind: number, ...payload: number[]): Uint8Array {
  const writer = new Outbox(frameBytes);
  const start = beginFrame(writer, kind);
  for (const byte of payload) writer.u8(byte);
  endFrame(writer, start);
  return writer.takeBytes();
}
