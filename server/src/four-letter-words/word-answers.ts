import type { Member } from '../member.ts';
import type { ClientSocket } from '../ports/client-socket.ts';
import type { WordFacts } from './facts.ts';
import { answerWord } from './four-letter-words.ts';
import { NO_SIZES, type WordMachine, wordFacts } from './member-facts.ts';

/** Lets the client port answer four-letter words. */
export function wordAnswers(member: Member, machine: WordMachine): void {
  const { clients, config } = member;
  clients.answerWord = (word, socket) => {
    const tellsSizes = (word === 'conf' || word === 'dirs') && config.fourLetterWords.has(word);
    if (!tellsSizes || member.storage === undefined) {
      answer(word, socket, wordFacts(member, machine, NO_SIZES));
      return;
    }
    member.storage.measure().then(
      (sizes) => answer(word, socket, wordFacts(member, machine, sizes)),
      // The disk failed, or the member is stopping: there is nothing to tell.
      () => socket.end(),
    );
  };
}

function answer(word: string, socket: ClientSocket, facts: WordFacts): void {
  const text = answerWord(word, facts);
  if (text !== undefined) socket.write(new TextEncoder().encode(text));
  socket.end();
}
