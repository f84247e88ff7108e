// Makes elements. Text only ever enters as text.

const SVG = 'http://www.w3.org/2000/svg';

/** @param {string} id @returns {HTMLElement} */
export function byId(id) {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`the page has no element ${id}`);
  return element;
}

/**
 * Unchanged text is left alone: screen readers are told of changes.
 * @param {string | Element} where An element, or its id.
 * @param {string} text
 */
export function say(where, text) {
  const element = typeof where === 'string' ? byId(where) : where;
  if (element.textContent !== text) element.textContent = text;
}

/**
 * @template {keyof HTMLElementTagNameMap} Name
 * @param {Name} name
 * @param {string} className
 * @param {readonly (Node | string)[]} children
 * @returns {HTMLElementTagNameMap[Name]}
 */
export function html(name, className, ...children) {
  const element = document.createElement(name);
  if (className !== '') element.className = className;
  element.append(...children);
  return element;
}

/**
 * @param {string} name
 * @param {Readonly<Record<string, string | number>>} attributes
 * @param {readonly (Node | string)[]} children
 * @returns {SVGElement}
 */
export function svg(name, attributes, ...children) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  element.append(...children);
  return element;
}

/**
 * @param {string} className
 * @param {string} text
 * @param {() => void} onClick
 */
export function button(className, text, onClick) {
  const element = html('button', className, text);
  element.type = 'button';
  element.addEventListener('click', onClick);
  return element;
}
