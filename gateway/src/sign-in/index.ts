export { isSignInPath, nameSignInRoute } from './endpoints';
export { newSmartConfiguration, newSmartSecurity, type SignInPlace } from './sign-in-place';
export { findRefusedScope } from './permitted-scopes';
export { SignIn, type SignInRequest } from './sign-in';
export { SignInWitness } from './sign-in-witness';
