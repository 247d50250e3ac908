// The page's side: an agent with a key that lives as long as the page.
import { BonafideError, secure } from '@bonafide/core';
import { createKeyPair, signerFromSeed } from '@bonafide/core/identity';
import { type AnsweredIntent, openPeers, type Peer, type Peers } from '@bonafide/p2p';
import type { PageSettings } from '../page-settings.ts';
import { painted, view } from '../picture.ts';
import { createCanvas } from './canvas.ts';
import { element, show, showError, showPath, tellStatus } from './view.ts';

const CAPABILITY = 'picture.paint';

async function start(): Promise<Peers> {
  const { gatewayUrl: url, enrolmentToken }: PageSettings = await (await fetch('/settings.json')).json();
  const { seed, did } = createKeyPair();
  show('own-did', did);
  tellStatus('Introducing itself to the gateway …');
  const name = `page-${did.slice(-12).toLowerCase()}`;
  const agent = await secure(name, { url, signer: signerFromSeed(seed), enrolmentToken });
  const peers = await openPeers(agent);
  peers.on('changed', ({ path }) => showPath(path));
  peers.on('error', showError);
  peers.on('violation', ({ error }) => showError(error));
  return peers;
}

async function findPeer(peers: Peers): Promise<Peer> {
  tellStatus('Looking for somebody who paints …');
  const { items } = await peers.agent.agents.find({ capability: CAPABILITY, isOnline: true });
  const [found] = items;
  if (!found) throw new BonafideError('NOT_FOUND', 'Nobody paints now.');
  show('peer-name', found.name);
  show('peer-did', found.did);
  show('peer-skill', found.skills?.find(({ capability }) => capability === CAPABILITY)?.description ?? '');
  tellStatus(`Connecting to ${found.name} …`);
  const peer = await peers.connect(found.did);
  showPath(peer.path);
  return peer;
}

async function ask(peer: Peer): Promise<AnsweredIntent | undefined> {
  tellStatus('Asking for a quote …');
  const answer = await peer.sendIntent(element('wish', HTMLInputElement).value);
  const { status, message = '', quote } = answer;
  element('quote', HTMLElement).hidden = false;
  const accept = element('accept', HTMLButtonElement);
  accept.disabled = status !== 'accepted';
  accept.textContent = 'Accept and run';
  show('offer', message);
  show('price', quote ? `${quote.amountUsdc} USDC` : 'No price');
  show('until', quote ? `until ${new Date(quote.expiresAt).toLocaleTimeString()}` : '');
  tellStatus(status === 'accepted' ? 'There is an offer. Nothing ran so far.' : `It said: ${status}.`);
  return status === 'accepted' ? answer : undefined;
}

async function run(peer: Peer, { intentId, requiredInput }: AnsweredIntent): Promise<void> {
  const args = view.parse(requiredInput?.default);
  const canvas = createCanvas(element('picture', HTMLCanvasElement), args);
  element('work', HTMLElement).hidden = false;
  show('result', '');
  tellStatus('The peer works …');
  const execution = peer.execute({ capability: CAPABILITY, args, intentId });
  const watching = watch(execution.progress);
  for await (const bytes of execution.bytes) canvas.add(bytes);
  const { rows, inside, digest } = painted.parse(await execution.result);
  await watching;
  const isIntact = (await canvas.digest()) === digest;
  element('result', HTMLElement).dataset.digest = digest;
  show(
    'result',
    `${rows} rows, ${inside} points inside, digest ${isIntact ? 'matches' : 'differs'}: ${digest}`,
  );
  element('accept', HTMLButtonElement).textContent = 'Run again';
  tellStatus('Done: the picture came straight from the peer. Paying for it would be a job.');
}

async function watch(progress: ReturnType<Peer['execute']>['progress']): Promise<void> {
  for await (const { fraction = 0, step = '' } of progress) {
    element('progress', HTMLProgressElement).value = fraction;
    show('step', step);
  }
}

/** One at a time; what goes wrong is shown, and it can be tried again. */
async function during(button: HTMLButtonElement, work: () => Promise<void>): Promise<void> {
  button.disabled = true;
  try {
    await work();
  } catch (error) {
    showError(error);
  } finally {
    button.disabled = false;
  }
}

async function main(): Promise<void> {
  const peer = await findPeer(await start());
  const [askButton, accept] = [
    element('ask-button', HTMLButtonElement),
    element('accept', HTMLButtonElement),
  ];
  let accepted: AnsweredIntent | undefined;
  element('ask', HTMLFormElement).addEventListener('submit', (event) => {
    event.preventDefault();
    void during(askButton, async () => {
      accepted = await ask(peer);
    });
  });
  accept.addEventListener('click', () => {
    const intent = accepted;
    if (intent) void during(accept, () => run(peer, intent));
  });
  askButton.disabled = false;
  tellStatus('Connected. Say what you want.');
}

main().catch(showError);
