// Of a text so many characters from its beginning are found by a hash of their own; what is longer is found by the longest, then compared.
const lengths = [1, 2, 3, 4, 6, 8, 12];

/** A text as searches compare it: no case, no accents, signs and spaces as one space (FHIR R4 search.html#string). */
export function normaliseText(text: string): string {
  return text
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

/** The beginnings by which a text is found. */
export function prefixesOf(text: string): string[] {
  const characters = Array.from(normaliseText(text));
  return lengths.filter((length) => length <= characters.length).map((length) => characters.slice(0, length).join(''));
}

/** The beginning by which every text is found that begins so; nothing for a text without letters and digits. */
export function findPrefix(text: string): string | undefined {
  return prefixesOf(text).at(-1);
}
