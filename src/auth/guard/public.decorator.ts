import { type CustomDecorator, SetMetadata } from '@nestjs/common';

export const PUBLIC = 'herald:public';

/** A route that anybody may call. Credentials that come along are still read, and ignored where they are not valid. */
export const Public = (): CustomDecorator => SetMetadata(PUBLIC, true);
