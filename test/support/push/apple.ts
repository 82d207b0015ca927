// Credentials for the fake APNs.
import { createPublicKey } from 'node:crypto'
import { type JWTPayload, jwtVerify } from 'jose'
import { makeAppleCertificate, makeAppleKey } from './certificates.ts'
import type { Scene } from './scene.ts'

export const BUNDLE_ID = 'org.example.chat'

/** A credential with the certificate of one app. `days` until it ends. */
export async function givenCertificate(
  { server }: Pick<Scene, 'server'>,
  { sandbox, days }: { sandbox?: boolean; days?: number } = {},
): Promise<string> {
  const { certificate, privateKey } = await makeAppleCertificate(BUNDLE_ID, days)
  const { credentials } = server.client.chat.v2
  return (await credentials.create({ type: 'apn', certificate, privateKey, sandbox })).sid
}

export type TokenKey = {
  sid: string
  /** What an `authorization` header says, when our key signed it. */
  verify(authorization: string | undefined): Promise<{ claims: JWTPayload; keyId: string | undefined }>
}

/** A credential with a key that signs tokens. */
export async function givenTokenKey({ server }: Pick<Scene, 'server'>): Promise<TokenKey> {
  const { privateKey, publicKey } = makeAppleKey()
  const certificate = JSON.stringify({ key_id: 'KEY1234567', team_id: 'TEAM123456', bundle_id: BUNDLE_ID })
  const { sid } = await server.client.chat.v2.credentials.create({ type: 'apn', certificate, privateKey })
  return {
    sid,
    async verify(authorization = '') {
      const token = authorization.replace(/^bearer /, '')
      const { payload, protectedHeader } = await jwtVerify(token, createPublicKey(publicKey), {
        algorithms: ['ES256'],
      })
      return { claims: payload, keyId: protectedHeader.kid }
    },
  }
}

/** A device for APNs. */
export function iphone(credentialSid: string, address = 'a1b2c3d4') {
  return { channelType: 'apn', address, endpointId: `iphone-${address}`, credentialSid }
}
