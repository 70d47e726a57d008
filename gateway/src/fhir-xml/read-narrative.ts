import { xhtmlNamespace } from './namespaces';
import type { XmlElement } from './xml-reader';

/** Whether an element is a narrative that can stand for itself: an XHTML div with its own namespace, and no prefixes declared elsewhere. */
export function isNarrative(element: XmlElement): boolean {
  return element.name === 'div' && element.attributes.get('xmlns') === xhtmlNamespace && isPlain(element);
}

function isPlain({ prefix, attributes, children }: XmlElement): boolean {
  const isOwn = [...attributes.keys()].every((name) => !name.includes(':') || /^(?:xml|xmlns):/.test(name));
  return prefix === '' && isOwn && children.every(isPlain);
}
