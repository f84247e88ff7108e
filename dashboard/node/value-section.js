// The value of a node.

import { button, html } from '../shell/dom.js';
import { bytes as sizeText } from '../shell/format.js';
import { saveFile } from '../shell/save-file.js';
import { bytesOf } from '../znode/bytes.js';
import { nameOf } from '../znode/node-path.js';
import { counted } from '../znode/stat-words.js';
import { actAs } from './act-as.js';
import { isOutline, jsonView } from './json-view.js';
import { section } from './section.js';
import { chosenForm, FORM_NAMES, FORMS, possibleForms, rememberedForm, rememberForm } from './value-form.js';
import { hexView, textView } from './value-views.js';

/** @typedef {import('../../server/src/http/window/shapes.ts').NodePage} NodePage */
/** @typedef {import('./value-form.js').ValueForm} ValueForm */

/** @param {(forms: ValueForm) => void} onChoose */
function formChoice(onChoose) {
  const inputs = FORMS.map((form) => {
    const input = html('input', '');
    input.type = 'radio';
    input.name = 'value-form';
    input.value = form;
    input.id = `value-as-${form}`;
    input.addEventListener('change', () => onChoose(form));
    return { form, input, label: html('label', '', input, html('span', '', FORM_NAMES[form])) };
  });
  const element = html('fieldset', 'segments', html('legend', 'hidden', 'Show the value as'));
  element.append(...inputs.map(({ label }) => label));
  return {
    element,
    /** @param {readonly ValueForm[]} possible @param {ValueForm} chosen */
    show(possible, chosen) {
      for (const { form, input } of inputs) {
        input.disabled = !possible.includes(form);
        input.checked = form === chosen;
      }
    },
  };
}

export function valueSection() {
  const { element, tools, body, draw } = section('node-value', 'Value');
  /** @type {NodePage | undefined} */
  let shown;
  /** @type {Map<string, boolean>} */
  let folds = new Map();
  let endView = () => {};
  const choice = formChoice((form) => {
    rememberForm(form);
    if (shown !== undefined) update(shown);
  });
  const size = html('span', 'quiet small');
  size.id = 'value-size';
  const save = button('small', 'Download', () => {
    if (shown?.value)
      saveFile(new Blob([bytesOf(shown.value.base64)]), shown.path === '/' ? 'root' : nameOf(shown.path));
  });
  save.id = 'value-download';
  tools.append(size, choice.element, save);

  /** @param {NodePage} page @param {ValueForm} form */
  function content({ value, stat }, form) {
    endView();
    endView = () => {};
    if (value === null)
      return [html('p', 'unreadable', 'The access list does not let you read the value. ', actAs())];
    if (stat.dataLength === 0) return [html('p', 'quiet', 'Empty.')];
    if (form === 'json') return [jsonView(value.text ?? '', folds)];
    if (form === 'text') return [textView(value.text ?? '')];
    const view = hexView(bytesOf(value.base64), body.clientWidth);
    endView = view.end;
    return [view.element];
  }

  /** @param {NodePage} page */
  function update(page) {
    if (shown?.path !== page.path) folds = new Map();
    shown = page;
    const { value, stat } = page;
    const text = value?.text;
    const possible = possibleForms({
      isText: text !== undefined,
      isJson: text !== undefined && isOutline(text),
    });
    const form = chosenForm(possible, rememberedForm());
    choice.element.hidden = value === null || stat.dataLength === 0;
    save.hidden = choice.element.hidden;
    choice.show(possible, form);
    size.textContent = stat.dataLength < 1024 ? counted(stat.dataLength, 'byte') : sizeText(stat.dataLength);
    size.title = counted(stat.dataLength, 'byte');
    draw([page.path, form, value === null, stat.czxid, stat.mzxid], () => content(page, form));
  }

  return { element, tools, update, end: () => endView() };
}
