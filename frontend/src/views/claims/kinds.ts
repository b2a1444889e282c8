/** The kind of norm that a network's name speaks of; empty where it speaks of none. Recordings know names only. */
export function kindOf(arm: string): string {
  if (/^(no norm|none|plain|dropout)/i.test(arm)) return "none";
  if (/^(batch|BN\b|both$|before$|after$)/i.test(arm)) return "batch";
  return /^(noisy|layer|group)/i.exec(arm)?.[0].toLowerCase() ?? "";
}
