import { Select } from '@mantine/core'
import type { ReactNode } from 'react'
import { useLocation, useNavigate } from 'react-router'
import { servicesPath } from '../api/paths.ts'
import { useList } from '../api/queries.ts'
import type { Service } from '../api/types.ts'

/** Changes the service and stays in the same section. */
export function ServicePicker({ selected }: { selected: string | undefined }): ReactNode {
  const { items } = useList<Service>(`${servicesPath}?PageSize=100`)
  const navigate = useNavigate()
  const { pathname } = useLocation()
  const section = pathname.split('/')[3] ?? 'try'
  if (items.length === 0) return null
  return (
    <Select
      aria-label="Service"
      placeholder="Choose a service"
      size="xs"
      w={{ base: 150, sm: 240 }}
      searchable
      allowDeselect={false}
      value={selected ?? null}
      data={items.map(({ sid, friendly_name }) => ({ value: sid, label: friendly_name }))}
      onChange={(sid) => sid && void navigate(`/services/${sid}/${section}`)}
    />
  )
}
