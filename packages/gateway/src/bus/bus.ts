/**
 * What gateways that share a store tell each other. Topics say that something was committed; what it was is read from the
 * store. Posts carry what is never stored. Both reach every gateway, the own one included, in the order of one sender.
 */
export interface Bus {
  publish(topics: Iterable<string>): void;
  /** Returns the function that ends the subscription. */
  subscribe(topic: string, listener: () => void): () => void;
  /** At most once: who listens to the subject now gets it. */
  post(subject: string, text: string): void;
  /** Returns the function that ends it. */
  listen(subject: string, listener: (text: string) => void): () => void;
}

/** What only the gateway that holds certain sessions can do. */
export function gatewaySubject(gatewayId: string): string {
  return `gateway/${gatewayId}`;
}

/** Anything in the workspace. */
export function workspaceTopic(workspace: string): string {
  return `workspace/${workspace}`;
}

/** One thing in the workspace, such as an action. */
export function subjectTopic(workspace: string, subject: string): string {
  return `subject/${workspace}/${subject}`;
}

/** Any event of a noun, such as `agent`, in any workspace. */
export function nounTopic(noun: string): string {
  return `noun/${noun}`;
}
