import { join } from 'node:path';

/** Where the build puts the definitions, seen from the sources as from what is compiled of them; a file per type and one of codes. */
export const definitionsFolder = join(__dirname, '..', '..', 'dist', 'definitions');

/** By type the elements of a summary and those that are mandatory. */
export const outlinesFile = 'outlines.json';

/** The value sets of required bindings that can be enumerated, by their canonical URL. */
export const codesFile = 'codes.json';
