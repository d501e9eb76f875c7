/**
 * What IndexedDB keeps of a value: a copy, so that nobody changes what is stored by changing what they stored. Keys of the
 * cryptography are kept as they are, as browsers keep them.
 */
export function cloned<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(cloned) as T;
  if (value instanceof Uint8Array) return Uint8Array.prototype.slice.call(value) as T;
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return value;
  const out: Record<string, unknown> = {};
  for (const [name, inner] of Object.entries(value)) {
    if (typeof inner === 'function') throw new DOMException(`${name} cannot be cloned.`, 'DataCloneError');
    out[name] = cloned(inner);
  }
  return out as T;
}
