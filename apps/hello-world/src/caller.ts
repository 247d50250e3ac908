import { required, say, stateFact } from '@bonafide/app-kit/role';
import { secure } from '@bonafide/core';
import { openPeers } from '@bonafide/p2p';

const where = { url: required('BONAFIDE_URL'), enrolmentToken: required('BONAFIDE_ENROLMENT_TOKEN') };
await using agent = await secure('caller', where);
await using peers = await openPeers(agent, { bindAddress: '127.0.0.1' });

const { items } = await agent.agents.find({ capability: 'hello.greet', isOnline: true });
const [found] = items;
if (!found) throw new Error('Nobody greets.');
say(`found ${found.name}, who says: ${found.skills?.[0]?.description}`);

const peer = await peers.connect(found.did);
const { status, intentId } = await peer.sendIntent({ task: 'hello.greet', params: { name: 'world' } });
say(`asked over a ${peer.path} channel: ${status}`);

const { result } = peer.execute({ capability: 'hello.greet', args: { name: 'world' }, intentId });
stateFact('result', { status, path: peer.path, did: peer.did, result: await result });
