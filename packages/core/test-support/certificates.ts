// The certificate library injects its parts by decorators, and leaves their polyfill to us.
import 'reflect-metadata';
import * as x509 from '@peculiar/x509';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

/** PEM. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

export interface Authority {
  readonly ca: string;
  /** For 127.0.0.1 as a server, or for anybody as a client. */
  issue(name: string): Promise<Certificate>;
}

/** A certificate authority of a test, which no system trusts. */
export async function createAuthority(): Promise<Authority> {
  const keys = (await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as CryptoKeyPair;
  const notAfter = new Date(Date.now() + 86_400_000);
  const shared = { notAfter, signingAlgorithm: algorithm, notBefore: new Date(Date.now() - 60_000) };
  const root = await x509.X509CertificateGenerator.createSelfSigned({
    ...{ ...shared, keys, name: 'CN=Test authority', serialNumber: '01' },
    extensions: [new x509.BasicConstraintsExtension(true, 1, true)],
  });
  let serial = 1;
  return {
    ca: root.toString('pem'),
    async issue(name) {
      const own = (await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as CryptoKeyPair;
      serial += 1;
      const leaf = await x509.X509CertificateGenerator.create({
        ...{ ...shared, publicKey: own.publicKey, signingKey: keys.privateKey, subject: `CN=${name}` },
        ...{ issuer: root.subject, serialNumber: serial.toString(16).padStart(2, '0') },
        extensions: [new x509.SubjectAlternativeNameExtension([{ type: 'ip', value: '127.0.0.1' }])],
      });
      const pkcs8 = await crypto.subtle.exportKey('pkcs8', own.privateKey);
      return { cert: leaf.toString('pem'), key: x509.PemConverter.encode(pkcs8, 'PRIVATE KEY') };
    },
  };
}
