export { CodedError, newError, readCode, toCodedError, type Details } from './coded-error';
export { codes, findCode, type GatewayCode } from './codes';
export { newTroubleLog } from './trouble-log';
