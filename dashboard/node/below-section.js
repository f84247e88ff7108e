// How many nodes and bytes there are below a node: counted by the member when somebody asks.

import { button, html, say } from '../shell/dom.js';
import { explained } from '../shell/feed.js';
import { counted } from '../znode/stat-words.js';
import { countSubtree, countWords } from '../znode/subtree-count.js';
import { section } from './section.js';

/** @param {import('../shell/shell.js').Shell} shell @param {() => string} pathOf */
export function belowSection(shell, pathOf) {
  const { element, tools, body } = section('node-below', 'With all below it');
  let ending = new AbortController();
  const said = html('p', 'quiet', 'Not counted yet.');
  said.id = 'subtree-count';
  said.setAttribute('role', 'status');
  body.append(said);
  const stop = button('small', 'Stop', () => ending.abort());
  stop.id = 'subtree-stop';
  stop.hidden = true;
  const start = button('small', 'Count', count);
  start.id = 'subtree-start';
  tools.append(start, stop);

  async function count() {
    ending.abort();
    const own = new AbortController();
    ending = own;
    stop.hidden = false;
    say(said, 'Counting…');
    try {
      const counts = await countSubtree(shell, pathOf(), own.signal, (looked) =>
        say(said, `Counting: ${counted(looked, 'node')} so far`),
      );
      say(said, countWords(counts));
    } catch (error) {
      say(said, own.signal.aborted ? 'Not counted to the end.' : explained(error));
    }
    if (ending === own) stop.hidden = true;
  }
  return {
    element,
    tools,
    body,
    /** Another node is shown. */
    reset() {
      ending.abort();
      stop.hidden = true;
      say(said, 'Not counted yet.');
    },
    end: () => ending.abort(),
  };
}
