/** What a meaning speaks of. */
export type Facts = Readonly<Record<string, string | number | boolean>>;
