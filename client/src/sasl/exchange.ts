import { decodeUtf8, NO_BYTES, readSaslToken, writeSaslRequest } from '@rookery/protocol';
import type { Connection, OwnAnswered } from '../connection/connection.ts';
import { DigestMd5, type DigestMd5Parts } from './digest-md5.ts';

/** The scheme of a proof that is no auth packet. */
export const SASL = 'sasl';

/**
 * Proves `user:password` over a connection by SASL. `done` is told undefined once each side has shown the other that it knows the password, and else
 * why not; never, where the connection ends meanwhile.
 */
export function proveBySasl(
  connection: Connection,
  auth: Uint8Array,
  parts: Pick<DigestMd5Parts, 'md5' | 'cnonce'>,
  done: (why: string | undefined) => void,
): void {
  const text = decodeUtf8(auth, 0, auth.length);
  const colon = text.indexOf(':');
  const exchange = new DigestMd5({ ...parts, user: text.slice(0, colon), password: text.slice(colon + 1) });
  const send = (token: Uint8Array, answered: OwnAnswered): void =>
    connection.ask(undefined, (writer, xid) => writeSaslRequest(writer, xid, token), answered);
  const refused = 'the server does not believe these credentials (SASL)';
  send(NO_BYTES, (err, _zxid, reader) => {
    const challenge = err === 0 ? readSaslToken(reader) : undefined;
    const response = challenge === undefined ? undefined : exchange.respond(challenge);
    if (response === undefined) {
      done(err === 0 ? 'the server offers no exchange by SASL that this client knows' : refused);
      return;
    }
    send(response, (finalErr, _finalZxid, finalReader) => {
      const token = finalErr === 0 ? readSaslToken(finalReader) : undefined;
      if (token === undefined) done(refused);
      else
        done(exchange.isProvedBy(token) ? undefined : 'the server does not know the password itself (SASL)');
    });
  });
}
