export {
  type Heard,
  type OpenMessage,
  openAnswer,
  openMessage,
  type Said,
  signAnswer,
  signMessage,
} from './envelope.ts';
export { type MessageDesk, type MessageHandlers, mountMessages } from './routes.ts';
