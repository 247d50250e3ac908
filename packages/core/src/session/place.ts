import type { SessionConfig } from '../protocol/frames.ts';
import type { LiveLink } from './live-link.ts';

/** Where a session is: its address and workspace, which change when it moves. */
export class Place {
  readonly #link: LiveLink;
  address: string;
  workspace: string;
  epoch: number;
  config: SessionConfig;

  constructor(link: LiveLink) {
    this.#link = link;
    const { address, workspace, epoch, config } = link.admission.welcome;
    this.address = address;
    this.workspace = workspace;
    this.epoch = epoch;
    this.config = config;
    link.onConnect(({ welcome }) => {
      this.moveTo(welcome);
      this.config = welcome.config;
    });
    link.onFrame(['config'], (frame) => {
      this.config = frame.config;
    });
  }

  moveTo({ address, workspace, epoch }: Pick<Place, 'address' | 'workspace' | 'epoch'>): void {
    this.address = address;
    this.workspace = workspace;
    this.epoch = epoch;
    this.#link.moveTo(workspace);
  }
}
