/**
 * Reads the text of a services(5) file: `name port/protocol alias…`.
 * @returns the names of TCP's ports
 */
export function parseServices(text: string): ReadonlyMap<number, string> {
  const services = new Map<number, string>();
  for (const line of text.split('\n')) {
    const [, name, port] = /^([^\s#]+)\s+(\d+)\/tcp\b/.exec(line) ?? [];
    if (name !== undefined && !services.has(Number(port))) services.set(Number(port), name);
  }
  return services;
}
