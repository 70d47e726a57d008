export { assertFounding, assertHasVote, assertNext, assertSame, digestOfRules } from './change-rules';
export { majorityOf, votersOf } from './voters';
