import type { ParameterTree } from './mentions.ts';

/**
 * What policies are checked against. Parameters have no schema of their own: each is optional, with the type that the
 * policies themselves compare it with, so a missing `has` and two minds about a type are found.
 */
export function schemaWith(parameters: ParameterTree): string {
  return `entity Agent = {
  name: String,
  agentType: String,
  trust: decimal,
  capabilities: Set<String>,
};
entity Operation = {
  name: String,
  target?: String,
  mcpServer?: String,
};
action run appliesTo {
  principal: Agent,
  resource: Operation,
  context: {
    risk: String,
    approved: Bool,
    hasCapability: Bool,
    parameters: ${recordOf(parameters)},
  },
};
`;
}

function recordOf(tree: ParameterTree): string {
  const fields = [...tree].map(
    ([name, type]) =>
      `${JSON.stringify(name)}?: ${typeof type === 'string' ? type || 'String' : recordOf(type)}`,
  );
  return `{ ${fields.join(', ')} }`;
}
