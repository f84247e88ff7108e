/** Every four-letter word of ZooKeeper 3.9; the white list chooses among them. */
export const FOUR_LETTER_WORDS = [
  'conf',
  'cons',
  'crst',
  'dirs',
  'dump',
  'envi',
  'gtmk',
  'hash',
  'isro',
  'mntr',
  'ruok',
  'srst',
  'srvr',
  'stat',
  'stmk',
  'wchc',
  'wchp',
  'wchs',
] as const;

/** ZooKeeper allows only srvr; people's monitoring needs these, and none of them is dear or tells a secret. */
export const DEFAULT_FOUR_LETTER_WORDS = ['srvr', 'mntr', 'ruok', 'isro', 'stat', 'conf'] as const;

export function isFourLetterWord(word: string): boolean {
  return (FOUR_LETTER_WORDS as readonly string[]).includes(word);
}
