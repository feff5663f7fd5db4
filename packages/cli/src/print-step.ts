/** Shows what is being done while something starts. */
export function printStep(step: string): void {
  console.log(`  · ${step} …`);
}
