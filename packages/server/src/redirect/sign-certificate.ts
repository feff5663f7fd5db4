import { createPrivateKey, generateKeyPair, randomBytes, X509Certificate } from 'node:crypto';
import { promisify } from 'node:util';
import { CLOUD_DOMAINS } from '@vodstack/platform';
import forge from 'node-forge';

export type Certificate = forge.pki.Certificate;

/** Private key and certificate, both PEM. */
export interface KeyAndCertificate {
  readonly key: string;
  readonly cert: string;
}

export interface Authority {
  readonly certificate: Certificate;
  readonly privateKey: forge.pki.rsa.PrivateKey;
}

interface CertificateTerms {
  readonly subject: string;
  readonly publicKeyPem: string;
  readonly now: Date;
  readonly days: number;
  readonly extensions: readonly object[];
}

const DAY_MS = 86_400_000;
const AUTHORITY_NAME = 'vodstack local certificate authority';
const AUTHORITY_DAYS = 3650;
/** Apple's clients take no certificate of more than 825 days. */
const SERVER_DAYS = 90;
const NAME_CONSTRAINTS = '2.5.29.30';

/** What the authority may vouch for; nobody who trusts it can be deceived about any other host. */
const PERMITTED_NAMES: readonly string[] = [...CLOUD_DOMAINS, 'localhost'];
const PERMITTED_ADDRESSES: readonly (readonly number[])[] = [
  [127, 0, 0, 0, 255, 0, 0, 0],
  // ::1, and a mask of ones.
  [...Array<number>(15).fill(0), 1, ...Array<number>(16).fill(255)],
];

export async function createKeyPair(): Promise<{ privateKey: string; publicKey: string }> {
  return await promisify(generateKeyPair)('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
}

/** A new authority: RFC 5280 §4.2.1, with name constraints (§4.2.1.10). */
export async function createAuthority(now: Date): Promise<KeyAndCertificate> {
  const { privateKey, publicKey } = await createKeyPair();
  const certificate = prepare({
    subject: AUTHORITY_NAME,
    publicKeyPem: publicKey,
    now,
    days: AUTHORITY_DAYS,
    extensions: [
      { name: 'basicConstraints', critical: true, cA: true, pathLenConstraint: 0 },
      { name: 'keyUsage', critical: true, keyCertSign: true, cRLSign: true },
      { name: 'subjectKeyIdentifier' },
      { id: NAME_CONSTRAINTS, critical: true, value: nameConstraints() },
    ],
  });
  certificate.setIssuer(certificate.subject.attributes);
  certificate.sign(forge.pki.privateKeyFromPem(privateKey), forge.md.sha256.create());
  return { key: privateKey, cert: forge.pki.certificateToPem(certificate) };
}

/** Reads a stored authority. @throws Error when it is not a key with its certificate */
export function parseAuthority({ key, cert }: KeyAndCertificate): Authority {
  const certificate = forge.pki.certificateFromPem(cert);
  const privateKey = forge.pki.privateKeyFromPem(key);
  if (!new X509Certificate(cert).checkPrivateKey(createPrivateKey(key))) {
    throw new Error('the key is not that of the certificate');
  }
  return { certificate, privateKey };
}

/** Whether the authority holds for another `days`, and for the names that this version answers for. */
export function isAuthorityCurrent({ certificate }: Authority, now: Date, days: number): boolean {
  const extension = certificate.extensions.find(({ id }) => id === NAME_CONSTRAINTS);
  const isOfTheseNames = extension?.value === forge.asn1.toDer(nameConstraints()).getBytes();
  return isOfTheseNames && certificate.validity.notAfter.getTime() > now.getTime() + days * DAY_MS;
}

/** A server's certificate for the names; PEM. */
export function signServerCertificate(
  { certificate: issuer, privateKey }: Authority,
  names: readonly string[],
  { publicKeyPem, now }: Pick<CertificateTerms, 'publicKeyPem' | 'now'>,
): string {
  const certificate = prepare({
    subject: 'vodstack',
    publicKeyPem,
    now,
    days: SERVER_DAYS,
    extensions: [
      { name: 'basicConstraints', critical: true, cA: false },
      { name: 'keyUsage', critical: true, digitalSignature: true, keyEncipherment: true },
      { name: 'extKeyUsage', serverAuth: true },
      { name: 'subjectAltName', altNames: names.map(toAltName) },
      { name: 'subjectKeyIdentifier' },
      {
        name: 'authorityKeyIdentifier',
        keyIdentifier: issuer.generateSubjectKeyIdentifier().getBytes(),
      },
    ],
  });
  certificate.setIssuer(issuer.subject.attributes);
  certificate.sign(privateKey, forge.md.sha256.create());
  return forge.pki.certificateToPem(certificate);
}

function prepare({ subject, publicKeyPem, now, days, extensions }: CertificateTerms): Certificate {
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = forge.pki.publicKeyFromPem(publicKeyPem);
  certificate.serialNumber = toSerialNumber(randomBytes(16));
  // A day back: clocks differ.
  certificate.validity.notBefore = new Date(now.getTime() - DAY_MS);
  certificate.validity.notAfter = new Date(now.getTime() + days * DAY_MS);
  certificate.setSubject([{ name: 'commonName', value: subject }]);
  certificate.setExtensions([...extensions]);
  return certificate;
}

function toAltName(name: string): object {
  return /^[\d.]+$|:/.test(name) ? { type: 7, ip: name } : { type: 2, value: name };
}

function nameConstraints(): forge.asn1.Asn1 {
  const { asn1 } = forge;
  // The context's own tags, under the library's names for their numbers: 0 the permitted ones, 2 a DNS name, 7 an address.
  const { NONE: PERMITTED, INTEGER: DNS_NAME, ODESC: IP_ADDRESS } = asn1.Type;
  const subtree = (tag: forge.asn1.Type, bytes: string): forge.asn1.Asn1 =>
    asn1.create(asn1.Class.UNIVERSAL, asn1.Type.SEQUENCE, true, [
      asn1.create(asn1.Class.CONTEXT_SPECIFIC, tag, false, bytes),
    ]);
  const permitted = [
    ...PERMITTED_NAMES.map((name) => subtree(DNS_NAME, name)),
    ...PERMITTED_ADDRESSES.map((bytes) => subtree(IP_ADDRESS, String.fromCharCode(...bytes))),
  ];
  return asn1.create(asn1.Class.UNIVERSAL, asn1.Type.SEQUENCE, true, [
    asn1.create(asn1.Class.CONTEXT_SPECIFIC, PERMITTED, true, permitted),
  ]);
}

/**
 * Random bytes as a serial number in hex: positive (RFC 5280 §4.1.2.2), and in the shortest form that DER has for it (X.690 §8.3.2),
 * which clients insist on. So its first byte is neither zero nor has its highest bit set.
 */
export function toSerialNumber(random: Buffer): string {
  const bytes = Buffer.from(random);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes.toString('hex');
}
