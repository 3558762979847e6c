/** Something that must always hold does not. */
export class Violation extends Error {
  readonly rule: string
  constructor(rule: string, where: string) {
    super(`${rule}: ${where}`)
    this.name = 'Violation'
    this.rule = rule
  }
}
