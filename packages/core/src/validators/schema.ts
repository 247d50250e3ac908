import type { Score } from '../market/types.ts';

const MAX_ISSUES = 20;

/** The part of https://standardschema.dev that zod, valibot, arktype and others share. */
export interface StandardSchema {
  readonly '~standard': {
    validate(value: unknown): SchemaResult | Promise<SchemaResult>;
  };
}

type SchemaResult = {
  readonly issues?: readonly { readonly message: string; readonly path?: unknown }[] | undefined;
};

/** Passes deliveries that are JSON of this schema; the evidence lists what is wrong with the others. */
export function schemaValidator(schema: StandardSchema): Score {
  return async (task) => {
    const issues = await findIssues(schema, task);
    return {
      score: issues.length === 0 ? 100 : 0,
      evidence: {
        json: { check: 'schema', deliverable: task.job.deliverable, issues: issues.slice(0, MAX_ISSUES) },
      },
    };
  };
}

async function findIssues(schema: StandardSchema, task: Parameters<Score>[0]): Promise<readonly string[]> {
  const content = await task.deliverable();
  let value: unknown;
  try {
    value = content.json();
  } catch {
    return ['The delivery is no JSON.'];
  }
  const { issues = [] } = await schema['~standard'].validate(value);
  return issues.map(({ message }) => message);
}
