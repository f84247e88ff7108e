/** How the parts of a connection end it: all that they ask of it. */
export interface ConnectionEnd {
  readonly isOpen: boolean;
  /** At once; the log says why. */
  closeFor(reason: string): void;
  /** At once: what came cannot be understood, so nothing behind it can be. */
  misuse(reason: string): void;
  /** At once, without a word: the client tries another member. */
  destroy(): void;
  /** All has left that will. */
  finished(): void;
}

/** Why a connection ends whose request was on its way when the member's state jumped. */
export const OVERTAKEN = 'the member was overtaken by a snapshot and cannot know what became of a request';
