import { COMPARTMENTS, type Compartment, isCompartment } from '@medchain/core'
import { fail } from '../command-error.ts'
import { type CommandInput, listOption } from '../commands/command-spec.ts'

/** Compartments that `--compartment` names, all of them for `all` or nothing; `usage.compartment` otherwise. */
export const compartmentsOption = (input: CommandInput): ReadonlySet<Compartment> => {
  const names = listOption(input, 'compartment')
  if (names.length === 0 || names.includes('all')) return new Set(COMPARTMENTS)
  return new Set(
    names.map((name) =>
      isCompartment(name)
        ? name
        : fail(
            'usage.compartment',
            `“${name}” is no compartment.`,
            `all, or some of: ${COMPARTMENTS.join(', ')}.`,
          ),
    ),
  )
}
