export { assertValid, type PlacedIssue, type PlacedResource } from './assert-valid';
export { findOutline, findType } from './definitions';
export { fieldsOf, type Field } from './fields';
export type { Issue } from './issue';
export { openProfiles } from './open-profiles';
export { isKnownProfile, type Profiles } from './profiles';
export { validateResource, type ValidationOptions } from './validate-resource';
