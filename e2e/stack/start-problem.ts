/** A start that cannot work: the message says what is wrong and what to type. Shown without a stack trace. */
export class StartProblem extends Error {
  override readonly name = 'StartProblem';
}
