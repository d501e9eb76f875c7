import { MunjigiError } from '../errors.ts';
import { isDate } from './calendar.ts';

/** Looks at one value of a pack; throws `policy.structure` naming the JSON path where it is not as it must be. */
export type Shape = (value: unknown, path: string) => void;

export const wrongPack = (path: string, must: string): MunjigiError =>
  new MunjigiError('policy.structure', `Policy pack, ${path}: ${must}.`);

const shape =
  (fits: (value: unknown) => boolean, must: string): Shape =>
  (value, path) => {
    if (!fits(value)) throw wrongPack(path, must);
  };

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);

export const text = shape((v) => typeof v === 'string' && v.length > 0 && v.length <= 4000, 'must be a text');
export const word = shape(
  (v) => typeof v === 'string' && /^[\p{L}\p{N}][\p{L}\p{N}_.:-]*$/u.test(v),
  'must be one word of letters, digits, - . : _',
);
export const flag = shape((v) => typeof v === 'boolean', 'must be true or false');
export const date = shape(isDate, 'must be a date, YYYY-MM-DD');
export const oneHot = shape(
  (v) => typeof v === 'number' && [1, 2, 4, 8, 16, 32, 64, 128].includes(v),
  'must be one of 1, 2, 4 … 128',
);

export const integer = (min: number, max: number): Shape =>
  shape(
    (v) => Number.isInteger(v) && (v as number) >= min && (v as number) <= max,
    `must be a whole number from ${min} to ${max}`,
  );

export const oneOf = (...words: readonly string[]): Shape =>
  shape((v) => typeof v === 'string' && words.includes(v), `must be one of ${words.join(', ')}`);

export const exactly =
  (length: number, item: Shape): Shape =>
  (value, path) => {
    if (!Array.isArray(value) || value.length !== length)
      throw wrongPack(path, `must be a list of ${length}`);
    value.forEach((entry, i) => {
      item(entry, `${path}[${i}]`);
    });
  };

export const list =
  (item: Shape, min = 0): Shape =>
  (value, path) => {
    if (!Array.isArray(value) || value.length < min)
      throw wrongPack(path, min > 0 ? `must be a list of at least ${min}` : 'must be a list');
    value.forEach((entry, i) => {
      item(entry, `${path}[${i}]`);
    });
  };

export const table =
  (item: Shape, key: Shape = word): Shape =>
  (value, path) => {
    if (!isObject(value)) throw wrongPack(path, 'must be an object');
    for (const [name, entry] of Object.entries(value)) {
      key(name, `${path}.${name} (the name)`);
      item(entry, `${path}.${name}`);
    }
  };

export const orNull =
  (item: Shape): Shape =>
  (value, path) => {
    if (value !== null) item(value, path);
  };

/** An object of exactly these fields; a name that ends in ? may be absent. A name nobody knows is a mistake. */
export const object = (fields: Readonly<Record<string, Shape>>): Shape => {
  const known = Object.entries(fields).map(([name, item]) => ({
    name: name.replace(/\?$/, ''),
    optional: name.endsWith('?'),
    item,
  }));
  const names = new Set(known.map(({ name }) => name));
  return (value, path) => {
    if (!isObject(value)) throw wrongPack(path, 'must be an object');
    for (const name of Object.keys(value))
      if (!names.has(name)) throw wrongPack(`${path}.${name}`, 'is not a field of a pack');
    for (const { name, optional, item } of known) {
      if (value[name] !== undefined) item(value[name], `${path}.${name}`);
      else if (!optional) throw wrongPack(`${path}.${name}`, 'is missing');
    }
  };
};

/** One of several forms: the error tells all of them. */
export const either =
  (must: string, ...forms: readonly Shape[]): Shape =>
  (value, path) => {
    for (const form of forms) {
      try {
        form(value, path);
        return;
      } catch (error) {
        if (!(error instanceof MunjigiError)) throw error;
      }
    }
    throw wrongPack(path, must);
  };
