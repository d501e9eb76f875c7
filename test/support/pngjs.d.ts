/** The part of pngjs that the tests use; the package brings no types of its own. */
declare module 'pngjs' {
  export class PNG {
    constructor(options: { readonly width: number; readonly height: number });
    readonly width: number;
    readonly height: number;
    data: Buffer;
    static readonly sync: { write(png: PNG): Buffer; read(bytes: Buffer): PNG };
  }
}
