import type { Operations } from './registry.ts';

type KindOf<Op> = Op extends { readonly kind: 'stream' } ? 'stream' : 'call';

/**
 * The names of all operations, without their definitions: what a client needs to have its methods before it has loaded
 * anything. A missing or a wrong line does not compile.
 */
export const verbs: {
  readonly [Noun in keyof Operations]: {
    readonly [Verb in keyof Operations[Noun]]: KindOf<Operations[Noun][Verb]>;
  };
} = {
  agents: {
    register: 'call',
    get: 'call',
    find: 'call',
    list: 'call',
    update: 'call',
    rotateKey: 'call',
    revoke: 'call',
  },
  actions: {
    verify: 'call',
    wait: 'stream',
    start: 'call',
    complete: 'call',
    log: 'call',
    get: 'call',
    list: 'call',
  },
  approvals: {
    list: 'call',
    get: 'call',
    decide: 'call',
    watch: 'stream',
  },
  capabilities: {
    request: 'call',
    list: 'call',
    grant: 'call',
    decide: 'call',
    revoke: 'call',
  },
  policies: {
    get: 'call',
    list: 'call',
    put: 'call',
    lint: 'call',
    test: 'call',
    explain: 'call',
  },
  trust: {
    get: 'call',
    history: 'call',
    giveFeedback: 'call',
  },
  audit: {
    list: 'call',
    getCheckpoint: 'call',
    proveInclusion: 'call',
    proveConsistency: 'call',
    export: 'stream',
    verify: 'call',
  },
  compliance: {
    report: 'call',
  },
  alerts: {
    list: 'call',
    acknowledge: 'call',
    resolve: 'call',
    watch: 'stream',
  },
  mcpServers: {
    detect: 'call',
    register: 'call',
    checkDrift: 'call',
    pin: 'call',
    report: 'call',
    attest: 'call',
    approveChange: 'call',
    get: 'call',
    list: 'call',
  },
  artifacts: {
    put: 'call',
    get: 'call',
  },
  jobs: {
    create: 'call',
    accept: 'call',
    fund: 'call',
    submit: 'call',
    validate: 'call',
    settle: 'call',
    refund: 'call',
    get: 'call',
    list: 'call',
    nextActions: 'call',
    advise: 'call',
    decline: 'call',
    signOffer: 'call',
    takeOffer: 'call',
    withdrawOffer: 'call',
    cancel: 'call',
    extend: 'call',
    shareConsent: 'call',
    listConsents: 'call',
    listHistory: 'call',
    watch: 'stream',
  },
  usdc: {
    getBalance: 'call',
    getAllowance: 'call',
    approve: 'call',
    transfer: 'call',
    signPermit: 'call',
    signAuthorization: 'call',
  },
  reputation: {
    get: 'call',
    list: 'call',
  },
  wallets: {
    link: 'call',
    get: 'call',
    withdraw: 'call',
  },
  disputes: {
    open: 'call',
    answer: 'call',
    addEvidence: 'call',
    revalidate: 'call',
    escalate: 'call',
    assignArbitrator: 'call',
    rule: 'call',
    finalize: 'call',
    get: 'call',
    list: 'call',
  },
  arbitrators: {
    stake: 'call',
    unstake: 'call',
    get: 'call',
    list: 'call',
  },
  templates: {
    create: 'call',
    update: 'call',
    setActive: 'call',
    get: 'call',
    list: 'call',
  },
  treasury: {
    getBalances: 'call',
    getStats: 'call',
    sync: 'call',
  },
  identities: {
    get: 'call',
    setWallet: 'call',
    setUri: 'call',
  },
  validations: {
    request: 'call',
    respond: 'call',
    get: 'call',
    list: 'call',
  },
  relay: {
    submit: 'call',
    get: 'call',
  },
  events: {
    stream: 'stream',
  },
  gateway: {
    getHealth: 'call',
    getInfo: 'call',
  },
  members: {
    invite: 'call',
    join: 'call',
    list: 'call',
    setRole: 'call',
    remove: 'call',
  },
  tokens: {
    create: 'call',
    list: 'call',
    revoke: 'call',
  },
  workspaces: {
    get: 'call',
    update: 'call',
  },
  webhooks: {
    create: 'call',
    list: 'call',
    delete: 'call',
    listDeliveries: 'call',
    redeliver: 'call',
  },
};
