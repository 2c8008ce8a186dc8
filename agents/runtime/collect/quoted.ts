/** A text of LogQL, TraceQL or PromQL: Go's form, of which JSON's is a part. Halves of characters would be refused. */
export const quoted = (text: string): string => JSON.stringify(text.replace(/\p{Surrogate}/gu, '\uFFFD'));
