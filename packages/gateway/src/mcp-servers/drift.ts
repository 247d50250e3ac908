import { canonicalize, digestOfTool } from '@bonafide/core/identity';
import type { McpDrift, McpManifest, McpTool, McpTransport } from '@bonafide/core/models';
import { excerptsOf } from './excerpt.ts';

/** What differs between what is pinned and what a server says now: transport first, then tools by name. */
export function findDrift(pinned: McpManifest, seen: McpManifest): McpDrift[] {
  return [
    ...transportDrift(pinned.transport, seen.transport),
    ...toolDrift(toMap(pinned.tools), toMap(seen.tools)),
  ];
}

function transportDrift(pinned: McpTransport, seen: McpTransport): McpDrift[] {
  const before = partsOf(pinned);
  const after = partsOf(seen);
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((name) => before[name] !== after[name])
    .map((name) => ({ kind: 'transportChanged', name, ...excerptsOf(before[name], after[name]) }));
}

// Names of variables are a set: whoever starts the server may list them in any order.
function partsOf(transport: McpTransport): Record<string, string> {
  return transport.type === 'stdio'
    ? {
        command: transport.command,
        args: canonicalize(transport.args),
        envNames: canonicalize(transport.envNames.toSorted()),
      }
    : { url: transport.url, headerNames: canonicalize(transport.headerNames.toSorted()) };
}

function toMap(tools: readonly McpTool[]): Map<string, McpTool> {
  return new Map(tools.map((tool) => [tool.name, tool]));
}

function toolDrift(
  pinned: ReadonlyMap<string, McpTool>,
  seen: ReadonlyMap<string, McpTool>,
): readonly McpDrift[] {
  return [...new Set([...pinned.keys(), ...seen.keys()])].toSorted().flatMap((name): McpDrift[] => {
    const before = pinned.get(name);
    const after = seen.get(name);
    if (before && after && digestOfTool(before) === digestOfTool(after)) return [];
    return [{ kind: kindOf(before, after), name, ...changeOf(before, after) }];
  });
}

function kindOf(before: McpTool | undefined, after: McpTool | undefined): McpDrift['kind'] {
  if (!before) return 'toolAdded';
  return after ? 'toolChanged' : 'toolRemoved';
}

/** The descriptions where they differ, else the schemas. */
function changeOf(
  before: McpTool | undefined,
  after: McpTool | undefined,
): Pick<McpDrift, 'before' | 'after'> {
  if (before && after && before.description === after.description) {
    return excerptsOf(canonicalize(before.inputSchema), canonicalize(after.inputSchema));
  }
  return excerptsOf(before && (before.description ?? ''), after && (after.description ?? ''));
}
