import { BonafideError } from '../errors.ts';
import { type ClientFrame, framesWithBody, type GatewayFrame } from './frames.ts';

/** A frame as it was read: its head, and the text of its body. */
export interface ReadFrame<Frame> {
  readonly frame: Frame;
  readonly body: string;
}

/** The lines of a frame. `body` is JSON without line breaks, as JSON.stringify makes it. */
export function encodeFrame(frame: ClientFrame | GatewayFrame, body?: string): string {
  const head = JSON.stringify(frame);
  return body === undefined ? `${head}\n` : `${head}\n${body}\n`;
}

/**
 * Reads every frame of a text; VALIDATION_FAILED when it is cut off, is not JSON, or does not say what it is. The fields
 * of a head are not checked here, and a body is not read.
 */
export function* decodeFrames<Frame extends ClientFrame | GatewayFrame>(
  text: string,
): Generator<ReadFrame<Frame>> {
  let start = 0;
  // Who sends much to one recipient repeats the head: the same text is the same frame, and is parsed once.
  let line = '';
  let frame: (Frame & { readonly t: string }) | undefined;
  while (start < text.length) {
    if (!frame || !text.startsWith(line, start)) {
      const end = endOfLine(text, start);
      frame = parseHead<Frame>(text.slice(start, end));
      line = text.slice(start, end + 1);
    }
    start += line.length;
    let body = '';
    if (framesWithBody.has(frame.t)) {
      const endOfBody = endOfLine(text, start);
      body = text.slice(start, endOfBody);
      start = endOfBody + 1;
    }
    yield { frame, body };
  }
}

function endOfLine(text: string, start: number): number {
  const end = text.indexOf('\n', start);
  if (end >= 0) return end;
  throw malformed('a line does not end');
}

function parseHead<Frame>(line: string): Frame & { readonly t: string } {
  let head: unknown;
  try {
    head = JSON.parse(line);
  } catch {
    throw malformed('a head is not JSON');
  }
  if (typeof head === 'object' && head !== null && 't' in head && typeof head.t === 'string') {
    // Whoever acts on a frame checks the fields that it uses.
    return head as Frame & { t: string };
  }
  throw malformed('a head does not say what it is');
}

function malformed(why: string): BonafideError {
  return new BonafideError('VALIDATION_FAILED', `This is no frame of bonafide.v1: ${why}.`);
}
