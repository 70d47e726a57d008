export { categories, type Category } from './categories';
export { CodedError, isCoded, newError, readCode, type Details } from './coded-error';
export { codes, findCode, type GatewayCode } from './codes';
