/** What stands under a key: nothing, the entry that its author attests to, or something that nobody does. */
export type Attested<T> = T | 'junk' | undefined;
