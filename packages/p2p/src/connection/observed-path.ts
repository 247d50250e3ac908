import type { Path } from '../path/path.ts';

/** The same path, whose end is heard of beside its one listener. */
export function observePath(path: Path): { readonly path: Path; readonly ended: Promise<void> } {
  const { promise, resolve } = Promise.withResolvers<void>();
  const observed: Path = {
    kind: path.kind,
    get isOpen() {
      return path.isOpen;
    },
    get bufferedBytes() {
      return path.bufferedBytes;
    },
    send: (packet) => path.send(packet),
    sendDatagram: (packet) => path.sendDatagram(packet),
    close: () => path.close(),
    listen: (listener) =>
      path.listen({
        onPacket: (packet) => listener.onPacket(packet),
        onDatagram: (packet) => listener.onDatagram(packet),
        onDrain: () => listener.onDrain(),
        onClose: (error) => {
          listener.onClose(error);
          resolve();
        },
      }),
  };
  return { path: observed, ended: promise };
}
