import { newError } from '../problem';

/** An element, with its text in the document for those who want it as it stands. */
export interface XmlElement {
  /** Name without prefix. */
  readonly name: string;
  readonly prefix: string;
  /** Of prefixes, and of none (''). */
  readonly namespaces: ReadonlyMap<string, string>;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlElement[];
  /** Whether something but white space stands between the children. */
  readonly hasText: boolean;
  readonly start: number;
  readonly end: number;
}

const deepest = 100;
const NAME = /(?:([A-Za-z_][\w.-]*):)?([A-Za-z_][\w.-]*)/y;
const SPACE = /[ \t\r\n]*/y;
const REFERENCE = /^(?:(amp|lt|gt|quot|apos)|#(\d{1,7})|#x([0-9A-Fa-f]{1,6}))$/;
const DECLARATION = /<\?xml[ \t\r\n]+version[ \t\r\n]*=[ \t\r\n]*(?:"1\.[01]"|'1\.[01]')([^?<>]*)\?>/y;
const FORBIDDEN =
  /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/;
const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** Whether XML 1.0 can hold a text at all. */
export function isXmlText(text: string): boolean {
  return !FORBIDDEN.test(text);
}

/**
 * Reads a document in the XML that FHIR R4 uses (xml.html): XML 1.0 with namespaces, without a document type. So no entity is ever declared, fetched
 * or expanded but the five that XML has by itself. What is not well-formed is refused, never mended; errors name line and column and repeat nothing.
 * @throws CodedError FHIR_XML_INVALID
 */
export function readXml(text: string): XmlElement {
  return new XmlReader(text).document();
}

class XmlReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  document(): XmlElement {
    const forbidden = FORBIDDEN.exec(this.#text);
    if (forbidden !== null) this.#fail('is a character that XML does not allow', forbidden.index);
    if (this.#text.startsWith('\uFEFF')) this.#at = 1;
    const declared = this.#match(DECLARATION)?.[1] ?? '';
    if (/encoding/i.test(declared) && !/encoding[ \t\r\n]*=[ \t\r\n]*["']utf-8["']/i.test(declared))
      this.#fail('must be declared as UTF-8, or not at all');
    this.#skipBetween();
    if (this.#text[this.#at] !== '<') this.#fail('must be an element');
    const root = this.#element(new Map([['xml', 'http://www.w3.org/XML/1998/namespace']]), 0);
    this.#skipBetween();
    if (this.#at < this.#text.length) this.#fail('stands after the end of the document');
    return root;
  }

  #element(outer: ReadonlyMap<string, string>, depth: number): XmlElement {
    const start = this.#at;
    if (depth > deepest) this.#fail(`is nested more than ${String(deepest)} levels deep`);
    this.#at += 1;
    const [, prefix = '', name = ''] = this.#match(NAME) ?? this.#fail('must be the name of an element');
    const { attributes, isEmpty } = this.#attributes();
    const namespaces = readNamespaces(outer, attributes);
    if (prefix !== '' && !namespaces.has(prefix)) this.#fail('has a prefix that is not declared', start);
    const content = isEmpty ? { children: [], hasText: false } : this.#content(namespaces, depth);
    if (!isEmpty) this.#closing(prefix === '' ? name : `${prefix}:${name}`);
    return { name, prefix, namespaces, attributes, ...content, start, end: this.#at };
  }

  #attributes(): { attributes: ReadonlyMap<string, string>; isEmpty: boolean } {
    const attributes = new Map<string, string>();
    for (;;) {
      const hasSpace = this.#match(SPACE)?.[0] !== '';
      if (this.#take('>')) return { attributes, isEmpty: false };
      if (this.#take('/>')) return { attributes, isEmpty: true };
      if (!hasSpace) this.#fail('must be the end of the tag, or white space');
      const name = this.#match(NAME)?.[0] ?? this.#fail('must be the name of an attribute');
      if (attributes.has(name)) this.#fail('occurs twice in one tag');
      this.#match(SPACE);
      if (!this.#take('=')) this.#fail('must be =');
      this.#match(SPACE);
      attributes.set(name, this.#attributeValue());
    }
  }

  /** White space in a value is one space each, unless it is written as a reference (XML 1.0, 3.3.3). */
  #attributeValue(): string {
    const quote = this.#text[this.#at];
    if (quote !== '"' && quote !== "'") this.#fail('must be a value in quotes');
    const end = this.#text.indexOf(quote, this.#at + 1);
    if (end === -1) this.#fail('is a value that does not end');
    const raw = this.#text.slice(this.#at + 1, end);
    if (raw.includes('<')) this.#fail('is a value with a tag in it');
    const value = this.#expand(raw.replaceAll(/\r\n|[\t\r\n]/g, ' '));
    this.#at = end + 1;
    return value;
  }

  #expand(raw: string): string {
    if (!raw.includes('&')) return raw;
    return raw.replaceAll(/&([^;&]{0,9})(;?)/g, (_whole, inner: string, end: string) => {
      const [, named, decimal, hexadecimal] =
        (end === ';' && REFERENCE.exec(inner)) || this.#fail('has an entity that is none of the five of XML, nor a number');
      if (named !== undefined) return entities[named] ?? '';
      const code = decimal === undefined ? Number.parseInt(hexadecimal ?? '', 16) : Number(decimal);
      const character = code <= 0x10ffff ? String.fromCodePoint(code) : '\u0000';
      return isXmlText(character) ? character : this.#fail('refers to a character that XML does not allow');
    });
  }

  #content(namespaces: ReadonlyMap<string, string>, depth: number): { children: readonly XmlElement[]; hasText: boolean } {
    const children: XmlElement[] = [];
    let hasText = false;
    for (;;) {
      const next = this.#text.indexOf('<', this.#at);
      if (next === -1) this.#fail('belongs to an element that does not end');
      const text = this.#text.slice(this.#at, next);
      if (text.includes(']]>')) this.#fail('ends a section that was not begun');
      hasText ||= /[^ \t\r\n]/.test(this.#expand(text));
      this.#at = next;
      if (this.#text.startsWith('</', next)) return { children, hasText };
      if (this.#skipFrom('<![CDATA[', ']]>') !== undefined) hasText = true;
      else if (!this.#skipAside()) children.push(this.#element(namespaces, depth + 1));
    }
  }

  #closing(name: string): void {
    this.#at += 2;
    if (this.#match(NAME)?.[0] !== name) this.#fail('must close the element that was opened last');
    this.#match(SPACE);
    if (!this.#take('>')) this.#fail('must be >');
  }

  /** What may stand before and after the one element. */
  #skipBetween(): void {
    do this.#match(SPACE);
    while (this.#skipAside());
  }

  /** A comment or an instruction, which say nothing to FHIR. */
  #skipAside(): boolean {
    if (this.#text.startsWith('<!DOCTYPE', this.#at)) this.#fail('must not be a document type: FHIR has none');
    const comment = this.#skipFrom('<!--', '-->');
    if (comment?.includes('--') === true || comment?.endsWith('-') === true) this.#fail('follows a comment with two hyphens in it');
    const instruction = comment ?? this.#skipFrom('<?', '?>');
    if (comment === undefined && instruction !== undefined && !isInstruction(instruction))
      this.#fail('follows an instruction that is none');
    return instruction !== undefined;
  }

  /** Skips what has this beginning and this end, and gives what is between. */
  #skipFrom(begin: string, end: string): string | undefined {
    if (!this.#text.startsWith(begin, this.#at)) return undefined;
    const from = this.#at + begin.length;
    const until = this.#text.indexOf(end, from);
    if (until === -1) this.#fail(`does not end with ${end}`);
    this.#at = until + end.length;
    return this.#text.slice(from, until);
  }

  #take(token: string): boolean {
    if (!this.#text.startsWith(token, this.#at)) return false;
    this.#at += token.length;
    return true;
  }

  #match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (found === null) return undefined;
    this.#at += found[0].length;
    return found;
  }

  #fail(problem: string, at = this.#at): never {
    const before = this.#text.slice(0, at);
    const place = `line ${String(before.split('\n').length)}, column ${String(at - before.lastIndexOf('\n'))}`;
    throw newError('FHIR_XML_INVALID', `${place}: what stands there ${problem}`, { details: { place } });
  }
}

/** It has a name; a declaration of XML stands at the beginning only. */
function isInstruction(text: string): boolean {
  const name = /^[A-Za-z_][\w.-]*(?=\s|$)/.exec(text)?.[0];
  return name !== undefined && name.toLowerCase() !== 'xml';
}

function readNamespaces(outer: ReadonlyMap<string, string>, attributes: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const own = [...attributes].flatMap<[string, string]>(([name, uri]) => {
    const [, prefix] = /^xmlns(?::(.+))?$/.exec(name) ?? [undefined, undefined];
    return name === 'xmlns' || prefix !== undefined ? [[prefix ?? '', uri]] : [];
  });
  return own.length === 0 ? outer : new Map([...outer, ...own]);
}
