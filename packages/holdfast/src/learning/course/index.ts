export {
  COMPLETION_STATEMENTS,
  completionStandard,
  type LintedDocument,
  type Statement,
  type StatementStanding,
  WORDING_STATEMENT,
} from './standard.ts';
export { lintWording, type WordingFinding } from './wording.ts';
