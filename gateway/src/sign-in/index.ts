export { isSignInPath, nameSignInRoute } from './endpoints';
export { newSmartConfiguration, newSmartSecurity, type SignInPlace } from './sign-in-place';
export { findRefusedScope } from './permitted-scopes';
export type { SignInRequest } from './form';
export { SignIn } from './sign-in';
export { SignInWitness } from './sign-in-witness';
