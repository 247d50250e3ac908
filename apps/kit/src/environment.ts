/** A value that a role needs; whoever starts its process sets it. */
export function required(name: string): string {
  const value = process.env[name];
  if (value) return value;
  throw new Error(`${name} is not set. Start this role through the demo.`);
}
