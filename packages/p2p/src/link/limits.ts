import { MAX_PACKET_BYTES } from '../path/path.ts';
import { NUMBERED_HEADER_BYTES, STREAM_HEADER_BYTES } from './frames.ts';

/** Largest message of a link, and of an ordered channel. */
export const MAX_MESSAGE_BYTES = 1_048_576;
/** Largest datagram: with the longest label it fits a packet. */
export const MAX_DATAGRAM_BYTES = 16_128;
/** Sent and not acknowledged: what a link keeps to send again. */
export const WINDOW_BYTES = 1_048_576;
/** Messages that wait for a path or for the other side. */
export const MAX_QUEUED_BYTES = 8_388_608;
/** What a frame costs besides its bytes, so that tiny ones are not free. */
export const FRAME_COST_BYTES = 128;
/** Streams that one side may have open. */
export const MAX_STREAMS = 128;
/** Over all streams, what nobody has read. */
export const MAX_UNREAD_BYTES = 33_554_432;
/** Messages that came before anybody listened. */
export const MAX_UNHEARD_BYTES = 4_194_304;
export const MAX_LABEL_BYTES = 200;

export const MAX_MESSAGE_PART_BYTES = MAX_PACKET_BYTES - NUMBERED_HEADER_BYTES;
export const MAX_STREAM_PART_BYTES = MAX_PACKET_BYTES - STREAM_HEADER_BYTES;
