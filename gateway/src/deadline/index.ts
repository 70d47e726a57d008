export { finishRegardless, timeLeft, withinDeadline } from './deadline';
