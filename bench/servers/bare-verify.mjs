// The peer of verified-action: a bare node:http server that verifies an Ed25519 signature over the body and nothing else.
// Its argument chooses the library: node or sodium, so that each gateway is measured against its own backend.
import { createPublicKey, verify } from 'node:crypto';
import { createServer } from 'node:http';

const SPKI_HEADER = Buffer.from('302a300506032b6570032100', 'hex');
const sodium = process.argv[2] === 'sodium' ? (await import('sodium-native')).default : undefined;
const keys = new Map();

function keyOf(text) {
  let key = keys.get(text);
  if (!key) {
    const raw = Buffer.from(text, 'base64url');
    key = sodium
      ? raw
      : createPublicKey({ key: Buffer.concat([SPKI_HEADER, raw]), format: 'der', type: 'spki' });
    keys.set(text, key);
  }
  return key;
}

function isSigned(body, headers) {
  const key = keyOf(headers['x-key']);
  const signature = Buffer.from(headers['x-signature'], 'base64url');
  return sodium
    ? sodium.crypto_sign_verify_detached(signature, body, key)
    : verify(null, body, key, signature);
}

const server = createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    const body = chunks.length === 1 ? chunks[0] : Buffer.concat(chunks);
    const isValid = isSigned(body, request.headers);
    const answer = JSON.stringify({ ok: isValid, action: JSON.parse(body).action });
    response.writeHead(isValid ? 200 : 401, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(answer),
    });
    response.end(answer);
  });
});
server.listen(0, '127.0.0.1', () => console.log(`listening on http://127.0.0.1:${server.address().port}`));
process.on('SIGTERM', () => process.exit(0));
