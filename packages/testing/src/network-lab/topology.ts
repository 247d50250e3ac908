import { deleteNamespace, inside, namespaceName, run } from './namespaces.ts';

/** One has a public address; two are each alone behind a router of their own that translates addresses. */
export type HostName = 'server' | 'alice' | 'bob';
export type HiddenHost = Exclude<HostName, 'server'>;

/** Addresses that are nobody's outside documentation (RFC 5737), in namespaces that are connected to nothing. */
export const SERVER_ADDRESS = '203.0.113.1';
export const TURN_ADDRESS = '203.0.113.2';
/** Nobody has it. */
const ELSEWHERE = '203.0.113.254';

interface Home {
  /** Of the router, as others see it. */
  readonly publicAddress: string;
  readonly routerAddress: string;
  readonly hostAddress: string;
}
export const homes: Readonly<Record<HiddenHost, Home>> = {
  alice: { publicAddress: '203.0.113.11', routerAddress: '10.1.0.1', hostAddress: '10.1.0.2' },
  bob: { publicAddress: '203.0.113.12', routerAddress: '10.2.0.1', hostAddress: '10.2.0.2' },
};

export interface Topology {
  readonly hosts: Readonly<Record<HostName, string>>;
  readonly routers: Readonly<Record<HiddenHost, string>>;
}

/** Builds the network; each namespace is deleted with the stack, also when a later step fails. */
export async function buildTopology(stack: AsyncDisposableStack, lab: string): Promise<Topology> {
  const create = async (role: string): Promise<string> => {
    const name = namespaceName(lab, role);
    await run('ip', 'netns', 'add', name);
    stack.defer(() => deleteNamespace(name));
    await ip(name, 'link set lo up');
    return name;
  };
  const server = await create('server');
  await ip(server, 'link add internet type bridge');
  await ip(server, 'link set internet up');
  for (const address of [SERVER_ADDRESS, TURN_ADDRESS])
    await ip(server, `address add ${address}/24 dev internet`);
  await leadElsewhere(server, 'internet');
  const build = async (host: HiddenHost) => {
    const names = { server, router: await create(`${host}-router`), host: await create(host) };
    await connectHome(host, names);
    return names;
  };
  const [alice, bob] = [await build('alice'), await build('bob')];
  return {
    hosts: { server, alice: alice.host, bob: bob.host },
    routers: { alice: alice.router, bob: bob.router },
  };
}

/** The rest of the world takes what is sent to it and says nothing: coturn gives up clients over addresses without a route. */
async function leadElsewhere(namespace: string, device: string): Promise<void> {
  await ip(namespace, `neighbour add ${ELSEWHERE} lladdr 02:00:00:00:00:01 dev ${device} nud permanent`);
  await ip(namespace, `route add default via ${ELSEWHERE}`);
}

async function connectHome(
  name: HiddenHost,
  { server, router, host }: { readonly server: string; readonly router: string; readonly host: string },
): Promise<void> {
  const { publicAddress, routerAddress, hostAddress } = homes[name];
  await ip(server, `link add ${name} type veth peer name wan netns ${router}`);
  await ip(server, `link set ${name} master internet up`);
  await ip(router, `address add ${publicAddress}/24 dev wan`);
  await ip(router, 'link set wan up');
  await leadElsewhere(router, 'wan');
  await ip(router, `link add lan type veth peer name eth0 netns ${host}`);
  await ip(router, `address add ${routerAddress}/24 dev lan`);
  await ip(router, 'link set lan up');
  await ip(host, `address add ${hostAddress}/24 dev eth0`);
  await ip(host, 'link set eth0 up');
  await ip(host, `route add default via ${routerAddress}`);
  await translateAddresses(router);
}

/** What a router at home does: nothing gets in that was not asked for, and no answer says so. */
async function translateAddresses(router: string): Promise<void> {
  const forward = 'echo 1 > /proc/sys/net/ipv4/ip_forward';
  await run(...command(inside(router, ['sh', '-c', forward])));
  // A refusal would leave a trace that takes the port which the inner host is about to use.
  await iptables(router, '-P INPUT DROP');
  await iptables(router, '-P FORWARD DROP');
  await iptables(router, '-A FORWARD -i lan -o wan -j ACCEPT');
  await iptables(router, '-A FORWARD -i wan -o lan -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT');
  await iptables(router, '-t nat -A POSTROUTING -o wan -j MASQUERADE');
}

/** Runs iptables in a namespace, with its arguments as one writes them in a shell. */
export async function iptables(namespace: string, args: string): Promise<void> {
  await run(...command(inside(namespace, ['iptables', '-w', ...args.split(' ')])));
}

const ip = (namespace: string, args: string): Promise<string> =>
  run('ip', '-n', namespace, ...args.split(' '));

function command([file = '', ...args]: readonly string[]): [string, ...string[]] {
  return [file, ...args];
}
