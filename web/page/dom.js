/**
 * The page's element with this id; a missing one is a mistake in index.html.
 *
 * @template {Element} [T=HTMLElement]
 * @param {string} id
 * @param {new () => T} [type]
 * @returns {T}
 */
export function byId(id, type = /** @type {any} */ (HTMLElement)) {
  const found = document.getElementById(id);
  if (!(found instanceof type)) throw new Error(`index.html has no ${type.name} with the id "${id}"`);
  return found;
}

/**
 * @template {Element} [T=HTMLElement]
 * @param {ParentNode} parent
 * @param {string} selector
 * @param {new () => T} [type]
 * @returns {T}
 */
export function find(parent, selector, type = /** @type {any} */ (HTMLElement)) {
  const found = parent.querySelector(selector);
  if (!(found instanceof type)) throw new Error(`nothing of type ${type.name} matches "${selector}"`);
  return found;
}

/** A copy of a template's only element. @param {string} templateId @returns {HTMLElement} */
export function clone(templateId) {
  const { firstElementChild } = byId(templateId, HTMLTemplateElement).content;
  return /** @type {HTMLElement} */ (document.importNode(/** @type {Element} */ (firstElementChild), true));
}

/** @param {string} name of a symbol in index.html, without its "icon-" */
export function icon(name) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  svg.append(document.createElementNS('http://www.w3.org/2000/svg', 'use'));
  setIcon(svg, name);
  return svg;
}

/** @param {ParentNode} parent an svg, or what has one inside @param {string} name */
export function setIcon(parent, name) {
  find(parent, 'use', SVGUseElement).setAttribute('href', `#icon-${name}`);
}

/**
 * @param {string} tag
 * @param {string} className
 * @param {...(Node | string)} children
 */
export function make(tag, className, ...children) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...children);
  return element;
}
