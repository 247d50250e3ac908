/** Unix seconds, which contracts count in, of a time on the wire. */
export const toSeconds = (time: string): number => Math.floor(Date.parse(time) / 1000);

/** A time on the wire, of Unix seconds. */
export const toTime = (seconds: number): string => new Date(seconds * 1000).toISOString();
