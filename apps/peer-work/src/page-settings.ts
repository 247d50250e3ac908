/** What the server of the page tells it. */
export interface PageSettings {
  readonly gatewayUrl: string;
  readonly enrolmentToken: string;
}
