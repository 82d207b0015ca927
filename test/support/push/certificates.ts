// Keys and certificates, made for one test.
import 'reflect-metadata'
import { generateKeyPairSync } from 'node:crypto'
import * as x509 from '@peculiar/x509'

export type Certified = { certificate: string; privateKey: string }

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const
const DAY_MS = 86_400_000
/** The attribute UID by its number, as the library does not know its name. */
export const USER_ID = '0.9.2342.19200300.100.1.1'

/** A certificate that nobody but itself vouches for, as servers in tests have. `days` may be past. */
export async function makeCertificate(name: string, hosts: string[] = [], days = 30): Promise<Certified> {
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name,
    keys,
    signingAlgorithm: ALGORITHM,
    notBefore: new Date(Date.now() - 60 * DAY_MS),
    notAfter: new Date(Date.now() + days * DAY_MS),
    extensions: [
      new x509.BasicConstraintsExtension(true),
      ...(hosts.length > 0
        ? [new x509.SubjectAlternativeNameExtension(hosts.map((value) => ({ type: 'ip', value })))]
        : []),
    ],
  })
  const key = await crypto.subtle.exportKey('pkcs8', keys.privateKey)
  return {
    certificate: certificate.toString('pem'),
    privateKey: x509.PemConverter.encode(key, 'PRIVATE KEY'),
  }
}

/** The certificate that Apple gives for one app. */
export function makeAppleCertificate(bundleId: string, days?: number): Promise<Certified> {
  return makeCertificate(`${USER_ID}=${bundleId}, CN=Apple Push Services: ${bundleId}, OU=TEAM`, [], days)
}

/** The key that Apple gives as a .p8 file. */
export function makeAppleKey(): { privateKey: string; publicKey: string } {
  return generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  })
}

export type ServiceAccount = { json: string; projectId: string; clientEmail: string; publicKey: string }

/** What the Firebase console gives for download. */
export function makeServiceAccount(projectId: string): ServiceAccount {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  })
  const clientEmail = `push@${projectId}.iam.gserviceaccount.com`
  const json = JSON.stringify({
    ...{ type: 'service_account', project_id: projectId, private_key_id: 'key-1' },
    ...{ private_key: privateKey, client_email: clientEmail, token_uri: 'https://example.org/never-used' },
  })
  return { json, projectId, clientEmail, publicKey }
}
