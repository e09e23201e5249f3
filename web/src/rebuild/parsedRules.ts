/** The JSON object that was typed; null when it is none. What is allowed in it, the server knows. */
export function parsedRules(text: string): object | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}
