export { y } from '@medaccord/devnet';
