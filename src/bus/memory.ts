// The bus of a single process: a message arrives before `publish` returns.
import type { Bus } from './bus.ts'

export function createMemoryBus(): Bus {
  const topics = new Map<string, Set<(message: Buffer) => void>>()
  return {
    publish(topic, encode) {
      const handlers = topics.get(topic)
      if (!handlers) return
      const message = encode()
      for (const handler of handlers) handler(message)
    },
    subscribe(topic, onMessage) {
      const handlers = topics.get(topic) ?? new Set()
      topics.set(topic, handlers)
      // A handler of its own for each subscription, so that the same function may subscribe twice.
      const handler = (message: Buffer): void => onMessage(message)
      handlers.add(handler)
      return () => {
        if (handlers.delete(handler) && handlers.size === 0) topics.delete(topic)
      }
    },
    isShared: false,
    attend() {},
    async start() {},
    async stop() {},
  }
}
