import type { LogWords } from './log-words.ts';

/** What ZooKeeper's Java client says, at WARN and with SessionExpiredException in it, of every connection that breaks: its member was killed or stopped. */
export const reconnecting: LogWords['tolerated'][number] = {
  words: /Closing socket connection\. Attempting reconnect except it is a SessionExpiredException\.$/,
  because: "ZooKeeper's client says so of every connection that breaks, whatever comes of it",
};
