import type { CommandSpec } from '../command-spec.ts'

export const shellCommands: readonly CommandSpec[] = [
  {
    name: 'completion',
    arguments: [['<shell>', 'bash, zsh or fish']],
    summary: 'print the completion script of a shell',
    details: 'Write it where the shell looks for completions, or evaluate it in the start-up file.',
    examples: [
      'medchain completion bash >> ~/.bashrc',
      'medchain completion fish > ~/.config/fish/completions/medchain.fish',
    ],
    load: async () => (await import('./completion.ts')).printCompletion,
  },
]
