/** The default log: one line on standard output, where function platforms collect it. */
export function logToConsole(line: string): void {
  // oxlint-disable-next-line no-console -- this is the one place that means to print
  console.log(line);
}
