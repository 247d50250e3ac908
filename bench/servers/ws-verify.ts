// The named peer of a connection: a WebSocket that must sign a nonce with one known Ed25519 key.
import { createPublicKey, randomBytes, verify } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fromDid } from '@bonafide/core/identity';
import { WebSocketServer } from 'ws';

const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');
const raw = fromDid(process.env.PUBLIC_DID ?? '');
const key = createPublicKey({ key: Buffer.concat([SPKI_PREFIX, raw]), format: 'der', type: 'spki' });
const server = createServer();
const sockets = new WebSocketServer({ server, perMessageDeflate: false });

sockets.on('connection', (socket) => {
  const nonce = randomBytes(16).toString('base64url');
  socket.on('error', () => socket.terminate());
  socket.once('message', (data: Buffer) => {
    const signature = Buffer.from(data.toString(), 'base64url');
    if (verify(null, Buffer.from(nonce), key, signature)) socket.send('welcome');
    else socket.close();
  });
  socket.send(nonce);
});

server.listen({ host: '127.0.0.1', port: 0, backlog: 4096 }, () => {
  console.log(`listening on http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
