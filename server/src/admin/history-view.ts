import type { Asked } from '../history/question.ts';
import type { StreamCaller, StreamRefusal } from './zookeeper-commands.ts';

/** Who asks: what was proved, or that it has the token. */
export interface HistoryCaller extends StreamCaller {
  readonly hasToken: boolean;
}

/** Questions about the past of a member. */
export interface HistoryView {
  /** Why this caller is not listened to; undefined: it is. */
  refusal(caller: HistoryCaller): StreamRefusal | undefined;
  /** Lines of JSON, with their ends: those that the caller may read, of then and of now. Throws HistoryError before the first one, or not at all. */
  ask(caller: HistoryCaller, path: string, asked: Asked): AsyncGenerator<Buffer, void>;
}
