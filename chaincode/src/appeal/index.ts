export { appealClaim, type AppealFacts } from './appeal-claim';
export { decideAppeal, type DecisionFacts } from './decide-appeal';
