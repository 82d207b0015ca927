import { ActionIcon, Group, Tooltip } from '@mantine/core'
import type { ReactNode } from 'react'
import { IconPencil, IconTrash } from './icons.tsx'

type RowActionsProps = { what: string; onEdit?: () => void; onRemove?: () => void }

/** What can be done with one row. */
export function RowActions({ what, onEdit, onRemove }: RowActionsProps): ReactNode {
  return (
    <Group gap={2} wrap="nowrap" justify="flex-end">
      {onEdit && (
        <Tooltip label="Edit">
          <ActionIcon onClick={onEdit} aria-label={`Edit ${what}`}>
            <IconPencil size={16} />
          </ActionIcon>
        </Tooltip>
      )}
      {onRemove && (
        <Tooltip label="Delete">
          <ActionIcon onClick={onRemove} aria-label={`Delete ${what}`}>
            <IconTrash size={16} />
          </ActionIcon>
        </Tooltip>
      )}
    </Group>
  )
}
