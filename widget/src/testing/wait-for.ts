/** Waits until the condition gives something; looks again at every frame. Fails after 4 s with the last error. */
export async function waitFor<T>(
  condition: () => T | Promise<T>,
  what = 'condition',
): Promise<NonNullable<T>> {
  const end = performance.now() + 4000;
  let lastError: unknown = null;
  for (;;) {
    try {
      const value = await condition();
      if (value !== false && value !== null && value !== undefined) return value;
    } catch (error) {
      lastError = error;
    }
    if (performance.now() > end) throw new Error(`waited in vain for: ${what}`, { cause: lastError });
    await new Promise((resolve) => requestAnimationFrame(resolve));
  }
}
