export {
  type CosignAnswer,
  Cosigner,
  type CosignerOptions,
  type CosignRequest,
  type LogAlarm,
  type LogIdentity,
} from './cosigner.ts';
export { mountCosigner } from './routes.ts';
