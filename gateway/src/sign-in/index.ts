export { isSignInPath, newEmbeddedPlace, newSmartConfiguration, type SignInPlace } from './endpoints';
export { findRefusedScope } from './permitted-scopes';
export { SignIn, type SignInRequest } from './sign-in';
