import type { Cast, Stage } from './stage.ts';

/** One way a job can go: who plays how, what happens, and what everybody has more or less of at the end. */
export interface Scenario {
  readonly summary: string;
  readonly cast: Cast;
  /** One job for each amount, in USDC. */
  readonly milestonesUsdc?: readonly string[];
  readonly silencePercent?: number;
  readonly hasDisputes?: boolean;
  /** What the story needs beside the agents themselves; they do the rest. */
  readonly play: (stage: Stage) => Promise<void>;
  /** Changes in USDC; who is not named has what it had before. */
  readonly outcome: Readonly<Record<string, string>>;
}

/** Budget 25, each score earns 0.50, bonds are 5 % of the budget. */
export const scenarios: Readonly<Record<string, Scenario>> = {
  happy: {
    summary: 'Good work; two of three validators pass it, and the provider is paid.',
    cast: { deliveries: 'good', validators: ['honest', 'honest', 'silent'] },
    play: async () => undefined,
    outcome: { client: '-26', provider: '25', validators: '1' },
  },
  rejected: {
    summary: 'Careless work; the validator fails it, nobody disputes that, and the client is refunded.',
    cast: { deliveries: 'careless', validators: ['honest'] },
    hasDisputes: true,
    async play(stage) {
      await stage.until('the validator has failed the work', ({ score }) => score !== undefined);
      await stage.passDisputeWindow();
    },
    outcome: { client: '-0.5', validators: '0.5' },
  },
  revalidation: {
    summary:
      'A harsh validator fails good work; two agreed re-validators see it, and the client pays the dispute.',
    cast: {
      deliveries: 'good',
      validators: ['harsh'],
      revalidators: ['honest', 'honest'],
      providerEvidence: 'The delivery is exactly what the specification asks for.',
      clientEvidence: 'The validator scored 10.',
    },
    hasDisputes: true,
    async play(stage) {
      await stage.untilDispute('both sides have posted a bond', ({ isAnswered }) => isAnswered);
      stage.start('revalidator');
      await stage.untilDispute('the re-validators have decided', ({ stage: name }) => name === 'appealable');
      await stage.passDisputeWindow();
    },
    outcome: { client: '-26.75', provider: '25.9375', validators: '0.5', revalidators: '0.3125' },
  },
  arbitration: {
    summary:
      'The validator fails the work, the provider disputes it, and an arbitrator drawn by lot gives it 60 %.',
    cast: {
      deliveries: 'good',
      validators: ['harsh'],
      arbitrators: 3,
      percent: 60,
      providerEvidence: 'All rows are clean; only the statistics are missing a column.',
      clientEvidence: 'The statistics are half of the work.',
    },
    hasDisputes: true,
    async play(stage) {
      await stage.untilDispute('both sides have posted a bond', ({ isAnswered }) => isAnswered);
      await stage.passEvidenceWindow();
      await stage.untilDispute(
        'the arbitrator who was drawn has ruled',
        ({ ruling }) => ruling !== undefined,
      );
    },
    outcome: { client: '-16', provider: '14.875', validators: '0.5', arbitrators: '0.625' },
  },
  timeout: {
    summary: 'The validators stay silent; what the terms say about silence divides the budget.',
    cast: { deliveries: 'good', validators: ['silent'] },
    silencePercent: 50,
    hasDisputes: true,
    async play(stage) {
      await stage.until('the work is delivered', ({ status }) => status === 'submitted');
      await stage.passValidationWindow();
    },
    outcome: { client: '-12.5', provider: '12.5' },
  },
  vanished: {
    summary: 'The provider dies after it was funded and never delivers; the client gets everything back.',
    cast: { deliveries: 'never', validators: ['honest'] },
    async play(stage) {
      await stage.until('the budget is locked', ({ status }) => status === 'funded');
      await stage.kill('provider');
      await stage.passDelivery();
    },
    outcome: {},
  },
  'mutual-cancel': {
    summary: 'Half way both sides agree to stop: 10 USDC for the work so far, the rest goes back.',
    cast: { deliveries: 'never', validators: ['honest'] },
    async play(stage) {
      await stage.until('the budget is locked', ({ status }) => status === 'funded');
      await stage.cancel('10');
    },
    outcome: { client: '-10', provider: '10' },
  },
  milestones: {
    summary: 'Three milestones: two good ones are paid, the careless third is refunded.',
    cast: { deliveries: 'good,good,careless', validators: ['honest'] },
    milestonesUsdc: ['10', '10', '10'],
    play: async () => undefined,
    outcome: { client: '-21.5', provider: '20', validators: '1.5' },
  },
};
