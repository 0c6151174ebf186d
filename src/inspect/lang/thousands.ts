/** A whole number as English and Korean write it: `1,234,567`. What is no whole number stays as it is. */
export function thousands(value: number | string): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',');
}
