export { newMeasuredCarrier } from './measured-carrier';
export { Metrics, type AnsweredRequest } from './metrics';
