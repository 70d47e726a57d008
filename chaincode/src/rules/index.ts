export { adoptRules } from './adopt-rules';
export { RulesAlreadyAdopted, RulesNotAdopted } from './rules-errors';
