/** PEM or DER as bytes, PEM as text, or the path of a file that holds it. */
export type TlsMaterial = string | Uint8Array;

/** How the connection to the gateway is secured in Node; in browsers that is the browser's own affair. */
export interface TlsOptions {
  /** Certificate authority that the gateway's certificate must come from; absent: those of the system. */
  readonly ca?: TlsMaterial | undefined;
  /** Certificate of this client, where the gateway asks for one; together with `key`. */
  readonly cert?: TlsMaterial | undefined;
  readonly key?: TlsMaterial | undefined;
}
