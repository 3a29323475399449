import { createRequire } from 'node:module';
import type * as ClassValidator from 'class-validator';

const require = createRequire(import.meta.url);
const part = (path: string) => require(`class-validator/cjs/${path}.js`) as typeof ClassValidator;

/**
 * What we use of class-validator, from the files in which it stands: its own entry loads a hundred rules more, and the
 * phone numbers of all countries with them, which takes a tenth of the server's start and some megabytes.
 */
export const { ArrayMaxSize } = part('decorator/array/ArrayMaxSize');
export const { ArrayMinSize } = part('decorator/array/ArrayMinSize');
export const { IsIn } = part('decorator/common/IsIn');
export const { ValidateBy } = part('decorator/common/ValidateBy');
export const { ValidateIf } = part('decorator/common/ValidateIf');
export const { ValidateNested } = part('decorator/common/ValidateNested');
export const { Max } = part('decorator/number/Max');
export const { Min } = part('decorator/number/Min');
export const { Length } = part('decorator/string/Length');
export const { Matches } = part('decorator/string/Matches');
export const { IsArray } = part('decorator/typechecker/IsArray');
export const { IsBoolean } = part('decorator/typechecker/IsBoolean');
export const { IsInt } = part('decorator/typechecker/IsInt');
export const { IsNumber } = part('decorator/typechecker/IsNumber');
export const { IsObject } = part('decorator/typechecker/IsObject');
export const { IsString } = part('decorator/typechecker/IsString');
export const { getMetadataStorage } = part('metadata/MetadataStorage');
