// The address that clients use: does it lead here, also for sockets?
import { setTimeout as sleep } from 'node:timers/promises'
import type { Config } from '../../config.ts'
import { type Finding, messageOf, ok, problem, warning } from './finding.ts'

const PATIENCE_MS = 5_000
const LOCAL = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/

/** Needs a running server; without one it says so. */
export async function checkPublicUrl({ publicUrl, listen }: Config): Promise<Finding[]> {
  const base = publicUrl ?? `http://localhost:${listen.port}`
  const { protocol, hostname } = new URL(base)
  const findings: Finding[] = []
  if (protocol === 'http:' && !LOCAL.test(hostname)) {
    findings.push(
      warning(
        'public URL',
        `${base} has no TLS`,
        'Browsers open ws:// only from http:// pages. Put a proxy with a certificate in front, and set PARLEY_PUBLIC_URL to https://….',
      ),
    )
  }
  const health = await checkHealth(base, publicUrl !== null)
  findings.push(health)
  if (health.level === 'ok') findings.push(await checkSocket(base))
  return findings
}

async function checkHealth(base: string, isSet: boolean): Promise<Finding> {
  const url = `${base}/healthz`
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(PATIENCE_MS), redirect: 'manual' })
    const body = await answer.text()
    if (answer.status === 200 && body.includes('"status":"ok"')) return ok('public URL', `${base} answers`)
    return problem(
      'public URL',
      `${url} was answered ${answer.status}, and not by Parley`,
      'Make the proxy pass all paths unchanged to Parley, or mend PARLEY_PUBLIC_URL.',
    )
  } catch (error) {
    return warning(
      'public URL',
      `nothing answers at ${url}: ${messageOf(error)}`,
      isSet
        ? 'Start Parley; if it runs, mend PARLEY_PUBLIC_URL, the DNS name or the proxy.'
        : 'Start Parley (npm start) and run this again.',
    )
  }
}

async function checkSocket(base: string): Promise<Finding> {
  const url = `${base.replace(/^http/, 'ws')}/v3/wsconnect`
  const socket = new WebSocket(url)
  const opened = new Promise<boolean>((resolve) => {
    socket.addEventListener('open', () => resolve(true))
    socket.addEventListener('error', () => resolve(false))
  })
  const patience = new AbortController()
  const tooLate = sleep(PATIENCE_MS, false, { signal: patience.signal }).catch(() => false)
  const isOpen = await Promise.race([opened, tooLate])
  patience.abort()
  socket.close()
  return isOpen
    ? ok('sockets', `${url} opens`)
    : problem('sockets', `${url} does not open`, 'Let the proxy pass WebSocket upgrades (docs/operating.md).')
}
