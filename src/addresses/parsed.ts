/** An address as it is stored, and the key that all its spellings share; or why the text is none. */
export type Parsed =
  | { readonly address: string; readonly key: string; readonly refused?: undefined }
  | { readonly address?: undefined; readonly key?: undefined; readonly refused: string };

/** @param reason goes on after the field's name: "holds an invisible character" */
export const refused = (reason: string): Parsed => ({ refused: reason });
