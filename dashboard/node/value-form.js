// In which form a value is shown: as the reader chose it last, where that can be.

/** @typedef {'json' | 'text' | 'hex'} ValueForm */

const KEY = 'rookery.valueForm';
/** @type {readonly ValueForm[]} */
export const FORMS = ['json', 'text', 'hex'];
/** @type {Readonly<Record<ValueForm, string>>} */
export const FORM_NAMES = { json: 'JSON', text: 'Text', hex: 'Hex' };

/**
 * @param {{readonly isText: boolean, readonly isJson: boolean}} value
 * @returns {ValueForm[]} Those that can be, the best one first.
 */
export function possibleForms({ isText, isJson }) {
  return [
    ...(isJson ? /** @type {const} */ (['json']) : []),
    ...(isText ? /** @type {const} */ (['text']) : []),
    'hex',
  ];
}

/**
 * @param {readonly ValueForm[]} possible
 * @param {string | null} wanted
 * @returns {ValueForm}
 */
export function chosenForm(possible, wanted) {
  return possible.find((form) => form === wanted) ?? possible[0] ?? 'hex';
}

/** @returns {string | null} */
export function rememberedForm() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    // A browser that keeps nothing for this page.
    return null;
  }
}

/** @param {ValueForm} form */
export function rememberForm(form) {
  try {
    localStorage.setItem(KEY, form);
  } catch {
    // The choice holds for this node alone.
  }
}
