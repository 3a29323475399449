const SVG = 'http://www.w3.org/2000/svg';

/**
 * An element. Children are nodes, text, or nothing (null, undefined, false); text is never read as markup.
 * Properties: `class`, `onclick` and the like (listeners), `style` (an object, set through the CSSOM), booleans (present or
 * absent), anything else an attribute.
 */
export function h(tag, properties, ...children) {
  return build(document.createElement(tag), properties, children);
}

/** The same for SVG. */
export function svg(tag, properties, ...children) {
  return build(document.createElementNS(SVG, tag), properties, children);
}

function build(element, properties, children) {
  for (const [name, value] of Object.entries(properties ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (name === 'style')
      for (const [property, setting] of Object.entries(value)) element.style.setProperty(property, setting);
    else element.setAttribute(name, value === true ? '' : String(value));
  }
  append(element, children);
  return element;
}

/** Puts these children in place of what is there. */
export function fill(element, ...children) {
  element.replaceChildren();
  append(element, children);
  return element;
}

function append(element, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    element.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
}

let ids = 0;

/** An id for an element that a label or a description points to. */
export function freshId(prefix) {
  return `${prefix}-${++ids}`;
}
