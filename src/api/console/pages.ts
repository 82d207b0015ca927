// The console's files, as the build left them: each page with a strict policy, nothing from other hosts.
import { randomBytes } from 'node:crypto'
import { globSync, readFileSync, statSync } from 'node:fs'
import { extname, join, sep } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { errors } from '../../chat/errors.ts'

type Asset = { body: Buffer; type: string; zipped: Buffer | null }

const TYPES: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
}
const NONCE = '__CSP_NONCE__'
const HARD_TO_GUESS_BYTES = 16
/** Names with a hash of the content never change their content. */
const HASHED = /-[\w-]{8}\.\w+$/
const NOT_BUILT =
  'The console has not been built yet. In a clone run: npm run prepare\nThen start the server again.\n'

/** Serves the built console in `folder` below /console/, any unknown path as the page itself: its own router takes over there. */
export function addConsolePages(server: FastifyInstance, folder: string, publicUrl: () => string): void {
  const assets = readAssets(folder)
  const page = (reply: FastifyReply) => sendPage(reply, assets.get('index.html'), publicUrl())
  server.get('/console', (_request, reply) => page(reply))
  server.get('/console/*', (request, reply) => {
    const name = (request.params as { '*': string })['*']
    const asset = assets.get(name)
    if (asset && name !== 'index.html') return sendAsset(request, reply, asset, HASHED.test(name))
    if (name.startsWith('assets/') || name.startsWith('vendor/')) throw errors.notFound()
    return page(reply)
  })
}

function readAssets(folder: string): Map<string, Asset> {
  const names = globSync('**/*', { cwd: folder }).filter((name) => statSync(join(folder, name)).isFile())
  return new Map(
    names.map((name) => {
      const body = readFileSync(join(folder, name))
      const type = TYPES[extname(name)] ?? 'application/octet-stream'
      return [name.split(sep).join('/'), { body, type, zipped: null }]
    }),
  )
}

function sendAsset(
  request: FastifyRequest,
  reply: FastifyReply,
  asset: Asset,
  forever: boolean,
): FastifyReply {
  protect(reply)
  reply.header('content-type', asset.type)
  reply.header('vary', 'Accept-Encoding')
  reply.header('cache-control', forever ? 'public, max-age=31536000, immutable' : 'no-cache')
  if (!/\bgzip\b/.test(String(request.headers['accept-encoding']))) return reply.send(asset.body)
  asset.zipped ??= gzipSync(asset.body)
  return reply.header('content-encoding', 'gzip').send(asset.zipped)
}

function sendPage(reply: FastifyReply, page: Asset | undefined, publicUrl: string): FastifyReply {
  protect(reply)
  reply.header('cache-control', 'no-store')
  if (!page) return reply.code(503).header('content-type', 'text/plain; charset=utf-8').send(NOT_BUILT)
  const nonce = randomBytes(HARD_TO_GUESS_BYTES).toString('base64url')
  return reply
    .header('content-type', page.type)
    .header('content-security-policy', policy(nonce, publicUrl))
    .send(page.body.toString('utf8').replaceAll(NONCE, nonce))
}

/** The SDK sends files to the public URL, also when the page is open under another name. */
function policy(nonce: string, publicUrl: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data: blob:",
    "media-src 'self' blob:",
    `connect-src 'self' ${new URL(publicUrl).origin}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}

function protect(reply: FastifyReply): void {
  reply.removeHeader('access-control-allow-origin')
  reply.removeHeader('access-control-allow-credentials')
  reply.headers({
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
  })
}
