// Another identity may be let where this one is not.

import { button } from '../shell/dom.js';

/** Opens the shell's dialog for another identity. */
export function actAs() {
  return button('small', 'Act as…', () => document.getElementById('identity-button')?.click());
}
