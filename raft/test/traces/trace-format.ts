import { type Configuration, type Entry, type Message, MessageType, type Write } from '../../src/index.ts';

function entriesText(entries: readonly Entry[]): string {
  return entries.length === 0 ? 'nothing' : entries.map(({ index, term }) => `${index}/${term}`).join(' ');
}

export function configurationText({ voters, outgoing, learners }: Configuration): string {
  const joint = outgoing.length > 0 ? `, outgoing ${outgoing.join(' ')}` : '';
  return `voters ${voters.join(' ')}${joint}${learners.length > 0 ? `, learners ${learners.join(' ')}` : ''}`;
}

function bodyText(message: Message): string {
  switch (message.type) {
    case MessageType.preVote:
    case MessageType.vote:
      return `with log to ${message.lastIndex}/${message.lastTerm}${message.transfer ? ', asked for by the leader' : ''}`;
    case MessageType.preVoteResponse:
    case MessageType.voteResponse:
      return message.granted ? 'granted' : 'refused';
    case MessageType.append:
      return `${entriesText(message.entries)} after ${message.prevIndex}/${message.prevTerm}, commit ${message.commit}`;
    case MessageType.appendResponse:
      return message.accepted
        ? `accepted to ${message.index}`
        : `refused at ${message.index}, try ${message.hintIndex}/${message.hintTerm}`;
    case MessageType.heartbeat:
      return `round ${message.round}, commit ${message.commit}`;
    case MessageType.heartbeatResponse:
      return `round ${message.round}`;
    case MessageType.snapshotChunk:
      return `of ${message.snapshot.index}/${message.snapshot.term} at ${message.offset}${message.done ? ', the last' : ''}`;
    case MessageType.snapshotResponse:
      return message.installed ? `${message.index} installed` : `of ${message.index} wants ${message.offset}`;
    case MessageType.timeoutNow:
      return '';
    case MessageType.readIndex:
      return `token ${message.token}`;
    case MessageType.readIndexResponse:
      return `token ${message.token} index ${message.index}`;
    case MessageType.logStatus:
      return `log to ${message.lastIndex}/${message.lastTerm}${message.reply ? ', and yours?' : ''}`;
    default:
      message satisfies never;
      return '';
  }
}

export function messageText(message: Message): string {
  const name = Object.entries(MessageType).find((each) => each[1] === message.type)?.[0] ?? '?';
  const text = `${message.from}→${message.to} ${name} (term ${message.term}) ${bodyText(message)}`;
  return text.trimEnd();
}

export function writeText({ hardState, entries, snapshot, clearSuspect }: Write): string {
  const parts: string[] = [];
  if (snapshot !== undefined) parts.push(`snapshot ${snapshot.index}/${snapshot.term}`);
  if (hardState !== undefined) parts.push(`term ${hardState.term} vote ${hardState.vote}`);
  if (entries.length > 0) parts.push(`entries ${entriesText(entries)}`);
  if (clearSuspect) parts.push('no longer suspect');
  return parts.join(', ');
}
