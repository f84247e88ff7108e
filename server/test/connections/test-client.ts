import {
  type AclList,
  type ConnectRequest,
  type ConnectResponse,
  CreateMode,
  type MultiItem,
  OPEN_ACL,
  OpCode,
  Reader,
  type ReconfigRequest,
  type ReplyHeader,
  readConnectResponse,
  readGetDataReply,
  readReplyHeader,
  type WatchLists,
  Writer,
  writeAuthRequest,
  writeCloseSessionRequest,
  writeConnectRequest,
  writeCreateRequest,
  writeDeleteRequest,
  writeMultiReadRequest,
  writeMultiRequest,
  writePathRequest,
  writePathWatchKindRequest,
  writePathWatchRequest,
  writePingRequest,
  writeReconfigRequest,
  writeRequestHeader,
  writeSaslRequest,
  writeSetAclRequest,
  writeSetDataRequest,
  writeSetWatchesRequest,
} from '@rookery/protocol';
import { RawSocket } from '../platform/raw-socket.ts';

/** A reply: its header, and a reader that stands at its record. */
export interface Reply extends ReplyHeader {
  readonly record: Reader;
}

export interface Session {
  readonly id: number;
  readonly password: Uint8Array;
}

/** A client that speaks the protocol and does nothing by itself: no pings, no reconnects. */
export class TestClient {
  readonly raw: RawSocket;
  readonly out = new Writer();
  session: Session = { id: 0, password: new Uint8Array(16) };
  #xid = 0;

  /** Made by its static functions alone. */
  constructor(raw: RawSocket) {
    this.raw = raw;
  }

  static async connect(port: number): Promise<TestClient> {
    return new TestClient(await RawSocket.to(port));
  }

  /** Writes a connect request; what is not given asks for a new session. */
  greet(request: Partial<ConnectRequest> = {}): this {
    writeConnectRequest(this.out, {
      protocolVersion: 0,
      lastZxidSeen: 0,
      timeoutMs: 10_000,
      sessionId: 0,
      password: new Uint8Array(16),
      readOnly: undefined,
      ...request,
    });
    return this;
  }

  /** Asks for a session and takes it in. */
  async begin(request: Partial<ConnectRequest> = {}): Promise<ConnectResponse> {
    this.greet(request).flush();
    return this.welcome();
  }

  /** Takes over a session. */
  attach({ id, password }: Session, request: Partial<ConnectRequest> = {}): Promise<ConnectResponse> {
    return this.begin({ sessionId: id, password, ...request });
  }

  async welcome(): Promise<ConnectResponse> {
    const response = readConnectResponse(await this.#frame());
    if (response === undefined) throw new Error('this is no connect response');
    this.session = { id: response.sessionId, password: response.password };
    return response;
  }

  /** Each of these writes a request and returns its xid; `flush` sends what was written. */
  create(path: string, data = '', flags: number = CreateMode.persistent, acl: AclList = OPEN_ACL): number {
    const fields = { path, data: bytesOf(data), acl, flags };
    writeCreateRequest(this.out, ++this.#xid, OpCode.create, fields);
    return this.#xid;
  }

  reconfig(request: ReconfigRequest): number {
    writeReconfigRequest(this.out, ++this.#xid, request);
    return this.#xid;
  }

  set(path: string, data: string): number {
    writeSetDataRequest(this.out, ++this.#xid, path, bytesOf(data), -1);
    return this.#xid;
  }

  get(path: string, watch = false): number {
    writePathWatchRequest(this.out, ++this.#xid, OpCode.getData, path, watch);
    return this.#xid;
  }

  exists(path: string, watch = false): number {
    writePathWatchRequest(this.out, ++this.#xid, OpCode.exists, path, watch);
    return this.#xid;
  }

  children(path: string, watch = false): number {
    writePathWatchRequest(this.out, ++this.#xid, OpCode.getChildren, path, watch);
    return this.#xid;
  }

  /** addWatch with a mode, checkWatches and removeWatches with a type. */
  aboutWatch(op: number, path: string, kind: number): number {
    writePathWatchKindRequest(this.out, ++this.#xid, op, path, kind);
    return this.#xid;
  }

  setWatches(seenZxid: number, lists: WatchLists): this {
    writeSetWatchesRequest(this.out, OpCode.setWatches2, seenZxid, lists);
    return this;
  }

  remove(path: string): number {
    writeDeleteRequest(this.out, ++this.#xid, path, -1);
    return this.#xid;
  }

  sync(path = '/'): number {
    writePathRequest(this.out, ++this.#xid, OpCode.sync, path);
    return this.#xid;
  }

  setAcl(path: string, acl: AclList, version = -1): number {
    writeSetAclRequest(this.out, ++this.#xid, path, acl, version);
    return this.#xid;
  }

  getAcl(path: string): number {
    writePathRequest(this.out, ++this.#xid, OpCode.getAcl, path);
    return this.#xid;
  }

  /** Its reply carries xid -4. */
  auth(scheme: string, proof: string | undefined): this {
    writeAuthRequest(this.out, scheme, proof === undefined ? undefined : bytesOf(proof));
    return this;
  }

  /** A step of a SASL exchange; null: no token at all. */
  sasl(token: Uint8Array | null): number {
    writeSaslRequest(this.out, ++this.#xid, token ?? undefined);
    return this.#xid;
  }

  /** A request of any operation; `record` writes what stands behind the header. */
  request(op: number, record: (writer: Writer) => void = () => {}): number {
    const frame = this.out.beginFrame();
    writeRequestHeader(this.out, ++this.#xid, op);
    record(this.out);
    this.out.endFrame(frame);
    return this.#xid;
  }

  multi(...items: MultiItem[]): number {
    writeMultiRequest(this.out, ++this.#xid, items);
    return this.#xid;
  }

  multiRead(...items: { readonly op: number; readonly path: string }[]): number {
    writeMultiReadRequest(this.out, ++this.#xid, items);
    return this.#xid;
  }

  ping(): this {
    writePingRequest(this.out);
    return this;
  }

  leave(): number {
    writeCloseSessionRequest(this.out, ++this.#xid);
    return this.#xid;
  }

  flush(): this {
    this.raw.write(this.out.copy());
    this.out.clear();
    return this;
  }

  /** Sends one request and waits for its reply. */
  async ask(write: (client: this) => unknown): Promise<Reply> {
    write(this);
    this.flush();
    return this.reply();
  }

  /** Sends what was written; the next so many replies. */
  async replies(count: number): Promise<Reply[]> {
    this.flush();
    const all: Reply[] = [];
    while (all.length < count) all.push(await this.reply());
    return all;
  }

  async reply(): Promise<Reply> {
    const record = await this.#frame();
    return { ...readReplyHeader(record), record };
  }

  /** Data of a node, or the error code. */
  async data(path: string): Promise<string | number> {
    const { err, record } = await this.ask(() => this.get(path));
    return err === 0 ? dataOf(record) : err;
  }

  close(): void {
    this.raw.close();
  }

  async #frame(): Promise<Reader> {
    const length = (await this.raw.take(4)).readInt32BE();
    return new Reader().reset(await this.raw.take(length), 0, length);
  }
}

export function dataOf(record: Reader): string {
  return new TextDecoder().decode(readGetDataReply(record).data);
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
