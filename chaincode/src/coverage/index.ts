export { publishPlan } from './publish-plan';
export { recordCoverage, type CoverageChain } from './record-coverage';
