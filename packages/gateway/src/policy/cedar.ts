/** The Cedar engine, compiled to WebAssembly. */
export type Cedar = typeof import('@cedar-policy/cedar-wasm/nodejs');

/** Loads the engine: some 4 MB that only a gateway needs, so not on import. */
export async function loadCedar(): Promise<Cedar> {
  const loaded = await import('@cedar-policy/cedar-wasm/nodejs');
  return loaded;
}
