import { styleText } from 'node:util'

type Paint = (text: string) => string

/** Colours by what they mean. */
export interface Palette {
  readonly strong: Paint
  readonly faint: Paint
  readonly good: Paint
  readonly bad: Paint
  readonly warning: Paint
  readonly accent: Paint
}

const plain: Paint = (text) => text

const inStyle =
  (style: Parameters<typeof styleText>[0]): Paint =>
  (text) =>
    styleText(style, text, { validateStream: false })

export const paletteOf = (hasColor: boolean): Palette =>
  hasColor
    ? {
        strong: inStyle('bold'),
        faint: inStyle('dim'),
        good: inStyle('green'),
        bad: inStyle('red'),
        warning: inStyle('yellow'),
        accent: inStyle('cyan'),
      }
    : { strong: plain, faint: plain, good: plain, bad: plain, warning: plain, accent: plain }
