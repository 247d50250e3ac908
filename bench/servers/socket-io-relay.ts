// The named peer of a relay: socket.io over WebSocket alone, without compression.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server, type Socket } from 'socket.io';

const connected = new Map<string, Socket>();
const server = createServer();
const io = new Server(server, { transports: ['websocket'], serveClient: false, pingInterval: 600_000 });

io.on('connection', (socket) => {
  socket.on('hello', (id: string) => {
    connected.set(id, socket);
    socket.emit('ok');
  });
  socket.on('msg', (to: string, payload: string) => connected.get(to)?.emit('msg', payload));
});

server.listen({ host: '127.0.0.1', port: 0, backlog: 4096 }, () => {
  console.log(`listening on http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
