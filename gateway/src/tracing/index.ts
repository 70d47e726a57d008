export { newOtlpTracing, type OtlpOptions } from './otlp-tracing';
export { newTracedCarrier } from './traced-carrier';
export { noTracing, type Tracing } from './tracing';
