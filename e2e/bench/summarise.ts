/** The middle value; the mean of the two middle ones of an even number. `null` of nothing. */
export function median(values: readonly number[]): number | null {
  return percentile(values, 50);
}

/** The value below which `percent` of the values lie, interpolated linearly. `null` of nothing. */
export function percentile(values: readonly number[], percent: number): number | null {
  if (values.length === 0) return null;
  const sorted = values.toSorted((a, b) => a - b);
  const place = ((sorted.length - 1) * percent) / 100;
  const below = sorted[Math.floor(place)] ?? 0;
  const above = sorted[Math.ceil(place)] ?? 0;
  return below + (above - below) * (place - Math.floor(place));
}

/** For printing: three significant digits are more than such measurements hold. */
export function rounded(value: number | null, digits = 1): number | null {
  return value === null ? null : Number(value.toFixed(digits));
}
