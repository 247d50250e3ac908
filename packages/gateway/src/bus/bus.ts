/** Tells those who wait that something was committed; what it was they read from the store. */
export interface Bus {
  publish(topics: Iterable<string>): void;
  /** Returns the function that ends the subscription. */
  subscribe(topic: string, listener: () => void): () => void;
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
