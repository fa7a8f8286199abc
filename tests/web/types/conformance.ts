// Holds the implementation to what parley.d.ts promises, in both directions: nothing promised is
// missing or of another type, and nothing public is undocumented. Compiled, never run.
import type * as declared from '../../../web/parley.js';
import type { Room } from '../../../web/client/room.js';
import type { ParleyError } from '../../../web/client/error.js';

// The typed listeners exist in the declaration alone.
type Methods<T> = Omit<T, 'addEventListener' | 'removeEventListener'>;

declare const room: Room;
declare const error: ParleyError;
export const asDeclared: Methods<declared.Room> = room;
export const errorAsDeclared: declared.ParleyError = error;

type Undocumented = Exclude<keyof Room, keyof declared.Room>;
export const nothingUndocumented: Undocumented extends never ? true : Undocumented = true;
