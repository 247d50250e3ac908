// A gateway on the server of the lab; prints where it is, and how agents enrol.
import { join } from 'node:path';
import { connect } from '@bonafide/core';
import { createGateway } from '@bonafide/gateway';

// Its namespace is its own, and so are all ports.
const PORT = 4660;
const [folder = '', host = ''] = process.argv.slice(2);
const gateway = await createGateway({
  ...{ database: join(folder, 'gateway.db'), host, port: PORT, logLevel: 'warn' },
  publicUrl: `http://${host}:${PORT}`,
});
const { ownerToken } = await gateway.createWorkspace('lab');
const { url } = await gateway.listen();
const owner = connect({ url, token: ownerToken });
const cedar = 'permit (principal, action, resource == Operation::"peers.execute");';
await owner.policies.put({ cedar, note: 'Agents here may ask each other' });
const { secret: enrolmentToken } = await owner.tokens.create({ name: 'lab', role: 'enrolment' });
process.stdout.write(`${JSON.stringify({ url, enrolmentToken })}\n`);
