// The web console: its files, and the sessions with which it calls the public API.
import type { FastifyInstance } from 'fastify'
import type { Authenticate } from '../http/auth.ts'
import { createOneTimeCodes } from './one-time-codes.ts'
import { addConsolePages } from './pages.ts'
import { addSessionRoutes } from './session-routes.ts'
import { createSessions, type SessionOptions, type Sessions } from './sessions.ts'

export type Console = {
  sessions: Sessions
  attach(server: FastifyInstance, authenticate: Authenticate): void
  /** A path that signs in without credentials, once and within ten minutes. */
  oneTimePath(): string
}

/** `folder` is where the build put the console. */
export function createConsole(folder: string, options: SessionOptions): Console {
  const sessions = createSessions(options)
  const codes = createOneTimeCodes(options.now)
  return {
    sessions,
    attach(server, authenticate) {
      addSessionRoutes(server, sessions, codes, authenticate)
      addConsolePages(server, folder, options.publicUrl)
    },
    // Behind the hash it reaches no log and no other server.
    oneTimePath: () => `/console/#code=${codes.issue()}`,
  }
}
