// The pictures on buttons and in the navigation: strokes on a grid of 24, in the colour of the text beside them.
import type { ReactNode } from 'react'

export type IconType = (props: { size?: number }) => ReactNode

/** Decoration only: what a button does is said by its label. */
function icon(...strokes: readonly string[]): IconType {
  return function Icon({ size = 24 }) {
    return (
      <svg
        width={size}
        height={size}
        viewBox="0 0 24 24"
        fill="none"
        stroke="currentColor"
        strokeWidth={1.75}
        strokeLinecap="round"
        strokeLinejoin="round"
        aria-hidden="true"
        focusable="false"
      >
        <path d={strokes.join('')} />
      </svg>
    )
  }
}

/** A whole circle, as a path. */
function ring(x: number, y: number, radius: number): string {
  const across = 2 * radius
  return `M${x - radius} ${y}a${radius} ${radius} 0 1 0 ${across} 0a${radius} ${radius} 0 1 0 ${-across} 0z`
}

export const IconAlert = icon(ring(12, 12, 9), 'M12 7.5v5.5', 'M12 16.4v.1')
export const IconBell = icon('M5 17h14c-1.6-1.7-2-3.6-2-7a5 5 0 0 0-10 0c0 3.4-.4 5.3-2 7z', 'M10 20.5h4')
export const IconChart = icon('M4 4v16h16', 'M7.5 15.5l3.5-4.5 3 2.5 5-6.5')
export const IconCheck = icon('M4.5 12.5l5 5L19.5 7')
export const IconCopy = icon('M9 9h11v11H9z', 'M15 9V4H4v11h5')
export const IconDots = icon(ring(5, 12, 0.75), ring(12, 12, 0.75), ring(19, 12, 0.75))
export const IconGear = icon(
  ring(12, 12, 6),
  ring(12, 12, 2),
  'M12 6V3M12 21v-3M6 12H3M21 12h-3M7.76 7.76L5.64 5.64M18.36 18.36l-2.12-2.12M16.24 7.76l2.12-2.12M5.64 18.36l2.12-2.12',
)
export const IconKey = icon(ring(7.5, 15.5, 4), 'M10.5 12.5L20 3M16 7l3.5 3.5')
export const IconLeave = icon('M13 4H5v16h8', 'M10 12h11M17.5 8.5L21 12l-3.5 3.5')
export const IconMessages = icon('M3 4h12v8H8l-3.5 3V12H3z', 'M18.5 9H21v8h-1.5v3L16 17h-6v-1.5')
export const IconMoon = icon('M19.5 14.5A8 8 0 0 1 9.5 4.5a8 8 0 1 0 10 10z')
export const IconPaperclip = icon(
  'M19 11l-7.5 7.5a4.6 4.6 0 0 1-6.5-6.5L13 4a3 3 0 0 1 4.3 4.3l-7.8 7.7a1.5 1.5 0 0 1-2.1-2.1L14 7.3',
)
export const IconPencil = icon('M4 20l1-4.5L16.5 4 20 7.5 8.5 19z', 'M14 6.5l3.5 3.5')
export const IconPlay = icon('M7 4.5v15L19.5 12z')
export const IconPlus = icon('M12 5v14M5 12h14')
export const IconRefresh = icon('M19.5 12a7.5 7.5 0 1 1-2.4-5.5L20 9', 'M20 4v5h-5')
export const IconSearch = icon(ring(10.5, 10.5, 6.5), 'M15.5 15.5L20.5 20.5')
export const IconSend = icon('M3.5 11.5L20.5 4 14 20.5l-3-7.5z', 'M11 13l9.5-9')
export const IconServer = icon('M4 4h16v7H4zM4 13h16v7H4z', 'M7.5 7.5h.01M7.5 16.5h.01M12 7.5h5M12 16.5h5')
export const IconShield = icon('M12 3l8 3v6c0 4.5-3.2 7.6-8 9-4.8-1.4-8-4.5-8-9V6z', 'M8.5 12l2.5 2.5 4.5-5')
export const IconSun = icon(
  ring(12, 12, 4),
  'M12 2.5V4.5M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M18.7 5.3l-1.4 1.4M6.7 17.3l-1.4 1.4',
)
export const IconTrash = icon('M4.5 7h15M9 7V4h6v3', 'M6.5 7l1 13h9l1-13', 'M10.5 11v5.5M13.5 11v5.5')
export const IconUsers = icon(
  ring(9, 8, 3.5),
  'M2.5 20c.4-4.5 3-6.5 6.5-6.5s6.1 2 6.5 6.5',
  'M16 4.8a3.5 3.5 0 0 1 0 6.4M18 14.2c2.1.9 3.3 2.8 3.5 5.8',
)
export const IconWebhook = icon(
  ring(6, 17, 2.5),
  ring(18, 17, 2.5),
  ring(12, 6, 2.5),
  'M10.7 8.2L7.3 14.8M13.3 8.2l3.4 6.6M8.5 17h7',
)
