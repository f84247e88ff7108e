import {
  type ClientInfo,
  type Reader,
  readWhoAmIReply,
  type Writer,
  writeWhoAmIRequest,
} from '@rookery/protocol';
import { Call } from './call.ts';

/** What the connection has proved to be. */
export class WhoAmICall extends Call<ClientInfo[]> {
  override readonly isRepeatable = true;

  constructor() {
    super('whoAmI', undefined);
  }

  write(writer: Writer, xid: number): void {
    writeWhoAmIRequest(writer, xid);
  }

  read(reader: Reader): ClientInfo[] {
    return readWhoAmIReply(reader);
  }
}
