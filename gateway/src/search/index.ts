export { bucketsOfRange, bucketsThatMeet } from './date-buckets';
export { intersectRanges, parseDateSpan, type DateRange } from './date-range';
export { extractSearchable, valuesAt } from './extract-searchable';
export { meetsCriteria } from './meets-criteria';
export { newCriteria, parseSought, type Sought } from './parse-criterion';
export { findSearchDefinition, searchDefinitionsOf, searchedTypes, type SearchDefinition } from './search-definitions';
export { newTerm, type Criterion, type ExactValues, type Searchable } from './searchable';
export { splitValue, unescapeValue } from './split-value';
