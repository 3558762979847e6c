import { existsSync } from 'node:fs'

const story = new URL('./story.ts', import.meta.url)
if (existsSync(story)) await import(story)
else console.log('Installed and built. Try: npx medchain --help')
