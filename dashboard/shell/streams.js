// Takes streamed answers apart: lines, and server-sent events. No fetch here.

/** What one line or one event may take; the longest value is a megabyte, in base64 and as text. */
const MAX_CHARACTERS = 8 * 1024 * 1024;

/** What is kept of a line that has not ended. */
class TooLong extends Error {
  /** @override */ name = 'TooLong';
}

/** @param {number} length @param {number} most */
function bound(length, most) {
  if (length > most) throw new TooLong(`the member sent more than ${most} characters in one piece`);
}

/**
 * Lines end with \n or \r\n, as both of the formats have them from a member.
 * @param {number} [most] Characters of one line.
 * @returns {(text: string) => string[]} Takes the next part of the text, and gives the lines that it ends. Throws where a line is too long.
 */
export function lineSplitter(most = MAX_CHARACTERS) {
  let rest = '';
  return (text) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    bound(rest.length, most);
    return lines.map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line));
  };
}

/**
 * @typedef {object} ServerEvent
 * @property {string} event `message` where it has no name.
 * @property {string} data
 * @property {string} id The last one that was sent, with this event or before it; '' where there was none.
 */

/**
 * @param {number} [most] Characters of one event.
 * @returns {(line: string) => ServerEvent | undefined} Takes the next line, and gives the event that it ends.
 */
export function eventParser(most = MAX_CHARACTERS) {
  let event = '';
  /** @type {string[]} */
  let data = [];
  let length = 0;
  let id = '';
  return (line) => {
    if (line === '') {
      const ended = data.length === 0 ? undefined : { event: event || 'message', data: data.join('\n'), id };
      event = '';
      data = [];
      length = 0;
      return ended;
    }
    const colon = line.indexOf(':');
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'event') event = value;
    if (field === 'id') id = value;
    if (field === 'data') {
      length += value.length;
      bound(length, most);
      data.push(value);
    }
    return undefined;
  };
}
