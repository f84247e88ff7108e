import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { Reader, Writer } from '@rookery/protocol';
import {
  EPOCH,
  type Packet,
  PacketType,
  packetBytes,
  readPacket,
} from '../../src/zookeeper-learner/packet.ts';

const golden = readFileSync(join(import.meta.dirname, '..', 'zookeeper-learner', 'golden', 'observer.bin'));
/** Of the golden bytes: behind two packets, and before the signature. */
const SNAPSHOT = golden.subarray(44, 44 + 744);
const SIGNATURE = 'BenWasHere';
const SNAPSHOT_ZXID = EPOCH + 3;
const version = Uint8Array.of(0, 1, 0, 0);

/** A leader of ZooKeeper's as far as a learner can tell: it has a snapshot that a real one has sent, and proposes what it is told. */
export class StandInLeader {
  /** What came, in order: who registered, and which zxids were acknowledged by it. */
  readonly heard: string[] = [];
  /** Is said to be the configuration. */
  config = '';
  /** Called before a mark is answered. */
  beforeMark: () => void = () => {};
  readonly #server: Server;
  readonly #sockets = new Map<Socket, number>();

  /** Made by `start` alone. */
  constructor(server: Server) {
    this.#server = server;
    server.on('connection', (socket) => this.#accept(socket));
  }

  static async start(): Promise<StandInLeader> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new StandInLeader(server);
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Connections of learners that there are. */
  get learners(): number {
    return this.#sockets.size;
  }

  /** A transaction that changes nothing, to all who are there. */
  propose(counter: number): void {
    const zxid = EPOCH + counter;
    for (const socket of this.#sockets.keys())
      socket.write(packetBytes(PacketType.proposal, zxid, emptyTxn(zxid)));
  }

  dropAll(): void {
    for (const socket of this.#sockets.keys()) socket.destroy();
  }

  async stop(): Promise<void> {
    this.dropAll();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #accept(socket: Socket): void {
    this.#sockets.set(socket, 0);
    socket.on('error', () => {});
    socket.on('close', () => this.#sockets.delete(socket));
    let left = Buffer.alloc(0);
    socket.on('data', (piece: Buffer) => {
      left = Buffer.concat([left, piece]);
      const reader = new Reader();
      const packet: Packet = { type: 0, zxid: 0, bytes: left, dataStart: -1, dataEnd: -1 };
      while (readPacket(reader.reset(left, 0, left.length), packet)) {
        this.#answer(socket, packet, left);
        left = left.subarray(reader.position);
      }
    });
  }

  #answer(socket: Socket, { type, zxid, dataStart }: Packet, bytes: Buffer): void {
    const id = this.#sockets.get(socket);
    switch (type) {
      case PacketType.observerInfo:
      case PacketType.followerInfo: {
        const serverId = Number(bytes.readBigInt64BE(dataStart));
        this.#sockets.set(socket, serverId);
        this.heard.push(`${type === PacketType.observerInfo ? 'observer' : 'voter'} ${serverId}`);
        socket.write(packetBytes(PacketType.leaderInfo, EPOCH, version));
        return;
      }
      case PacketType.ackEpoch:
        if (zxid > 0) socket.write(packetBytes(PacketType.diff, zxid));
        else this.#sendSnapshot(socket);
        socket.write(packetBytes(PacketType.newLeader, EPOCH, Buffer.from(this.config)));
        socket.write(packetBytes(PacketType.upToDate, -1));
        return;
      case PacketType.ack:
        if (zxid % EPOCH !== 0) this.heard.push(`${id} acknowledged ${zxid % EPOCH}`);
        return;
      case PacketType.revalidate:
        this.beforeMark();
        this.heard.push('mark');
        socket.write(
          packetBytes(
            type,
            zxid,
            Buffer.concat([bytes.subarray(dataStart, dataStart + 8), Uint8Array.of(0)]),
          ),
        );
        return;
      default:
    }
  }

  #sendSnapshot(socket: Socket): void {
    socket.write(packetBytes(PacketType.snap, SNAPSHOT_ZXID));
    socket.write(SNAPSHOT);
    const out = new Writer();
    out.writeString(SIGNATURE);
    socket.write(out.copy());
  }
}

/** One that failed: it took a zxid. */
function emptyTxn(zxid: number): Uint8Array {
  const out = new Writer();
  out.writeLong(1);
  out.writeInt(1);
  out.writeLong(zxid);
  out.writeLong(1_000);
  out.writeInt(-1);
  out.writeInt(-101);
  return out.copy();
}
