import { ValidationError as InvalidInput } from '@bonafide/core/errors';
import type { PolicyIssue } from '@bonafide/core/models';
import type { DetailedError, ValidationError } from '@cedar-policy/cedar-wasm/nodejs';
import { findExcess } from './bounds.ts';
import type { Cedar } from './cedar.ts';
import { mentionsOf } from './mentions.ts';
import { type NamedPolicy, parsePolicies } from './parse.ts';
import { schemaWith } from './schema.ts';
import { suspicionsOf } from './suspicions.ts';

/** Everything wrong or suspicious about a policy text. */
export function lintPolicies(cedar: Cedar, text: string): PolicyIssue[] {
  const excess = findExcess(text);
  if (excess) return [{ severity: 'error', message: excess.message, ...positionAt(text, excess.index) }];
  const parsed = parsePolicies(cedar, text);
  if ('errors' in parsed) return parsed.errors.map((error) => toIssue(error, { text, severity: 'error' }));
  const { policies, templates } = parsed;
  if (templates > 0) {
    return [
      { severity: 'error', message: 'Templates (?principal, ?resource) are not supported; write policies.' },
    ];
  }
  const at = (policy: NamedPolicy) => ({
    policyId: policy.id,
    ...positionAt(text, text.indexOf(policy.text)),
  });
  const suspicions = suspicionsOf(policies).map(({ policy, ...issue }) => ({ ...issue, ...at(policy) }));
  return [...checkTypes(cedar, text, policies), ...suspicions].sort(bySeverityAndPlace);
}

/** VALIDATION_FAILED when there are errors among the issues, each with line and column. */
export function requireCleanPolicies(issues: readonly PolicyIssue[], path: string): void {
  const errors = issues.filter(({ severity }) => severity === 'error');
  if (errors.length === 0) return;
  throw new InvalidInput(`The policies have ${errors.length} error${errors.length > 1 ? 's' : ''}.`, {
    issues: errors.map((issue) => ({ path, message: describe(issue) })),
    details: { policyIssues: errors },
  });
}

function describe({ line, column, policyId, message, help }: PolicyIssue): string {
  const place = line === undefined ? '' : `line ${line}, column ${column}: `;
  return `${place}${policyId === undefined ? '' : `${policyId}: `}${message}${help === undefined ? '' : ` (${help})`}`;
}

function checkTypes(cedar: Cedar, text: string, policies: readonly NamedPolicy[]): PolicyIssue[] {
  const { parameters } = mentionsOf(policies.map(({ json }) => json));
  const answer = cedar.validate({ schema: schemaWith(parameters), policies: { staticPolicies: text } });
  if (answer.type === 'failure') {
    return answer.errors.map((error) => toIssue(error, { text, severity: 'error' }));
  }
  const named = (severity: PolicyIssue['severity']) => (found: ValidationError) => {
    const policy = policies[Number(found.policyId.slice('policy'.length))];
    return toIssue(found.error, { text, severity, policyId: policy?.id });
  };
  return [
    ...answer.validationErrors.map(named('error')),
    ...answer.validationWarnings.map(named('warning')),
    ...answer.otherWarnings.map((warning) => toIssue(warning, { text, severity: 'warning' })),
  ];
}

interface Place {
  readonly text: string;
  readonly severity: PolicyIssue['severity'];
  readonly policyId?: string | undefined;
}

function toIssue(error: DetailedError, { text, severity, policyId }: Place): PolicyIssue {
  const [location] = error.sourceLocations ?? [];
  const hint = error.help ?? location?.label;
  // The engine numbers policies; the message is about their @id.
  const message = error.message.replace(/^for policy `policy\d+`, /, '');
  const help = hint?.replace(/^for policy `policy\d+`, /, '');
  return {
    severity,
    message,
    ...(help ? { help } : {}),
    ...(policyId === undefined ? {} : { policyId }),
    ...(location ? positionAt(text, toIndex(text, location.start)) : {}),
  };
}

// The engine counts bytes.
function toIndex(text: string, bytes: number): number {
  return Buffer.from(text).subarray(0, bytes).toString().length;
}

function positionAt(text: string, index: number): Pick<PolicyIssue, 'line' | 'column'> {
  if (index < 0) return {};
  const before = text.slice(0, index).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

function bySeverityAndPlace(a: PolicyIssue, b: PolicyIssue): number {
  if (a.severity !== b.severity) return a.severity === 'error' ? -1 : 1;
  return (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0);
}
