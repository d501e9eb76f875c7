export {
  IssueQueue,
  type QueueLimits,
  type QueuePlace,
  STANDARD_LIMITS,
  type Ticket,
  type Work,
} from './queue.ts';
