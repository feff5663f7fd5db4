/** What a benchmark returns: figures with their units in the names, and what they are worth against each other. */
export interface BenchResult {
  readonly figures: Record<string, number>;
  readonly ratios: Record<string, number>;
}
