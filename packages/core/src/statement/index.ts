export {
  checkStatement,
  isStatementText,
  MAX_STATEMENT_BYTES,
  STATEMENT_PREFIX,
  signStatement,
  statementText,
} from './statement.ts';
export type {
  ChainMark,
  CheckedStatement,
  Counted,
  DegradedChecks,
  Statement,
  Unreachable,
  UnreachableSpan,
} from './types.ts';
