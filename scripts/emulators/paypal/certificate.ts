/**
 * The key and certificate the emulator signs events with. Node reads X.509 certificates but writes none, so the few fields one
 * needs are put together here by hand, in DER (ITU-T X.690) as RFC 5280 wants them.
 */
import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

export type SigningKey = {
  private_key: KeyObject;
  common_name: string;
  /** The certificate as PayPal serves it. */
  pem: string;
  /** What PayPal would call it: `CERT-360caa42-…`. Another certificate has another name. */
  name: string;
};

export type CertificateOptions = {
  common_name?: string;
  not_before?: Date;
  not_after?: Date;
  /** Left out: it vouches for itself. */
  issuer?: SigningKey;
};

const DAY_MS = 24 * 60 * 60 * 1000;

let key_of_process: SigningKey | undefined;

/** One for all emulators of a process: making a key takes long. */
export function signingKey(): SigningKey {
  key_of_process ??= createSigningKey();
  return key_of_process;
}

/** A new RSA key with its certificate; from yesterday and for a year unless told otherwise. */
export function createSigningKey(options: CertificateOptions = {}): SigningKey {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const {
    common_name = 'messageverificationcerts.emulator.example',
    not_before = new Date(Date.now() - DAY_MS),
    not_after = new Date(Date.now() + 365 * DAY_MS),
  } = options;
  const { issuer = { private_key: privateKey, common_name } } = options;
  const body = sequence(
    integer(Buffer.concat([Buffer.from([0x01]), randomBytes(15)])),
    SHA256_WITH_RSA,
    nameOf(issuer.common_name),
    sequence(time(not_before), time(not_after)),
    nameOf(common_name),
    publicKey.export({ type: 'spki', format: 'der' }),
  );
  const der = sequence(body, SHA256_WITH_RSA, bits(sign('sha256', body, issuer.private_key)));
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  const pem = ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
  const print = createHash('sha256').update(der).digest('hex');
  const parts = [print.slice(0, 8), print.slice(8, 16), print.slice(16, 24)];
  return { private_key: privateKey, common_name, pem, name: `CERT-${parts.join('-')}` };
}

function nameOf(common_name: string): Buffer {
  return sequence(set(sequence(oid(COMMON_NAME), utf8(common_name))));
}

const COMMON_NAME = Buffer.from([0x55, 0x04, 0x03]);
const SHA256_WITH_RSA = sequence(
  oid(Buffer.from([0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b])),
  element(0x05, Buffer.alloc(0)),
);

/** Tag, length, content: below 128 the length is one octet, above it is counted first. */
function element(tag: number, content: Buffer): Buffer {
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), content]);
  const octets = Buffer.from(
    length.toString(16).padStart(length > 0xffff ? 6 : length > 0xff ? 4 : 2, '0'),
    'hex',
  );
  return Buffer.concat([Buffer.from([tag, 0x80 | octets.length]), octets, content]);
}

function sequence(...parts: Buffer[]): Buffer {
  return element(0x30, Buffer.concat(parts));
}

function set(...parts: Buffer[]): Buffer {
  return element(0x31, Buffer.concat(parts));
}

function oid(octets: Buffer): Buffer {
  return element(0x06, octets);
}

function integer(octets: Buffer): Buffer {
  return element(0x02, octets);
}

function utf8(text: string): Buffer {
  return element(0x0c, Buffer.from(text));
}

/** A bit string that ends with a whole octet. */
function bits(content: Buffer): Buffer {
  return element(0x03, Buffer.concat([Buffer.from([0]), content]));
}

/** `YYMMDDHHMMSSZ`, which RFC 5280 asks for until 2049. */
function time(at: Date): Buffer {
  const digits = at.toISOString().slice(2, 19).replace(/\D/g, '');
  return element(0x17, Buffer.from(`${digits}Z`));
}
