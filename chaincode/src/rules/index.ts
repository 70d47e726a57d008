export { adoptRules } from './adopt-rules';
