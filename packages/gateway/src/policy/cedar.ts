import { createRequire } from 'node:module';

type Module = typeof import('@cedar-policy/cedar-wasm/nodejs');

const used = [
  ...['policySetTextToParts', 'policyToJson', 'preparsePolicySet', 'statefulIsAuthorized', 'validate'],
] as const satisfies readonly (keyof Module)[];

/** What is used of the Cedar engine, which is compiled to WebAssembly. */
export type Cedar = Pick<Module, (typeof used)[number]>;

/** One instance of the engine, with a memory of its own. */
export interface Instance {
  readonly cedar: Cedar;
  /** False once a call was cut short: the instance may answer nothing any more, or wrong. */
  isSound(): boolean;
}

const ENTRY = '@cedar-policy/cedar-wasm/nodejs';

/** Makes an instance of the engine: some 4 MB that only a gateway needs, so not on import. */
export function loadCedar(): Instance {
  // The entry makes one instance when it is required, and offers no other way to have another. Each has a `require`
  // of its own, because that keeps hold of what it loaded.
  const require = createRequire(import.meta.url);
  delete require.cache[require.resolve(ENTRY)];
  const module: Module = require(ENTRY);
  let isSound = true;
  const watched = used.map((name) => [
    name,
    (...input: unknown[]) => {
      try {
        return (module[name] as (...input: unknown[]) => unknown)(...input);
      } catch (error) {
        isSound = false;
        throw error;
      }
    },
  ]);
  return { cedar: Object.fromEntries(watched), isSound: () => isSound };
}
