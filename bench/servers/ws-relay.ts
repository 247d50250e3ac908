// The named peer of a relay: the ws library and a map of connections.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';

const connected = new Map<string, WebSocket>();
const server = createServer();
const sockets = new WebSocketServer({ server, perMessageDeflate: false });

sockets.on('connection', (socket, request) => {
  const id = new URL(request.url ?? '/', 'http://x').searchParams.get('id') ?? '';
  connected.set(id, socket);
  socket.on('close', () => connected.delete(id));
  socket.on('error', () => socket.terminate());
  socket.on('message', (data: Buffer) => {
    const { to }: { to: string } = JSON.parse(data.toString());
    if (to === '*') for (const other of connected.values()) other.send(data, { binary: false });
    else connected.get(to)?.send(data, { binary: false });
  });
});

server.listen({ host: '127.0.0.1', port: 0, backlog: 4096 }, () => {
  console.log(`listening on http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
