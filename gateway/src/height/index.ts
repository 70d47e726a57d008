export type { AskHttp } from './ask-height';
export { HeightWatch } from './height-watch';
export { newHeightSigner, type HeightSigner } from './sign-height';
