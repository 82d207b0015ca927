// Reading with a cache, and changing with a message about what happened.
import { modals } from '@mantine/modals'
import { notifications } from '@mantine/notifications'
import { QueryCache, QueryClient, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { ApiError, get } from './request.ts'

type Meta = { next_page_url: string | null; key: string }

const ACCOUNT = '/parley/v1/Account'

export const queryClient = new QueryClient({
  // The session has ended: the account is asked for anew, and its refusal leads to the sign-in.
  queryCache: new QueryCache({
    onError: (error, { queryKey }) => {
      const isRefused = error instanceof ApiError && error.status === 401
      if (isRefused && queryKey[0] !== ACCOUNT) void queryClient.invalidateQueries({ queryKey: [ACCOUNT] })
    },
  }),
  defaultOptions: {
    queries: {
      staleTime: 2_000,
      retry: (failures, error) =>
        failures < 2 && error instanceof ApiError && (error.status === 0 || error.status >= 500),
    },
  },
})

type Live = { everyMs?: number; enabled?: boolean }
type LiveResource<T> = { everyMs?: number | ((known: T | undefined) => number); enabled?: boolean }

/** One resource; `everyMs` reads it again and again while the page is seen. */
export function useResource<T>(path: string, { everyMs, enabled }: LiveResource<T> = {}) {
  return useQuery({
    queryKey: [path],
    queryFn: () => get<T>(path),
    refetchInterval: typeof everyMs === 'function' ? ({ state }) => everyMs(state.data) : everyMs,
    enabled,
  })
}

/** A list, page by page; `items` are those of the pages read so far. */
export function useList<T>(path: string, { everyMs, enabled }: Live = {}) {
  const query = useInfiniteQuery({
    queryKey: [path, 'list'],
    queryFn: ({ pageParam }) => get<{ meta: Meta } & Record<string, unknown>>(pageParam),
    initialPageParam: path,
    getNextPageParam: ({ meta }) => meta.next_page_url,
    refetchInterval: everyMs,
    enabled,
  })
  const items = query.data?.pages.flatMap((page) => page[page.meta.key] as T[]) ?? []
  return { ...query, items }
}

export type ListOf<T> = ReturnType<typeof useList<T>>

const WORKING = {
  id: 'working',
  message: 'Working…',
  loading: true,
  autoClose: false,
  withCloseButton: false,
}

/** Runs a change, reads everything anew and says what was done; on an error says what the server said. True when it worked. */
export async function change(done: string, work: () => Promise<unknown>): Promise<boolean> {
  const slow = setTimeout(() => notifications.show(WORKING), 500)
  try {
    await work()
    notifications.show({ message: done, color: 'green' })
    await queryClient.invalidateQueries()
    return true
  } catch (error) {
    tellFault(error)
    return false
  } finally {
    clearTimeout(slow)
    notifications.hide(WORKING.id)
  }
}

export function tellFault(error: unknown): void {
  notifications.show({
    title: 'That did not work',
    message: explain(error),
    color: 'red',
    autoClose: 8_000,
  })
}

/** Asks before something is lost. */
export function confirmRemoval(what: string, consequence: string, remove: () => void): void {
  modals.openConfirmModal({
    title: `Delete ${what}?`,
    children: consequence,
    labels: { confirm: 'Delete', cancel: 'Keep' },
    confirmProps: { color: 'red.9' },
    onConfirm: remove,
  })
}

export function explain(error: unknown): string {
  if (!(error instanceof ApiError)) return String(error)
  return error.code === null ? error.message : `${error.message} (${error.code})`
}
