// A table of a list that is read page by page.
import { Button, Group, Stack, Table, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import type { ListOf } from '../api/queries.ts'
import { Fault, Reading } from './states.tsx'

export type Column<T> = { title: string; cell(item: T): ReactNode; wideOnly?: boolean; right?: boolean }

type ListProps<T> = {
  label: string
  list: ListOf<T>
  columns: readonly Column<T>[]
  keyOf(item: T): string
  empty: ReactNode
}

export function List<T>({ label, list, columns, keyOf, empty }: ListProps<T>): ReactNode {
  if (list.error) return <Fault error={list.error} retry={list.refetch} />
  if (list.isPending) return <Reading />
  if (list.items.length === 0) return empty
  return (
    <Stack gap="xs">
      <Table.ScrollContainer minWidth={320} type="native" tabIndex={0} role="region" aria-label={label}>
        <Table highlightOnHover aria-label={label}>
          <Table.Thead>
            <Table.Tr>
              {columns.map((column) => (
                <Table.Th
                  key={column.title}
                  ta={column.right ? 'right' : undefined}
                  visibleFrom={column.wideOnly ? 'sm' : undefined}
                >
                  {column.title}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {list.items.map((item) => (
              <Row key={keyOf(item)} item={item} columns={columns} />
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      <More list={list} />
    </Stack>
  )
}

function Row<T>({ item, columns }: { item: T; columns: readonly Column<T>[] }): ReactNode {
  return (
    <Table.Tr>
      {columns.map((column) => (
        <Table.Td
          key={column.title}
          ta={column.right ? 'right' : undefined}
          visibleFrom={column.wideOnly ? 'sm' : undefined}
        >
          {column.cell(item)}
        </Table.Td>
      ))}
    </Table.Tr>
  )
}

export function More<T>({ list, what = 'more' }: { list: ListOf<T>; what?: string }): ReactNode {
  if (!list.hasNextPage) {
    return (
      <Text size="xs" c="dimmed">
        {list.items.length === 1 ? '1 in all' : `${list.items.length} in all`}
      </Text>
    )
  }
  return (
    <Group>
      <Button variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
        Show {what}
      </Button>
      <Text size="xs" c="dimmed">
        {list.items.length} shown
      </Text>
    </Group>
  )
}
